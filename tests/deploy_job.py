"""A deploy job: a fresh checkout of a repository with a golden library, and what a gate handed over to it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from golden_library import GoldenLibrary
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store.codec import sealed

CASES = {"a": "yes", "b": "yes", "c": "yes", "d": "no"}
POLICY = "goldenprompt.toml"
HANDED = ("verdict.json", "run.json", "cases.jsonl", "texts.jsonl")
"""The files of a run that are verified."""


def git(folder, *words):
    names = ("-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false", "-c", "gc.auto=0")
    done = subprocess.run(["git", "-C", folder, *names, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder, why):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", why, "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


def build(folder):
    """Make a repository in four commits below a folder, and let a gate run on the last one.

    The tags `looser` and `damaged` are at commits before it, with one byte of the policy changed, and of the stored
    run; `stored` is the one that stored it.
    """
    library = GoldenLibrary(folder / "library")
    library.dataset("prompts/triage", CASES)
    library.write(POLICY, "[gate]\nalpha = 0.05\n")
    library.write(".gitignore", "__pycache__/\ncalls.log\n")
    git(library.folder, "init", "-q", "-b", "main")
    assert library.run("--golden-record").code == 0
    (library.folder / "verdict.json").unlink()
    [cases] = (library.folder / ".goldenprompt" / "runs").glob("*/cases.jsonl")
    results = cases.read_text()
    commit(library.folder, "the month")
    git(library.folder, "tag", "stored")
    library.write(POLICY, "[gate]\nalpha = 0.06\n")
    commit(library.folder, "another policy")
    git(library.folder, "tag", "looser")
    library.write(POLICY, "[gate]\nalpha = 0.05\n")
    cases.write_text(results.replace('"score":1.0', '"score":0.0', 1))
    commit(library.folder, "another stored run")
    git(library.folder, "tag", "damaged")
    cases.write_text(results)
    commit(library.folder, "as it was")
    assert hand_over(library, folder / "handed") == "pass"


def hand_over(library, place, *options):
    """Run the gate, move its run to a place, and give the state."""
    run = library.run("-p", "no:cacheprovider", *options)
    assert run.verdict is not None, run.out
    cache = library.folder / ".goldenprompt" / "cache"
    shutil.rmtree(place, ignore_errors=True)
    shutil.move(cache / "runs" / run.verdict["run"]["id"], place)
    shutil.rmtree(cache)
    (library.folder / "verdict.json").unlink()
    return run.state


def flips(home: Path, count: int) -> Iterator[tuple[Path, bytes, bytes]]:
    """Flip one bit of one of a run's files, give the file with its content before and now, and take that back."""
    luck, files = random.Random(0), {home / name: (home / name).read_bytes() for name in HANDED}
    for number in range(count):
        path = list(files)[number % len(files)]
        flipped = bytearray(files[path])
        flipped[luck.randrange(len(flipped))] ^= 1 << luck.randrange(8)
        path.write_bytes(flipped)
        yield path, files[path], bytes(flipped)
        path.write_bytes(files[path])


def means_the_same(before: bytes, now: bytes) -> bool:
    """Say whether two texts are JSON of the same values."""
    return json.loads(now) == json.loads(before)


def edit(root, name, old, new):
    """Change a text of the checkout where git does not look for changes."""
    git(root, "update-index", "--assume-unchanged", name)
    path = root / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def forge(record_path, about=None, record=None, cases=None):
    """Rewrite the run's facts, the record, or the results, with every digest and seal made to fit."""
    home = record_path.parent
    verdict = json.loads(record_path.read_text())
    results = (home / "cases.jsonl").read_text()
    plain = json.loads((home / "run.json").read_text())
    plain.pop("seal")
    for change, of in ((about, plain), (record, verdict)):
        if change is not None:
            change(of)
    results = cases(results) if cases else results
    verdict["digest"] = digest_of_bytes(results.encode())
    text = json.dumps(verdict, indent=2, sort_keys=True) + "\n"
    plain["files"] |= {"verdict.json": digest_of_bytes(text.encode()), "cases.jsonl": verdict["digest"]}
    record_path.write_text(text)
    (home / "cases.jsonl").write_text(results)
    (home / "run.json").write_text(json.dumps(sealed(plain), indent=1, sort_keys=True))
