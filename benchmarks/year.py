"""A year in a real git repository: twelve recording runs of a provider that decays one point a month.

    python benchmarks/year.py                          # one year, month by month
    python benchmarks/year.py --then wait              # nobody accepts what got worse
    python benchmarks/year.py --then pin               # a person pinned the first month as the anchor
    python benchmarks/year.py --seeds 10               # a line a year, and the month in which the decay was first seen

Every month is a real `pytest --golden --golden-record --golden-month YYYY-MM` with the default policy, and the store is
committed after it. Success rates come from the mixture of gate_simulation.py; the cases of the first `--decaying`
prompts lose `--points` a month. A run that got worse is offered to `goldenprompt accept`: without a reason, with one,
and with one and by name. `alone` is what `goldenprompt compare` says of a month beside the calendar month before it.
Every answer comes from the seed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gate_simulation

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from golden_library import GoldenLibrary, Run

YEAR = 2025
MONTHS = 12
WORSE = {"drifted", "regressed"}
ALONE = {0: "pass", 1: "regressed", 3: "inconclusive"}
"""What the exit codes of `goldenprompt compare` stand for, as far as two whole runs go."""
WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}
REASON = "the new model is cheaper, and the desk can live with it"
BY_NAME = ("--even", "regressed")
MODEL = """
import json
import os
import pathlib
import random

RATES = json.loads(pathlib.Path(__file__).with_name("rates.json").read_text())


def answer(text, repeat):
    gone = int(os.environ["MONTHS_GONE"])
    luck = random.Random(f"{SEED}/{gone}/{text}/{repeat}").random()
    rate, decays = RATES[text]
    return "yes" if luck < rate - (POINTS * gone if decays else 0.0) else "no"
"""


@dataclass(frozen=True)
class Design:
    """How large a library is, and how many points of 0..1 each case of the decaying prompts loses a month."""

    prompts: int = 4
    cases: int = 100
    decaying: int = 1
    points: float = 0.01
    seed: int = 0


@dataclass(frozen=True)
class Month:
    """A recording run, and what last month alone says of it."""

    name: str
    run: Run
    alone: str

    @property
    def id(self) -> str:
        return self.run.verdict["run"]["id"]

    @property
    def worse(self) -> str:
        return ", ".join(prompt["id"] for prompt in self.run.verdict["prompts"] if prompt["state"] in WORSE)

    def reference(self, name: str) -> str:
        """Give the month of the `baseline` or the `anchor` that the run was compared with."""
        return (self.run.verdict[name] or {}).get("month", "-")


def begin(folder: Path, design: Design) -> GoldenLibrary:
    """Make the library and commit it."""
    library = GoldenLibrary(folder, patience=3600.0)
    size = gate_simulation.Design(prompts=design.prompts, cases=design.cases)
    rates = gate_simulation.library(size, random.Random(f"year/{design.seed}")).now
    decaying = sorted(rates)[: design.decaying]
    plain = {
        f"{prompt} {index}": (rate, prompt in decaying) for prompt in rates for index, rate in enumerate(rates[prompt])
    }
    library.write("rates.json", json.dumps(plain))
    library.write("model.py", f"SEED, POINTS = {design.seed}, {design.points}\n{MODEL}")
    library.write(".gitignore", "__pycache__/\nverdict.json\n")
    for prompt, listed in rates.items():
        cases = [case(prompt, index) for index in range(len(listed))]
        library.write(f"{prompt}.prompt.md", "Answer: {{text}}\n")
        library.write(f"{prompt}.golden.json", json.dumps({"evaluators": ["exact"], "cases": cases}))
    git(library, "init", "--quiet")
    commit(library, f"{YEAR}-01", "The library")
    return library


def case(prompt: str, index: int) -> dict:
    tags = [f"tag{index % gate_simulation.TAGS}"]
    return {"id": f"c{index:03}", "inputs": {"text": f"{prompt} {index}"}, "expected": "yes", "tags": tags}


def git(library: GoldenLibrary, *words: str, **environment: str) -> str:
    """Run git in the library, without the settings of whoever runs this."""
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **environment}
    command = ["git", *words]
    return subprocess.run(
        command, cwd=library.folder, env={**os.environ, **alone}, capture_output=True, text=True, check=True
    ).stdout


def commit(library: GoldenLibrary, month: str, message: str) -> None:
    """Commit everything, on the first day of a month."""
    git(library, "add", "--all")
    facts = {**WHO, "DATE": f"{month}-01T06:00:00Z"}
    ours = {f"GIT_{role}_{name}": text for role in ("AUTHOR", "COMMITTER") for name, text in facts.items()}
    git(library, "commit", "--quiet", "--message", message, **ours)


def months(library: GoldenLibrary) -> Iterator[Month]:
    """Record month after month; the store is committed when the next one is asked for."""
    before: Month | None = None
    for number in range(1, MONTHS + 1):
        before = record(library, number, before)
        yield before
        commit(library, before.name, f"Golden run of {before.name}")


def record(library: GoldenLibrary, number: int, before: Month | None) -> Month:
    """Record a month by its number from 1, and compare it with the one before."""
    name = f"{YEAR}-{number:02}"
    run = library.run("--golden-record", "--golden-month", name, MONTHS_GONE=str(number - 1))
    if run.verdict is None:
        raise SystemExit(run.out)
    compared = library.command("compare", before.id, run.verdict["run"]["id"]) if before else None
    return Month(name, run, ALONE[compared.code] if compared else "-")


def accept(library: GoldenLibrary, month: Month, *words: str) -> Run:
    """Ask for a month's run to be accepted, as Ada."""
    library.environment["GIT_AUTHOR_NAME"] = WHO["NAME"]
    return library.command("accept", month.id, *words)


