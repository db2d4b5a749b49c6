"""Whether a golden dataset still looks like what production asks."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.judge.gaps import DEALS, SHARE, Cover, Lack, Pool, deals, lacks
from pytest_goldenprompt.judge.kernel import discrepancy
from pytest_goldenprompt.judge.likeness import Near, neighbours, stand_ins, weighed
from pytest_goldenprompt.judge.topics import Topic, topic_gaps
from pytest_goldenprompt.judge.two_samples import Tested, chi_square, kolmogorov_smirnov

ALPHA = 0.05
"""Share of unchanged datasets with any gap, at most; half of it is for the parts, half for the topics."""

TAG, EXPECTED, LANGUAGE, LENGTH = "tag", "expected", "language", "length"
KINDS = (TAG, EXPECTED, LANGUAGE, LENGTH)


@dataclass(frozen=True, slots=True)
class Asked:
    """A golden case or an input of production: its text, and what it is, as pairs of kind and value."""

    text: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of production: its kind and value, its share (0..1), and whether golden cases cover it."""

    kind: str
    value: str
    share: float
    lack: Lack


@dataclass(frozen=True, slots=True)
class Difference:
    """A comparison of the whole: `what` is a kind, or `text`; `tested` is None where its extra is not installed."""

    what: str
    test: str
    tested: Tested | None


@dataclass(frozen=True, slots=True)
class Unlike:
    """An input of production to read: its place there, the golden case that is nearest, and how alike it is, 0..1.

    It stands for so many inputs, itself among them, that are nearer to it than to any golden case.
    """

    place: int
    nearest: int | None
    like: float
    stands_for: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was found; places are those in the production that was given. `parts` are those over the share alone.

    `unlike` counts the inputs of production that no golden case is like by its words.
    """

    golden: int
    production: int
    parts: tuple[Part, ...]
    topics: tuple[Topic, ...]
    differences: tuple[Difference, ...]
    reading: tuple[Unlike, ...]
    not_compared: tuple[str, ...]
    unlike: int

    @property
    def is_covered(self) -> bool:
        """Say that no gap was found, in a dataset that has a case."""
        return self.golden > 0 and not self.topics and not any(part.lack.state is Cover.GAP for part in self.parts)


def cover(golden: Sequence[Asked], production: Sequence[Asked], seed: str, reading: int = 10) -> Coverage:
    """Compare golden cases with production inputs, of which there must be one; the same seed gives the same."""
    pooled = _Pooled(golden, production, seed)
    texts = weighed([one.text for one in pooled.asked])
    near = neighbours(texts)
    if not golden:
        return Coverage(0, len(production), (), (), (), _reading(pooled, near, reading, 0), (), len(production))
    dealt = tuple(deals(pooled.pool, DEALS, seed))
    kinds = pooled.kinds
    parts = {kind: pooled.parts(kind) for kind in kinds}
    judged = tuple(_parts(parts, pooled, dealt))
    topics = topic_gaps(texts, near, (pooled.golden, pooled.pool), dealt, ALPHA / 2)
    lacking = 0
    for part in judged:
        lacking |= parts[part.kind][part.value] if part.lack.state is Cover.GAP else 0
    return Coverage(
        len(golden),
        len(production),
        judged,
        tuple(Topic(one.lack, one.words, pooled.production(one.places)) for one in topics),
        tuple(_differences(parts, pooled, dealt)),
        _reading(pooled, near, reading, lacking),
        tuple(kind for kind in KINDS if kind not in kinds),
        sum(pooled.nearest(others) is None for at, others in enumerate(near) if not pooled.is_golden(at)),
    )


class _Pooled:
    """Golden cases and production inputs in one order, which does not tell them apart.

    Ties between equal texts would else go to one side.
    """

    def __init__(self, golden: Sequence[Asked], production: Sequence[Asked], seed: str) -> None:
        self.pool = Pool(len(golden), len(production))
        self.order = list(range(self.pool.size))
        random.Random(seed).shuffle(self.order)  # noqa: S311 - an order has to be repeatable, not secret
        both = (*golden, *production)
        self.asked = tuple(both[place] for place in self.order)
        self.golden = sum(1 << at for at, place in enumerate(self.order) if place < self.pool.golden)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Name the kinds of which both sides have a value."""
        golden = {kind for at, one in enumerate(self.asked) if self.is_golden(at) for kind, _ in one.values}
        others = {kind for at, one in enumerate(self.asked) if not self.is_golden(at) for kind, _ in one.values}
        return tuple(kind for kind in KINDS if kind in golden & others)

    def is_golden(self, at: int) -> bool:
        """Say whether a golden case is at a place."""
        return self.order[at] < self.pool.golden

    def nearest(self, others: Sequence[Near]) -> Near | None:
        """Give the golden case that comes first among near ones."""
        return next((one for one in others if self.is_golden(one.place)), None)

    def parts(self, kind: str) -> dict[str, int]:
        """Give the parts of a kind by their values; the bits of each are its places."""
        found: dict[str, int] = defaultdict(int)
        for at, one in enumerate(self.asked):
            for value in {value for name, value in one.values if name == kind}:
                found[value] |= 1 << at
        return dict(sorted(found.items()))

    def production(self, places: Sequence[int]) -> tuple[int, ...]:
        """Give places in production for places here."""
        return tuple(sorted(self.order[at] - self.pool.golden for at in places))


