"""CPU of collecting 10,000 golden cases, beside 10,000 items of pytest that do nothing: `python benchmarks/collect.py`.

Each is a whole `pytest --collect-only` in a fresh process, in turns: a conftest.py with items that do nothing, and one
golden dataset under a plain prompt as JSON Lines, as YAML and as CSV. Printed are the medians, and the ratios to the
items that do nothing; other plugins of the environment are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

NOOP = """
import pytest

class Noop(pytest.Item):
    def runtest(self):
        pass

    def reportinfo(self):
        return self.path, 0, self.name

class File(pytest.File):
    def collect(self):
        for number in range({cases}):
            yield Noop.from_parent(self, name=f"case-{{number}}")

def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".noop":
        return File.from_parent(parent, path=file_path)
"""
CASE = '{{"id": "case-{0}", "inputs": {{"text": "Where is parcel {0}?"}}, "expected": "delivery"}}'
WAYS = {"nothing": "items.noop", "jsonl": "jsonl", "csv": "csv", "yaml": "yaml"}


def write(home: Path, cases: int) -> None:
    (home / "pytest.ini").write_text("[pytest]\ngolden_provider = echo\n")
    (home / "conftest.py").write_text(NOOP.format(cases=cases))
    (home / "items.noop").write_text("")
    lines = [CASE.format(number) for number in range(cases)]
    rows = [json.loads(line) for line in lines]
    texts = {
        "jsonl": "\n".join(lines),
        "csv": "\n".join(["id,text,expected", *(f"{row['id']},{row['inputs']['text']},delivery" for row in rows)]),
        "yaml": "cases:\n" + "\n".join(yaml_case(row) for row in rows),
    }
    for ending, text in texts.items():
        (home / ending).mkdir()
        (home / ending / "triage.prompt.md").write_text("{{text}}")
        (home / ending / f"triage.golden.{ending}").write_text(text)


def yaml_case(row: dict) -> str:
    return f"  - id: {row['id']}\n    inputs:\n      text: {row['inputs']['text']}\n    expected: delivery"


def cpu_of(home: Path, way: str, cases: int) -> float:
    golden = [] if way == "nothing" else ["--golden", "--golden-only"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--collect-only", *golden, WAYS[way]]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p goldenprompt"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert f"{cases} test" in done.stdout, done.stdout[-500:]
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(home, options.cases)
        took: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(options.times):
            for way, found in took.items():
                found.append(cpu_of(home, way, options.cases))
    medians = {way: statistics.median(found) for way, found in took.items()}
    for way, median in medians.items():
        more = median - medians["nothing"]
        print(f"{way}: {median:.2f} s of CPU, {median / medians['nothing']:.2f} x nothing, {more:+.2f} s")


if __name__ == "__main__":
    main()
