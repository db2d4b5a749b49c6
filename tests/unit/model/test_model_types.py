from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest

from pytest_goldenprompt.model import contracts, output, policy, result, verdict
from pytest_goldenprompt.model.batch import Batch
from pytest_goldenprompt.model.dataset import Case, Dataset, EvaluatorSpec, Status, TransformSpec
from pytest_goldenprompt.model.prompt import Content, Message, Prompt, Request
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import canonical, digest_of, digest_of_bytes
from pytest_goldenprompt.model.verdict import PromptVerdict, State, Verdict


def request_of(**more):
    return Request("p", "c", 0, (Message("user", "Hello"),), **more)


def test_equal_values_share_one_text():
    assert canonical({"b": (1, 2.5), "a": None}) == canonical({"a": None, "b": [1, 2.5]}) == '{"a":null,"b":[1,2.5]}'
    assert canonical("é\ud800") == '"\\u00e9\\ud800"'


def test_what_json_cannot_say_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


def test_digests_are_sha_256():
    assert digest_of({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert digest_of({"a": 1}, 8) == hashlib.sha256(b'{"a":1}').hexdigest()[:8]
    assert digest_of_bytes(b"x") == hashlib.sha256(b"x").hexdigest()


def test_an_answer_is_kept_with_its_tool_calls_and_with_what_the_provider_told():
    call = {"name": "refund", "arguments": {"order": 7}}
    line = '{"arguments":{"order":7},"name":"refund"}'
    assert output.Output("", tool_calls=(call, call)).whole == f"{line}\n{line}"
    assert output.Output("so", tool_calls=(call,)).whole == f"so\n{line}"
    assert (output.Output("so").whole, output.Output("").whole) == ("so", "")
    assert output.Output("so", response_id="r1").origin is None
    usage = output.Usage(3, 1, 2, 0, 1)
    told = output.Output("so", model="m", finish_reason="stop", fingerprint="f", usage=usage)
    assert told.origin == output.Origin("m", "stop", "f", usage)


def test_a_request_is_named_by_what_determines_the_answer():
    one = request_of(model="m")
    assert one.digest() == dataclasses.replace(one, repeat=5, prompt_id="q", case_id="d").digest()
    assert len({one.digest(), request_of(model="n").digest(), request_of(parameters={"seed": 1}).digest()}) == 3
    assert request_of(inputs={"a": 1}).digest() != request_of().digest()


def test_requests_that_share_their_content_are_named_once_and_one_that_was_altered_gets_its_own_name():
    one = request_of(inputs={"n": 1})
    again, altered = dataclasses.replace(one, repeat=1), dataclasses.replace(one, inputs={"n": True})
    assert one.digest() is again.digest()
    assert altered.digest() == request_of(inputs={"n": True}).digest() != one.digest()
    assert one.digest() == request_of(inputs={"n": 1}).digest()
    assert len(one.digest()) == 32


def test_a_seed_is_counted_up_with_the_repeats_and_stays_one_request():
    third = dataclasses.replace(request_of(parameters={"seed": 5, "top_p": 0.9}), repeat=2)
    assert third.sampling() == {"seed": 7, "top_p": 0.9}
    assert dataclasses.replace(third, repeat=0).sampling() == third.parameters == {"seed": 5, "top_p": 0.9}
    assert third.digest() == dataclasses.replace(third, repeat=0).digest()


@pytest.mark.parametrize("parameters", [{}, {"top_p": 0.9}, {"seed": -1}, {"seed": "any"}])
def test_without_a_seed_every_repeat_has_the_prompts_parameters(parameters):
    assert dataclasses.replace(request_of(parameters=parameters), repeat=2).sampling() == parameters


def test_the_line_a_turn_stands_on_does_not_change_the_request():
    other = dataclasses.replace(request_of(), messages=(Message("user", "Hello", line=9),))
    assert other.digest() == request_of().digest()


def test_an_evaluators_place_does_not_make_it_another():
    assert EvaluatorSpec("exact", line=3) == EvaluatorSpec("exact", line=4)
    assert EvaluatorSpec("json", {"a": 1}, 3).plain() == {"name": "json", "settings": {"a": 1}}
    assert EvaluatorSpec("json", transform=(TransformSpec("strip", line=2),)).plain() == {
        "name": "json",
        "settings": None,
        "transform": [{"name": "strip", "settings": None}],
    }


def test_observations_are_answered_and_no_copies():
    answered, failed, copy = Repeat(passed=True), Repeat(error="429"), Repeat(passed=True, copy=True)
    case = CaseResult("p", "c", "d", (answered, failed, copy))
    assert case.observed == (answered,)
    assert case.errors == ("429",)


def test_a_verdict_finds_its_prompts_by_id():
    one = PromptVerdict("a", "a.yaml", State.PASS)
    found = Verdict(State.PASS, prompts=(one,))
    assert found.prompt("a") is one
    assert found.prompt("b") is None


def test_nouns_start_empty_and_cannot_be_changed():
    nouns = (
        Case("c"),
        Dataset("d.yaml", (), "digest"),
        Prompt("p", "p.md", (), "digest"),
        RunRecord("r"),
        PromptFacts("p", "d.yaml"),
        output.Output("text"),
        policy.Policy(),
        result.Score("exact", 1.0, passed=True),
        verdict.Counts(),
        contracts.ProviderSetting(Path(), Path()),
        contracts.Collected("in_progress"),
        Batch("openai:m", "label", "recording", "2026-11", "2026-11-24T09:31:00+00:00", {}),
    )
    for noun in nouns:
        name = dataclasses.fields(noun)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(noun, name, None)


def test_words_are_those_of_the_files():
    assert [status.value for status in Status] == ["draft", "active", "retired"]
    assert [kind.value for kind in RunKind] == ["recording", "check", "import"]


def test_the_policy_starts_at_the_documented_levels():
    levels = policy.Policy()
    assert (levels.alpha, levels.case_fdr, levels.margin) == (0.05, 0.10, 0.05)
    assert levels.weight_mean + levels.weight_slice + levels.weight_case == pytest.approx(1.0)
    assert (levels.baseline_repeats, levels.repeats, levels.confirm_repeats) == (10, 1, 10)


def test_a_digest_is_whole_at_every_moment_as_threads_ask_for_the_same_one():
    parts, seen = ((Message("user", "Hello"),), None, {}, {}), []

    class Watched(Content):
        started = False

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if self.started:
                seen.append(self.digest(*parts))

    watched = Watched()
    Watched.started = True
    assert {watched.digest(*parts), *seen} == {request_of().digest()}
