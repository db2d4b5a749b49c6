from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.journal import Journal, Together, source
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Message, Request

ASKED = Request("p/one", "a", 2, (Message("user", "hello"),), "m", {"temperature": 0.5}, {"text": "hello"})
ANSWER = Answer(
    Output("yes", ["yes"], Usage(7, 1, 3, 0), "m-2024", "r1", "stop", "fp", ({"name": "look"},), deterministic=True),
    latency=0.25,
    attempts=3,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "main.jsonl"


def write(path, *answers, request=ASKED):
    journal = Journal(path)
    for answer in answers:
        journal.keep("openai:m", request, answer)
    journal.close()


def test_an_answer_comes_back_as_it_was_given(path):
    write(path, ANSWER)
    assert Journal(earlier=[path]).recall("openai:m", ASKED) == ANSWER
    assert len(Journal(earlier=[path])) == 1


def test_an_answer_that_came_in_a_batch_is_recalled_at_once_and_later_as_one(path):
    journal, came = Journal(path), replace(ANSWER, batched=True)
    journal.take("openai:m", ASKED, came)
    assert journal.recall("openai:m", ASKED) == came
    journal.close()
    assert Journal(earlier=[path]).recall("openai:m", ASKED) == came


@given(text=st.text(st.characters(codec=None), min_size=1))
def test_any_text_comes_back(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("journal") / "main.jsonl"
    write(path, Answer(Output(text)))
    again = Journal(earlier=[path]).recall("openai:m", ASKED)
    assert again is not None
    assert again.output == Output(text)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, prompt_id="p/two"),
        replace(ASKED, case_id="b"),
        replace(ASKED, repeat=3),
        replace(ASKED, messages=(Message("user", "hullo"),)),
        replace(ASKED, model="n"),
        replace(ASKED, parameters={"temperature": 0.6}),
        replace(ASKED, inputs={"text": "hullo"}),
    ],
)
def test_whatever_may_change_an_answer_asks_anew(path, other):
    write(path, ANSWER)
    assert Journal(earlier=[path]).recall("openai:m", other) is None


def test_another_provider_or_another_version_of_it_is_asked_anew(path):
    write(path, ANSWER)
    assert Journal(earlier=[path]).recall("openai:m@http://127.0.0.1/v1", ASKED) is None

    class Versioned:
        version = "http://127.0.0.1/v1"

    assert source(Asked("openai:m"), Versioned()) == "openai:m@http://127.0.0.1/v1"
    assert source(Asked("openai:m"), object()) == "openai:m"


def test_every_line_is_on_the_disk_before_the_next_call(path):
    journal = Journal(path)
    for number in range(3):
        journal.keep("openai:m", replace(ASKED, repeat=number), ANSWER)
        assert path.read_bytes().count(b"\n") == number + 1
    journal.close()


@pytest.mark.parametrize("answer", [Answer(error="no answer within 60 s"), Answer(Output("yes", replayed=True))])
def test_errors_and_replayed_answers_are_not_kept(path, answer):
    write(path, answer)
    assert not path.exists()


def test_at_whatever_byte_a_line_is_torn_the_others_are_read(path):
    write(path, ANSWER)
    write(path, ANSWER, request=replace(ASKED, repeat=1))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert len(Journal(earlier=[path])) == 1
    path.write_bytes(whole[:first] + whole[first + 1 :])
    assert len(Journal(earlier=[path])) == 1


SOUND = '{"key": ["openai:m", "p", "a", "d", 0], "output": {"text": "x"}, "latency": 0.1, "attempts": 1}'
UNSOUND = [
    SOUND.replace('"p"', "[]"),
    SOUND.replace('"x"', "5"),
    SOUND.replace('"x"', "null"),
    SOUND.replace("1}", '"no"}'),
    SOUND.replace("0.1", '"soon"'),
    SOUND.replace('"x"}', '"x", "usage": {"input_tokens": "many"}}'),
]


def test_a_line_that_is_sound_is_read(path):
    path.parent.mkdir()
    path.write_text(f"{SOUND}\n")
    assert len(Journal(earlier=[path])) == 1


@pytest.mark.parametrize(
    "line", [*UNSOUND, "", "{}", "[1]", "null", '{"key": [1, 2]}', "[" * 100_000, '{"key": ["a", "b"]', "é"]
)
def test_a_line_that_cannot_be_read_is_passed_over(path, line):
    write(path, ANSWER)
    path.write_bytes(line.encode() + b"\n" + path.read_bytes())
    assert len(Journal(earlier=[path])) == 1


def test_a_disk_that_refuses_costs_no_answer_and_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "main.jsonl")
    journal.keep("openai:m", ASKED, ANSWER)
    journal.keep("openai:m", ASKED, ANSWER)
    assert "answers cannot be kept as they come: " in journal.trouble
    journal.close()


def test_a_disk_that_is_full_is_told_too(path, monkeypatch):
    journal = Journal(path)
    journal.keep("openai:m", ASKED, ANSWER)

    def full(handle, content):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        journal.keep("openai:m", replace(ASKED, repeat=1), ANSWER)
    assert journal.trouble.endswith("main.jsonl: answers cannot be kept as they come: No space left on device")
    journal.close()
    assert len(Journal(earlier=[path])) == 1


def test_a_disk_that_fills_up_within_many_answers_keeps_those_that_fit_and_is_told(path, monkeypatch):
    journal, write, room = Journal(path), os.write, [0]
    for number in range(3):
        assert journal.note("openai:m", replace(ASKED, repeat=number), ANSWER)

    def filling(handle, content):
        if room[0]:
            raise OSError(28, "No space left on device")
        room[0] = write(handle, content[: len(content) // 2])
        return room[0]

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", filling)
        journal.write()
    assert journal.trouble.endswith("No space left on device")
    journal.close()
    assert len(Journal(earlier=[path])) == 1


def test_without_a_place_nothing_is_written_and_nothing_known():
    journal = Journal()
    journal.keep("openai:m", ASKED, ANSWER)
    assert journal.recall("openai:m", ASKED) is None
    assert not journal.trouble
    journal.close()


def test_answers_that_come_at_one_moment_are_written_in_one_go_before_anybody_goes_on(path, monkeypatch):
    writes, write = [], os.write
    monkeypatch.setattr(os, "write", lambda handle, lines: writes.append(lines.count(b"\n")) or write(handle, lines))
    journal, seen = Journal(path), []

    async def keep(together, number):
        await together.keep("openai:m", replace(ASKED, repeat=number), ANSWER)
        seen.append(len(Journal(earlier=[path])))

    async def keep_all():
        together = Together(journal, asyncio.get_running_loop())
        tasks = [asyncio.create_task(keep(together, number)) for number in range(5)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.gather(*tasks)
        await together.keep("openai:m", ASKED, Answer(error="no"))
        await keep(together, 5)

    asyncio.run(keep_all())
    assert writes == [5, 1]
    assert seen == [5] * 5 + [6]
    journal.close()


def test_what_was_noted_is_written_when_the_journal_is_closed(path):
    journal = Journal(path)
    assert journal.note("openai:m", ASKED, ANSWER)
    journal.close()
    assert Journal(earlier=[path]).recall("openai:m", ASKED) == ANSWER
