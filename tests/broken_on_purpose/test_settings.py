"""Settings that cannot be meant: refused before the first call, and no older record outlives the refusal."""

from __future__ import annotations

import pytest

REFUSED = {
    "future-month": (("--golden-month", "2999-01"), "a month as YYYY-MM, not after .* found '2999-01'"),
    "unknown-store": (("--golden-store", "ftp:somewhere"), "no such store, found 'ftp:somewhere'"),
    "unknown-baseline": (("--golden-baseline", "lastmonth"), "no such baseline, found 'lastmonth'"),
    "no-concurrency": (("--golden-concurrency", "0"), "more than zero is accepted, found 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_option_that_makes_no_sense(stored, is_red, name):
    arguments, why = REFUSED[name]
    stored.write("before.json", '{"verdict": "pass"}')
    stored.calls()
    is_red(stored.run(*arguments, "--golden-report", "json=before.json"), why, code=4)
    assert stored.calls() == []
    assert (stored.folder / "before.json").exists() is (name == "no-concurrency")


@pytest.mark.parametrize(("report", "why"), [("pdf=x.pdf", "no such kind, found 'pdf'"), ("json=prompts", "prompts: ")])
def test_a_report_that_cannot_be_written_is_refused_before_a_call_is_paid_for(stored, is_red, report, why):
    stored.calls()
    is_red(stored.run("--golden-report", report), why, code=4)
    assert stored.calls() == []


@pytest.mark.parametrize("text", ["[gate\n", "[gate]\nalhpa = 0.1\n", "[gate]\nalpha = nan\n"])
def test_a_policy_that_cannot_be_read(stored, is_red, text):
    stored.write("goldenprompt.toml", text)
    is_red(stored.run(), r"goldenprompt\.toml:[12]: .*found|goldenprompt\.toml:1: not valid TOML", code=4)


def test_a_provider_that_does_not_exist(stored, is_red):
    is_red(stored.run("--golden-provider", "opnai:gpt"), "no such provider, found 'opnai'", code=4, state="error")


def test_a_folder_of_datasets_that_is_not_there(stored, is_red):
    stored.ini("golden_paths = prompts promts\n")
    is_red(stored.run(), "golden_paths: no such folder or file in .* found 'promts'", code=4)


def test_a_plugin_that_is_switched_off(stored):
    stored.environment = {}
    run = stored.run("-p", "no:goldenprompt")
    assert run.code == 4
    assert "unrecognized arguments: --golden" in run.out
