"""How often `goldenprompt coverage` cries wolf, and what it finds: `python benchmarks/coverage_alarms.py [DRAWS]`.

Golden cases and production inputs are drawn from the 68 labelled tickets of the corpus, from the same tickets (nothing
changed), or with one label left out of the golden cases and made 15 % of production. Needs `GOLDENPROMPT_CORPUS`.
"""

from __future__ import annotations

import csv
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pytest_goldenprompt.authoring.production import asked_by
from pytest_goldenprompt.judge.coverage import EXPECTED, Asked, cover
from pytest_goldenprompt.judge.gaps import Cover
from pytest_goldenprompt.judge.intervals import clopper_pearson

TICKETS = "wild/anthropics__anthropic-cookbook/skills/classification/evaluation/dataset.csv"
SIZES = (50, 200, 500)
SHARE = 0.15


class Ticket(NamedTuple):
    text: str
    label: str


class Tally(NamedTuple):
    """How many of the draws had a gap by a label, language or length, by a topic, by either; and the one put in."""

    draws: int
    part: int
    topic: int
    either: int
    right: int


def tickets() -> list[Ticket]:
    path = Path(os.environ.get("GOLDENPROMPT_CORPUS", "/nowhere")) / TICKETS
    with path.open(encoding="utf-8", newline="") as file:
        return [Ticket(row["text"], row["label"]) for row in csv.DictReader(file)]


def asked(ticket: Ticket, *, labelled: bool = True) -> Asked:
    return asked_by({"ticket": ticket.text}, (), (), ticket.label if labelled else None)


def unchanged(every: Sequence[Ticket], size: int, draws: int, *, labelled: bool = True) -> Tally:
    """Draw both sides from the same tickets."""
    return _tally(
        [(draw.choices(every, k=size), draw.choices(every, k=size), "") for draw in _seeds(size, draws)],
        labelled=labelled,
    )


def one_left_out(every: Sequence[Ticket], size: int, draws: int, *, labelled: bool = True) -> Tally:
    """Leave one label after the other out of the golden cases, and make it 15 % of production."""
    labels = sorted({ticket.label for ticket in every})
    worlds = []
    for number, draw in enumerate(_seeds(size, draws)):
        label = labels[number % len(labels)]
        own, others = ([t for t in every if (t.label == label) is same] for same in (True, False))
        many = round(SHARE * size)
        production = [*draw.choices(own, k=many), *draw.choices(others, k=size - many)]
        worlds.append((draw.choices(others, k=size), production, label))
    return _tally(worlds, labelled=labelled)


def _seeds(size: int, draws: int) -> list[random.Random]:
    return [random.Random(f"{size}/{draw}") for draw in range(draws)]


def _tally(worlds: Sequence[tuple[list[Ticket], list[Ticket], str]], *, labelled: bool) -> Tally:
    part = topic = either = right = 0
    for number, (golden, production, label) in enumerate(worlds):
        sides = [[asked(ticket, labelled=labelled) for ticket in side] for side in (golden, production)]
        found = cover(*sides, str(number), 0)
        gaps = [one for one in found.parts if one.lack.state is Cover.GAP]
        part += bool(gaps)
        topic += bool(found.topics)
        either += not found.is_covered
        right += (EXPECTED, label) in {(one.kind, one.value) for one in gaps}
    return Tally(len(worlds), part, topic, either, right)


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    every = tickets()
    for size in SIZES:
        quiet = unchanged(every, size, draws)
        bound = clopper_pearson(quiet.either, draws)
        print(
            f"{size} cases and inputs, nothing changed: a gap in {quiet.either} of {draws} draws "
            f"({100 * bound.low:.1f} to {100 * bound.high:.1f} %; by parts {quiet.part}, by topics {quiet.topic})",
            flush=True,
        )
    for size in SIZES:
        few = max(10, draws // 5)
        found, bare = one_left_out(every, size, few), one_left_out(every, size, few, labelled=False)
        print(
            f"{size} cases and inputs, a label left out that is 15 % of production: found by its name in {found.right} "
            f"of {few}; without labels a topic is found in {bare.topic} of {few}",
            flush=True,
        )


if __name__ == "__main__":
    main()
