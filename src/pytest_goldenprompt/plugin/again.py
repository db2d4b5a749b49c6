"""Python tests whose case looks worse: called again at the end of the run, with their fixtures set up anew."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from pytest_goldenprompt.engine.grade import Graded, mark_copies
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.plugin.calling import Calling
from pytest_goldenprompt.plugin.functions import Functions
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.tested import TESTED, Said, Tested, grade_said


class Again:
    """Calls tests again on the process that concludes the run, which collects them first where workers ran them."""

    def __init__(self, functions: Functions, calling: Calling) -> None:
        self._functions = functions
        self._calling = calling
        self._session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, to which what is collected belongs."""
        self._session = session

    def again(self, shown: Sequence[CaseResult], repeats: int) -> Iterator[Graded]:
        """Call for each case until it has so many observations, and give it with all its calls, old and new.

        A case whose test is not found any more is left out.
        """
        found = [(one, item) for one in shown if (item := self._item(one)) is not None]
        copies = [copy for one, item in found for copy in self._copies(one, item, repeats)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they were told when the test ran for the first time
            heard = defaultdict[tuple[str, str], list[Said]](list)
            for copy, said in zip(copies, self._calling.one_by_one(copies, None), strict=True):
                heard[copy.stash[TESTED].key].append(said)
        for one, item in found:
            yield _together(one, item.stash[TESTED], heard[_key(one)])

    def _item(self, shown: CaseResult) -> pytest.Function | None:
        """Find the item of a case that is still what it was when the case was run."""
        items, key = self._functions.items, _key(shown)
        if key not in items and self._session is not None:
            list(self._functions.find(self._session, shown.prompt_id))
        item = items.get(key)
        return item if item is not None and item.stash[TESTED].planned.digest == shown.digest else None

    def _copies(self, shown: CaseResult, item: pytest.Function, repeats: int) -> Iterator[pytest.Function]:
        start = len(shown.repeats)
        for number in range(start, start + max(0, repeats - len(shown.observed))):
            yield self._functions.another(item, number)


def register_tests(manager: pytest.PytestPluginManager, library: Library) -> None:
    """Register what finds Python tests, what calls them, and what calls them again where the run is concluded."""
    functions = Functions(library)
    calling = Calling(library, functions)
    library.tests = again = Again(functions, calling)
    for name, plugin in {"functions": functions, "calling": calling, "again": again}.items():
        manager.register(plugin, f"goldenprompt-{name}")


def _key(shown: CaseResult) -> tuple[str, str]:
    return shown.prompt_id, shown.case_id


def _together(shown: CaseResult, tested: Tested, said: list[Said]) -> Graded:
    more = grade_said(tested.prompt, tested.planned, said)
    repeats = mark_copies([*shown.repeats, *more.result.repeats])
    return replace(more, result=replace(shown, repeats=tuple(repeats)))
