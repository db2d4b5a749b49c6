"""What the pages show is so: files are read by the real readers, commands are run, names exist, links lead somewhere.

Conventions of a page, invisible to its reader:

- `<!-- folder: golden -->` starts over in a copy of examples/golden, `<!-- folder: python -->` in one of
  examples/python, `<!-- folder: empty -->` in an empty folder, in which every page begins. Blocks then work on that
  folder, from top to bottom.
- A block whose first line is a comment that holds a path and no more (`# prompts/triage.golden.yaml`) is written there.
  Formats without comments are named before the block: `<!-- file: answers.jsonl -->`.
- In a `console` block, lines that begin with `$ ` are run; what stands below must be in the output. `...` stands for
  anything, and runs of blanks, dashes and equals signs count as one. Commands that install are not run.
- In a YAML block with `evaluators`, comments such as `# passes: TEXT`, `# fails: TEXT` and `# passes, broken form:
  TEXT` hold answers of a model, which are judged.
"""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from pytest_goldenprompt.cli import COMMANDS
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.evaluate import check_case, judge_output
from pytest_goldenprompt.formats.cases import case_of
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.endings import PROMPT_ENDINGS
from pytest_goldenprompt.formats.limits import read_terms
from pytest_goldenprompt.formats.pairing import is_dataset
from pytest_goldenprompt.formats.policy import POLICY_FILE, read_policy
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.reader import load_yaml
from pytest_goldenprompt.formats.waivers import KEYS
from pytest_goldenprompt.judge.exits import EXIT_OF_STATE
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.verdict import State, WaiverState
from pytest_goldenprompt.model.waiver import OF_A_PROMPT, OF_ONE_CASE
from pytest_goldenprompt.plugin.options import add_options
from pytest_goldenprompt.registry import ASKING, COMPOSED, EVALUATORS, PROVIDERS, Registry

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "golden"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
each_page = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])

LEFT_BEHIND = shutil.ignore_patterns("cache", "__pycache__", ".pytest_cache")
PIECE = re.compile(
    r"^<!-- (?P<word>folder|file): (?P<value>\S+) -->$|^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NAMED = re.compile(r"# ([\w.-]+(?:/[\w.-]+)*\.\w+)\n")
JUDGED = re.compile(r"# (passes|fails|passes, broken form): (.*)")
INSTALLS = re.compile(r"(pip|uv|git|python3? -m (venv|pip)) ")
QUICK = {"COLUMNS": "100", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
OURS, BESIDE = "-p pytest_goldenprompt.plugin", " -p xdist"
"""Other plugins are not loaded: half of a run's time is theirs."""
FROM_OUTSIDE = ("CI", "PYTEST_", "GOLDENPROMPT_", "ANTHROPIC_", "OPENAI_", "GITHUB_", "GIT_", "COV_", "COVERAGE_")


@dataclass
class Reader:
    """Somebody who does what a page says, in a folder."""

    folder: Path
    code: int = 0
    named: str = ""

    def take(self, piece: re.Match[str]) -> None:
        """Take the next piece of a page."""
        if piece["word"] == "folder":
            self.start_over(piece["value"])
        elif piece["word"] == "file":
            self.named = piece["value"]
        else:
            named, self.named = self.named or first_line_path(piece["text"]), ""
            self.block(piece["language"], piece["text"], named)

    def start_over(self, kind: str) -> None:
        assert kind in {"golden", "python", "empty"}
        shutil.rmtree(self.folder)
        if kind != "empty":
            shutil.copytree(EXAMPLE.parent / kind, self.folder, ignore=LEFT_BEHIND)
        else:
            self.folder.mkdir()

    def block(self, language: str, text: str, named: str) -> None:
        if named:
            self.write(named, text)
        if language == "console":
            self.run(text)
        elif language in PARSERS:
            PARSERS[language](text)
        if language == "yaml" and JUDGED.search(text):
            self.judge(text)

    def write(self, named: str, text: str) -> None:
        path = self.folder / named
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if is_dataset(path.name):
            assert read_dataset(self.folder, path).cases
        elif path.name.endswith(PROMPT_ENDINGS):
            prompt = read_prompt(self.folder, path)
            assert prompt.messages or prompt.template
        elif path.name == POLICY_FILE:
            assert read_policy(self.folder)
            assert read_terms(self.folder)

    def run(self, text: str) -> None:
        """Run the commands of a block, each with what is shown below it."""
        commands = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
        for command, _, shown in (part.partition("\n") for part in commands):
            if not INSTALLS.match(command):
                self.shell(command, shown)

    def shell(self, command: str, shown: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FROM_OUTSIDE)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.code})\n{command}"],
            cwd=self.folder,
            env={**kept, **QUICK, "PATH": path, "PYTEST_ADDOPTS": OURS + BESIDE * (" -n " in command)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        self.code = done.returncode
        assert is_shown(shown, done.stdout), f"$ {command}\n{done.stdout}\nis not\n{shown}"
        assert "Traceback" not in done.stdout, done.stdout

    def judge(self, text: str) -> None:
        """Judge the answers in a block's comments by its evaluators."""
        case = case_of(load_yaml(text, "page"), "page", 1)
        registry = Registry()
        try:
            evaluators = [registry.evaluator(spec) for spec in case.evaluators]
        except InputError as error:
            if error.remedy.startswith("pip install"):
                return  # of an extra that is not there; all are where everything is tested
            raise
        check_case(evaluators, case)
        for words, answer in JUDGED.findall(text):
            repeat = judge_output(evaluators, Output(answer.replace("\\n", "\n")), case)
            assert repeat.error is None, repeat.error
            assert repeat.passed is words.startswith("passes"), (answer, repeat)
            assert (repeat.format_ok is False) or "broken form" not in words, (answer, repeat)


def first_line_path(text: str) -> str:
    found = NAMED.match(text)
    return found[1] if found else ""


def is_shown(wanted: str, output: str) -> bool:
    """Say whether the lines of a page stand together in an output; a line of `...` stands for any number of lines."""
    lines = [re.escape(line).replace(re.escape("..."), ".*?") + "\n" for line in plain(wanted)]
    pattern = "".join("(?:.*\n)*?" if line == ".*?\n" else line for line in lines)
    return re.search(f"^{pattern}", "".join(f"{line}\n" for line in plain(output)), re.MULTILINE) is not None


def plain(text: str) -> list[str]:
    """Reduce an output to what a reader compares."""
    lines = (re.sub(r"([-=_])\1+", r"\1", re.sub(r"\s+", " ", line)).strip() for line in text.splitlines())
    return [line for line in lines if line]


def parse_ini(text: str) -> None:
    assert configparser.ConfigParser(interpolation=None).read_string(text) is None


def parse_lines(text: str) -> None:
    assert [json.loads(line) for line in text.splitlines()]


PARSERS = {
    "yaml": yaml.safe_load,
    "toml": tomllib.loads,
    "json": json.loads,
    "jsonl": parse_lines,
    "python": ast.parse,
    "ini": parse_ini,
}


@each_page
def test_what_a_page_shows_is_so(page, tmp_path, monkeypatch):
    folder = tmp_path / "library"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    reader = Reader(folder)
    for piece in PIECE.finditer(page.read_text(encoding="utf-8")):
        reader.take(piece)


@each_page
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, heading = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), target
        assert not heading or heading in headings(path), target


