"""The hooks for pre-commit: the names they are asked about, and the commands they start."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from pytest_goldenprompt.authoring.candidates import CANDIDATES_ENDING
from pytest_goldenprompt.cli import COMMANDS
from pytest_goldenprompt.formats.endings import DATASET_ENDINGS, PROMPT_ENDINGS
from pytest_goldenprompt.formats.pairing import folder_of
from pytest_goldenprompt.formats.policy import POLICY_FILE

MANIFEST = Path(__file__).parents[3] / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text())}
NAMES = [f"a/t{ending}" for ending in (*DATASET_ENDINGS, *PROMPT_ENDINGS, CANDIDATES_ENDING)]
FOLDER = [f"a/t.golden/one{ending}" for ending in (".yaml", ".yml", ".json", ".jsonl", ".csv")]
FOREIGN = ["README.md", "a.yaml", "t.golden/notes.txt", "mygoldenprompt.toml", "golden.yaml", "promptly.txt"]


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_a_hook_is_asked_about_the_files_of_a_library_and_no_others(hook):
    names = re.compile(hook["files"])
    assert all(folder_of(Path(name)) for name in FOLDER)
    for name in (*NAMES, *FOLDER, POLICY_FILE, f"a/{POLICY_FILE}", ".github/prompts/t.prompt.yml"):
        assert names.search(name), name
    assert not [name for name in FOREIGN if names.search(name)]


def test_the_hooks_start_what_there_is(library):
    assert set(HOOKS) == {"goldenprompt-lint", "goldenprompt-changed"}
    program, command = shlex.split(HOOKS["goldenprompt-lint"]["entry"])
    assert program == "goldenprompt"
    assert command in COMMANDS
    assert HOOKS["goldenprompt-lint"]["pass_filenames"] is True
    assert HOOKS["goldenprompt-changed"]["pass_filenames"] is False
    program, *options = shlex.split(HOOKS["goldenprompt-changed"]["entry"])
    assert program == "pytest"
    library.dataset("prompts/a", {"one": "yes"})
    run = library.run(*options, golden=False)
    assert (run.code, library.calls()) == (1, []), run.out
    assert "no recorded answer" in run.out
