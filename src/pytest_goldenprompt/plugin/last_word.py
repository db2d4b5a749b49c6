"""The exit code, checked once more after pytest itself is done."""

from __future__ import annotations

import os
import sys

import pytest

from pytest_goldenprompt.plugin.gate import GATE, Gate

LISTINGS = {
    *("-h", "--help", "-V", "--version", "--markers", "--fixtures", "--funcargs", "--fixtures-per-test"),
    *("--cache-show", "--collect-only", "--collectonly", "--co"),
}
"""Options of pytest that show something and run nothing."""


def last_word(config: pytest.Config, code: int | None) -> int | None:
    """Give the exit code of a run: a failure where it is about to end green and its gate does not agree.

    `pytest.exit(returncode=0)` in a hook ends a session before or after the gate could speak, and a configuration file
    can turn a run into a listing: only who typed that wanted it. A signal that came while the run was being concluded
    counts as the interruption it was meant to be.
    """
    gate: Gate | None = config.pluginmanager.get_plugin(GATE)
    if gate is not None and gate.leaving.why:
        return pytest.ExitCode.INTERRUPTED
    if code != pytest.ExitCode.OK or _is_listing(config) or (gate is not None and gate.lets_pass()):
        return code
    sys.stderr.write("golden: the run ended without a verdict that lets it pass\n")
    return pytest.ExitCode.TESTS_FAILED


def _is_listing(config: pytest.Config) -> bool:
    typed = [*map(str, config.invocation_params.args), *os.environ.get("PYTEST_ADDOPTS", "").split()]
    return any(word.split("=")[0] in LISTINGS for word in typed)
