"""Two sets of real teams, from their own files to a verdict.

The labelled tickets of a cookbook (68 rows, 10 labels) under a Jinja2 prompt, and the questions of a shop's assistant
under its own Prompty file, with customers and products made up here: the originals lie in a database. A function
answers, since a model on this machine takes minutes for the shop's long prompts; benchmarks/wild_sets.py asks one.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from golden_library import GoldenLibrary

WILD = Path(os.environ.get("GOLDENPROMPT_CORPUS", "/nowhere")) / "wild"
TICKETS = WILD / "anthropics__anthropic-cookbook" / "skills" / "classification" / "evaluation" / "dataset.csv"
SHOP = WILD / "Azure-Samples__contoso-chat" / "src" / "api"
pytestmark = pytest.mark.skipif(
    not WILD.is_dir() or find_spec("jinja2") is None, reason="no GOLDENPROMPT_CORPUS, or no jinja2"
)

CLASSIFY = """\
---
max_tokens: 6
temperature: 0
---
user:
Give the category of the ticket: {{ labels | join(", ") }}.
Ticket: {{ text }}
Category:
"""
TENT = {"id": "7", "title": "Alpine Explorer Tent", "content": "A tent for eight, with a waterproof rating of 3000 mm."}
ORDER = {"name": "CozyNights Sleeping Bag", "description": "Warm down to 5 degrees."}


MODEL = """
import re

HINTS = {
    "Account Management": "account|log|password|profile|email|update",
    "Billing Disputes": "disput|error|overcharg|refund|unauthorized|incorrect",
    "Billing Inquiries": "charge|bill|payment|fee",
    "Claims Assistance": "fil|claim|accident|process|start",
    "Claims Disputes": "denied|claim|settlement|disagree|appeal|decision",
    "Coverage Explanations": "cover|explain|polic|include",
    "General Inquiries": "office|hours|mission|company|offer|contact",
    "Policy Administration": "change|add|deductible|cancel|renew|beneficiary",
    "Policy Comparisons": "compar|difference|between|versus|options",
    "Quotes and Proposals": "quote|estimate|proposal|cost|rate",
}

def answer(prompt, case):
    text = prompt.text
    asked = re.search("Ticket: (.*)", text)
    if asked is None:
        assert [message["role"] for message in prompt.messages] == ["system"]
        return "Hello Jane, " + re.search("catalog: (.*)", text)[1]
    labels = re.search("the ticket: (.*)[.]", text)[1].split(", ")
    return max(labels, key=lambda label: len(re.findall(HINTS[label], asked[1].lower())))
answer.deterministic = True
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> GoldenLibrary:
    library = GoldenLibrary(tmp_path_factory.mktemp("wild"))
    write_sets(library)
    library.write("model.py", MODEL)
    return library


def write_sets(library: GoldenLibrary) -> None:
    """Write both prompts as they are, and their rows as golden datasets."""
    library.write("tickets.prompt.j2", CLASSIFY)
    library.write("tickets.golden.jsonl", "".join(f"{json.dumps(row)}\n" for row in ticket_rows()))
    shutil.copyfile(SHOP / "contoso_chat" / "chat.prompty", library.folder / "chat.prompty")
    (library.folder / "chat.golden").mkdir()
    library.write("chat.golden/header.yaml", "evaluators: [{contains: Jane}]\n")
    library.write("chat.golden/products/tent.json", json.dumps([TENT]))
    library.write("chat.golden/questions.jsonl", "".join(f"{json.dumps(row)}\n" for row in shop_rows()))


def ticket_rows() -> list[dict]:
    with TICKETS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    labels = sorted({row["label"] for row in rows})
    header = {"evaluators": [{"choice": labels}]}
    return [header, *({"inputs": {"text": row["text"], "labels": labels}, "expected": row["label"]} for row in rows)]


def shop_rows() -> list[dict]:
    lines = (SHOP / "evaluators" / "data.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [
        {
            "id": f"question-{number}",
            "inputs": {
                "customer": {
                    "firstName": "Jane",
                    "lastName": f"Doe {row['customerId']}",
                    "age": 30,
                    "membership": "Gold",
                    "orders": [ORDER],
                },
                "documentation": {"file": "products/tent.json"},
                "question": row["question"],
                "history": row["chat_history"],
            },
            "tags": [f"intent:{row['intent']}"],
        }
        for number, row in enumerate(rows, start=1)
    ]


@pytest.fixture(scope="module")
def recorded(library):
    return library.run("--golden-record")


def test_both_sets_are_run_whole(recorded):
    assert (recorded.code, recorded.state) == (0, "new"), recorded.out
    assert recorded.verdict["counts"]["run"] == 68 + 12
    assert 0.2 < recorded.prompt("tickets")["rate"]["now"] < 1
    assert recorded.prompt("chat")["rate"]["now"] == 1


def test_a_prompt_that_loses_labels_is_found_out(library, recorded):
    assert recorded.code == 0, recorded.out
    prompt = library.folder / "tickets.prompt.j2"
    prompt.write_text(CLASSIFY.replace("labels |", "labels[:5] |"), "utf-8")
    run = library.run()
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert run.prompt("chat")["state"] == "pass"
