from __future__ import annotations

import json
import sys
import time

import pytest

from asking import ask, request, setting
from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Message, Request
from pytest_goldenprompt.providers import command, echo, python_function
from pytest_goldenprompt.providers.failure import raised_error, retry_after, status_error


def test_echo_repeats_the_last_user_message_and_says_it_is_deterministic(tmp_path):
    provider = echo.build("", setting(tmp_path))
    turns = (Message("user", "first"), Message("user", "second"), Message("assistant", "third"))
    output = ask(provider, Request("p", "c", 0, turns))
    assert (output.text, output.deterministic) == ("second", True)
    assert provider.is_deterministic(request())
    with pytest.raises(ProviderError, match="no user message"):
        ask(provider, Request("p", "c", 0, ()))
    with pytest.raises(InputError):
        echo.build("x", setting(tmp_path))


FUNCTIONS = """
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output

def greet(name): return f"hello {name}"
async def greet_later(name): return f"hello {name}"
def returns_awaitable(name): return greet_later(name)
def everything(prompt, case, repeat, name):
    return {"text": prompt.text, "roles": [m["role"] for m in prompt["messages"]],
            "t": prompt.parameters["temperature"], "seed": prompt.parameters["seed"],
            "case": case, "repeat": repeat, "name": name}
def from_prompt(prompt): return prompt.text
def keywords(**inputs): return inputs
def output(name): return Output(name, model="m1")
def nothing(name): return None
def odd(name): return {1, 2}
def not_a_number(name): return float("nan")
def fails(name): raise ValueError("bad " + name)
def outage(name): raise ConnectionResetError("gone")
def own(name): raise ProviderError("quota", fatal=True)
class Status(Exception): status_code = 429
def limited(name): raise Status("slow down")
class Refused(Exception): status_code = 401
def refused(name): raise Refused("key sk-1234")
def sure(name): return name
sure.deterministic = True
"""


@pytest.fixture
def team(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "team_module", raising=False)
    (tmp_path / "team_module.py").write_text(FUNCTIONS, "utf-8")

    def build(name):
        return python_function.build(f"team_module:{name}", setting(tmp_path))

    yield build
    sys.modules.pop("team_module", None)


@pytest.mark.parametrize("name", ["greet", "greet_later", "returns_awaitable"])
def test_a_teams_function_is_called_with_the_inputs_by_name(team, name):
    assert team_answer(team(name)).text == "hello Ada"


def team_answer(provider, **given):
    """Ask in this thread; a provider that is no coroutine function is called as the engine's threads call it."""
    import asyncio

    answer = provider.complete(request(inputs={"name": "Ada"}, **given))
    return answer if isinstance(answer, Output) else asyncio.run(answer)


def test_a_teams_function_gets_prompt_case_and_repeat_where_it_names_them(team):
    output = team_answer(team("everything"), text="hi", repeat=2, temperature=0.5, seed=5)
    got = {"text": "hi", "roles": ["user"], "t": 0.5, "seed": 7, "case": "c1", "repeat": 2, "name": "Ada"}
    assert output.value == got
    assert json.loads(output.text) == output.value


def test_a_function_of_the_prompt_need_not_take_the_inputs_and_any_other_must(team):
    assert team_answer(team("from_prompt"), text="hi").text == "hi"
    assert team_answer(team("keywords")).value == {"name": "Ada"}
    with pytest.raises(ProviderError, match=r"takes 'name', which is none of the case's inputs; inputs are: nam"):
        team("greet").complete(request(inputs={"nam": "Ada"}))
    with pytest.raises(ProviderError, match="does not take 'age', which is an input"):
        team("greet").complete(request(inputs={"name": "Ada", "age": 3}))


def test_an_output_is_taken_as_it_is_and_what_is_no_answer_is_refused(team):
    assert team_answer(team("output")) == Output("Ada", model="m1")
    for name in ("nothing", "odd", "not_a_number"):
        with pytest.raises(ProviderError, match="returned"):
            team_answer(team(name))


@pytest.mark.parametrize(
    ("name", "words", "transient", "fatal"),
    [
        ("fails", "team_module:fails raised ValueError: bad Ada", False, False),
        ("outage", "ConnectionResetError", True, False),
        ("own", "quota", False, True),
        ("limited", "answered 429: slow down", True, False),
        ("refused", "refused the key (401)", False, True),
    ],
)
def test_what_a_teams_function_raises_is_classified(team, name, words, transient, fatal):
    with pytest.raises(ProviderError) as caught:
        team_answer(team(name))
    assert words in str(caught.value)
    assert "sk-1234" not in str(caught.value)
    assert (caught.value.transient, caught.value.fatal) == (transient, fatal)


