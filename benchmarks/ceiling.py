"""What a golden run makes of a provider's ceiling that nobody told it: `python benchmarks/ceiling.py`.

Real HTTP to a local OpenAI-compatible server (tests/openai_server.py) that accepts so many calls a second and answers
all others with 429 and Retry-After. Prints, for the time after the first 30 s, the share of calls that were refused and
how much of the ceiling was used, and how many calls came before a pause that the server had asked for was over.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from openai_server import OpenAIServer  # noqa: E402 - found beside the tests

LEARNING = 30.0
"""Seconds from the first call on that are left out."""

ON_THE_WAY = 0.05
"""Seconds that a call may have been on its way when the answer that asks for a pause was sent."""


def write_library(folder: Path, cases: int) -> None:
    """Write one prompt with more cases than the ceiling lets through."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "say.prompt.md").write_text("---\nmodel: m\n---\nSay {{text}}\n")
    lines = [json.dumps({"evaluators": [{"contains": {"value": "o"}}]})]
    lines += [json.dumps({"id": f"c{number}", "inputs": {"text": f"c{number}"}}) for number in range(cases)]
    (folder / "say.golden.jsonl").write_text("\n".join(lines) + "\n")


def measure(server: OpenAIServer, seconds: float) -> tuple[float, float, int]:
    """Give the share refused, the share of the ceiling used, and the calls that came too early."""
    assert server.rate is not None
    arrivals = sorted(second for _, second in server.times)
    begin, end = arrivals[0] + LEARNING, arrivals[0] + seconds
    late = [second for second in arrivals if begin <= second < end]
    refused = [second for second in server.refused if begin <= second < end]
    used = (len(late) - len(refused)) / (server.rate * (end - begin))
    said = [second + server.latency for second in refused]
    early = sum(any(one + ON_THE_WAY < second < one + 1 / server.rate for one in said) for second in late)
    return len(refused) / max(1, len(late)), used, early


def main() -> None:
    """Print one row a latency."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=10.0, help="the ceiling in calls a second")
    parser.add_argument("--seconds", type=float, default=90.0, help="of a run")
    parser.add_argument("--latency", type=float, action="append", help="seconds before each answer")
    parser.add_argument("--concurrency", type=int, default=64)
    options = parser.parse_args()
    print(f"ceiling {options.rate:g}/s, {options.concurrency} at once, after the first {LEARNING:g} s")
    for latency in options.latency or (0.05, 1.0):
        with tempfile.TemporaryDirectory() as name, OpenAIServer(latency, rate=options.rate) as server:
            write_library(Path(name), int(1.5 * options.rate * (options.seconds + 10)))
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "pytest_goldenprompt.plugin",
            ]
            command += ["--golden", "--golden-provider", "openai:m", "--golden-deadline", str(options.seconds + 5)]
            command += ["--golden-concurrency", str(options.concurrency)]
            key = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "x", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
            subprocess.run(command, cwd=name, env={**os.environ, **key}, stdout=subprocess.DEVNULL, check=False)
            refused, used, early = measure(server, options.seconds)
        print(
            f"latency {latency:5.2f} s   refused {refused:6.1%}   ceiling used {used:6.1%}   early {early}", flush=True
        )


if __name__ == "__main__":
    main()
