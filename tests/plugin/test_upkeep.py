"""What a run says of the work around it, beside its own verdict."""

from __future__ import annotations

import pytest


@pytest.fixture
def late(library):
    """A library whose last month was recorded for a time long gone."""
    library.dataset("prompts/triage", {"a": "yes"})
    library.dataset("prompts/reply", {"a": "yes"})
    assert library.run("--golden-record", "--golden-month", "2024-02").code == 0
    return library


def test_an_overdue_library_is_told_at_the_beginning_and_at_the_end_and_not_after_a_recording(late):
    late.dataset("prompts/new", {"a": "yes"})
    run = late.run()
    assert "golden: due     2 of 2 prompts are overdue, by " in run.out
    assert "\ndue     2 of 3 prompts are overdue, by " in run.out
    assert "; 1 of 3 prompts is not run yet (prompts/new): goldenprompt due\n" in run.out
    recorded = late.run("--golden-record")
    assert "golden: due " in recorded.out
    assert "\ndue " not in recorded.out
    assert "due " not in late.run().out


def test_a_policy_that_cannot_be_read_stops_a_run_before_it_asks(late):
    late.calls()
    late.write("goldenprompt.toml", "[cadence]\nrun = 'now and then'\n")
    run = late.run()
    assert run.code == 4
    assert "goldenprompt.toml:2: wrong `run` in [cadence], found 'now and then'; " in run.out
    assert late.calls() == []


def test_open_findings_are_told_by_each_run_with_their_age(library):
    library.dataset("prompts/triage", {"a": "yes", "b": "yes"})
    library.run("--golden-record")
    library.answers({"b": "no"})
    assert library.run("--golden-record").state == "regressed"
    library.answers({})
    run = library.run()
    assert run.code == 0
    assert (
        "\ntriage  2 findings are open, the oldest since today (2 without an owner): goldenprompt triage list\n"
        in run.out
    )
    assert library.command("triage", "close", "prompts/triage", "--false-positive", "the label moved").code == 0
    assert "\ntriage " not in library.run().out
    library.write(".goldenprompt/triage/bad.toml", "who = \n")
    run = library.run()
    assert run.code == 0
    assert "\ntriage  .goldenprompt/triage/bad.toml:1: not valid TOML: " in run.out
