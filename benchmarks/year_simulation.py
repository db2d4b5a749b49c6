"""Measure the gate over a year: a slide of one point a month, and a year in which nothing changed.

    python benchmarks/year_simulation.py --seeds 40 --year slide
    python benchmarks/year_simulation.py --seeds 40            # both years

The libraries are those of gate_simulation.py. The first month is the anchor. Every later month is a recording run, each
case `--baseline` times, and is compared with the last accepted run (a flagged one is not accepted) and, at the anchor's
share of alpha, with the anchor. For each comparison alone a row says what share of the sliding prompts it flagged
within twelve months, the median month over all of them, and in what share of years it flagged a prompt that had not
changed.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from gate_simulation import Design, World, everywhere, library, nothing, observe

from pytest_goldenprompt.judge.anchor import anchor_policy
from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord

MONTHS = 12
YEARS = {"slide": everywhere(0.01), "nothing": nothing}
"""What happens to the success rates each month."""


@dataclass
class Seen:
    """What one comparison said over a year: the first month in which each prompt was flagged, from 1."""

    first: dict[str, int] = field(default_factory=dict)

    def note(self, month: int, before: RunRecord, now: RunRecord, policy: Policy) -> bool:
        """Compare a month's run, and say whether nothing was flagged."""
        flagged = [prompt.id for prompt in judge(before, now, policy).prompts if prompt.state.value == "regressed"]
        for prompt in flagged:
            self.first.setdefault(prompt, month)
        return not flagged


def year(name: str, design: Design, seed: int) -> tuple[set[str], Seen, Seen]:
    """Simulate a year: the prompts that slide, what last month alone saw, and what the anchor alone saw."""
    rng = random.Random(f"{name}/{seed}")
    world, policy = library(design, rng), Policy(confirm_repeats=design.confirm)
    anchor = former = observe(world, world.now, design.baseline, rng)
    by_month, by_anchor = Seen(), Seen()
    for month in range(1, MONTHS + 1):
        world = World(world.now, {prompt: list(rates) for prompt, rates in world.now.items()}, world.worse)
        YEARS[name](world, design, rng)
        current = observe(world, world.now, design.baseline, rng)
        accepted = by_month.note(month, former, current, policy)
        by_anchor.note(month, anchor, current, anchor_policy(policy))
        former = current if accepted else former
    return world.worse, by_month, by_anchor


def row(name: str, design: Design, seeds: Sequence[int]) -> dict[str, tuple[float, float, float]]:
    """Give for each comparison: share of sliding prompts found, median month, share of years with a false flag."""
    years = [year(name, design, seed) for seed in seeds]
    return {
        "last month": _figures([(worse, seen) for worse, seen, _ in years]),
        "the anchor": _figures([(worse, seen) for worse, _, seen in years]),
    }


def _figures(years: Sequence[tuple[set[str], Seen]]) -> tuple[float, float, float]:
    months = [seen.first.get(prompt, math.inf) for worse, seen in years for prompt in worse]
    false = sum(bool(seen.first.keys() - worse) for worse, seen in years)
    if not months:
        return math.nan, math.nan, false / len(years)
    return sum(math.isfinite(month) for month in months) / len(months), median(months), false / len(years)


def _told(month: float) -> str:
    return f"{month:g}" if math.isfinite(month) else f"{MONTHS + 1} or later"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--year", choices=sorted(YEARS), action="append")
    parser.add_argument("--seeds", type=int, default=40)
    for name in ("prompts", "cases", "baseline", "affected"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Design, name))
    options = parser.parse_args()
    design = Design(options.prompts, options.cases, options.baseline, affected=options.affected)
    print(f"{design}, {MONTHS} months")
    for name in options.year or YEARS:
        began = time.process_time()
        for against, (found, middle, false) in row(name, design, range(options.seeds)).items():
            told = "" if math.isnan(found) else f"found {100 * found:5.1f} %  median month {_told(middle)}  "
            print(f"{name:8} against {against}: {told}years with a false flag {100 * false:4.1f} %", flush=True)
        print(f"         ({options.seeds} seeds, {time.process_time() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
