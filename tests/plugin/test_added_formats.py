"""An evaluator, a prompt format and a dataset format from a conftest.py: one file and one line each."""

from __future__ import annotations

import pytest

from golden_library import GoldenLibrary

CONFTEST = """
def pytest_goldenprompt_register(registry):
    registry.add_evaluator("polite", "polite:build", owner="us")
    registry.add_prompt_format(".prompt.toml", "toml_prompts:read", owner="us")
    registry.add_dataset_format(".golden.tsv", "tsv_cases:read", owner="us")
"""
POLITE = """
from pytest_goldenprompt.model.result import Score

class Polite:
    name, version = "polite", "1"

    def evaluate(self, output, case):
        found = "please" in output.text
        return [Score(self.name, float(found), found, "" if found else "no please")]

def build(settings):
    return Polite()
"""
TOML = """
import tomllib
from pytest_goldenprompt.model.prompt import Message, Prompt

def read(source, prompt_id, files):
    turns = tomllib.loads(source.text)["turns"]
    messages = tuple(Message(*turn) for turn in turns)
    return Prompt(prompt_id, source.where, messages, source.digest, text=source.text)
"""
TSV = r"""
from pytest_goldenprompt.errors import InputError

def read(source):
    cases = []
    for line, row in enumerate(source.text.splitlines(), start=1):
        name, tab, text = row.partition("\t")
        if not tab:
            raise InputError(f"no tab, found {row!r}; a name, a tab and a text are accepted", line=line)
        cases.append((line, {"id": name, "inputs": {"text": text}}))
    return {"evaluators": ["polite"]}, cases
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> GoldenLibrary:
    library = GoldenLibrary(tmp_path_factory.mktemp("added"))
    for name, text in {"conftest": CONFTEST, "polite": POLITE, "toml_prompts": TOML, "tsv_cases": TSV}.items():
        library.write(f"{name}.py", text)
    library.write("mail/ask.prompt.toml", 'turns = [["system", "Be polite."], ["user", "{{text}}"]]\n')
    library.write("mail/ask.golden.tsv", "one\tWhy?\ntwo\tWhen?\nthree\tWho?\n")
    library.dataset("plain", {"ours": "yes"})
    library.answers(dict.fromkeys(("one", "two", "three"), "please wait"))
    return library


@pytest.fixture(scope="module")
def recorded(library):
    return library.run("--golden-record")


def test_all_three_are_run_beside_our_own(library, recorded) -> None:
    assert (recorded.code, recorded.state) == (0, "new"), recorded.out
    assert {prompt["id"] for prompt in recorded.verdict["prompts"]} == {"mail/ask", "plain"}
    assert recorded.prompt("mail/ask")["dataset"] == "mail/ask.golden.tsv"
    assert recorded.verdict["counts"]["run"] == 4


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["plain", "workers"])
def test_a_case_that_got_worse_is_named_with_its_evaluators_reason(library, recorded, words) -> None:
    assert recorded.code == 0, recorded.out
    library.answers({"one": "please wait", "two": "go away", "three": "please wait"})
    library.calls()
    run = library.run(*words)
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert run.prompt("mail/ask")["state"] == "regressed"
    assert run.verdict["counts"]["run"] == 4
    assert "no please" in run.out
    assert sorted(library.calls()) == ["one", "ours", "three", "two"]


def test_a_faulty_file_is_one_line_with_its_place(library, recorded) -> None:
    assert recorded.code == 0, recorded.out
    library.write("other/bad.golden.tsv", "one\tWhy?\ntwo\n")
    run = library.run("other/bad.golden.tsv")
    (library.folder / "other/bad.golden.tsv").unlink()
    assert run.code != 0
    assert "other/bad.golden.tsv:2: no tab, found 'two'" in run.out
    assert "Traceback" not in run.out


def test_without_the_conftest_one_line_says_who_reads_the_format(library) -> None:
    library.write("outputs.jsonl", '{"case_id": "one", "repeat": 0, "output": "please"}\n')
    run = library.command("import", "outputs", "mail/ask.golden.tsv=outputs.jsonl")
    told = [line for line in run.out.splitlines() if line]
    assert run.code == 2
    assert len(told) == 1
    assert "mail/ask.golden.tsv: no golden dataset" in told[0]
    assert "added in conftest.py, which pytest --golden alone reads" in told[0]


def test_a_format_that_cannot_be_added_is_one_line_and_no_run(tmp_path) -> None:
    library = GoldenLibrary(tmp_path)
    line = '    registry.add_prompt_format(".prompt.md", "toml_prompts:read", owner="us")\n'
    library.write("conftest.py", f"def pytest_goldenprompt_register(registry):\n{line}")
    run = library.run()
    assert run.code == 4
    assert run.out.strip() == (
        "ERROR: us adds the prompt format .prompt.md, which pytest-goldenprompt has; take another ending"
    )


def test_a_format_added_while_tests_are_collected_is_one_line_and_red(tmp_path) -> None:
    library = GoldenLibrary(tmp_path)
    library.write("mail/conftest.py", CONFTEST)
    library.dataset("mail/plain", {"ours": "yes"})
    run = library.run()
    assert run.code != 0
    assert "us adds the format .prompt.toml too late, as files were looked for already" in run.out
    assert "registry.py" not in run.out
