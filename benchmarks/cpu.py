"""CPU time of a golden run beside the least that its calls and its items cost: `python benchmarks/cpu.py`.

Real HTTP to a local server that answers at once (its own time is not counted). The least is the sum of two processes:
pytest with as many items that do nothing, and the calls by themselves with the same client. The plugin asks through the
openai package, or through a Python function that uses the standard library's client in threads. Whole processes, side
by side in every round; the median of the rounds' ratios is printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import ALONE, GOLDEN, cost, load, middle, write_library, write_no_op
from rivals import FAST, SILENT

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from openai_server import OpenAIServer

IN_THREADS = """
import http.client, json, os, threading
mine = threading.local()
def answer(messages):
    if not hasattr(mine, "connection"):
        mine.connection = http.client.HTTPConnection(os.environ["OPENAI_BASE_URL"].split("/")[2])
    body = json.dumps({"model": "m", "messages": messages})
    headers = {"Content-Type": "application/json", "Authorization": "Bearer x"}
    mine.connection.request("POST", "/v1/chat/completions", body, headers)
    return json.loads(mine.connection.getresponse().read())["choices"][0]["message"]["content"]
"""
ENDS = (0, 1)
THREADS, CLIENT, *OTHERS = FAST
WAYS = {"python:calls:answer": THREADS, "openai:m": CLIENT}
"""Providers, and the calls by themselves that each is held beside."""


def measure(folder: Path, url: str, cases: int, wide: int) -> dict[str, float]:
    """Measure one round: by name the CPU time of the golden run as times that of the other way."""
    server = {**ALONE, **SILENT, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "x"}
    items = cost(write_no_op(folder, cases), folder, server).cpu
    ratios, run = {}, 0.0
    for provider, raw in WAYS.items():
        golden = [*GOLDEN, "--golden-concurrency", str(wide), "--golden-provider", provider]
        run = cost(golden, folder / "library", server, ENDS).cpu
        ratios[f"items and {raw.name}"] = run / (
            items + cost(raw.command(url, cases, wide, folder), folder, server).cpu
        )
    for other in OTHERS:
        if other.is_there:
            ratios[other.name] = run / cost(other.command(url, cases, wide, folder), folder, server).cpu
    return ratios


def main() -> None:
    """Print one row a way of calling: the golden run's CPU time as times its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.cases} cases, {options.concurrency} at once; {options.rounds} rounds; {load()}")
    print("golden run, times the CPU time of")
    with tempfile.TemporaryDirectory() as name, OpenAIServer(answer=lambda _: "ok") as server:
        home = Path(name) / "library"
        home.mkdir()
        write_library(home, options.cases)
        (home / "calls.py").write_text(IN_THREADS)
        rounds = [measure(Path(name), server.url, options.cases, options.concurrency) for _ in range(options.rounds)]
        for way in rounds[0]:
            print(f"{way:36} {middle(one[way] for one in rounds)}")


if __name__ == "__main__":
    main()
