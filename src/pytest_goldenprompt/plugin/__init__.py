"""The plugin: the only room, with hooks.py, that knows pytest. Nothing is imported or done unless it is asked for."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from pytest_goldenprompt.plugin.options import add_options, is_active, refuse_idle

WITHOUT = "runs a golden dataset: --golden is not given"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks that plugins and conftest files may implement."""
    from pytest_goldenprompt import hooks  # noqa: PLC0415 - seen by pytest only

    pluginmanager.add_hookspecs(hooks)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, int | None, int | None]:
    """Let no run end green that has no verdict to show for it, whatever hook ended it."""
    code = yield
    if is_active(config) and not hasattr(config, "workerinput"):
        from pytest_goldenprompt.plugin.last_word import last_word  # noqa: PLC0415 - unused means unused

        return last_word(config, code)
    return code


def pytest_itemcollected(item: pytest.Item) -> None:
    """Skip tests of golden datasets where none are run: without cases there is nothing to call them with."""
    if item.get_closest_marker("goldenprompt") is not None and not is_active(item.config):
        item.add_marker(pytest.mark.skip(reason=WITHOUT))


def pytest_configure(config: pytest.Config) -> None:
    """Wake up, where golden datasets are to be run."""
    config.addinivalue_line("markers", "golden: a case of a golden dataset")
    config.addinivalue_line("markers", "goldenprompt(dataset, deterministic=False): run with a golden dataset's cases")
    if is_active(config):
        from pytest_goldenprompt.plugin.session import activate  # noqa: PLC0415 - unused means unused

        activate(config)
    else:
        refuse_idle(config)
