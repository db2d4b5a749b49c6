"""Golden datasets as files, their cases as items; an item waits for its answers and says how the case stands."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_goldenprompt.engine.grade import Graded, grade
from pytest_goldenprompt.engine.job import Job
from pytest_goldenprompt.engine.plan import PlannedCase, PlannedPrompt
from pytest_goldenprompt.errors import GoldenpromptError
from pytest_goldenprompt.formats.pairing import folder_of, is_golden, is_opened
from pytest_goldenprompt.formats.python_files import mentions_mark
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import Outcome
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.payload import CaseRun, graded_to_plain
from pytest_goldenprompt.plugin.stored_run import Reference
from pytest_goldenprompt.reports.case_text import CaseView, case_lines, history, look_closer
from pytest_goldenprompt.reports.inert import inert, one_line
from pytest_goldenprompt.reports.masked import masked

if TYPE_CHECKING:
    from pytest_goldenprompt.plugin.schedule import Schedule

NOT_RED = {
    Outcome.FAILING: "failing as before",
    Outcome.SUSPECT: "worse than the stored run; alone it may be luck",
    Outcome.NEW: "new, and failing",
    Outcome.CHANGED: "changed since the stored run, and failing",
    Outcome.WAIVED: "waived, and failing",
}
"""Outcomes of a failing case that are no failure of the item: the dataset's gate decides over them."""

LEFT_ALONE = {"timeout_method": ("timeout", 0), "reruns": ("flaky", 0)}
"""Marks by which other plugins let an item be, by an option that tells that they are there.

pytest-timeout would count waiting as latency, and may end the process over it; pytest-rerunfailures would ask for
answers that are already there: the engine has time-outs and retries, and the gate runs suspects again.
"""


class GoldenFailure(Exception):  # noqa: N818 - it is no error of the program: a case got worse
    """A case that is red; its text is what the person sees."""


class GoldenFile(pytest.File):
    """A golden dataset, or a file in a folder of cases; one that cannot be read has no items, which the end tells."""

    def collect(self) -> Iterator[GoldenItem]:
        """Give one item a case."""
        library: Library = self.config.stash[LIBRARY]
        self.add_marker("golden")
        for option, (mark, argument) in LEFT_ALONE.items():
            if hasattr(self.config.option, option):
                self.add_marker(getattr(pytest.mark, mark)(argument))
        folder = folder_of(self.path)
        planned = library.plan(folder or self.path)
        own = self.path.relative_to(library.settings.root).as_posix()
        for case in planned.cases if planned else ():
            if folder is None or case.case.path == own:
                yield GoldenItem.from_parent(self, name=case.case.id, prompt=planned, planned=case)


