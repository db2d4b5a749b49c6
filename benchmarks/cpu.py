"""CPU time of a golden run beside the least that its calls and its items cost: `python benchmarks/cpu.py`.

Real HTTP to a local server that answers at once (its own time is not counted). The least is the sum of two processes:
pytest with as many items that do nothing, and the calls by themselves with the same client. The plugin asks through the
openai package, or through a team's own function with the standard library's client or aiohttp. Whole processes, side
by side in every round; the median of the rounds' ratios is printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import ALONE, GOLDEN, cost, golden_cost, load, middle, write_library, write_no_op
from rivals import ALONE_CLIENT, BESIDE, CLIENTS, IN_THREADS, SILENT

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from openai_server import OpenAIServer


def measure(folder: Path, url: str, cases: int, wide: int) -> dict[str, float]:
    """Measure one round: by name the CPU time of the golden run as times that of the other way."""
    server = {**ALONE, **SILENT, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "x"}
    items = cost(write_no_op(folder, cases), folder, server).cpu
    ratios = {}
    for provider, rivals in BESIDE.items():
        golden = [*GOLDEN, "--golden-concurrency", str(wide), "--golden-provider", provider]
        run = golden_cost(golden, folder / "library", server, cases).cpu
        for one in rivals:
            if one.is_there:
                least = items if one in {IN_THREADS, ALONE_CLIENT} else 0.0
                name = f"{provider:28}{'items and ' if least else ''}{one.name}"
                ratios[name] = run / (least + cost(one.command(url, cases, wide, folder), folder, server).cpu)
    return ratios


def main() -> None:
    """Print one row a way of calling: the golden run's CPU time as times its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.cases} cases, {options.concurrency} at once; {options.rounds} rounds; {load()}")
    print("golden run with               times the CPU time of")
    with tempfile.TemporaryDirectory() as name, OpenAIServer(answer=lambda _: "ok") as server:
        home = Path(name) / "library"
        home.mkdir()
        write_library(home, options.cases)
        (home / "clients.py").write_text(CLIENTS)
        rounds = [measure(Path(name), server.url, options.cases, options.concurrency) for _ in range(options.rounds)]
        for way in rounds[0]:
            print(f"{way:64} {middle(one[way] for one in rounds)}")


if __name__ == "__main__":
    main()
