from __future__ import annotations

import json
import threading
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking import ask, request, setting
from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.providers import replay
from pytest_goldenprompt.providers.recorded import Recorded, append_recording, key_of, read_recording, recording_path
from pytest_goldenprompt.providers.recording import Recorder, kept


class Live:
    """A provider that counts its calls and numbers its answers."""

    max_concurrency = 3

    def __init__(self, *, sure=False):
        self.calls = []
        self.sure = sure
        self.closed = 0

    def is_deterministic(self, asked):
        return self.sure

    def complete(self, asked):
        self.calls.append((asked.case_id, asked.repeat))
        return Output(
            f"{asked.messages[0].content}-{len(self.calls)}",
            usage=Usage(1, 2),
            model="m1",
            response_id=f"r{len(self.calls)}",
            deterministic=self.sure,
        )

    def close(self):
        self.closed += 1


class LiveLater(Live):
    async def complete(self, asked):
        return super().complete(asked)


def record(tmp_path, mode, *requests, live=None, name="live:m1"):
    live = live or Live()
    recorder = Recorder(live, mode, name, setting(tmp_path))
    answers = ask(recorder, *requests)
    return live, answers


def file_of(tmp_path):
    return recording_path(tmp_path / "recordings", "p/one")


@pytest.mark.parametrize("kind", [Live, LiveLater])
def test_once_records_and_then_replays_without_a_call(tmp_path, kind):
    asked = [request(case=case, repeat=repeat) for case in ("b", "a") for repeat in (1, 0)]
    live, first = record(tmp_path, "once", *asked, live=kind())
    assert (len(live.calls), live.closed) == (4, 1)
    again, second = record(tmp_path, "once", *asked, live=kind())
    assert again.calls == []
    assert [output.text for output in second] == [output.text for output in first]
    assert [(one.replayed, two.replayed) for one, two in zip(first, second, strict=True)] == [(False, True)] * 4
    assert len({output.text for output in second}) == 4
    assert second[0].usage == Usage(1, 2)


def test_once_never_calls_for_what_an_existing_recording_lacks(tmp_path):
    record(tmp_path, "once", request())
    live = Live()
    recorder = Recorder(live, "once", "live:m1", setting(tmp_path))
    with pytest.raises(ProviderError, match="--golden-replay new") as caught:
        ask(recorder, request(text="changed"))
    assert not caught.value.transient
    assert live.calls == []


def test_none_never_calls_at_all(tmp_path):
    live = Live()
    with pytest.raises(ProviderError, match="no recorded answer"):
        ask(Recorder(live, "none", "live:m1", setting(tmp_path)), request())
    assert live.calls == []


def test_new_calls_for_the_rest_alone_and_keeps_what_is_there(tmp_path):
    record(tmp_path, "new", request(case="a"), request(case="b"))
    live, outputs = record(tmp_path, "new", request(case="a"), request(case="b"), request(case="c"))
    assert live.calls == [("c", 0)]
    assert [output.replayed for output in outputs] == [True, True, False]
    assert [key[0] for key in read_recording(file_of(tmp_path))] == ["a", "b", "c"]


def test_all_records_anew_and_drops_a_cases_answers_to_former_wordings(tmp_path):
    record(tmp_path, "all", request("old", case="a"), request("old", case="b"))
    record(tmp_path, "new", request("old", case="a", repeat=1))
    live, _ = record(tmp_path, "all", request("new", case="a"))
    assert live.calls == [("a", 0)]
    texts = [(key[0], one.output.text) for key, one in read_recording(file_of(tmp_path)).items()]
    assert texts == [("a", "new-1"), ("b", "old-2")]


def test_an_unknown_mode_is_refused(tmp_path):
    with pytest.raises(InputError, match="did you mean `once`"):
        Recorder(Live(), "onc", "live", setting(tmp_path))


def test_the_file_is_sorted_and_the_same_whatever_order_the_answers_came_in(tmp_path):
    asked = [request(f"t{n}", case=f"c{n % 3}", repeat=n) for n in range(6)]
    answers = {}
    for order in (1, -1):
        folder = tmp_path / str(order)
        live = Live()
        live.complete = lambda one: Output(one.messages[0].content)
        record(folder, "all", *asked[::order], live=live)
        answers[order] = recording_path(folder / "recordings", "p/one").read_bytes()
    assert answers[1] == answers[-1]
    assert [json.loads(line)["case"] for line in answers[1].splitlines()] == ["c0", "c0", "c1", "c1", "c2", "c2"]
    assert list((tmp_path / "1/recordings/p").iterdir()) == [tmp_path / "1/recordings/p/one.jsonl"]