def year(design: Design, then: str, folder: Path, tell: Callable[[str], None]) -> list[Month]:
    """Go through a year and tell it."""
    library, seen = begin(folder, design), []
    tell(f"{'month':8} {'state':13} {'against':8} {'anchor':8} {'alone':13} worse")
    for month in months(library):
        seen.append(month)
        against = f"{month.reference('baseline'):8} {month.reference('anchor'):8}"
        tell(f"{month.name:8} {month.run.state:13} {against} {month.alone:13} {month.worse}".rstrip())
        if then == "pin" and len(seen) == 1:
            tell(f"    {library.command('anchor', month.id, '--reason', 'as promised to customers').out.strip()}")
        if then != "wait" and month.run.state in WORSE:
            for words in ((), ("--reason", REASON), ("--reason", REASON, *BY_NAME)):
                answer = accept(library, month, *words)
                said = f"exit {answer.code}, {answer.out.splitlines()[-1]}"
                tell(f"    accept {' '.join(words[::2]) or '(no reason)'}: {said}")
    tell((folder / ".goldenprompt" / "log.jsonl").read_text())
    tell(git(library, "log", "--format=%ad %s", "--date=short"))
    return seen


def first_worse(seen: list[Month]) -> tuple[int, str]:
    """Give the number and the state of the first month that got worse; the one after the last where none did."""
    return next(((n, one.run.state) for n, one in enumerate(seen, 1) if one.run.state in WORSE), (MONTHS + 1, "silent"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=Design.prompts)
    parser.add_argument("--cases", type=int, default=Design.cases)
    parser.add_argument("--decaying", type=int, default=Design.decaying)
    parser.add_argument("--points", type=float, default=Design.points, help="lost a month, of 0..1")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--then", choices=("accept", "wait", "pin"), default="accept")
    options = parser.parse_args()
    firsts, loud = [], 0
    for seed in range(options.start, options.start + options.seeds):
        design = Design(options.prompts, options.cases, options.decaying, options.points, seed)
        with tempfile.TemporaryDirectory() as name:
            seen = year(design, options.then, Path(name), print if options.seeds == 1 else lambda _: None)
        firsts.append(first_worse(seen))
        spoke = sum(month.alone == "regressed" for month in seen)
        loud += spoke
        states = " ".join(month.run.state for month in seen)
        print(
            f"seed {seed}: month {firsts[-1][0]} {firsts[-1][1]}; alone {spoke} of {MONTHS - 1}; {states}", flush=True
        )
    said = ", ".join(f"{times} {state}" for state, times in Counter(state for _, state in firsts).most_common())
    print(f"median month of the first word: {statistics.median(month for month, _ in firsts):g} ({said})")
    print(f"last month alone: regressed in {loud} of {(MONTHS - 1) * len(firsts)} comparisons")


if __name__ == "__main__":
    main()
