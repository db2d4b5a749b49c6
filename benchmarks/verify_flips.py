"""Records and runs with one bit flipped, verified: `python benchmarks/verify_flips.py`.

Whatever `goldenprompt verify` accepts must mean what the true record means: JSON of the same values. Prints how many
flips of each file were refused, by exit code, and how many were accepted with the same meaning; one that was accepted
with another meaning is printed, and ends this with exit code 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from deploy_job import build, flips, means_the_same
from pytest_goldenprompt.cli import main as goldenprompt


def verify(folder: Path) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return goldenprompt(["-C", str(folder / "library"), "verify", str(folder / "handed")])


def main() -> int:
    """Print one row a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, told, wrong = Path(name), Counter(), 0
        build(folder)
        assert verify(folder) == 0
        for path, before, now in flips(folder / "handed", options.flips):
            code = verify(folder)
            told[path.name, f"exit {code}" if code else "accepted"] += 1
            if code == 0 and not means_the_same(before, now):
                wrong += 1
                print(f"accepted with another meaning: {path.name}: {now!r}")
    for (file, what), count in sorted(told.items()):
        print(f"{file:14} {what:10} {count:6}")
    print(f"{options.flips} flips, {wrong} accepted with another meaning")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
