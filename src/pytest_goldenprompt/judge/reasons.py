"""Findings as plain sentences for a product team: no word of statistics, always the names and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pytest_goldenprompt.judge.examine import Examined
from pytest_goldenprompt.judge.figures import is_missing, majority_rate
from pytest_goldenprompt.judge.form import told
from pytest_goldenprompt.judge.pairing import DESELECTED, Pairing, used_to_pass
from pytest_goldenprompt.judge.pairs import Pair
from pytest_goldenprompt.judge.reading import passes_mostly
from pytest_goldenprompt.judge.states import BAR, WORSE
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import Change, PromptVerdict, State

SHOWN = 5
"""How many names a sentence lists before it counts the rest."""

LONGEST = 300
"""Characters of an error that a reason repeats."""

MANY = 3
"""Cases that share one cause, from which on the cause is said once."""

ACCEPT = "put them back, or accept the dataset change with `goldenprompt accept`"


def names(ids: Iterable[str], shown: int = SHOWN) -> str:
    """List some names, and count those left out."""
    listed = list(ids)
    rest = len(listed) - shown
    return ", ".join(listed[:shown]) + (f" and {rest} more" if rest > 0 else "")


def not_worse(prompts: Iterable[PromptVerdict]) -> Iterator[str]:
    """Count the prompts that pass, in one sentence where there are any."""
    good = sum(prompt.state is State.PASS and not prompt.draft and not prompt.kinds for prompt in prompts)
    if good:
        yield f"{counted(good, 'prompt')} not worse"


def counted(number: int, one: str) -> str:
    """Give a number with its noun."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def percent(change: Change) -> str:
    """Say a rate then and now."""
    then, now = ("unknown" if value is None else f"{100 * value:.1f} %" for value in (change.then, change.now))
    return f"from {then} to {now}"


def sentences(verdict: PromptVerdict, examined: Examined) -> PromptVerdict:
    """Add a prompt's reasons, the weightiest first."""
    pairing = examined.pairing
    found = [
        *_unreadable(pairing),
        *_worse(verdict, pairing.pairs),
        *told(verdict.moved, verdict.format_compliance, verdict.content),
        *_gaps(verdict, pairing),
        *_settled(verdict, pairing),
    ]
    return replace(verdict, reasons=tuple(f"{verdict.id}: {text}" for text in found))


def _unreadable(pairing: Pairing) -> Iterator[str]:
    if pairing.facts.error:
        yield f"cannot be read: {pairing.facts.error}"


def _worse(verdict: PromptVerdict, pairs: Sequence[Pair]) -> Iterator[str]:
    """Say what got worse: the whole, the slices, the cases."""
    if WORSE & set(verdict.kinds):
        flips = [pair for pair in pairs if passes_mostly(pair.then) and not passes_mostly(pair.now)]
        before = sum(passes_mostly(pair.then) for pair in pairs)
        if flips:
            yield f"got worse: {len(flips)} of {counted(before, 'case')} that passed last time {_fail(len(flips))} now"
        elif _fell(verdict.rate):
            yield f"got worse: the share of passed repeats fell {percent(verdict.rate)}"
        elif verdict.drop is not None and verdict.drop > 0.0:
            yield f"got worse: scores fell by {100 * verdict.drop:.1f} points, though no more cases fail"
    must = [case.case_id for case in verdict.cases if case.must_pass and not case.passed]
    if must:
        marked = f"{counted(len(must), 'case')} marked must_pass {_fail(len(must))} ({names(must)})"
        yield f"{marked}; red until passed, or until the mark is taken off"
    for part in verdict.slices:
        yield f"the {part.cases} cases tagged {part.tag} got worse, {percent(part.rate)} passed"
    if verdict.cases:
        told = [f"{case.case_id} ({case.why})" for case in verdict.cases]
        yield f"worst {'case' if len(told) == 1 else 'cases'}: {names(told)}"


def _fell(rate: Change) -> bool:
    return rate.then is not None and rate.now is not None and rate.now < rate.then


def _fail(number: int) -> str:
    return "fails" if number == 1 else "fail"


