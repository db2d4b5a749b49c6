"""CPU and memory of comparing two large stored runs, beside sqlite's join of the same rows.

`python benchmarks/compare_large.py` writes two runs of 1,000 prompts x 100 cases into a folder store, and the same
repeats into two indexed tables of a sqlite file. Measured, each in a process of its own and in turns:

- sqlite: open the file, join the tables by prompt, case and repeat, count the pairs of pass flags;
- ours: `goldenprompt compare RUN RUN`, from the files to the printed verdict, digests and seals checked.

The first ratio leaves out what it takes to start Python and to import the modules, the second does not.
`--alike` is the share of cases with the same answer in both runs to the letter.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of
from pytest_goldenprompt.store.store import FolderStore

MIXTURE = ((0.70, 400, 1), (0.88, 18, 2), (0.95, 3, 3), (1.0, 1, 60))
"""Shares of cases, summed up, with the Beta law of their success rates: solid, flaky, undecided, dead."""
NAMES = ("then", "now")
MEASURED = """
import json, resource, sys, time
{before}
start = time.process_time()
{work}
took = time.process_time() - start
usage = resource.getrusage(resource.RUSAGE_SELF)
own = [took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]
print(json.dumps(own), file=sys.stderr)
"""
OURS = MEASURED.format(
    before="from pytest_goldenprompt.cli import compare_command, main",
    work="main(['compare', 'then', 'now'])",
)
JOIN = """
file = sqlite3.connect("runs.db")
query = "SELECT a.passed, b.passed, count(*) FROM a JOIN b USING (prompt, id, repeat) GROUP BY a.passed, b.passed"
print(file.execute(query).fetchall())
"""
SQLITE = MEASURED.format(before="import sqlite3", work=JOIN)
TABLE = """
CREATE TABLE {name} (prompt TEXT, id TEXT, repeat INT, digest TEXT, output TEXT, passed INT, score REAL, tokens INT,
PRIMARY KEY (prompt, id, repeat))
"""


def results(options: argparse.Namespace, name: str) -> Iterator[CaseResult]:
    """Give the results of one run: the same cases and rates for both, answers alike as often as asked."""
    rates, luck, shared = random.Random(1), random.Random(name), random.Random(2)
    for p in range(options.prompts):
        for c in range(options.cases):
            at = rates.random()
            rate = rates.betavariate(*next((a, b) for share, a, b in MIXTURE if at <= share))
            source = shared if rates.random() < options.alike else luck
            known = digest_of([p, c], SHORT_DIGEST_LENGTH)
            repeats = tuple(_repeat(source, rate) for _ in range(options.repeats))
            tags = (f"area:{c % 5}", f"lang:{('de', 'en', 'fr')[c % 3]}")
            yield CaseResult(f"team/prompt-{p:04}", f"case-{known[:10]}", known, repeats, tags, line=8 + 4 * c)


def _repeat(luck: random.Random, rate: float) -> Repeat:
    passed, output = luck.random() < rate, f"{luck.getrandbits(128):032x}"
    reasons = () if passed else ("exact: expected 'refund', found 'complaint'",)
    return Repeat(float(passed), passed, output=output, reasons=reasons, tokens=luck.randint(2, 400))


def write(options: argparse.Namespace, folder: Path) -> None:
    """Write both runs twice: into a folder store, and into a sqlite file."""
    file = sqlite3.connect(folder / "runs.db")
    for name, table in zip(NAMES, "ab", strict=True):
        cases = sorted(results(options, name), key=lambda one: (one.prompt_id, one.case_id))
        prompts = {case.prompt_id: PromptFacts(case.prompt_id, f"{case.prompt_id}.golden.yaml") for case in cases}
        record = RunRecord(name, RunKind.RECORDING, prompts=tuple(prompts.values()), cases=tuple(cases))
        FolderStore(folder / ".goldenprompt").save(record, {}, '{"verdict": "pass"}', keep=True)
        file.execute(TABLE.format(name=table))
        rows = (
            (case.prompt_id, case.case_id, number, case.digest, one.output, one.passed, one.score, one.tokens)
            for case in cases
            for number, one in enumerate(case.repeats)
        )
        file.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        file.commit()
    file.close()


def measure(script: str, folder: Path) -> tuple[float, float, float]:
    """Give CPU seconds without and with the start, and the greatest memory in MB, of a fresh process."""
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    work, whole, memory = json.loads(done.stderr.splitlines()[-1])
    return work, whole, memory


def middle(rows: list[tuple[float, float, float]]) -> list[float]:
    """Give the medians of several measurements."""
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--alike", type=float, default=0.9)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(options, options.write)
        return
    with tempfile.TemporaryDirectory() as name:
        # a process forked from one that wrote the runs would count that one's memory as its own
        subprocess.run([sys.executable, *sys.argv, "--write", name], check=True)
        rounds = [(measure(SQLITE, Path(name)), measure(OURS, Path(name))) for _ in range(options.rounds)]
    sqlite, ours = (middle([pair[side] for pair in rounds]) for side in (0, 1))
    size = f"{options.prompts} prompts x {options.cases} cases x {options.repeats} repeats"
    print(f"{size}, {100 * options.alike:g} % alike, {os.cpu_count()} CPUs, Python {sys.version.split()[0]}")
    print(f"without start  sqlite {sqlite[0]:.2f} s  ours {ours[0]:.2f} s of CPU  {ours[0] / sqlite[0]:.1f} x")
    print(f"with start     sqlite {sqlite[1]:.2f} s  ours {ours[1]:.2f} s of CPU  {ours[1] / sqlite[1]:.1f} x")
    print(f"memory         sqlite {sqlite[2]:.0f} MB  ours {ours[2]:.0f} MB")


if __name__ == "__main__":
    main()
