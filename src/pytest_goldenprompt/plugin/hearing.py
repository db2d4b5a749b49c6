"""What a test function says when it is called: an answer, a failed assertion, or an error in its place."""

from __future__ import annotations

import bdb
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import TracebackType
from typing import Any

import pytest

from pytest_goldenprompt.engine.attempt import Answer, told
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.plugin.tested import Said
from pytest_goldenprompt.providers.python_function import as_output

Skipped, Failed = pytest.skip.Exception, pytest.fail.Exception

ENDS = (pytest.exit.Exception, bdb.BdbQuit, KeyboardInterrupt)
"""What ends the session."""

HEARD = (Exception, Failed, SystemExit)
"""What says something of the application. All else is raised for somebody else, such as a skip or a cancelled task."""

TIMEOUT = "pytest_timeout"
"""The plugin that ends a test which takes too long; like any call without an answer in time, that is no failure."""

LONGEST = 300
"""Characters of an assertion that are kept."""


class Hearing:
    """One call of a test function, whose end it hears; where it has `said` something already, nothing is called."""

    def __init__(self, name: str, *, deterministic: bool) -> None:
        self._name = name
        self._deterministic = deterministic
        self._began = 0.0
        self.said: Said | None = None

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, HEARD) or isinstance(error, ENDS):
            return False
        self.said = _failed(error, time.perf_counter() - self._began)
        return True

    def hear(self, value: Any) -> None:
        """Take what was returned."""
        latency = time.perf_counter() - self._began
        if inspect.iscoroutine(value):
            value.close()
        try:
            output = as_output(self._name, value, deterministic=self._deterministic)
        except ProviderError as error:
            self.said = Said(Answer(error=str(error), latency=latency))
        else:
            self.said = Said(Answer(output, latency=latency))


@contextmanager
def heard(item: pytest.Function, hearing: Hearing) -> Iterator[None]:
    """Have an item's function return to us while this lasts, whoever calls it: pytest, or a plugin for async tests."""
    function = item.obj
    item.obj = _async(function, hearing) if inspect.iscoroutinefunction(function) else _plain(function, hearing)
    try:
        yield
    finally:
        item.obj = function


def _plain(function: Callable[..., Any], hearing: Hearing) -> Callable[..., None]:
    @wraps(function)
    def called(*arguments: Any, **keywords: Any) -> None:
        __tracebackhide__ = True
        if hearing.said is None:
            with hearing:
                hearing.hear(function(*arguments, **keywords))

    return called


def _async(function: Callable[..., Any], hearing: Hearing) -> Callable[..., Any]:
    @wraps(function)
    async def called(*arguments: Any, **keywords: Any) -> None:
        __tracebackhide__ = True
        if hearing.said is None:
            with hearing:
                hearing.hear(await function(*arguments, **keywords))

    return called


def without_answer(error: BaseException, doing: str = "") -> Said:
    """Give an error that stands in place of an answer."""
    return Said(Answer(error=f"{doing}{_one_line(told(error))}"), raised=error)


def _failed(error: BaseException, latency: float) -> Said:
    """Tell a failed assertion, which is an answer that fails, from an application that crashed, which is none."""
    if isinstance(error, AssertionError | Failed) and not _is_timeout(error):
        text = _one_line(str(error)) or "an assertion"
        return Said(Answer(error=text, latency=latency), failed=f"failed: {text}", raised=error)
    return without_answer(error)


def _is_timeout(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        last = trace = trace.tb_next
        if str(last.tb_frame.f_globals.get("__name__")) == TIMEOUT:
            return True
    return False


def _one_line(text: str) -> str:
    """Give what an assertion says first; what pytest adds below it is the whole comparison."""
    first = next(filter(None, (line.strip() for line in text.splitlines())), "")
    return first if len(first) <= LONGEST else f"{first[: LONGEST - 1]}…"
