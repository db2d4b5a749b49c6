"""Measure the gate on generated libraries: false alarms when nothing changed, and what it finds when something did.

    python benchmarks/gate_simulation.py --seeds 100 --scenario nothing
    python benchmarks/gate_simulation.py --seeds 30            # every scenario

A library has 20 prompts of 100 cases with five tags. A case's success rate comes from a mixture: 70 % Beta(400, 1),
18 % Beta(18, 2), 7 % Beta(3, 3), 5 % Beta(1, 60). A month is a look of `--check` repeats against a baseline of
`--baseline`, of `--months` such months joined, after which the suspects are topped up to `--confirm` with fresh
repeats; the verdict on all repeats counts. Every number comes from the seed, so a row is the same wherever it is run.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import Pool

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.pooling import pooled
from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.verdict import Verdict

MIXTURE = ((0.70, 400, 1), (0.88, 18, 2), (0.95, 3, 3), (1.0, 1, 60))
TAGS = 5
CLUSTER = 5
BROKEN = 0.02
SOLID = 0.98
PASSED, FAILED = Repeat(score=1.0, passed=True), Repeat(score=0.0, passed=False)

Rates = dict[str, list[float]]


@dataclass(frozen=True)
class Design:
    """How large a library is, and how often its cases are repeated."""

    prompts: int = 20
    cases: int = 100
    baseline: int = 10
    check: int = 3
    confirm: int = 10
    affected: int = 2
    months: int = 1


@dataclass
class World:
    """Success rates then and now, what is truly worse, and how luck is shared."""

    then: Rates
    now: Rates
    worse: set[str] = field(default_factory=set)
    broken: set[tuple[str, str]] = field(default_factory=set)
    slice: str = ""
    shared: float = 0.0
    added: int = 0


def library(design: Design, rng: random.Random) -> World:
    then = {f"p{number:02}": [_rate(rng) for _ in range(design.cases)] for number in range(design.prompts)}
    return World(then, {prompt: list(rates) for prompt, rates in then.items()})


def _rate(rng: random.Random) -> float:
    place = rng.random()
    return next(rng.betavariate(a, b) for below, a, b in MIXTURE if place < below)


def case_id(index: int) -> str:
    return f"c{index:03}"


def _affected(world: World, design: Design) -> list[str]:
    return sorted(world.now)[: design.affected]


def nothing(_world: World, _design: Design, _rng: random.Random) -> None:
    """Nothing changed."""


def clustered(world: World, _design: Design, _rng: random.Random) -> None:
    """Nothing changed; neighbouring cases share half of their luck in a repeat."""
    world.shared = 0.5


def jitter(world: World, _design: Design, rng: random.Random) -> None:
    """Nothing changed but a normal shift of .3 in every case's logit."""
    for rates in world.now.values():
        rates[:] = [_shifted(rate, rng.gauss(0.0, 0.3)) for rate in rates]


def _shifted(rate: float, shift: float) -> float:
    rate = min(max(rate, 1e-9), 1.0 - 1e-9)
    return 1.0 / (1.0 + math.exp(-(math.log(rate / (1.0 - rate)) + shift)))


def broken(number: int) -> Change:
    def change(world: World, design: Design, rng: random.Random) -> None:
        for prompt in _affected(world, design):
            solid = [index for index, rate in enumerate(world.then[prompt]) if rate > 0.97]
            for index in rng.sample(solid, number):
                world.now[prompt][index] = BROKEN
                world.broken.add((prompt, case_id(index)))
            world.worse.add(prompt)

    change.__doc__ = f"{number} of the solid cases broken."
    return change


def everywhere(points: float) -> Change:
    def change(world: World, design: Design, _rng: random.Random) -> None:
        for prompt in _affected(world, design):
            world.now[prompt] = [max(0.0, rate - points) for rate in world.then[prompt]]
            world.worse.add(prompt)
            world.broken |= {(prompt, case_id(index)) for index in range(design.cases)}

    change.__doc__ = f"Every case {100 * points:g} points down."
    return change


def one_slice(world: World, design: Design, _rng: random.Random) -> None:
    """One slice of five down by 20 points."""
    world.slice = "tag0"
    for prompt in _affected(world, design):
        world.worse.add(prompt)
        for index in range(0, design.cases, TAGS):
            world.now[prompt][index] = max(0.0, world.then[prompt][index] - 0.20)
            world.broken.add((prompt, case_id(index)))


def swapped(world: World, design: Design, rng: random.Random) -> None:
    """Five solid cases broken and five dead ones fixed: the mean stays."""
    broken(5)(world, design, rng)
    for prompt in _affected(world, design):
        others = [index for index in range(design.cases) if (prompt, case_id(index)) not in world.broken]
        for index in rng.sample(others, 5):
            world.then[prompt][index], world.now[prompt][index] = BROKEN, SOLID


def improved(world: World, _design: Design, rng: random.Random) -> None:
    """Ten weak cases of every prompt improve."""
    for rates in world.now.values():
        for index in sorted(range(len(rates)), key=rates.__getitem__)[:10]:
            rates[index] = max(rates[index], rng.uniform(0.5, 1.0))


def added(world: World, _design: Design, _rng: random.Random) -> None:
    """Every dataset grows by twenty cases of any rate."""
    world.added = 20


Change = Callable[[World, Design, random.Random], None]
SCENARIOS: dict[str, Change] = {
    "nothing": nothing,
    "clustered": clustered,
    "jitter": jitter,
    "broken-1": broken(1),
    "broken-3": broken(3),
    "broken-5": broken(5),
    "down-5": everywhere(0.05),
    "down-10": everywhere(0.10),
    "slice-20": one_slice,
    "swapped": swapped,
    "improved": improved,
    "added": added,
}


