"""A stored run that is not what it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


def the_run(library) -> Path:
    return next((library.folder / ".goldenprompt" / "runs").iterdir())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "way"), [("cases.jsonl", ()), ("run.json", ()), ("cases.jsonl", ("-p", "xdist", "-n", "2"))]
)
def test_one_byte_changed(stored, is_red, name, way):
    edit(the_run(stored) / name, "triage", "triagf")
    stored.calls()
    is_red(stored.run(*way), f"{name}: changed since it was", code=4)
    assert stored.calls() == []


def test_the_run_is_not_there(stored, is_red):
    shutil.rmtree(the_run(stored))
    is_red(stored.run(), "no run .* is stored here", code=4)


@pytest.mark.parametrize("text", ["{", '{"months": []}', ""])
def test_pointers_that_cannot_be_read(stored, is_red, text):
    stored.write(".goldenprompt/baselines.json", text)
    is_red(stored.run(), "baselines.json: ", code=4)


def test_texts_that_cannot_be_read_take_nothing_from_the_verdict(stored, is_red):
    (the_run(stored) / "texts.jsonl").write_text("no JSON\n")
    stored.answers({"two": "no"})
    run = stored.run()
    is_red(run, "1 of 3 cases that passed last time fails now", state="regressed")
    is_red(run, "its answers cannot be shown: .*texts.jsonl")
