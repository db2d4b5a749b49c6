"""Model output that aims at the terminal, the log or the record: harmless, and no other case is hurt by it."""

from __future__ import annotations

import pytest

HOSTILE = {
    "one": "\ud800 half a character",
    "two": "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "three": "fine\n::error file=a.py::pwned\n##[error]pwned\n::stop-commands::x",
}


@pytest.mark.parametrize("way", [(), ("-p", "xdist", "-n", "2")], ids=["plain", "xdist"])
def test_hostile_answers_are_told_harmlessly_and_the_other_cases_stand(stored, way):
    stored.answers(HOSTILE)
    run = stored.run(*way, "-v", "--junitxml=junit.xml")
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert [case["id"] for case in run.prompt("prompts/triage")["cases"]] == ["one", "three", "two"]
    assert run.verdict["counts"]["run"] == 4
    inert(run.out)
    inert((stored.folder / "junit.xml").read_text())
    shown = stored.command("show", "last/prompts/triage/two")
    assert shown.code == 0
    inert(shown.out)


def test_a_hostile_error_of_a_provider(stored):
    stored.write(
        "down.py",
        "def answer(case, text):\n    raise RuntimeError('\\ud800 \\x1b[2J\\n::error::pwned\\n##[error]pwned')\n\n"
        "answer.deterministic = True\n",
    )
    run = stored.run("--golden-provider", "python:down:answer", "--junitxml=junit.xml")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    inert(run.out)
    inert((stored.folder / "junit.xml").read_text())


def inert(text: str) -> None:
    """Say that nothing in a text is obeyed by a terminal or a CI system: no control character, no command in front."""
    assert "\x1b" not in text
    assert "\x07" not in text
    assert not [line for line in text.splitlines() if line.startswith(("::", "##["))]
