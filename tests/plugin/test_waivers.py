from __future__ import annotations

import pytest

from golden_library import GoldenLibrary

CASES = {"one": "yes", "two": "yes", "three": "yes", "four": "no"}
PROMPT = "prompts/triage"


@pytest.fixture
def library(tmp_path):
    """A recorded month of a deterministic model, of whose cases one then broke."""
    library = GoldenLibrary(tmp_path)
    library.dataset(PROMPT, CASES)
    assert library.run("--golden-record").code == 0
    library.answers({"one": "no"})
    return library


def waive(library, **more):
    keys = {"prompt": PROMPT, "owner": "jane", "reason": "known", "until": "2099-12-31", **more}
    lines = [f"{key} = {value!r}" for key, value in keys.items()]
    library.write("goldenprompt.toml", "\n".join(["[[waivers]]", *lines, ""]))


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_waived_case_is_no_failure_and_is_counted_as_waived(library, workers):
    waive(library, case="one")
    found = library.run(*workers)
    assert (found.code, found.state) == (0, "pass"), found.out
    assert "3 passed" in found.out
    assert "1 waived" in found.out
    assert "waived until 2099-12-31 by jane: known" in found.out


def test_a_waiver_for_the_prompt_excuses_its_red_case(library):
    waive(library, most_drop=0.3)
    found = library.run()
    assert (found.code, found.state) == (0, "pass"), found.out
    waive(library, most_drop=0.3, kind="slice")
    assert library.run().code == 1


def test_a_lapsed_waiver_fails_the_gate_in_its_owners_name(library):
    library.answers({})
    waive(library, case="one", until="2026-01-31")
    found = library.run()
    assert (found.code, found.state) == (1, "regressed"), found.out
    assert "FAILED prompts/triage.golden.yaml::gate" in found.out
    assert "jane must mend what it excused" in found.out
    assert "WAIVER prompts/triage" in found.out


def test_a_run_that_passes_by_a_waiver_is_no_baseline_by_itself(library):
    waive(library, case="one")
    found = library.run("--golden-record")
    assert "stored, not accepted: something in it passes by a waiver alone" in found.out
    refused = library.command("accept", "last", "--reason", "known")
    assert refused.code == 2
    assert "--even waived" in refused.out
    assert library.command("accept", "last", "--reason", "known", "--even", "waived").code == 0


def test_a_stored_run_is_shown_with_the_waivers_it_was_judged_by(library):
    waive(library, case="one")
    run_id = library.run().verdict["run"]["id"]
    (library.folder / "goldenprompt.toml").unlink()
    shown = library.command("show", run_id)
    assert "VERDICT PASS" in shown.out
    assert "waived until 2099-12-31 by jane" in shown.out


def test_a_wrong_waiver_stops_the_run_before_the_first_call(library):
    library.calls()
    waive(library, case="one", untill="2099")
    found = library.run()
    assert found.code == 4
    assert "goldenprompt.toml:7: unknown key in the waiver, found 'untill'" in found.out
    assert library.calls() == []
