"""Wall time of a golden run beside the same calls made otherwise: `python benchmarks/wall.py`.

Real HTTP to a local OpenAI-compatible server that waits before each answer (tests/openai_server.py). The others are in
rivals.py, each with the client that the golden run beside it has: raw threads, the openai package alone, and what is
installed of pydantic-evals, deepeval and, with `--slow`, pytest-evals. Then a blocking Python function beside threads
that sleep. Whole processes, side by side in every round; the median of the rounds' ratios is printed, as absolute times
say nothing on a shared machine. Other pytest plugins of the environment are left out: their start is not ours.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import ALONE, GOLDEN, cost, golden_cost, load, middle, write_library
from rivals import BESIDE, CLIENTS, ONE_BY_ONE, SILENT

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from openai_server import OpenAIServer

RAW_SLEEP = """
import sys, threading, queue, time
latency, cases, wide = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
todo = queue.SimpleQueue()
for number in range(cases): todo.put(number)
def work():
    while True:
        try: todo.get_nowait()
        except queue.Empty: return
        time.sleep(latency)
threads = [threading.Thread(target=work) for _ in range(wide)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
"""


def measure(options: argparse.Namespace, folder: Path, url: str, golden: list[str]) -> dict[str, float]:
    """Measure one round: by name the seconds of the golden run as times those of the other way."""
    cases, wide, ratios = options.cases, options.concurrency, {}
    server = {**ALONE, **SILENT, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "x", "CASES": str(cases)}
    for provider, rivals in BESIDE.items():
        others = [*rivals, *([ONE_BY_ONE] if options.slow and provider.startswith("openai") else [])]
        run = golden_cost([*golden, "--golden-provider", provider], folder, server, cases).wall
        for one in others:
            if one.is_there:
                other = cost(one.command(url, cases, wide, folder), folder, server).wall
                ratios[f"{provider:28}{one.name}"] = run / other
    run = golden_cost([*golden, "--golden-provider", "python:answers:answer"], folder, server, cases).wall
    sleeping = [sys.executable, "-c", RAW_SLEEP, str(options.latency), str(cases), str(wide)]
    return {**ratios, f"{'python:answers:answer':28}threads that sleep": run / cost(sleeping, folder, server).wall}


def main() -> None:
    """Print one row a way of calling: the golden run's time as times its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=0, help="pytest-xdist workers")
    parser.add_argument("--slow", action="store_true", help="also beside pytest-evals, which calls one at a time")
    options = parser.parse_args()
    golden = [*GOLDEN, *(["-p", "xdist", "-n", str(options.workers)] if options.workers else [])]
    golden += ["--golden-concurrency", str(options.concurrency)]
    head = f"{options.cases} cases, {options.latency * 1000:g} ms each, {options.concurrency} at once"
    print(f"{head}; {options.rounds} rounds; {load()}\ngolden run with               times the wall time of")
    with tempfile.TemporaryDirectory() as name, OpenAIServer(latency=options.latency, answer=lambda _: "ok") as server:
        write_library(Path(name), options.cases, options.latency)
        (Path(name) / "clients.py").write_text(CLIENTS)
        rounds = [measure(options, Path(name), server.url, golden) for _ in range(options.rounds)]
        for way in rounds[0]:
            print(f"{way:58} {middle(one[way] for one in rounds)}")


if __name__ == "__main__":
    main()
