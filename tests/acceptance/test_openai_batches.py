"""Batches with the real openai package over HTTP, against a server that goes through the states that OpenAI has."""

from __future__ import annotations

import asyncio
import importlib.util
import time

import pytest

from asking import ask, request, setting
from openai_server import OpenAIServer
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.contracts import Batching
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.providers import openai_batches

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("openai", "aiohttp")),
    reason="needs the packages openai and aiohttp (pytest-goldenprompt[openai])",
)


@pytest.fixture
def server(monkeypatch):
    with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-test")
        yield server


@pytest.fixture
def provider(tmp_path):
    return openai_batches.build("m1", setting(tmp_path))


def asked(*cases, **parameters):
    return {f"n{case}": request(f"say {case} @case:{case}", case=case, **parameters) for case in cases}


def run(provider, *steps):
    """Take steps one after the other on one loop; each is a function of what the one before gave."""

    async def all_of_them():
        given = None
        try:
            for step in steps:
                given = await step(given)
        finally:
            await provider.close()
        return given

    return asyncio.run(all_of_them())


def handed_over(provider, requests, label="ours"):
    return run(provider, lambda _: provider.submit(requests, label))


def collected(provider, batch, requests):
    return run(provider, lambda _: provider.collect(batch, requests))


def test_it_can_batch(provider):
    assert isinstance(provider, Batching)


def test_a_request_of_a_batch_has_the_body_of_a_live_call_and_its_answer_is_read_alike(provider, server):
    bodies = []
    server.answer = lambda body: bodies.append(body) or "fine"
    parameters = {"temperature": 0.5, "seed": 3, "response_format": {"type": "json_object"}}
    batch = handed_over(provider, asked("a", "b", **parameters))
    found = collected(provider, batch, asked("a", "b", **parameters))
    assert (found.over, found.state, found.done, found.total, found.notes) == (True, "completed", 2, 2, ())
    live = ask(provider, asked("a", **parameters)["na"])
    assert bodies[0] == bodies[-1] == server.batches.lines(batch)[0]["body"]
    taken = found.answers["na"]
    assert taken.response_id not in {live.response_id, found.answers["nb"].response_id}
    assert (taken.text, taken.model, taken.usage, taken.fingerprint, taken.finish_reason, taken.replayed) == (
        live.text,
        live.model,
        live.usage,
        live.fingerprint,
        live.finish_reason,
        False,
    )


def test_a_batch_is_followed_through_its_states(provider, server):
    server.batches.steps = ("in_progress", "finalizing", "completed")
    batch = handed_over(provider, asked("a", "b"))
    seen = [collected(provider, batch, asked("a", "b")) for _ in range(4)]
    assert [one.state for one in seen] == ["in_progress", "finalizing", "completed", "completed"]
    assert [(one.over, one.done, one.total, len(one.answers)) for one in seen] == [
        (False, 1, 2, 0),
        (False, 1, 2, 0),
        (True, 2, 2, 2),
        (True, 2, 2, 2),
    ]


@pytest.mark.parametrize(
    ("fault", "words", "kind"),
    [
        ("400", "openai answered 400: scripted fault 400", (False, False)),
        ("401", "refused the key (401)", (False, True)),
        ("500", "openai answered 500", (True, False)),
        ("expired", "did not run it in its batch: This request could not be executed", (True, False)),
        ("empty", "empty answer", (True, False)),
        ("model", "reply is from 'another-model-1'", (False, False)),
    ],
)
def test_what_failed_is_told_as_a_live_call_would_and_the_rest_is_taken(provider, server, fault, words, kind):
    server.batches.faults = {"b": fault}
    requests = asked("a", "b", "c")
    found = collected(provider, handed_over(provider, requests), requests)
    assert {name: type(one) for name, one in found.answers.items()} == {
        "na": Output,
        "nb": ProviderError,
        "nc": Output,
    }
    error = found.answers["nb"]
    assert words in str(error)
    assert (error.transient, error.fatal) == kind


def test_odd_lines_are_told_and_take_no_answer_from_another_request(provider, server):
    server.batches.faults = {"a": "twice", "b": "stranger", "c": "lost", "d": "torn"}
    texts = iter(["first", "second", "b", "b", "d", "e"])
    server.answer = lambda body: next(texts)
    requests = asked("a", "b", "c", "d", "e")
    found = collected(provider, handed_over(provider, requests), requests)
    assert {name: one.text for name, one in found.answers.items()} == {"na": "second", "nb": "b", "ne": "e"}
    assert found.notes == (
        "1 line that cannot be read",
        "1 line for nothing that is asked here",
        "1 line for a request that has its answer, passed over",
    )


