"""Python tests that run a golden dataset: found by their mark, and made one item a case."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.values import digest_of, digest_of_bytes
from pytest_goldenprompt.plugin.items import GoldenItem
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.marked import (
    CASE,
    Marked,
    file_of,
    file_of_path,
    is_marked,
    named_by,
    read_mark,
    test_id,
)
from pytest_goldenprompt.plugin.planned_tests import planned_test, refuse_test
from pytest_goldenprompt.plugin.tested import TESTED, Tested, tags_of
from pytest_goldenprompt.providers.imported_code import code_behind
from pytest_goldenprompt.providers.python_test import PythonTest


class Functions:
    """Finds marked test functions, gives them their cases, and leaves out what cannot be meant, each with one line."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._only: str | None = None
        self._code: dict[Path, str] = {}
        self._cases: dict[str, dict[str, PlannedCase]] = {}
        self.items: dict[tuple[str, str], pytest.Function] = {}
        """The items by prompt id and case id, also of those that need no call in this run."""

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """Note the files of which pytest collects the tests; it comes by others on its way to those."""
        if isinstance(collector, pytest.Module):
            self._library.test_files.add(file_of(collector, self._library.settings.root))

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give a marked function one item a case of its dataset."""
        function: pytest.Function = metafunc.definition
        if not is_marked(function):
            return
        planned = self._planned(function, metafunc.module)
        cases = self._cases_of(planned) if planned else {}
        chosen = cases.values() if self._only is None else [cases[self._only]]
        if chosen:
            given = [pytest.param(_own(one.case), id=one.case.id, marks=pytest.mark.golden) for one in chosen]
            metafunc.parametrize(CASE, given)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Note for each item its case; what has none was refused, and under --golden-only other tests are left out."""
        marked = [item for item in items if isinstance(item, pytest.Function) and is_marked(item)]
        others = {item for item in items if not isinstance(item, GoldenItem)} - {*marked}
        self._refuse_twice(marked)
        made = {item: self._made(item) for item in marked}
        left = [item for item in items if item in others] if self._library.settings.only else []
        if left:
            config.hook.pytest_deselected(items=left)
        gone = set(left)
        found = (made.get(item, item) if isinstance(item, pytest.Function) else item for item in items)
        items[:] = [item for item in found if item is not None and item not in gone]

    def find(self, session: pytest.Session, name: str) -> Iterator[pytest.Function]:
        """Collect a test function by its id here, where other processes ran it; nothing where it is not found."""
        path, *names = name.split("::")
        node: pytest.Item | pytest.Collector | None = _module(session, self._library.settings.root / path)
        for part in names[:-1]:
            node = next((one for one in _children(node) if one.name == part), None)
        found = [one for one in _children(node) if isinstance(one, pytest.Function) and one.originalname == names[-1]]
        yield from (one for one in found if self._made(one) is not None)

    def another(self, item: pytest.Function, repeat: int) -> pytest.Function:
        """Make an item for a further call of a test: it has function-scoped fixtures of its own, and no report."""
        tested, collector = item.stash[TESTED], item.parent
        assert isinstance(collector, pytest.Module | pytest.Class)  # noqa: S101 - nothing else collects functions
        self._only = tested.planned.case.id
        try:
            function = getattr(collector.obj, item.originalname)
            found = item.ihook.pytest_pycollect_makeitem(collector=collector, name=item.originalname, obj=function)
        finally:
            self._only = None
        made: pytest.Function = next(one for one in found if one.nodeid == item.nodeid)
        made.own_markers[:] = item.own_markers  # other plugins may have added some since the item was collected
        made.stash[TESTED] = Tested(tested.prompt, tested.planned, repeat=repeat, apart=True)
        return made

    def _planned(self, function: pytest.Function, module: ModuleType) -> PlannedPrompt | None:
        root = self._library.settings.root
        name, file, line = test_id(function, root), file_of(function, root), (function.location[1] or 0) + 1
        try:
            mark = read_mark(function, root, self._library.registry.formats)
        except InputError as error:
            self._library.tested.update(file_of_path(path, root) for path in named_by(function))
            refuse_test(self._library, name, error.at(file, line))
            return None
        return planned_test(self._library, mark.dataset, self._test(function, module, name, mark), line)

    def _cases_of(self, planned: PlannedPrompt) -> Mapping[str, PlannedCase]:
        name = planned.facts.id
        if name not in self._cases:
            self._cases[name] = {one.case.id: one for one in planned.cases}
        return self._cases[name]

    def _test(self, function: pytest.Function, module: ModuleType, name: str, mark: Marked) -> PythonTest:
        path, root = function.path, self._library.settings.root
        if path not in self._code:
            folders = [folder for folder in path.parents if folder.is_relative_to(root)]
            above = [file for folder in folders if (file := folder / "conftest.py").is_file()]
            behind = code_behind([(path, module.__package__ or ""), *((file, "") for file in above)], root)
            self._code[path] = digest_of([behind, *(digest_of_bytes(file.read_bytes()) for file in above)])
        digest = digest_of_bytes(path.read_bytes())
        return PythonTest(name, file_of(function, root), digest, self._code[path], mark.deterministic)

    def _refuse_twice(self, items: Iterable[pytest.Function]) -> None:
        """Refuse functions that run a case several times, by parameters of their own or of a fixture."""
        root = self._library.settings.root
        counted = Counter((test_id(item, root), one.id) for item in items if (one := _case_of(item)) is not None)
        for name in sorted({name for (name, _), count in counted.items() if count > 1}):
            item = next(one for one in items if test_id(one, root) == name)
            more = ", ".join(sorted(_params(item).keys() - {CASE}))
            error = InputError(
                f"each case is run several times, found parameters of {more}; the cases are accepted alone",
                remedy="give each parameter a function of its own",
            )
            refuse_test(self._library, name, error.at(file_of(item, root), (item.location[1] or 0) + 1))

    def _made(self, item: pytest.Function) -> pytest.Item | None:
        """Note an item's case, and give what runs it: an item of ours where nothing is called; None without a case."""
        root, case = self._library.settings.root, _case_of(item)
        name = test_id(item, root)
        planned = self._library.planned.get(name)
        one = self._cases_of(planned).get(case.id) if planned and case else None
        if planned is None or one is None:
            self._refuse_without_case(item, name)
            return None
        tested = item.stash[TESTED] = Tested(planned, one, repeat=self._library.repeats(planned.facts) - 1)
        self.items[tested.key] = item
        item.extra_keyword_matches.update(tags_of(item))
        if hasattr(item.config.option, "reruns"):
            item.add_marker(pytest.mark.flaky(0), append=False)  # the gate runs suspects again
        return self._carried(item, tested) if tested.key in self._library.carrying.results else item

    def _carried(self, item: pytest.Function, tested: Tested) -> GoldenItem:
        assert item.parent is not None  # noqa: S101 - an item has one; said for the type checker
        made: GoldenItem = GoldenItem.from_parent(
            item.parent, name=item.name, prompt=tested.prompt, planned=tested.planned
        )
        made.own_markers[:] = item.own_markers
        return made

    def _refuse_without_case(self, item: pytest.Function, name: str) -> None:
        """Refuse what pytest gave no cases, such as a method of unittest; what was refused before is let be."""
        library = self._library
        if name in library.unreadable or name in library.planned:
            return
        error = InputError(
            f"{item.originalname} cannot be given cases; a test function, or a method of a class that is no "
            "unittest.TestCase, is accepted"
        )
        refuse_test(library, name, error.at(file_of(item, library.settings.root), (item.location[1] or 0) + 1))


