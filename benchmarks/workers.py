"""Wall time of a golden run under pytest-xdist beside the same run in one process: `python benchmarks/workers.py`.

The same total concurrency, a blocking Python function as model. What xdist needs for a run of one empty test, beyond
the same without it, is its own start and taken off. All are measured side by side in every round, whole processes, and
the median of the rounds' ratios is printed: absolute times say nothing on a shared machine, and workers that share few
cores with others are slow to start. Look at the load that is printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import cost, write_library

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist"]
GOLDEN = ["-p", "pytest_goldenprompt.plugin", "--golden", "--golden-only", "--golden-provider", "python:answers:answer"]
ENDS = (0, 1)
EMPTY = "def test_nothing():\n    pass\n"
WORK = ((500, 0.1, 64), (200, 0.5, 16))
"""Cases, seconds a call, calls at once: the one that is hard on the start, and the one of a usual model."""


def measure(folder: Path, cases: int, latency: float, concurrency: int, workers: list[int]) -> dict[int, float]:
    """Measure one round: for each number of workers the seconds beyond xdist's own start, 0 for one process."""
    write_library(folder, cases, latency)
    here = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": str(folder / "tmp")}
    # As where packages are installed: modules are compiled once, whatever the environment says.
    here |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    golden = [*GOLDEN, "--golden-concurrency", str(concurrency)]
    empty = {
        number: cost([*PYTEST, "test_nothing.py", "-n", str(number)], folder, here, ENDS).wall for number in workers
    }
    took = {number: cost([*PYTEST, *golden, "-n", str(number)], folder, here, ENDS).wall for number in workers}
    return {number: took[number] - (empty[number] - empty[0]) for number in workers}


def main() -> None:
    """Print one row a kind of work and number of workers: the median ratio and its range."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="*", default=[2, 4])
    options = parser.parse_args()
    print(f"{options.rounds} rounds; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_nothing.py").write_text(EMPTY)
        (folder / "tmp").mkdir()
        measure(folder, 1, 0.0, 1, [0, *options.workers])
        for cases, latency, concurrency in WORK:
            rounds = [
                measure(folder, cases, latency, concurrency, [0, *options.workers]) for _ in range(options.rounds)
            ]
            alone = statistics.median(one[0] for one in rounds)
            print(f"{cases} cases of {latency * 1000:g} ms, {concurrency} at once: in process {alone:.2f} s")
            for workers in options.workers:
                ratios = sorted(one[workers] / one[0] for one in rounds)
                middle = statistics.median(ratios)
                print(f"  -n {workers}   ratio {middle:.2f}   ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