def headings(path: Path) -> set[str]:
    found = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


class Names:
    """Stands for pytest's parser and remembers the names that the plugin registers."""

    def __init__(self) -> None:
        self.typed: set[str] = set()
        self.ini: set[str] = set()
        add_options(self)

    def getgroup(self, *_: str) -> Names:
        return self

    def addoption(self, name: str, **_: object) -> None:
        self.typed.add(name)

    def addini(self, name: str, *_: object, **__: object) -> None:
        self.ini.add(name)


@each_page
def test_every_option_and_command_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    names = Names()
    assert set(re.findall(r"--golden(?:-[a-z]+)*", text)) <= names.typed
    assert set(re.findall(r"`(golden_[a-z_]+)", text)) <= names.ini | PROPERTIES
    assert set(re.findall(r"(?:`|\$ )goldenprompt ([a-z]+(?:-[a-z]+)*)", text)) <= COMMANDS.keys()


PROPERTIES = {f"golden_{name}" for name in ("prompt", "case", "outcome", "state", "then", "now")}
"""What JUnit files hold of a case."""


def words_of(page: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", (ROOT / "docs" / page).read_text(encoding="utf-8")))


def test_the_contents_name_every_page():
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert set(re.findall(r"\(([a-z-]+\.md)\)", text)) == pages


def test_every_option_has_its_place_on_the_page_on_running():
    names = Names()
    told = {word.split()[0].split("=")[0] for word in words_of("running.md")}
    assert names.typed | names.ini <= told


def test_every_evaluator_and_provider_has_a_heading():
    assert {*EVALUATORS, *COMPOSED, *ASKING} <= headings(ROOT / "docs" / "evaluators.md")
    assert PROVIDERS.keys() <= headings(ROOT / "docs" / "providers.md")


def test_every_level_of_the_policy_is_explained():
    assert set(Policy().levels()) <= words_of("gate.md")


def test_every_key_and_state_of_a_waiver_is_explained():
    assert {*KEYS, *OF_A_PROMPT, *OF_ONE_CASE, *WaiverState} <= words_of("gate.md")


def test_every_state_has_its_row_with_its_exit_code():
    text = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
    rows = {row[0]: row[-1] for row in re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \| (\d) \|$", text, re.MULTILINE)}
    assert rows == {state.value: str(EXIT_OF_STATE[state]) for state in State}


def test_every_field_of_the_verdict_record_is_explained():
    [stored] = (EXAMPLE / ".goldenprompt" / "runs").glob("*/verdict.json")
    words = {part for word in words_of("verdict-record.md") for part in word.split(".")}
    missing = {key for key in keys_of(json.loads(stored.read_text(encoding="utf-8"))) if key not in words}
    assert not missing


BY_NAME = {"prompts", "datasets", "models", "info"}
"""Maps inside `run` whose keys are names of the library."""


def keys_of(value: object, inside: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            if not (inside == "run" and key in BY_NAME):
                yield from keys_of(below, key)
    elif isinstance(value, list):
        for item in value:
            yield from keys_of(item, inside)