def _own(case: Case) -> Case:
    """Give a copy of a case, so that nothing that a test does to it is seen by another call or by the evaluators."""
    return replace(case, inputs=copy.deepcopy(dict(case.inputs)), expected=copy.deepcopy(case.expected))


def _case_of(item: pytest.Function) -> Case | None:
    found = _params(item).get(CASE)
    return found if isinstance(found, Case) else None


def _params(item: pytest.Function) -> Mapping[str, object]:
    given: Mapping[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    return given


def _module(session: pytest.Session, path: Path) -> pytest.Item | pytest.Collector | None:
    """Collect the folders down to a file, so that their conftest files are loaded, and then the file."""
    top = session.config.rootpath
    hook = session.gethookproxy(top)
    node: pytest.Item | pytest.Collector | None = hook.pytest_collect_directory(path=top, parent=session)
    steps = path.relative_to(top).parts if path.is_relative_to(top) else ()
    for depth in range(1, len(steps) + 1):
        wanted = top.joinpath(*steps[:depth])
        node = next((one for one in _children(node) if one.path == wanted), None)
    return node


def _children(node: pytest.Item | pytest.Collector | None) -> list[pytest.Item | pytest.Collector]:
    if not isinstance(node, pytest.Collector):
        return []
    report = node.ihook.pytest_make_collect_report(collector=node)
    return list(report.result or ())
