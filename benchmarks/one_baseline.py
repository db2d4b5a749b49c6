"""How false alarms fall on baselines: a month of checks is compared with one and the same stored run.

    python benchmarks/one_baseline.py                      # flaky cases, as a small model's at temperature .8
    python benchmarks/one_baseline.py --rates mixture      # mostly solid cases, as in gate_simulation.py

Nothing ever changes. Each of `--baselines` stored runs of ten repeats is compared with `--checks` runs of one repeat,
topped up to ten where something looks worse. Prints the share of checks that are flagged, and the share of baselines
against which at least one is: a stored run that was lucky looks better than the truth to all its checks.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter

from gate_simulation import Design, World, library, observe, topped_up

from pytest_goldenprompt.judge.gate import judge
from pytest_goldenprompt.judge.suspects import suspects
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord


def world(rates: str, design: Design, rng: random.Random) -> World:
    """Draw a library's success rates: evenly between 0 and 1, or from the mixture."""
    if rates == "mixture":
        return library(design, rng)
    drawn = {f"p{number:02}": [rng.random() for _ in range(design.cases)] for number in range(design.prompts)}
    return World(drawn, drawn)


def is_flagged(truth: World, baseline: RunRecord, policy: Policy, rng: random.Random) -> bool:
    """Check once."""
    first = observe(truth, truth.now, policy.repeats, rng)
    whole = topped_up(truth, first, suspects(baseline, first, policy), policy.confirm_repeats, rng)
    return judge(baseline, whole, policy).state.value == "regressed"


def flags(rates: str, design: Design, checks: int, seed: int) -> int:
    """Count the flagged checks of one baseline."""
    rng = random.Random(f"{rates}/{seed}")
    truth, policy = world(rates, design, rng), Policy()
    baseline = observe(truth, truth.now, policy.baseline_repeats, rng)
    return sum(is_flagged(truth, baseline, policy, rng) for _ in range(checks))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", choices=("flaky", "mixture"), default="flaky")
    parser.add_argument("--prompts", type=int, default=2)
    parser.add_argument("--cases", type=int, default=17)
    parser.add_argument("--baselines", type=int, default=100)
    parser.add_argument("--checks", type=int, default=20)
    options = parser.parse_args()
    design = Design(prompts=options.prompts, cases=options.cases)
    found = Counter(flags(options.rates, design, options.checks, seed) for seed in range(options.baselines))
    flagged = sum(number * times for number, times in found.items())
    runs, quiet = options.baselines * options.checks, found[0]
    print(f"{options.rates}, {options.prompts} prompts x {options.cases} cases, {options.checks} checks a baseline")
    print(f"flagged: {flagged} of {runs} checks ({100 * flagged / runs:.1f} %)")
    print(f"baselines with a flagged check: {options.baselines - quiet} of {options.baselines}")
    print(f"flagged checks a baseline: {', '.join(f'{number} x {times}' for number, times in sorted(found.items()))}")


if __name__ == "__main__":
    main()
