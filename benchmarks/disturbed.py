"""Runs that are disturbed at random moments: `python benchmarks/disturbed.py`.

Ctrl-C and SIGTERM to a run in one process, to the controller of two workers alone, and (Ctrl-C) to the whole group as a
terminal does: exit code 2, the record kept, and the seconds from the signal to the end. Then workers that die over a
case. Prints how many were left as they should be; what was wrong is printed with the moment.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from disturbed_runs import ENDS, interrupt, kill_worker, moments, slow_library, wrong_after_signal

WAYS = {
    "Ctrl-C, one process": (signal.SIGINT, (), False),
    "SIGTERM, one process": (signal.SIGTERM, (), False),
    "Ctrl-C, controller of -n 2": (signal.SIGINT, ("-n", "2"), False),
    "SIGTERM, controller of -n 2": (signal.SIGTERM, ("-n", "2"), False),
    "Ctrl-C, all of -n 2": (signal.SIGINT, ("-n", "2"), True),
}


def main() -> None:
    """Print one row a way of disturbing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=20)
    options = parser.parse_args()
    print(f"{options.moments} moments each; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        for way, (which, words, group) in WAYS.items():
            good, took = 0, []
            for number, after in enumerate(moments(options.moments)):
                library = slow_library(Path(name, f"{way}{number}"))
                left = interrupt(library, which, *words, group=group, after=after)
                wrong = wrong_after_signal(left)
                good += not wrong
                took.append(left.seconds)
                print(*(f"  {after:.3f} s: {word}" for word in wrong), sep="\n", end="\n" if wrong else "")
            middle = sorted(took)[len(took) // 2]
            print(f"{way:28} {good} of {options.moments}   median {middle:.2f} s   longest {max(took):.2f} s")
        good = 0
        for number in range(options.moments):
            deadly = random.Random(number).randrange(40)
            wrong = kill_worker(Path(name, f"killed{number}"), list(ENDS)[number % 2], deadly)
            good += not wrong
            print(*(f"  case {deadly}: {word}" for word in wrong), sep="\n", end="\n" if wrong else "")
        print(f"{'a worker dies, -n 4':28} {good} of {options.moments}")


if __name__ == "__main__":
    main()
