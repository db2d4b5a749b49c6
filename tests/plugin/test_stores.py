"""The same months give the same verdicts whatever keeps them, and what is told of a store has no password in it."""

from __future__ import annotations

import json
import re

import pytest

from golden_library import GoldenLibrary

CASES = {"a": "yes", "b": "yes", "c": "yes", "d": "no"}
URLS = {"folder": "dir:.goldenprompt", "sqlite": "sqlite:///golden.db", "postgresql": ""}
WAYS = {"sqlite": (), "postgresql": ("-n", "2")}
OF_A_REFERENCE = ("id", "digest", "age_days")
OF_A_RUN = {"run": ("id", "started", "finished"), "baseline": OF_A_REFERENCE, "anchor": OF_A_REFERENCE}
RUN_ID = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{6}")


def months(folder, url, *way):
    """Record a month and a worse one, accept that by name, and check: give the records, and what is told of them."""
    folder.mkdir()
    library = GoldenLibrary(folder)
    library.environment["GOLDENPROMPT_STORE"] = url
    library.dataset("prompts/triage", CASES)
    first = library.run("--golden-record", "--golden-month", "2026-09")
    library.answers({"b": "no"})
    worse = library.run("--golden-record", "--golden-month", "2026-10")
    accepted = library.command("accept", "last", "--reason", "so be it", "--even", "regressed,dirty")
    after = library.run(*way)
    log = library.command("log")
    texts = [library.command("show", f"{worse.verdict['run']['id']}/prompts/triage/b").out]
    assert [first.code, worse.code, accepted.code, after.code, log.code] == [0, 1, 0, 0, 0], accepted.out + after.out
    return library, [normal(run.verdict) for run in (first, worse, after)], [*texts, log.out], first.out + accepted.out


def normal(verdict):
    """Give a record without what differs from run to run by its nature."""
    verdict["expires"] = bool(verdict.get("expires"))
    for name, fields in OF_A_RUN.items():
        for field in fields if verdict[name] else ():
            del verdict[name][field]
    return RUN_ID.sub("RUN", json.dumps(verdict, indent=1, sort_keys=True))


@pytest.fixture(scope="module")
def in_a_folder(tmp_path_factory):
    return months(tmp_path_factory.mktemp("folder") / "library", URLS["folder"])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_same_months_give_the_same_records_on_every_store(in_a_folder, tmp_path, kind, request):
    url = URLS[kind] or request.getfixturevalue("postgres") + "&password=hunter2#months"
    if kind == "sqlite":
        pytest.importorskip("sqlalchemy", reason="needs the extra sql")
    library, records, told, out = months(tmp_path / "library", url, *WAYS[kind])
    assert records == in_a_folder[1]
    assert [len(text.splitlines()) for text in told] == [len(text.splitlines()) for text in in_a_folder[2]]
    assert ["| yes" in told[0], "| no" in told[0]] == [True, True]
    assert sorted(path.name for path in (library.folder / ".goldenprompt").iterdir()) == [".gitignore", "cache"]
    assert "hunter2" not in out + "".join(told)
    kept = [path for path in library.folder.rglob("*") if path.is_file() and path.suffix != ".db"]
    assert not [path for path in kept if b"hunter2" in path.read_bytes()]


def test_a_typed_password_is_refused_before_anything_is_called(library):
    library.dataset("prompts/triage", CASES)
    run = library.run("--golden-store", "postgresql://golden:hunter2@db/runs")
    assert run.code == 4
    assert "a URL without a password is accepted, found postgresql://golden@db/runs" in run.out
    assert library.calls() == []