def observe(world: World, rates: Rates, repeats: int, rng: random.Random) -> RunRecord:
    results = [
        CaseResult(prompt, case_id(index), "same", outcome, tags=(f"tag{index % TAGS}",))
        for prompt, listed in rates.items()
        for index, outcome in enumerate(_outcomes(listed, repeats, world.shared, rng))
    ]
    facts = tuple(PromptFacts(prompt, f"{prompt}.golden.yaml") for prompt in rates)
    return RunRecord("run", prompts=facts, cases=tuple(results))


def _outcomes(rates: Sequence[float], repeats: int, shared: float, rng: random.Random) -> list[tuple[Repeat, ...]]:
    if not shared:
        return [tuple(PASSED if rng.random() < rate else FAILED for _ in range(repeats)) for rate in rates]
    luck = [[rng.gauss(0.0, 1.0) for _ in range(repeats)] for _ in range(math.ceil(len(rates) / CLUSTER))]
    own = math.sqrt(1.0 - shared)
    return [
        tuple(
            PASSED if _normal(math.sqrt(shared) * common + own * rng.gauss(0.0, 1.0)) < rate else FAILED
            for common in luck[index // CLUSTER]
        )
        for index, rate in enumerate(rates)
    ]


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def topped_up(
    world: World, record: RunRecord, chosen: Sequence[tuple[str, str]], confirm: int, rng: random.Random
) -> RunRecord:
    """Add fresh repeats to the chosen cases; cases of one cluster share their luck again."""
    fresh = {(case.prompt_id, case.case_id): case for case in observe(world, world.now, confirm, rng).cases}
    wanted = set(chosen)
    return replace(record, cases=tuple(_longer(case, fresh, wanted, confirm) for case in record.cases))


def _longer(
    case: CaseResult, fresh: dict[tuple[str, str], CaseResult], wanted: set[tuple[str, str]], confirm: int
) -> CaseResult:
    key = case.prompt_id, case.case_id
    if key not in wanted:
        return case
    return replace(case, repeats=case.repeats + fresh[key].repeats[: confirm - len(case.repeats)])


def month(scenario: str, design: Design, seed: int) -> tuple[World, Verdict, float]:
    """Simulate one month: the world, the verdict, and the extra calls as a share of the first look's."""
    rng = random.Random(f"{scenario}/{seed}")
    world = library(design, rng)
    SCENARIOS[scenario](world, design, rng)
    policy = Policy(confirm_repeats=design.confirm)
    newest, *earlier = (observe(world, world.then, design.baseline, rng) for _ in range(design.months))
    before = pooled(newest, earlier)
    for rates in world.now.values():
        rates += [_rate(rng) for _ in range(world.added)]
    first = observe(world, world.now, design.check, rng)
    after = topped_up(world, first, suspects(before, first, policy), design.confirm, rng)
    extra = sum(len(case.repeats) for case in after.cases) - sum(len(case.repeats) for case in first.cases)
    return world, judge(before, after, policy), extra / sum(len(case.repeats) for case in first.cases)


def figures(arguments: tuple[str, Design, int]) -> dict[str, float]:
    """Count what one month's verdict got right and wrong."""
    world, verdict, extra = month(*arguments)
    flagged = {prompt.id: prompt for prompt in verdict.prompts if prompt.state.value == "regressed"}
    named = {(prompt.id, case.case_id) for prompt in verdict.prompts for case in prompt.cases}
    slices = {prompt.id for prompt in flagged.values() if world.slice in {part.tag for part in prompt.slices}}
    passed = sum(prompt.state.value == "pass" for prompt in verdict.prompts)
    false = len(named - world.broken)
    return {
        "alarms": float(bool(set(flagged) - world.worse)),
        "found": float(len(world.worse & set(flagged))),
        "worse": float(len(world.worse)),
        "named_falsely": false / len(named) if named else 0.0,
        "named_broken": float(len(named & world.broken)),
        "broken": float(len(world.broken)),
        "slices": float(len(slices & world.worse)),
        "extra": extra,
        "passed": passed / len(verdict.prompts),
    }


def row(scenario: str, design: Design, seeds: Sequence[int], processes: int = 1) -> dict[str, float]:
    """Run a scenario for all seeds and give shares, each 0..1 (None as NaN where there is nothing to share).

    "falsely named" is the false discovery rate of cases: the false share of those that a run names, its mean over runs.
    """
    work = [(scenario, design, seed) for seed in seeds]
    if processes > 1:
        with Pool(processes) as pool:
            found = pool.map(figures, work, chunksize=1)
    else:
        found = [figures(one) for one in work]
    total = {name: math.fsum(one[name] for one in found) for name in found[0]}

    def share(part: str, whole: float) -> float:
        return total[part] / whole if whole else math.nan

    runs = len(seeds)
    return {
        "alarms": share("alarms", runs),
        "found": share("found", total["worse"]),
        "cases named": share("named_broken", total["broken"]),
        "slice named": share("slices", total["worse"]),
        "falsely named": share("named_falsely", runs),
        "extra calls": share("extra", runs),
        "pass": share("passed", runs),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), action="append")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    for name in ("prompts", "cases", "baseline", "check", "confirm", "affected", "months"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Design, name))
    options = parser.parse_args()
    design = Design(*(getattr(options, name) for name in Design.__dataclass_fields__))
    print(design)
    for scenario in options.scenario or SCENARIOS:
        began = time.process_time()
        shares = row(scenario, design, range(options.start, options.start + options.seeds), options.processes)
        told = "  ".join(f"{name} {100 * share:5.1f} %" for name, share in shares.items() if not math.isnan(share))
        print(f"{scenario:10} {told}  ({options.seeds} seeds, {time.process_time() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
