"""Two processes accept a month at the same moment, and writers are killed: fifty times on each store.

    python benchmarks/disturbed_stores.py [--times 50]

Of two one wins and the other says so, nothing is lost, and a store whose writer was killed is the old one or the new
one: what is otherwise ends the script with what was found. Stores whose package or server is missing are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from bucket_server import bucket_server  # noqa: E402
from postgres_server import postgres_server, programs  # noqa: E402
from unit.store.test_two_processes import Place, kill, race  # noqa: E402


def urls(opened: ExitStack) -> dict[str, str]:
    found = {"folder": "dir:store"}
    if find_spec("sqlalchemy"):
        found["SQLite"] = "sqlite:///golden.db"
    if find_spec("psycopg") and programs():
        found["PostgreSQL"] = f"{opened.enter_context(postgres_server())}#{{}}"
    if find_spec("obstore") and find_spec("moto"):
        url, variables = opened.enter_context(bucket_server())
        os.environ.update(variables)
        found["bucket"] = f"{url}/{{}}"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    times = parser.parse_args().times
    os.environ["PYTHONPATH"] = os.pathsep.join([str(TESTS), *sys.path])
    with ExitStack() as opened:
        for name, url in urls(opened).items():
            root = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            for word in ("race", "kill"):
                (root / word).mkdir()
            began = time.perf_counter()
            race(Place(root / "race", url.format("race")).filled(), times)
            raced = time.perf_counter()
            moves = kill(Place(root / "kill", url.format("kill")).filled(), times)
            ended = time.perf_counter()
            print(
                f"{name:<11} {times} of {times} races had one winner ({raced - began:.1f} s); {times} killed: "
                f"{times} readable, old or new ({moves} moves, {ended - raced:.1f} s)"
            )


if __name__ == "__main__":
    main()
