"""How long the commands around the run take on a large library: twelve months of 200 prompts with 100 cases each.

    python benchmarks/cadence.py                          # 12 x 200 x 100, ten repeats a case
    python benchmarks/cadence.py --prompts 20             # smaller
    python benchmarks/cadence.py --folder /tmp/year       # keep the library, and use it again where it is there

Runs are written as a run writes them, with one verdict record each; prompts fall and mend from month to month. Each
command is a process of its own, its start included, run three times; the medians of time and of CPU time are printed.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.model.pointers import Pointers
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import digest_of, digest_of_bytes
from pytest_goldenprompt.reports.verdict_record import to_text, verdict_record
from pytest_goldenprompt.store.codec import cases_text
from pytest_goldenprompt.store.store import FolderStore

COMMANDS = (
    ("due",),
    ("triage", "list"),
    ("trend",),
    ("trend", "--answers"),
    ("audit",),
)
REPEATS = 10
STEADY = (1.0, 1.0, 1.0, 1.0, 0.95, 0.8, 0.5, 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    design = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = design.folder or Path(made)
        if not (folder / "goldenprompt.toml").exists():
            build(folder, design)
        for words in COMMANDS:
            wall, cpu = (
                statistics.median(took) for took in zip(*(timed(folder, words) for _ in range(3)), strict=True)
            )
            print(f"{' '.join(words):<20}{wall:6.2f} s, {cpu:5.2f} s of CPU")


def timed(folder: Path, words: tuple[str, ...]) -> tuple[float, float]:
    program = "import sys; from pytest_goldenprompt.cli import main; sys.exit(main())"
    began, used = time.perf_counter(), cpu_of_children()
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    assert done.returncode in {0, 1}, done.stderr
    return took, cpu_of_children() - used


def cpu_of_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def build(folder: Path, design: argparse.Namespace) -> None:
    """Write the library, and a run a month up to this one."""
    luck = random.Random("cadence")
    names = [f"team{number % 10}/p{number:03}" for number in range(design.prompts)]
    digests = {name: write_prompt(folder, name, design.cases) for name in names}
    store, today, before = FolderStore(folder / ".goldenprompt"), datetime.now(UTC).date(), None
    days = [today - timedelta(days=30 * back) for back in reversed(range(design.months))]
    for number, day in enumerate(days):
        record = month(design, digests, number, day, luck)
        verdict = decide(References(before, None, before is None), record, Policy())
        cases = cases_text(record)
        text = to_text(verdict_record(verdict, record, None, None, digest_of_bytes(cases.encode())))
        pointer = store.save(record, {}, text, keep=True, cases=cases)
        pointers = store.pointers()
        store.move(pointers, Pointers({**pointers.months, record.month: pointer}, pointers.anchor or pointer))
        before = record
    (folder / "goldenprompt.toml").write_text('[taxonomy]\ntags = ["tag*"]\n', encoding="utf-8")


def write_prompt(folder: Path, name: str, cases: int) -> str:
    path = folder / f"{name}.golden.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f'  - id: c{index:03}\n    inputs:\n      text: "question {index} of {name}"\n    expected: "yes"\n'
        f"    tags: [tag{index % 5}]\n"
        for index in range(cases)
    ]
    path.write_text("owner: desk\nreviewed: 2026-01-01\nevaluators: [exact]\ncases:\n" + "".join(lines))
    (folder / f"{name}.prompt.md").write_text("Answer yes or no: {{text}}\n")
    return digest_of_bytes(path.read_bytes())


def month(
    design: argparse.Namespace, digests: dict[str, str], number: int, day: date, luck: random.Random
) -> RunRecord:
    prompts, cases = [], []
    for index in range(design.prompts):
        name = f"team{index % 10}/p{index:03}"
        prompts.append(
            PromptFacts(
                name,
                f"{name}.golden.yaml",
                path=f"{name}.prompt.md",
                digest=digest_of(name),
                dataset_digest=digests[name] if number > 2 else digest_of(name),
                owner="desk",
                provider="openai:gpt-4o-mini",
                served=("gpt-4o-mini-2024-07-18",),
                evaluators=("exact@1",),
            )
        )
        lost = 0.02 * number if index % 40 == 0 else 0.0
        cases += [case(name, at, lost, luck) for at in range(design.cases)]
    started = f"{day.isoformat()}T04:17:00Z"
    record = RunRecord(f"{day:%Y%m%d}T041700000Z-{number:06x}", RunKind.RECORDING, f"{day:%Y-%m}", started, started)
    return dataclasses.replace(record, policy=Policy().plain(), prompts=tuple(prompts), cases=tuple(cases))


def case(prompt: str, index: int, lost: float, luck: random.Random) -> CaseResult:
    rate = max(STEADY[index % len(STEADY)] - lost, 0.0)
    repeats = tuple(repeat(luck, passed=luck.random() < rate) for _ in range(REPEATS))
    name = f"c{index:03}"
    return CaseResult(prompt, name, digest_of([prompt, name], 32), repeats, (f"tag{index % 5}",), line=3 + 4 * index)


def repeat(luck: random.Random, *, passed: bool) -> Repeat:
    return Repeat(
        float(passed),
        passed,
        output=f"{luck.getrandbits(128):032x}",
        reasons=() if passed else ("exact: expected 'yes', found 'no'",),
        tokens=luck.randint(1, 30),
        latency=round(luck.uniform(0.3, 2.0), 3),
        response_id=f"chatcmpl-{luck.getrandbits(96):024x}",
    )


if __name__ == "__main__":
    main()
