"""Two real sets asked of a real model on this machine: `python benchmarks/wild_sets.py` (some minutes).

The labelled tickets and the shop's questions of tests/acceptance/test_wild_sets.py, recorded and asked again, with the
model that tests/local_model.py finds. Needs `GOLDENPROMPT_CORPUS`, and the extras `jinja` and `local`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "acceptance")]

from test_wild_sets import write_sets  # noqa: E402 - as above

from golden_library import GoldenLibrary  # noqa: E402 - found beside the tests
from local_model import MISSING, model_file  # noqa: E402 - as above


def main() -> None:
    model = model_file()
    if model is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        library = GoldenLibrary(Path(folder), patience=3600)
        write_sets(library)
        for words in (["--golden-record"], []):
            start = time.perf_counter()
            run = library.run(*words, "--golden-provider", f"local:{model}")
            rates = {prompt["id"]: prompt["rate"] for prompt in run.verdict["prompts"]} if run.verdict else run.out
            print(f"exit {run.code}, {run.state}, {time.perf_counter() - start:.0f} s: {rates}", flush=True)


if __name__ == "__main__":
    main()
