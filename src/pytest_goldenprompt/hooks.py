"""What plugins and conftest files can do: three hooks, on pytest's own manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_goldenprompt.model.record import RunRecord
    from pytest_goldenprompt.model.verdict import Verdict
    from pytest_goldenprompt.registry import Registry


@pytest.hookspec(historic=True)
def pytest_goldenprompt_register(registry: Registry) -> None:
    """Add evaluators, providers, prompt formats and dataset formats to the registry, with one line each.

    Called once under `--golden` for every plugin, also for those registered later, which can add no format any more.
    """


@pytest.hookspec
def pytest_goldenprompt_run_info(info: dict[str, Any]) -> None:
    """Add facts to the run record: plain JSON values under keys of your own.

    Called once, on the controller, before the record is stored.
    """


@pytest.hookspec
def pytest_goldenprompt_verdict(record: RunRecord, verdict: Verdict) -> None:
    """See the run and its verdict, to open a ticket or to notify.

    Called once, on the controller, after the reports were written; what it raises does not change the verdict.
    """