class GoldenItem(pytest.Item):
    """One case of a golden dataset."""

    def __init__(self, *, prompt: PlannedPrompt, planned: PlannedCase, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.prompt = prompt
        self.planned = planned
        self.job: Job | None = None
        self.run: CaseRun | None = None
        self.waits = ""
        """Why there are no answers yet, where they are still with a provider."""
        self.extra_keyword_matches.update(self.tags)

    @property
    def tags(self) -> frozenset[str]:
        """Give the case's tags, and those of its dataset."""
        return frozenset((*self.prompt.tags, *self.planned.case.tags))

    @property
    def key(self) -> tuple[str, str]:
        """Give the prompt's id and the case's."""
        return self.prompt.facts.id, self.planned.case.id

    def setup(self) -> None:
        """Let an item be that has no answers yet."""
        if self.waits:
            pytest.skip(self.waits)

    def runtest(self) -> None:
        """Wait for the answers, judge them, and fail where the case is certainly worse or could not be run."""
        schedule: Schedule = self.config.stash[SCHEDULE]
        library: Library = self.config.stash[LIBRARY]
        graded = library.carrying.results.get(self.key)
        if graded is None:
            graded = grade(self.prompt, self.planned, schedule.answers(self))
        self.run = CaseRun(graded, *library.judge_alone(self.prompt.facts, graded.result))
        if library.settings.properties:
            self.user_properties.extend((name, one_line(value)) for name, value in self.run.properties())
        if self.run.red:
            raise GoldenFailure(describe(self.prompt.facts.id, self.run, library.reference))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a red case as it reads, and anything else as pytest would."""
        if isinstance(excinfo.value, GoldenFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give the case's own line."""
        root = self.config.stash[LIBRARY].settings.root
        path = root / (self.planned.case.path or self.prompt.facts.dataset)
        return path, self.planned.case.line - 1, f"{self.prompt.facts.id} {self.name}"


def describe(prompt_id: str, run: CaseRun, reference: Reference) -> str:
    """Say in a few lines what a red case was and is, and in one why there is nothing to say."""
    result = run.graded.result
    if run.outcome.outcome is Outcome.MISSING:
        return one_line(masked(f"{prompt_id} {result.case_id}: no result: {run.outcome.why}"), 300)
    then = reference.case(prompt_id, result.case_id)
    texts = {digest: masked(text) for digest, text in {**_texts_of(then, reference), **run.graded.texts}.items()}
    month = reference.facts.month if reference.facts else ""
    head = f"{prompt_id} {result.case_id}: {run.outcome.outcome.value}"
    view = CaseView(prompt_id, run.outcome, result, then, texts, month, f"{reference.command} show last")
    lines = [f"{inert(head)}; {history(view)}", *case_lines(view, "  "), f"  look    {inert(look_closer(view))}"]
    return "\n".join(map(masked, lines))


def attach(report: Any, run: CaseRun) -> None:
    """Attach a result to the report of its item; one that fails and is not red is counted as neither."""
    report.golden = run.graded
    report.golden_outcome = run.outcome.outcome.value
    why = NOT_RED.get(run.outcome.outcome)
    if why is not None and report.outcome == "passed" and not run.outcome.passed:
        report.outcome = "skipped"
        report.wasxfail = one_line(run.outcome.why or why)


def _texts_of(then: CaseResult | None, reference: Reference) -> dict[str, str]:
    """Give the texts of one stored case: all of a run's would be copied for each red case."""
    outputs = [one.output for one in then.repeats] if then else []
    return {output: reference.texts()[output] for output in outputs if output and output in reference.texts()}


class Collection:
    """Finds golden datasets among the files that pytest visits, and lets their reports carry the results."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> GoldenFile | None:
        """Collect a golden dataset, or a prompt file that holds its own rows."""
        root = self._library.settings.root
        if file_path.is_relative_to(root) and is_golden(file_path, root, self._library.registry.formats):
            return GoldenFile.from_parent(parent, path=file_path)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, Any, Any]:
        """Tell in one line what a person must mend in a conftest file that is loaded while tests are collected."""
        report: Any = yield
        raised = getattr(getattr(report, "call", None), "excinfo", None)
        if raised is not None and isinstance(raised.value, GoldenpromptError):
            report.longrepr = str(raised.value)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        """Visit `.github` too, but no tests in it; under --golden-only, only what is golden, Python tests included."""
        settings, formats = self._library.settings, self._library.registry.formats
        typed = config.args_source is pytest.Config.ArgsSource.ARGS
        opened = not typed and is_opened(settings.root, collection_path)
        if opened and collection_path.is_dir():
            return False
        if not (settings.only or opened) or not collection_path.is_file():
            return None
        test = settings.only and mentions_mark(collection_path)
        return None if test or is_golden(collection_path, settings.root, formats) else True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """Attach the result."""
        report: Any = yield
        if isinstance(item, GoldenItem) and item.waits:
            report.golden_waits = item.waits
        if isinstance(item, GoldenItem) and call.when == "call" and item.run is not None:
            attach(report, item.run)
            item.run = None  # the recorder has it from the report; pytest keeps items for as long as it runs
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_report_to_serializable(self, report: Any) -> Generator[None, Any, Any]:
        """Write the result as text where its report goes to another process."""
        data: Any = yield
        if data and isinstance(graded := getattr(report, "golden", None), Graded):
            data["golden"] = graded_to_plain(graded)
        return data

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count cases by how they stand against the stored run."""
        outcome = getattr(report, "golden_outcome", None)
        if report.when != "call" or report.failed:
            return None
        plain = report.passed and outcome != Outcome.FIXED
        return None if plain or outcome is None else STATUS.get(outcome)


STATUS = {
    Outcome.FAILING: ("failing as before", "x", "FAILING AS BEFORE"),
    Outcome.SUSPECT: ("suspect", "?", "SUSPECT"),
    Outcome.FIXED: ("fixed", "+", "FIXED"),
    Outcome.NEW: ("new and failing", "n", "NEW AND FAILING"),
    Outcome.CHANGED: ("changed and failing", "c", "CHANGED AND FAILING"),
    Outcome.WAIVED: ("waived", "w", "WAIVED"),
}
"""How cases are counted that neither plainly passed nor failed; one that is new, changed or waived may plainly pass."""
LIBRARY = pytest.StashKey[Library]()
SCHEDULE: pytest.StashKey[Schedule] = pytest.StashKey()
