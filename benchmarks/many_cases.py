"""What thousands of cases cost in one process: `python benchmarks/many_cases.py`.

Warm: all answers are recorded and `--golden-replay none` calls nobody, beside as many pytest items that do nothing.
Red: every case fails that passed in the stored run, beside the run that is green. Memory: the peak at two sizes, and
what lies between them as bytes a case; the answers are two letters each. The model is a Python function. Whole
processes, side by side in every round; the median of the rounds' ratios is printed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from measuring import ALONE, GOLDEN, Cost, cost, load, middle, write_library, write_no_op

RUN = (*GOLDEN, "--golden-provider", "python:answers:answer")
SIZES = ((1_000, 10_000), (10_000, 100_000))


def home_of(name: str, cases: int) -> Path:
    """Write a library with a stored run of this month."""
    home = Path(name) / f"library-{cases}"
    home.mkdir()
    write_library(home, cases)
    cost([*RUN, "--golden-record"], home, ALONE)
    return home


def warm(name: str, cases: int, rounds: int) -> None:
    """Print the cost of asking nobody."""
    home, nothing = home_of(name, cases), write_no_op(Path(name), cases)
    cost([*RUN, "--golden-replay", "once"], home, ALONE)
    took = []
    for _ in range(rounds):
        least = cost(nothing, home, ALONE)
        run = cost([*RUN, "--golden-replay", "none"], home, {**ALONE, "ANSWER": "bad if anybody is called"})
        took.append((run, least))
    show(f"{cases} recorded cases, no call, beside items that do nothing", took)


def red(name: str, cases: int, rounds: int) -> None:
    """Print the cost of every case having got worse."""
    home = home_of(name, cases)
    took = []
    for _ in range(rounds):
        green = cost(RUN, home, ALONE)
        took.append((cost(RUN, home, {**ALONE, "ANSWER": "bad"}, (1,)), green))
    show(f"{cases} cases of which all got worse, beside none", took)


def show(what: str, took: list[tuple[Cost, Cost]]) -> None:
    """Print the ratios of the pairs."""
    print(what)
    print(f"  wall time   {middle(one.wall / other.wall for one, other in took)}")
    print(f"  CPU time    {middle(one.cpu / other.cpu for one, other in took)}")


def memory(name: str, most: int) -> None:
    """Print the memory that each further case takes."""
    print("memory a case at the peak, with what a pytest item that does nothing takes of it")
    for few, many in SIZES:
        if many <= most:
            ours = [cost(RUN, home_of(f"{name}/{many}", cases), ALONE).peak for cases in (few, many)]
            items = [cost(write_no_op(Path(name), cases), Path(name), ALONE).peak for cases in (few, many)]
            each = [(after - before) / (many - few) / 1024 for before, after in (ours, items)]
            print(f"  {few} to {many} cases: {each[0]:.1f} KB, of which {each[1]:.1f} KB")


def main() -> None:
    """Print all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warm", type=int, default=10_000, help="cases; 0 leaves it out")
    parser.add_argument("--red", type=int, default=2_000, help="cases; 0 leaves it out")
    parser.add_argument("--memory", type=int, default=100_000, help="cases at most; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.rounds} rounds; {load()}")
    for measure, cases in ((warm, options.warm), (red, options.red)):
        with tempfile.TemporaryDirectory() as name:
            if cases:
                measure(name, cases, options.rounds)
    with tempfile.TemporaryDirectory() as name:
        for _, many in SIZES:
            (Path(name) / str(many)).mkdir()
        memory(name, options.memory)


if __name__ == "__main__":
    main()
