"""What may be wrong with a dataset and its prompt, as they were read; each rule is a function of them alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pytest_goldenprompt.authoring.findings import Finding, Rule
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.cases import derived_id
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.render import listed, render, used_inputs, variables
from pytest_goldenprompt.formats.rubrics import names_in_rubrics
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.model.values import canonical
from pytest_goldenprompt.model.waiver import Waiver


def unused_by_prompt(dataset: Dataset, prompt: Prompt, provider: str) -> Iterator[Finding]:
    """Find inputs that the prompt does not use, each once, at the first case that has it.

    A `python:` provider takes inputs by name. Where no file names a provider, pytest's configuration does, which may
    name one of these: then it is a warning.
    """
    used = used_inputs(prompt)
    if used is None or provider.startswith("python:"):
        return
    severity = Severity.ERROR if provider else Severity.WARNING
    cases: dict[str, list[Case]] = defaultdict(list)
    for case in dataset.cases:
        for name in case.inputs.keys() - used - names_in_rubrics(case.evaluators):
            cases[name].append(case)
    for name, those in sorted(cases.items()):
        what = f"input that the prompt does not use, found {shown(name)} in {_of(those, dataset)}; {listed(used)} "
        what += "are accepted" if len(used) != 1 else "is accepted"
        remedy = f"use it in {prompt.path} as {{{{{name}}}}}, or take it out"
        yield _at(those[0], (severity, Rule.INPUTS), what, remedy)


def missing_for_prompt(dataset: Dataset, prompt: Prompt) -> Iterator[Finding]:
    """Find names in the prompt's templates for which cases have no input, each once, at the first such case.

    What a template with conditions and loops needs is only known when it is filled, so it is filled for each case.
    """
    if prompt.template is not None:
        yield from _not_filled(dataset, prompt)
        return
    used = variables(prompt) or frozenset()
    cases: dict[str, list[Case]] = defaultdict(list)
    for case in dataset.cases:
        for name in used - case.inputs.keys():
            cases[name].append(case)
    for name, those in sorted(cases.items()):
        what = f"missing input, found no {shown(name)} in {_of(those, dataset)}; {prompt.path} uses {listed(used)}"
        yield _at(those[0], (Severity.ERROR, Rule.INPUTS), what, "add it to the case's inputs")


def _not_filled(dataset: Dataset, prompt: Prompt) -> Iterator[Finding]:
    for case in dataset.cases:
        try:
            render(prompt, case)
        except InputError as error:
            if error.remedy.startswith("pip install"):
                yield Finding(error.where, error.line or 1, Severity.NOTE, Rule.EXTRA, error.what, error.remedy)
                return
            yield Finding(error.where, error.line or 1, Severity.ERROR, Rule.INPUTS, error.what, error.remedy)


def same_twice(dataset: Dataset) -> Iterator[Finding]:
    """Find cases that ask the same as an earlier one: the second tells nothing, and counts double."""
    seen: dict[str, Case] = {}
    for case in dataset.cases:
        first = seen.setdefault(question_of(case), case)
        if first is not case:
            place = f"{first.path}:{first.line}" if first.path != case.path else f"line {first.line}"
            what = f"duplicate case, found the inputs of {shown(first.id)} ({place}) again in {shown(case.id)}"
            what += "; each question once is accepted"
            yield _at(case, (Severity.WARNING, Rule.DUPLICATE), what, "take one of them away")


def question_of(case: Case) -> str:
    """Give a text that two cases share if they ask the same: inputs and messages, not what is expected."""
    return canonical([case.inputs, [message.plain() for message in case.messages]])


def without_id(dataset: Dataset) -> Iterator[Finding]:
    """Find cases whose id follows from their inputs, so that an edit makes a new case, without history, of them."""
    those = [case for case in dataset.cases if case.id.startswith("case-") and _is_derived(case)]
    if those and dataset.path != dataset.prompt:  # rows inside a prompt file cannot have one
        what = (
            f"no id, found {_of(those, dataset)} without one; an id that stays when the inputs are edited is accepted"
        )
        yield _at(those[0], (Severity.WARNING, Rule.ID), what, f"such as `id: {those[0].id}`")


def _is_derived(case: Case) -> bool:
    return case.id == derived_id(case.inputs, case.messages)


def without_owner(dataset: Dataset, prompt: Prompt | None) -> Iterator[Finding]:
    """Find datasets that nobody answers for."""
    if not dataset.owner and not (prompt and prompt.owner):
        what = "no owner, found none in the dataset or its prompt; the team that answers for it is accepted"
        yield Finding(dataset.path, 1, Severity.WARNING, Rule.OWNER, what, "write `owner: TEAM` at its top")


def waivers_at(waivers: Iterable[Waiver], where: str, today: str) -> Iterator[Finding]:
    """Find waivers whose last day is over: they fail the gate."""
    for waiver in waivers:
        if not waiver.holds(today):
            what = f"lapsed waiver of {waiver.owner} for {waiver.scope}, found its last day {waiver.until}; a day from "
            what += f"{today} on is accepted"
            remedy = "mend what it waives and take it out, or say anew until when it holds"
            yield Finding(where, waiver.line, Severity.WARNING, Rule.WAIVER, what, remedy)


def waivers_for_nothing(
    waivers: Iterable[Waiver], where: str, cases: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Find waivers for prompts and cases that are not there; `cases` are those of each prompt that could be read."""
    for waiver in waivers:
        what = ""
        if "::" in waiver.prompt:
            continue  # a Python test's node id
        if waiver.prompt not in cases:
            what = f"waiver for no prompt, found {shown(waiver.prompt)}; the id of a prompt is accepted"
        elif waiver.case is not None and waiver.kind != "removed" and waiver.case not in cases[waiver.prompt]:
            what = f"waiver for no case, found {shown(waiver.case)}; the id of a case of {waiver.prompt} is accepted"
        if what:
            yield Finding(where, waiver.line, Severity.WARNING, Rule.WAIVER, what, "take it out, or name what is there")


def _of(those: Sequence[Case], dataset: Dataset) -> str:
    """Name cases: the first by its id, and how many more."""
    if len(those) == 1:
        return f"case {shown(those[0].id)}"
    return f"{len(those)} of {len(dataset.cases)} cases, first {shown(those[0].id)}"


def _at(case: Case, kind: tuple[Severity, Rule], what: str, remedy: str) -> Finding:
    return Finding(case.path, case.line, *kind, what, remedy)