def test_each_answer_is_on_file_as_soon_as_it_is_given(tmp_path):
    recorder = Recorder(Live(), "new", "live:m1", setting(tmp_path))
    ask(recorder, request(case="a"), request(case="b"), close=False)
    assert len(read_recording(file_of(tmp_path))) == 2


def test_a_torn_last_line_is_passed_over_and_cut_off_by_the_next_answer(tmp_path):
    record(tmp_path, "new", request(case="a"), request(case="b"))
    path = file_of(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert [key[0] for key in read_recording(path)] == ["a"]
    live, _ = record(tmp_path, "new", request(case="a"), request(case="b"))
    assert live.calls == [("b", 0)]
    assert [key[0] for key in read_recording(path)] == ["a", "b"]


def test_a_damaged_line_ends_the_run_with_its_place(tmp_path):
    record(tmp_path, "new", request())
    path = file_of(tmp_path)
    path.write_bytes(b"<<<<<<< HEAD\n" + path.read_bytes())
    provider = replay.build("", setting(tmp_path))
    assert not provider.is_deterministic(request())
    with pytest.raises(ProviderError, match=r"one\.jsonl:1: not a recorded answer") as caught:
        ask(provider, request())
    assert caught.value.fatal


def test_several_recorders_on_one_file_lose_nothing(tmp_path):
    def work(worker):
        asked = [request(case=f"c{worker}-{n}") for n in range(20)]
        record(tmp_path, "new", *asked)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = list(read_recording(file_of(tmp_path)))
    assert len(keys) == 120
    assert keys == sorted(keys)


def test_another_providers_answer_is_never_given_for_ours(tmp_path):
    record(tmp_path, "new", request(), name="openai:gpt-4o")
    live, _ = record(tmp_path, "new", request(), name="openai:gpt-4.1")
    assert live.calls == [("c1", 0)]
    with pytest.raises(ProviderError, match=r"from openai:gpt-4\.1, not from openai:other"):
        record(tmp_path, "once", request(), name="openai:other")
    assert ask(replay.build("", setting(tmp_path)), request()).text == "hello-1"


def test_a_deterministic_answer_serves_every_repeat_and_another_only_its_own(tmp_path):
    record(tmp_path / "sure", "new", request(), live=Live(sure=True))
    provider = replay.build("", setting(tmp_path / "sure"))
    assert provider.is_deterministic(request(repeat=4))
    assert ask(provider, request(repeat=4)).deterministic
    record(tmp_path / "other", "new", request())
    with pytest.raises(ProviderError, match="no recorded answer"):
        ask(replay.build("", setting(tmp_path / "other")), request(repeat=4))


@pytest.mark.parametrize("sure", [True, False])
def test_one_recorded_answer_serves_several_repeats_only_while_the_live_provider_vouches_for_it(tmp_path, sure):
    record(tmp_path, "new", request(), live=Live(sure=True))
    live, outputs = record(tmp_path, "new", *(request(repeat=number) for number in range(3)), live=Live(sure=sure))
    assert live.calls == ([] if sure else [("c1", 1), ("c1", 2)])
    assert [output.replayed for output in outputs] == [True, sure, sure]


def test_a_recorder_says_of_a_case_what_was_recorded_or_what_the_live_one_says(tmp_path):
    record(tmp_path, "new", request(case="a"), live=Live(sure=True))
    recorder = Recorder(Live(), "new", "live:m1", setting(tmp_path))
    assert (recorder.is_deterministic(request(case="a")), recorder.is_deterministic(request(case="b"))) == (True, False)
    assert recorder.max_concurrency == 3


@pytest.mark.parametrize("prompt", ["../out", "a/../../out", "a/b/../../../x"])
def test_an_id_that_leads_out_of_the_recordings_is_refused(tmp_path, prompt):
    with pytest.raises(ProviderError, match="leads out"):
        recording_path(tmp_path / "recordings", prompt)


TEXT = st.text(st.characters(exclude_categories=()), max_size=20)


@given(TEXT, st.none() | st.dictionaries(TEXT, TEXT, max_size=2) | st.lists(st.integers()), st.none() | TEXT)
def test_any_answer_survives_the_file(tmp_path_factory, text, value, model):
    path = tmp_path_factory.mktemp("r") / "x.jsonl"
    output = Output(text, value, Usage(1, None, 0, 5), model, "r", "stop", "fp", ({"name": text},), True)
    recorded = Recorded(*key_of(request(text)), "p", output)
    append_recording(path, recorded)
    (read,) = read_recording(path).values()
    assert read.line() == recorded.line()
    assert (read.output.text, read.output.value, read.output.usage) == (text, value, output.usage)


def plain_file(tmp_path, *rows):
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return replay.build("answers.jsonl", setting(tmp_path))


def test_plain_outputs_answer_by_case_with_model_and_tokens(tmp_path):
    row = {"case_id": "c1", "output": "yes", "model": "gpt-4", "snapshot": "gpt-4-0613", "output_tokens": 1}
    output = ask(plain_file(tmp_path, row, {"case_id": 7, "output": {"a": 1}}), request())
    assert (output.text, output.model, output.usage.output_tokens) == ("yes", "gpt-4-0613", 1)
    assert output.replayed
    assert not output.deterministic
    seven = ask(plain_file(tmp_path, {"case_id": 7, "output": {"a": 1}}), request(case="7"))
    assert (seven.text, seven.value) == ('{"a":1}', {"a": 1})


def test_one_line_answers_every_repeat_as_a_recognisable_copy(tmp_path):
    provider = plain_file(tmp_path, {"case_id": "c1", "output": "yes"}, {"case_id": "c2", "output": "yes"})
    first, again, other = ask(provider, request(), request(repeat=3), request(case="c2"))
    assert first == again
    assert first.response_id != other.response_id


def test_several_lines_are_repeats_in_their_order_and_no_more(tmp_path):
    provider = plain_file(tmp_path, *({"case_id": "c1", "output": text} for text in "ab"))
    assert [output.text for output in ask(provider, request(repeat=1), request(repeat=0))] == ["b", "a"]
    with pytest.raises(ProviderError, match="no answer for case 'c1', repeat 2"):
        ask(provider, request(repeat=2))
    numbered = plain_file(tmp_path, {"case_id": "c1", "output": "x", "repeat": 1})
    with pytest.raises(ProviderError, match="repeat 0"):
        ask(numbered, request(repeat=0))


def test_a_line_of_a_prompt_goes_before_one_of_any_prompt(tmp_path):
    rows = [{"case_id": "c1", "output": "any"}, {"case_id": "c1", "output": "own", "prompt_id": "p/one"}]
    provider = plain_file(tmp_path, *rows)
    assert [output.text for output in ask(provider, request(), request(prompt_id="p/two"))] == ["own", "any"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty file"),
        (b"{\n", "answers.jsonl:1: not JSON"),
        (b'{"case_id": "a", "output": "x"}\n[]\n', "answers.jsonl:2: no recorded output"),
        (b'{"case_id": "a"}\n', "no recorded output"),
        (b'{"case_id": "a", "output": "x", "repeat": -1}\n', "`repeat` is not a count"),
        (b'{"case_id": "a", "output": "x", "repeat": 0}\n' * 2, "answers.jsonl:2: case 'a' has repeat 0 twice"),
        (b"\xff\xfe\n", "not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(tmp_path, content, words):
    (tmp_path / "answers.jsonl").write_bytes(content)
    with pytest.raises(InputError) as caught:
        replay.build("answers.jsonl", setting(tmp_path))
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"cannot read 'no\.jsonl'"):
        replay.build("no.jsonl", setting(tmp_path))


def test_what_a_judge_said_is_kept_by_server_and_asked_for_anew_where_that_is_wished(tmp_path):
    @dataclass
    class Server:
        version: str = "https://here"
        max_concurrency: int | None = None
        calls: int = 0

        def is_deterministic(self, request):
            return False

        def complete(self, request):
            self.calls += 1
            return Output(f"call {self.calls}")

        def close(self):
            pass

    def said(server, *, name="openai:j", anew=False):
        before = kept(server, name, ProviderSetting(tmp_path, tmp_path / "own"), tmp_path / "cache", anew=anew)
        output = before.complete(Request("p@judge-1", "c", 0, ()))
        before.close()
        return output.text

    one, other = Server(), Server("https://there")
    assert [said(one), said(one), said(one, anew=True), said(one)] == ["call 1", "call 1", "call 2", "call 2"]
    assert said(other) == "call 1"
    code = Server()
    assert [said(code, name="python:m:f"), said(code, name="python:m:f")] == ["call 1", "call 2"]
