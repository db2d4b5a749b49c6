"""A real model on this machine: asked live and recorded, asked again, and asked with a prompt that got worse.

At temperature 0 its answers are certain, at .8 they are drawn; benchmarks/live_temperature.py is the long form of that.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
import yaml
from live_temperature import copy_prompts

from golden_library import GoldenLibrary
from local_model import MISSING, model_file

DRAWN = ("late-parcel", "password-reset", "new-mail-address", "locked-out", "delete-account")
"""Cases that the shorter prompt breaks."""
STRICT = "[gate]\nalpha = 0.001\nbaseline_repeats = 6\nrepeats = 3\nconfirm_repeats = 6\n"
"""A level at which luck turns these tests red less than once in a thousand times."""
PATIENCE = 900.0
"""Seconds that a run may take: a model is slow where other work goes on beside it."""
EXAMPLE = Path(__file__).parents[2] / "examples" / "golden"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def provider() -> str:
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed")
    found = model_file()
    if found is None:
        pytest.skip(MISSING)
    return f"local:{found}"


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> GoldenLibrary:
    """The triage prompt of the example, in a library of its own."""
    library = GoldenLibrary(tmp_path_factory.mktemp("local"), patience=PATIENCE)
    (library.folder / "support").mkdir()
    for name in ("triage.prompt.md", "triage.golden.yaml"):
        shutil.copyfile(EXAMPLE / "support" / name, library.folder / "support" / name)
    return library


@pytest.fixture(scope="module")
def recorded(library, provider):
    return library.run("--golden-record", "--golden-provider", provider)


@pytest.fixture(scope="module")
def again(library, provider, recorded):
    assert recorded.code == 0, recorded.out
    return library.run("--golden-provider", provider)


@pytest.fixture(scope="module")
def shortened(library, provider, again):
    """The run after the edit that looks harmless: the second example of each label goes."""
    assert again.code == 0, again.out
    shorten(library)
    return library.run("--golden-provider", provider)


def shorten(library: GoldenLibrary) -> None:
    prompt = library.folder / "support" / "triage.prompt.md"
    text = prompt.read_text(encoding="utf-8")
    prompt.write_text(apply_patch(text, (EXAMPLE / "shorter-triage.patch").read_text(encoding="utf-8")), "utf-8")


def apply_patch(text: str, patch: str) -> str:
    """Apply a unified diff of one hunk."""
    hunk = [line for line in patch.splitlines() if not line.startswith(("--- ", "+++ ", "@@"))]
    before = "\n".join(line[1:] for line in hunk if not line.startswith("+"))
    after = "\n".join(line[1:] for line in hunk if not line.startswith("-"))
    assert text.count(before) == 1
    return text.replace(before, after)


def test_a_live_run_is_recorded_as_the_first_baseline(recorded):
    assert (recorded.code, recorded.state) == (0, "new"), recorded.out
    assert recorded.verdict["counts"]["run"] == 17
    assert recorded.prompt("support/triage")["rate"]["now"] == pytest.approx(12 / 17, abs=1e-6)


def test_the_same_model_asked_again_gives_the_same_answers(library, again):
    assert (again.code, again.state) == (0, "pass"), again.out
    assert again.verdict["counts"]["calls"] == 17
    assert again.verdict["counts"]["replayed"] == 0
    stored, checked = (
        min((library.folder / ".goldenprompt").glob(f"{place}/*/texts.jsonl")).read_text()
        for place in ("runs", "cache/runs")
    )
    assert checked == stored


def test_a_prompt_with_fewer_examples_is_found_out(shortened):
    assert (shortened.code, shortened.state) == (1, "regressed"), shortened.out
    prompt = shortened.prompt("support/triage")
    assert prompt["rate"] == pytest.approx({"then": 12 / 17, "now": 6 / 17}, abs=1e-6)
    assert len(prompt["cases"]) == 8


@pytest.fixture(scope="module")
def drawing(tmp_path_factory) -> GoldenLibrary:
    """Some cases of the triage prompt, their answers drawn at temperature .8."""
    library = GoldenLibrary(tmp_path_factory.mktemp("drawn"), patience=PATIENCE)
    copy_prompts(library.folder, ("support/triage",), 0.8)
    library.write("goldenprompt.toml", STRICT)
    written = library.folder / "support" / "triage.golden.yaml"
    dataset = yaml.safe_load(written.read_text(encoding="utf-8"))
    cases = [case for case in dataset["cases"] if case["id"] in DRAWN]
    library.write("support/triage.golden.json", json.dumps({"evaluators": dataset["evaluators"], "cases": cases}))
    written.unlink()
    return library


@pytest.fixture(scope="module")
def drawn(drawing, provider):
    return drawing.run("--golden-record", "--golden-provider", provider)


@pytest.fixture(scope="module")
def redrawn(drawing, provider, drawn):
    assert drawn.code == 0, drawn.out
    return drawing.run("--golden-provider", provider)


@pytest.fixture(scope="module")
def redrawn_shortened(drawing, provider, redrawn):
    shorten(drawing)
    return drawing.run("--golden-provider", provider)


def test_drawn_repeats_are_answers_of_their_own(drawing, drawn):
    assert (drawn.code, drawn.state, drawn.verdict["counts"]["calls"]) == (0, "new", 30), drawn.out
    [home] = (drawing.folder / ".goldenprompt" / "runs").iterdir()
    cases = [json.loads(line) for line in (home / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    assert max(len({repeat["output"] for repeat in case["repeats"]}) for case in cases) > 1
    assert not any(repeat.get("copy") for case in cases for repeat in case["repeats"])
    [facts] = json.loads((home / "run.json").read_text(encoding="utf-8"))["prompts"]
    assert not facts.get("deterministic")


def test_drawn_anew_the_same_prompt_is_not_flagged(redrawn):
    assert (redrawn.code, redrawn.state in {"pass", "inconclusive"}) == (0, True), redrawn.out
    assert redrawn.prompt("support/triage")["kinds"] == []


def test_the_shorter_prompt_is_flagged_through_the_luck_of_the_draw(redrawn_shortened):
    assert (redrawn_shortened.code, redrawn_shortened.state) == (1, "regressed"), redrawn_shortened.out
    assert redrawn_shortened.verdict["counts"]["extra_calls"] > 0