def test_a_function_is_deterministic_only_by_its_own_word(team):
    assert team("sure").is_deterministic(request())
    assert team_answer(team("sure")).deterministic
    assert not team("greet").is_deterministic(request())


@pytest.mark.parametrize("name", ["", "module", "no_such_module_here:f", "os.path:nope", "os.path:sep"])
def test_a_function_that_is_not_there_is_refused_when_it_is_named(tmp_path, monkeypatch, name):
    monkeypatch.setattr(sys, "path", [*sys.path])
    with pytest.raises(InputError):
        python_function.build(name, setting(tmp_path))


def run_command(tmp_path, program, timeout=10.0, **given):
    (tmp_path / "program.py").write_text(program, "utf-8")
    return command.build(f"'{sys.executable}' program.py", setting(tmp_path, timeout)), request(**given)


def test_a_program_reads_the_request_and_its_output_is_the_answer(tmp_path):
    program = (
        "import json, sys; r = json.load(sys.stdin)\n"
        "print(r['case_id'], r['messages'][0]['content'], r['inputs'], r['parameters'])"
    )
    provider, asked = run_command(tmp_path, program, text="héllo", inputs={"a": 1}, seed=5, repeat=1)
    assert ask(provider, asked).text == "c1 héllo {'a': 1} {'seed': 6}"


@pytest.mark.parametrize(
    ("program", "words", "transient"),
    [
        ("import sys; print('first', file=sys.stderr); sys.exit('last line')", "exit code 1: last line", False),
        ("import sys; sys.exit(75)", "exit code 75", True),
        ("", "wrote no answer", False),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "not UTF-8", False),
    ],
)
def test_a_program_that_fails_gives_no_answer(tmp_path, program, words, transient):
    provider, asked = run_command(tmp_path, program)
    with pytest.raises(ProviderError, match=words) as caught:
        ask(provider, asked)
    assert caught.value.transient is transient


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are a matter of Unix")
def test_a_time_out_kills_the_program_and_what_it_started(tmp_path):
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1); open(\"alive\", \"w\")'])\n"
        "time.sleep(30)"
    )
    provider, asked = run_command(tmp_path, program, timeout=0.5)
    began = time.monotonic()
    with pytest.raises(ProviderError, match=r"longer than 0\.5 s") as caught:
        ask(provider, asked)
    assert time.monotonic() - began < 3
    assert caught.value.transient
    time.sleep(1.2)
    assert not (tmp_path / "alive").exists()


def test_a_program_that_is_not_there_and_a_line_that_cannot_be_split_are_said(tmp_path):
    with pytest.raises(ProviderError, match="cannot be started"):
        ask(command.build("no-such-program-here", setting(tmp_path)), request())
    for written in ("", "a 'b"):
        with pytest.raises(InputError):
            command.build(written, setting(tmp_path))


def test_no_shell_sees_the_command(tmp_path):
    provider = command.build(f"'{sys.executable}' -c 'import sys; print(sys.argv[1:])' $HOME ; ls", setting(tmp_path))
    assert ask(provider, request()).text == "['$HOME', ';', 'ls']"


@pytest.mark.parametrize(
    ("status", "transient", "fatal"),
    [
        (400, False, False),
        (401, False, True),
        (403, False, True),
        (404, False, False),
        (408, True, False),
        (429, True, False),
        (500, True, False),
        (529, True, False),
    ],
)
def test_a_status_says_what_further_attempts_are_worth(status, transient, fatal):
    error = status_error("x", status, "said\nthis", 3.0)
    assert (error.transient, error.fatal) == (transient, fatal)
    assert "\n" not in str(error)


NOON = "Mon, 02 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"Retry-After-Ms": "250", "Retry-After": "9"}, 0.25),
        ({}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": NOON.replace("2026", "1999")}, 0.0),
    ],
)
def test_the_wait_is_read_from_the_headers(headers, seconds):
    assert retry_after(headers) == seconds


def test_a_date_to_wait_for_is_counted_from_the_clock_that_makes_us_later(monkeypatch):
    headers = {"Retry-After": "Mon, 02 Nov 2026 12:00:30 GMT", "Date": NOON}
    noon = 1793620800.0
    for ours, wait in ((noon, 30.0), (noon + 25, 30.0), (noon - 25, 55.0)):
        monkeypatch.setattr("pytest_goldenprompt.providers.failure.time.time", lambda ours=ours: ours)
        assert retry_after(headers) == wait


def test_a_raised_provider_error_stays_itself():
    error = ProviderError("x")
    assert raised_error("f", error) is error