def test_an_answer_that_is_not_wanted_any_more_is_left(provider, server):
    found = collected(provider, handed_over(provider, asked("a", "b")), asked("b"))
    assert list(found.answers) == ["nb"]
    assert found.notes == ("1 line for nothing that is asked here",)


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_a_batch_that_ended_early_brings_what_it_has(provider, server, end):
    server.batches.steps = (end,)
    requests = asked("a", "b", "c", "d")
    found = collected(provider, handed_over(provider, requests), requests)
    assert (found.over, found.state) == (True, end)
    assert [name for name, one in found.answers.items() if isinstance(one, Output)] == ["nc", "na"]


def test_a_batch_of_which_all_failed_has_no_output_file(provider, server):
    server.batches.faults = {"a": "400"}
    found = collected(provider, handed_over(provider, asked("a")), asked("a"))
    assert found.over
    assert "scripted fault 400" in str(found.answers["na"])


def test_a_batch_that_was_not_run_at_all_says_why(provider, server):
    server.batches.steps = ("failed",)
    found = collected(provider, handed_over(provider, asked("a")), asked("a"))
    assert (found.over, found.answers) == (True, {})
    assert found.refused == "token_limit_exceeded: Enqueued token limit reached"


def test_requests_are_divided_by_model_by_number_and_by_size(tmp_path, monkeypatch):
    monkeypatch.setattr(openai_batches, "MOST_REQUESTS", 3)
    monkeypatch.setattr(openai_batches, "MOST_BYTES", 1000)
    provider = openai_batches.build("", setting(tmp_path))
    requests = {f"s{n}": request("short", model="m2") for n in range(7)}
    requests |= {f"l{n}": request("x" * 350, model="m1") for n in range(3)}
    parts = provider.parts(requests)
    assert [sorted(part) for part in parts] == [["l0", "l1"], ["l2"], ["s0", "s1", "s2"], ["s3", "s4", "s5"], ["s6"]]
    with pytest.raises(ProviderError, match="no model is named"):
        provider.parts({"n": request()})
    assert provider.parts({}) == []


def test_a_text_that_no_file_can_hold_is_left_to_a_call_and_any_other_is_sent_as_it_is(provider, server):
    sent = {"whole": request("grüß dich 😀\u2028"), "half": request("\ud800")}
    (part,) = provider.parts(sent)
    assert list(part) == ["whole"]
    batch = handed_over(provider, part)
    assert server.batches.lines(batch)[0]["body"]["messages"][0]["content"] == "grüß dich 😀\u2028"


def test_a_batch_is_found_again_by_its_label_and_only_by_that(provider, server):
    began = time.time()
    made = {label: handed_over(provider, asked("a"), label) for label in ("first", "second")}
    newest = server.batches.made[made["second"]]
    server.batches.made |= {f"batch_{n}": {**newest, "id": f"batch_{n}", "metadata": None} for n in range(900, 1020)}
    assert run(provider, lambda _: provider.find("first", began)) == made["first"]
    assert run(provider, lambda _: provider.find("third", began)) is None
    assert server.batches.seen["list"] == 4
    server.batches.seen.clear()
    assert run(provider, lambda _: provider.find("third", began + 2 * 3600)) is None
    assert server.batches.seen["list"] == 1


def test_making_a_batch_is_tried_once_and_whether_it_was_made_is_found_out_later(provider, server):
    server.batches.broken = {"create": [500], "retrieve": [500, 503], "upload": [503]}
    began = time.time()
    with pytest.raises(ProviderError, match="answered 500") as caught:
        handed_over(provider, asked("a"))
    assert caught.value.transient
    assert (server.batches.seen["upload"], server.batches.seen["create"]) == (2, 1)
    batch = run(provider, lambda _: provider.find("ours", began))
    assert collected(provider, batch, asked("a")).answers["na"].text == "say a"
    assert server.batches.seen["retrieve"] == 3


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [("create", 401, "refused the key"), ("create", 400, "answered 400"), ("retrieve", 404, "answered 404")],
)
def test_a_refusal_is_told_as_that_of_a_call(provider, server, kind, status, words):
    server.batches.broken = {kind: [status]}
    with pytest.raises(ProviderError, match=words) as caught:
        collected(provider, handed_over(provider, asked("a")), asked("a"))
    assert not caught.value.transient
