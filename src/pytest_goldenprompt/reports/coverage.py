"""What a golden dataset covers of production, as text for people and as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tabulate import tabulate

from pytest_goldenprompt.judge.coverage import EXPECTED, TAG, Coverage, Part, Unlike
from pytest_goldenprompt.judge.gaps import FEWEST, SHARE, Cover
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.judge.topics import Topic
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.reports.inert import one_line, quoted
from pytest_goldenprompt.reports.shares import percent

SCHEMA = "goldenprompt.coverage/1"
HEADERS = ("production by", "", "inputs", "share", "golden cases", "")
LONGEST_VALUE = 60
LONGEST_TEXT = 100
EXAMPLES = 3
DIFFERS = 0.05
"""Level at which a difference of the whole is told, shared out among the comparisons that were made (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input of production, and where it stands."""

    where: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What was compared: the prompt, its cases' ids, the inputs; of how many these are, and of which others none."""

    prompt: str
    cases: tuple[str, ...]
    inputs: tuple[Input, ...]
    given: int
    strangers: tuple[str, ...] = ()


def coverage_text(found: Coverage, subject: Subject) -> str:
    """Write what was found: gaps first, then all parts, differences of the whole, and what to read."""
    lines = [_sentence(found, subject), *_drawn(subject), *_topics(found, subject)]
    if found.parts:
        lines += ["", tabulate([_row(part) for part in found.parts], HEADERS, tablefmt="simple", disable_numparse=True)]
    lines += ["", *_differences(found), *_not_compared(found)] if found.golden else []
    if found.unlike:
        lines += [
            "",
            f"{found.unlike} of {counted(found.production, 'input')} have no golden case like them, by their words.",
        ]
    lines += ["", *_reading(found, subject)] if found.reading else []
    return "\n".join(lines)


def _sentence(found: Coverage, subject: Subject) -> str:
    beside = f"{counted(found.production, 'production input')} beside {counted(found.golden, 'golden case')}"
    name = f"{one_line(subject.prompt)}: {beside}"
    gaps = sum(part.lack.state is Cover.GAP for part in found.parts) + len(found.topics)
    unclear = sum(part.lack.state is Cover.UNCLEAR for part in found.parts)
    if not found.golden:
        return f"{name}: nothing is covered"
    told = [counted(gaps, "gap")] * bool(gaps) + [f"{unclear} too few to tell"] * bool(unclear)
    return f"{name}: {', '.join(told) or 'no gap'}"


def _drawn(subject: Subject) -> Iterator[str]:
    if subject.given > len(subject.inputs):
        yield f"The inputs were drawn from {subject.given:,}, always the same ones from the same file."
    if subject.strangers:
        others = counted(len(subject.strangers), "conversation")
        yield f"{others} of other prompts passed over, the first: {one_line(subject.strangers[0])}"


def _topics(found: Coverage, subject: Subject) -> Iterator[str]:
    for topic in found.topics:
        lack = topic.lack
        share = percent(lack.asked / found.production)
        yield ""
        yield (
            f"gap: {counted(lack.asked, 'input')} alike ({share}), {counted(lack.golden, 'golden case')} among them, "
            f"by their words: {one_line(', '.join(topic.words))}"
        )
        yield from (f"  {_input(subject.inputs[place])}" for place in topic.places[:EXAMPLES])


def _input(one: Input) -> str:
    return f"{one_line(one.where)}:{one.line}: {quoted(one.text, LONGEST_TEXT)}"


def _row(part: Part) -> tuple[str, ...]:
    lack = part.lack
    return (
        part.kind,
        one_line(part.value, LONGEST_VALUE),
        str(lack.asked),
        percent(part.share),
        str(lack.golden),
        _told(part),
    )


def _told(part: Part) -> str:
    lack = part.lack
    if lack.state is Cover.COVERED:
        return ""
    if lack.state is Cover.GAP:
        return f"gap (p {lack.p:.3f}): add {FEWEST - lack.golden} or more"
    if lack.needs is None:
        return "too few golden cases to tell"
    return f"too few to tell, needs {lack.needs:,} inputs"


def _differences(found: Coverage) -> Iterator[str]:
    made = sum(one.tested is not None for one in found.differences)
    for one in found.differences:
        if one.tested is None:
            yield "not compared: the texts as a whole (pip install 'pytest-goldenprompt[coverage]')"
        else:
            differs = "differs" if one.tested.p <= DIFFERS / made else "no difference shown"
            figures = f"{one.test} {one.tested.statistic:.3f}, p {one.tested.p:.3f}"
            yield f"{differs}: {one.what} as a whole ({figures})"


def _not_compared(found: Coverage) -> Iterator[str]:
    why = {TAG: "tags", EXPECTED: "`expected` or `output` that is short"}
    for kind in found.not_compared:
        what = why.get(kind, f"{kind} that can be told")
        yield f"not compared: {kind}, as production or the golden cases have no {what}"


def _reading(found: Coverage, subject: Subject) -> Iterator[str]:
    yield "To read, and to make cases of with --draft: the inputs most unlike any golden case, each for others like it."
    for one in found.reading:
        yield f"  {_input(subject.inputs[one.place])}"
        yield f"    for {counted(one.stands_for, 'input')}; {_nearest(one, subject)}"


def _nearest(one: Unlike, subject: Subject) -> str:
    if one.nearest is None:
        return "no golden case is like it"
    return f"the nearest case is {one_line(subject.cases[one.nearest])} ({100 * one.like:.0f} % alike)"


def coverage_record(found: Coverage, subject: Subject) -> dict[str, JSON]:
    """Give what was found as plain data; shares and likeness are 0..1."""
    return {
        "schema": SCHEMA,
        "prompt": subject.prompt,
        "covered": found.is_covered,
        "golden": found.golden,
        "production": found.production,
        "given": subject.given,
        "passed_over": len(subject.strangers),
        "unlike": found.unlike,
        "rule": {"share": SHARE, "cases": FEWEST},
        "parts": [_part_record(part) for part in found.parts],
        "topics": [_topic_record(topic, subject) for topic in found.topics],
        "differences": [
            {
                "what": one.what,
                "test": one.test,
                "statistic": round(one.tested.statistic, 6) if one.tested else None,
                "p": round(one.tested.p, 6) if one.tested else None,
            }
            for one in found.differences
        ],
        "not_compared": list(found.not_compared),
        "reading": [
            {
                **_input_record(subject.inputs[one.place]),
                "nearest": None if one.nearest is None else subject.cases[one.nearest],
                "like": round(one.like, 6),
                "stands_for": one.stands_for,
            }
            for one in found.reading
        ],
    }


def _part_record(part: Part) -> dict[str, JSON]:
    lack = part.lack
    return {
        "kind": part.kind,
        "value": part.value,
        "inputs": lack.asked,
        "share": part.share,
        "golden": lack.golden,
        "state": lack.state.value,
        "p": lack.p,
        "needs": lack.needs,
    }


def _topic_record(topic: Topic, subject: Subject) -> dict[str, JSON]:
    return {
        "words": list(topic.words),
        "inputs": [_input_record(subject.inputs[place]) for place in topic.places],
        "golden": topic.lack.golden,
        "p": topic.lack.p,
    }


def _input_record(one: Input) -> dict[str, JSON]:
    return {"file": one.where, "line": one.line, "text": one.text}
