"""Runs that are killed at random moments, and go on: `python benchmarks/killed.py`.

A thousand cases, eight calls at once, `kill -9` at a random moment of the calls; a part of the runs is killed again
while it goes on. At the end the record must be that of a run nobody killed, to the letter, and no more calls may have
been made twice than were in flight at each kill. Prints how many were so; what was wrong is printed with the moment.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from disturbed_runs import kill_and_go_on, undisturbed

WAYS = {"one process": (), "-n 2": ("-n", "2")}


def main() -> None:
    """Print one row a way of running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=30, help="runs killed once")
    parser.add_argument("--again", type=int, default=20, help="runs killed a second time while they go on")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    options = parser.parse_args()
    print(f"{options.cases} cases; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    luck, longest = random.Random(0), options.cases * 0.001
    with tempfile.TemporaryDirectory() as name:
        for way in options.ways:
            whole = undisturbed(Path(name, f"whole {way}"), options.cases, *WAYS[way])
            for kind, count, kills in (("killed once", options.moments, 1), ("and again", options.again, 2)):
                good = 0
                for number in range(count):
                    moments = [luck.uniform(0.0, longest) for _ in range(kills)]
                    wrong = kill_and_go_on(
                        whole, Path(name, f"{kind} {way} {number}"), options.cases, moments, *WAYS[way]
                    )
                    good += not wrong
                    for word in wrong:
                        print(f"  after {', '.join(f'{one:.3f} s' for one in moments)}: {word}")
                print(f"{way:14}{kind:14}{good} of {count}", flush=True)


if __name__ == "__main__":
    main()