def _parts(parts: dict[str, dict[str, int]], pooled: _Pooled, dealt: Sequence[int]) -> Iterator[Part]:
    """Judge all parts together, the greatest share first."""
    named = [(kind, value, part) for kind, values in parts.items() for value, part in values.items()]
    judged = lacks([part for *_, part in named], pooled.golden, pooled.pool, dealt, ALPHA / 2)
    over = [
        Part(kind, value, lack.asked / pooled.pool.production, lack)
        for (kind, value, _), lack in zip(named, judged, strict=True)
        if lack.asked > SHARE * pooled.pool.production
    ]
    yield from sorted(over, key=lambda part: (KINDS.index(part.kind), -part.lack.asked, part.value))


def _differences(parts: dict[str, dict[str, int]], pooled: _Pooled, dealt: Sequence[int]) -> Iterator[Difference]:
    for kind, values in parts.items():
        if kind == LENGTH:
            sides: tuple[list[float], list[float]] = ([], [])
            for at, one in enumerate(pooled.asked):
                sides[pooled.is_golden(at)].append(len(one.text))
            yield Difference(kind, "Kolmogorov-Smirnov", kolmogorov_smirnov(*sides))
        elif len(values) > 1:
            yield Difference(kind, "chi-square", chi_square([*values.values()], pooled.golden, pooled.pool, dealt))
    texts = [one.text for one in pooled.asked]
    yield Difference("text", "maximum mean discrepancy", discrepancy(texts, pooled.golden, pooled.pool, dealt))


def _reading(pooled: _Pooled, near: Sequence[Sequence[Near]], number: int, lacking: int) -> tuple[Unlike, ...]:
    """Choose the inputs whose cases would bring the most others of production a near one.

    To those in a part that is a gap, the places `lacking`, no case is near, whatever its words are; and an input that
    is in no such part cannot stand for them.
    """
    asked = [at for at in range(pooled.pool.size) if not pooled.is_golden(at)]
    nearest = {at: pooled.nearest(near[at]) for at in asked}
    likes = {at: one.like if one else 0.0 for at, one in nearest.items()}
    there = {at: 0.0 if lacking >> at & 1 else like for at, like in likes.items()}
    chosen = []
    for one in stand_ins([_same_side(at, others, lacking) for at, others in enumerate(near)], there, number):
        case = nearest[one.place]
        place = pooled.order[one.place] - pooled.pool.golden
        golden = pooled.order[case.place] if case else None
        chosen.append(Unlike(place, golden, likes[one.place], one.stands_for))
    return tuple(chosen)


def _same_side(at: int, near: Sequence[Near], lacking: int) -> Sequence[Near]:
    return near if lacking >> at & 1 else [one for one in near if not lacking >> one.place & 1]