def _gaps(verdict: PromptVerdict, pairing: Pairing) -> Iterator[str]:
    """Say what is missing, removed, or there twice."""
    if pairing.gone:
        yield (
            f"incomplete: the prompt and its {counted(len(pairing.removed), 'case')} are gone; put it back, "
            "or accept the change with `goldenprompt accept`"
        )
    elif verdict.state is State.INCOMPLETE and pairing.removed:
        yield _removal(pairing)
    elif not pairing.results:
        yield "incomplete: no golden case was run"
    if "changed" in verdict.kinds:
        edited = (
            f"{counted(len(pairing.edited), 'case')} that used to pass changed and {_fail(len(pairing.edited))} now"
        )
        yield f"incomplete: {edited} ({names(pairing.edited)}); {ACCEPT}"
    if pairing.twice:
        yield f"incomplete: {names(pairing.twice)} has more than one result; give every case an id of its own"
    missing = [result for result in pairing.gaps if is_missing(result)]
    if missing:
        told = names(_by_cause(verdict, missing))
        yield f"incomplete: {len(missing)} of {counted(len(pairing.results), 'case')} without a whole result: {told}"
    left_out = sum(result.missing == DESELECTED for result in pairing.gaps)
    if left_out:
        yield f"partial: {len(pairing.results) - left_out} of {counted(len(pairing.results), 'case')} were chosen"


def _removal(pairing: Pairing) -> str:
    passed = [result.case_id for result in pairing.removed if used_to_pass(result)]
    listed = passed or [result.case_id for result in pairing.removed]
    what = "that used to pass" if passed else "that passed at times"
    return f"incomplete: {counted(len(listed), 'case')} {what} removed ({names(listed)}); {ACCEPT}"


def _by_cause(verdict: PromptVerdict, missing: Sequence[CaseResult]) -> Iterator[str]:
    """Name cases with their causes; a cause that many share stands once, and for all of them without names."""
    cases: dict[str, list[str]] = {}
    for result in missing:
        cause = result.errors[0][:LONGEST] if result.errors else _absence(verdict, result.case_id)
        cases.setdefault(cause, []).append(result.case_id)
    for cause, ids in cases.items():
        if len(ids) < MANY:
            yield from (f"{name} ({cause})" for name in ids)
        else:
            yield cause if len(cases) == 1 else f"{cause} ({names(ids)})"


def _absence(verdict: PromptVerdict, case_id: str) -> str:
    return next(
        (found.why for found in verdict.outcomes if found.case_id == case_id and found.why), "some repeats failed"
    )


def _settled(verdict: PromptVerdict, pairing: Pairing) -> Iterator[str]:
    """Say what the state means where nothing is worse and nothing missing."""
    match verdict.state:
        case State.NO_BASELINE:
            yield _nothing_to_compare(pairing)
        case State.NEW:
            yield _first_results(verdict, pairing)
        case State.INCONCLUSIVE:
            yield f"inconclusive: neither worse nor shown to be as good; {verdict.needs}"
        case State.PASS:
            yield f"not worse: {counted(verdict.compared, 'case')} compared, {percent(verdict.rate)} passed"
        case _:
            return


def _nothing_to_compare(pairing: Pairing) -> str:
    if not pairing.known:
        return (
            "no baseline: there is no stored result to compare with; record one with `pytest --golden --golden-record`"
        )
    if pairing.changed:
        return (
            f"no baseline: inputs, expectation or evaluator version changed in all {len(pairing.changed)} stored "
            "cases, so nothing can be compared; look at the results and accept them with `goldenprompt accept`"
        )
    return "no baseline: no case has a stored result; look at the results and accept them with `goldenprompt accept`"


def _first_results(verdict: PromptVerdict, pairing: Pairing) -> str:
    rate, bar = majority_rate(pairing.results) or 0.0, pairing.facts.min_pass_rate
    passing = f"new: {100 * rate:.1f} % of {counted(len(pairing.results), 'case')} pass"
    if bar is None:
        return f"{passing}; nothing to compare with yet, and no bar is set"
    return f"{passing}, which {'is under' if BAR in verdict.kinds else 'meets'} its bar of {100 * bar:g} %"
