"""CPU of comparing two score files, and proof that their lines' order does not matter: `python benchmarks/compare.py`.

Prints the CPU seconds of `goldenprompt compare` as a whole process for 20 prompts x 100 cases x 10 repeats, the ratio
to a Python process that only reads the two files as JSON, and whether shuffled lines give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MIXTURE = ((0.70, 400, 1), (0.88, 18, 2), (0.95, 3, 3), (1.0, 1, 60))
RUN = "import sys; from pytest_goldenprompt.cli import main; sys.exit(main(sys.argv[1:]))"
READ = "import json, sys; [[json.loads(line) for line in open(path)] for path in sys.argv[1:]]"


def write_scores(path: Path, rates: list[list[float]], repeats: int, luck: random.Random, *, shuffled: bool) -> None:
    """Write one line a repeat, in order or shuffled."""
    lines = [
        {
            "prompt_id": f"p{p:02}",
            "case_id": f"c{c:04}",
            "repeat": r,
            "tags": [f"t{c % 5}"],
            "passed": luck.random() < rate,
        }
        for p, cases in enumerate(rates)
        for c, rate in enumerate(cases)
        for r in range(repeats)
    ]
    for line in lines:
        line["score"] = float(line["passed"])
    if shuffled:
        random.Random(9).shuffle(lines)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def cpu(command: list[str], folder: Path) -> float:
    """Give the CPU seconds of a whole child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.stderr:
        raise SystemExit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print one row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=20)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    luck = random.Random(1)

    def rate() -> float:
        at = luck.random()
        return luck.betavariate(*next((a, b) for share, a, b in MIXTURE if at <= share))

    rates = [[rate() for _ in range(options.cases)] for _ in range(options.prompts)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, file in enumerate(("base", "current")):
            for shuffled in (False, True):
                place = folder / f"{file}{'-shuffled' * shuffled}.jsonl"
                write_scores(place, rates, options.repeats, random.Random(number), shuffled=shuffled)
        plain = ["base.jsonl", "current.jsonl"]
        took = cpu([sys.executable, "-c", RUN, "compare", *plain, "--report", "json=one.json"], folder)
        cpu(
            [
                sys.executable,
                "-c",
                RUN,
                "compare",
                "base-shuffled.jsonl",
                "current-shuffled.jsonl",
                "--report",
                "json=two.json",
            ],
            folder,
        )
        read = cpu([sys.executable, "-c", READ, *plain], folder)
        same = (folder / "one.json").read_text() == (folder / "two.json").read_text().replace("-shuffled", "")
    size = f"{options.prompts} prompts x {options.cases} cases x {options.repeats} repeats"
    print(f"{size}: compare {took:.2f} s of CPU, {took / read:.1f} x reading the lines; shuffled the same: {same}")


if __name__ == "__main__":
    main()
