"""Whole runs against a server that fails by script, through the real openai package: an outage is no regression."""

from __future__ import annotations

import importlib.util

import pytest

from golden_library import GoldenLibrary
from openai_server import OpenAIServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("openai", "aiohttp")),
        reason="needs the packages openai and aiohttp (pytest-goldenprompt[openai])",
    ),
]

LASTING = {
    "hang": "no answer within 1 s|did not answer within 1 s",
    "500": "answered 500",
    "503": "answered 503",
    "reset": "connection failed",
    "torn": "connection failed",
    "cut": "no complete reply",
    "empty": "empty answer",
    "model": "the reply is from 'another-model-1'",
}
"""Faults that last, and what is said of them."""

PASSING = ("429:0.1x1", "500x1", "503x2", "resetx1", "tornx1", "cutx1", "emptyx1", "hangx1")


def named(fault):
    return "".join(letter if letter.isalnum() else "-" for letter in fault)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A server, and prompts: for each fault one with a good and a faulty case, and two more; stored without a fault."""
    library = GoldenLibrary(tmp_path_factory.mktemp("library"))
    library.write("pytest.ini", "[pytest]\ngolden_provider = openai:m1\n")
    library.write("goldenprompt.toml", "[gate]\nbaseline_repeats = 3\nconfirm_repeats = 3\n")
    for name in [*map(named, (*LASTING, *PASSING)), "good", "worse"]:
        library.write(f"{name}.prompt.md", "Repeat {{text}}\n")
        cases = "".join(
            f"  - {{id: {name}-{kind}, inputs: {{text: 'yes @case:{name}-{kind}'}}, expected: Repeat yes}}\n"
            for kind in ("a", "b")
        )
        library.write(f"{name}.golden.yaml", f"cases:\n{cases}")
    with OpenAIServer() as server:
        library.environment |= {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-of-this-test"}
        assert library.run("--golden-record").code == 0
        yield library, server


@pytest.fixture
def library(stored):
    return stored[0]


@pytest.fixture
def server(stored):
    """The server as if it were new."""
    server = stored[1]
    server.faults, server.answer, server.calls = {}, lambda body: "Repeat yes", 0
    for seen in (server.seen, server.statuses, server.times):
        seen.clear()
    return server


def test_each_fault_gives_its_state_and_no_case_is_graded_on_an_error(library, server):
    server.faults = {f"{named(fault)}-b": fault for fault in (*LASTING, *PASSING)}
    server.answer = lambda body: "no" if "@case:worse" in str(body) else "Repeat yes"
    # All at once: the faulty ones are tried for so long that, on a slow machine, nobody would be called after them.
    run = library.run("--golden-timeout", "1", "--golden-concurrency", "64")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    states = {prompt["id"]: prompt["state"] for prompt in run.verdict["prompts"]}
    assert {name for name, state in states.items() if state == "incomplete"} == {named(fault) for fault in LASTING}
    assert {name for name, state in states.items() if state == "regressed"} == {"worse"}
    for fault, why in LASTING.items():
        prompt = run.prompt(named(fault))
        assert prompt["kinds"] == ["missing"]
        assert prompt["rate"]["now"] == 1.0, "the answered case counts, the error does not"
        assert any(part in prompt["reasons"][0] for part in why.split("|")), prompt["reasons"]
    for fault in PASSING:
        assert run.prompt(named(fault))["rate"]["now"] == 1.0
    assert run.verdict["counts"]["errored"] == len(LASTING)


@pytest.mark.parametrize("fault", ["401", "403"])
def test_a_refused_key_ends_the_run_with_one_sentence(library, server, fault):
    server.faults = {f"{name}-{kind}": fault for name in map(named, LASTING) for kind in "ab"}
    run = library.run("--golden-concurrency", "1")
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert server.statuses[int(fault)] == 1
    assert f"not called: openai refused the key ({fault})" in run.out
    assert {prompt["state"] for prompt in run.verdict["prompts"]} <= {"incomplete", "inconclusive", "pass"}


def test_a_pause_that_the_server_asks_for_is_kept_by_every_call(library, server):
    server.faults = {4: "429:3"}
    run = library.run("--golden-concurrency", "2", "good.golden.yaml", "reset.golden.yaml", "torn.golden.yaml")
    assert run.code == 0, run.out
    arrivals = [second for _, second in server.times]
    asked = arrivals[3]
    assert server.statuses == {200: 6, 429: 1}
    assert not [second for second in arrivals if asked + 1 < second < asked + 3], "what was under way may arrive yet"
    assert max(arrivals) >= asked + 3
