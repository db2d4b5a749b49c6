from __future__ import annotations

import pytest

from pytest_goldenprompt.plugin.ini import changed_settings, settings_in


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\ngolden_store = dir:x\naddopts =\n    -q\n    -x\ntestpaths = a\n"),
        ("setup.cfg", "[tool:pytest]\ngolden_store = dir:x\naddopts = -q -x\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ngolden_store = 'dir:x'\naddopts = '-q -x'\n"),
        ("pyproject.toml", "[tool.pytest]\ngolden_store = 'dir:x'\naddopts = '-q -x'\n"),
        ("pytest.toml", "[pytest]\ngolden_store = 'dir:x'\naddopts = '-q -x'\n"),
    ],
)
def test_what_matters_is_read_from_every_kind_of_configuration_file(name, text):
    assert settings_in(name, text) == {"golden_store": "dir:x", "addopts": "-q -x"}


@pytest.mark.parametrize(("name", "text"), [("pytest.ini", "no section"), ("pyproject.toml", "= 1"), ("tox.ini", "")])
def test_what_cannot_be_read_says_nothing(name, text):
    assert settings_in(name, text) == {}


def test_without_a_configuration_file_nothing_changed(tmp_path):
    assert changed_settings(None, tmp_path, "HEAD") == ()
