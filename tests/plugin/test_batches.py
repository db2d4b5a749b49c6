"""The whole way of a batch, with real pytest processes: handed over, waited for, collected, the rest called."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from openai_server import OpenAIServer
from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.pointers import Pointers
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.plugin.batching import Batches, month_under_way
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.store.batches import BATCHES, read_batches, write_batches
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save

RECORD = ("--golden-record", "--golden-batch")
FAR = '''
import json, pathlib
from pytest_goldenprompt.model.contracts import Collected
from pytest_goldenprompt.model.output import Output

LOG, ANSWERS = pathlib.Path("far.log"), pathlib.Path("answers.json")

class Far:
    """Takes ten requests a batch; a line of its log is a call, or what was handed over together."""

    max_concurrency = None

    def is_deterministic(self, request):
        return False

    def complete(self, request):
        self._log("called", request.case_id)
        return Output(json.loads(ANSWERS.read_text()).get(request.case_id, "yes"))

    def parts(self, requests):
        names = list(requests)
        return [{name: requests[name] for name in names[at:at + 10]} for at in range(0, len(names), 10)]

    def submit(self, requests, label):
        self._log("made", *(one.case_id for one in requests.values()))
        return f"far-{LOG.read_text().count('made')}"

    def find(self, label, since):
        return None

    def collect(self, batch, requests):
        answers = json.loads(ANSWERS.read_text())
        found = {name: Output(answers.get(one.case_id, "yes")) for name, one in requests.items()}
        return Collected("done", len(found), len(found), over=True, answers=found)

    def close(self):
        pass

    def _log(self, *words):
        with LOG.open("a") as log:
            log.write(" ".join(words) + "\\n")

def pytest_goldenprompt_register(registry):
    registry.add_provider("far", lambda argument, setting: Far())
'''
NOW = datetime(2026, 12, 1, 6, tzinfo=UTC)


@pytest.fixture
def far(library):
    """A library whose provider, one of somebody else's, takes batches."""
    library.ini()
    ini = library.folder / "pytest.ini"
    ini.write_text(ini.read_text().replace("python:model:answer", "far"))
    library.write("conftest.py", FAR)
    library.dataset("triage", dict.fromkeys(("late", "lost"), "yes"))
    return library


def under_way(library):
    return read_batches(library.folder / ".goldenprompt/cache" / BATCHES)


def seen(library):
    lines = [line.split() for line in (library.folder / "far.log").read_text().splitlines()]
    made = [words for kind, *words in lines if kind == "made"]
    return made, [words[0] for kind, *words in lines if kind == "called"]


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("openai", "aiohttp")),
    reason="needs the packages openai and aiohttp (pytest-goldenprompt[openai])",
)
def test_a_month_is_handed_over_found_again_waited_for_collected_and_what_failed_is_called(library):
    library.dataset("triage", dict.fromkeys(("late", "lost", "bill"), "yes"))
    library.write("triage.prompt.md", "Answer @case:{{text}}\n")
    prices = '[prices]\ncurrency = "USD"\n[prices."openai:m1"]\ninput = 0\noutput = 0\ncall = 1\nbatch = 0.5\n'
    library.write("goldenprompt.toml", prices)
    with OpenAIServer(answer=lambda body: "yes") as server:
        server.batches.steps = ("in_progress", "completed")
        server.batches.faults = {"lost": "expired"}
        server.batches.broken = {"create": [500]}
        library.environment |= {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-of-this-test"}
        words = (*RECORD, "--golden-repeats", "2", "--golden-provider", "openai:m1")

        handed = library.run(*words)
        assert (handed.code, handed.state) == (1, "incomplete"), handed.out
        assert "6 requests could not be handed over: openai answered 500" in handed.out
        assert "whether it was taken is found out by the next run" in handed.out
        assert (server.calls, server.batches.seen["create"]) == (0, 1)
        (batch,) = under_way(library)
        assert (batch.id, batch.kind, len(batch.requests)) == (None, "recording", 6)

        waiting = library.run(*words)
        assert (waiting.code, waiting.state, server.calls) == (1, "incomplete", 0), waiting.out
        assert "6 requests are with openai:m1 as batch_2 since 2" in waiting.out
        assert "(in_progress, 3 of 6 done): run the same command again to collect them" in waiting.out
        assert "golden: 6 requests handed over in batches for 2" in waiting.out
        assert (waiting.verdict["counts"]["calls"], waiting.verdict["baseline"]) == (0, None)

        done = library.run(*words)
        assert (done.code, done.state) == (0, "new"), done.out
        assert (server.calls, dict(server.paid), server.batches.seen["create"]) == (2, {"lost": 2}, 1)
        assert "4 of 6 answers from openai:m1 as batch_2 since" in done.out
        assert "2 failed there, such as by: openai did not run it in its batch" in done.out
        assert (done.verdict["spend"]["amount"], done.verdict["spend"]["calls"]) == (4.0, 6)
        assert under_way(library) == ()


def test_an_edit_is_handed_over_anew_a_look_leaves_the_rest_and_suspects_are_called(far):
    assert far.run(*RECORD).state == "incomplete"
    far.dataset("triage", dict.fromkeys(("late", "bill"), "yes"))
    edited = far.run(*RECORD)
    assert seen(far) == ([["late"] * 10, ["lost"] * 10, ["bill"] * 10], [])
    assert "10 requests are with far as far-3 since" in edited.out
    look = far.run(*RECORD, "-k", "late")
    assert (look.verdict["partial"], look.verdict["counts"]["run"]) == (True, 1), look.out
    assert len(under_way(far)) == 2
    done = far.run(*RECORD)
    assert (done.state, under_way(far), seen(far)[1]) == ("new", (), []), done.out

    far.answers({"late": "no"})
    check = ("--golden-batch", "--golden-repeats", "3")
    assert far.run(*check).state == "incomplete"
    checked = far.run(*check)
    assert len(seen(far)[0]) == 4
    assert len(seen(far)[1]) == checked.verdict["counts"]["extra_calls"] == 14, checked.out
    assert checked.state == "regressed"


def test_nothing_is_handed_over_that_goes_beyond_the_budget(far):
    far.write("goldenprompt.toml", '[prices."far"]\ncall = 1\nbatch = 0.5\n')
    poor = far.run(*RECORD, "--golden-budget", "9")
    assert (poor.code, poor.state) == (1, "incomplete")
    assert "nothing was handed over: 20 requests could cost up to 10, which goes beyond the budget of 9" in poor.out
    assert not (far.folder / "far.log").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-n", "2"), "--golden-batch hands requests over from one process, found -n or --tx; leave it out"),
        (("--golden-replay", "new"), "--golden-batch asks live, found --golden-replay new; leave one out"),
        (("--golden-provider", "echo"), "--golden-batch: a provider that takes batches is accepted, found echo"),
    ],
)
def test_what_does_not_go_together_is_refused_in_one_line(far, words, said):
    run = far.run("--golden-batch", *words)
    assert run.code == 4
    assert said in run.out
    assert "Traceback" not in run.out
    assert not (far.folder / "far.log").exists()


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / ".goldenprompt")


def facts(kind=RunKind.RECORDING, month="2026-11"):
    return Facts("run-9", kind, month, NOW, None, None, "0", "", {})


def handed_over(store, *kinds, hours=20, month="2026-11"):
    """Remember a batch a kind; each holds one request, named by its kind."""
    moment = NOW - timedelta(hours=hours)
    before = read_batches(store.cache / BATCHES)
    made = [Batches(store.cache / BATCHES, (), facts(kind, month), lambda: moment) for kind in kinds]
    new = [one._begin("far", {}) for one in made]
    write_batches(store.cache / BATCHES, [*before, *new])


def test_batches_of_the_last_day_of_a_month_are_collected_for_that_month(store):
    assert month_under_way(store, RunKind.RECORDING, NOW) is None
    handed_over(store, RunKind.RECORDING)
    assert month_under_way(store, RunKind.RECORDING, NOW) == "2026-11"
    assert month_under_way(store, RunKind.CHECK, NOW) is None
    assert month_under_way(store, RunKind.RECORDING, NOW + timedelta(days=8)) is None


def test_a_month_that_has_a_baseline_is_recorded_anew_only_where_it_is_named(store):
    handed_over(store, RunKind.RECORDING, RunKind.CHECK)
    save(store, replace(record("r1"), month="2026-11"))
    store.move(store.pointers(), Pointers({"2026-11": store.pointer_to("r1")}))
    assert month_under_way(store, RunKind.RECORDING, NOW) is None
    assert month_under_way(store, RunKind.RECORDING, NOW - timedelta(hours=20)) == "2026-11"
    assert month_under_way(store, RunKind.CHECK, NOW) == "2026-11"
    made = Batches.under_way(store, facts(month="2026-12"), lambda: NOW)
    assert made.told == ["what was handed over for 2026-11 is left: --golden-month 2026-11 collects it, for a week"]
    made.end(RunRecord("run-9"))
    assert len(read_batches(store.cache / BATCHES)) == 2
    assert Batches.under_way(store, facts(), lambda: NOW).told == []


def test_what_was_left_over_moves_no_new_month_into_the_old_one(far):
    assert far.run(*RECORD).state == "incomplete"
    now = datetime.now(UTC)
    path = far.folder / ".goldenprompt/cache" / BATCHES
    then = f"{now.year - 1}-{now.month:02}"
    write_batches(path, [replace(batch, month=then) for batch in under_way(far)])
    before = path.read_bytes()
    far.write("triage.prompt.md", "Edited: {{text}}\n")
    run = far.run(*RECORD)
    assert (run.code, run.state) == (1, "incomplete"), run.out
    assert f"nothing that is asked is in the batches of {then}, and nothing was handed over: name the month" in run.out
    assert (path.read_bytes(), len(seen(far)[0])) == (before, 2)
    named = far.run(*RECORD, "--golden-month", f"{now:%Y-%m}")
    assert f"what was handed over for {then} is left" in named.out
    assert [batch.month for batch in under_way(far)][-2:] == [f"{now:%Y-%m}"] * 2


def test_a_batches_file_that_no_version_writes_stops_only_the_run_that_collects(far):
    path = far.folder / ".goldenprompt/cache" / BATCHES
    assert far.run(*RECORD).state == "incomplete"
    path.write_text(path.read_text().replace("+00:00", ""))
    refused = far.run(*RECORD)
    assert (refused.code, "batches.json: not what this version writes of batches" in refused.out) == (4, True)
    assert "INTERNALERROR" not in refused.out + far.run("-k", "late").out


def test_what_nobody_collected_in_a_week_is_forgotten_and_told(store):
    handed_over(store, RunKind.RECORDING, hours=24 * 8)
    handed_over(store, RunKind.CHECK)
    made = Batches.under_way(store, facts(), lambda: NOW)
    assert made.told == [
        "a batch of 2026-11-23T06:00:00+00:00 was never collected: it is too old by now, and forgotten"
    ]
    assert [batch.kind for batch in read_batches(store.cache / BATCHES)] == ["check"]


def test_a_run_that_does_not_collect_says_what_is_under_way_and_leaves_it(store):
    handed_over(store, RunKind.RECORDING, RunKind.CHECK)
    path = store.cache / BATCHES
    one, other = read_batches(path)
    write_batches(path, [replace(one, requests={"n": ("p", "c", 0, "d")}), other])
    before = path.read_bytes()
    made = Batches.left_alone(store, facts(), lambda: NOW)
    assert made.line() == (
        "1 request handed over in batches for 2026-11 will be called for anew: --golden-batch collects them"
    )
    made.end(RunRecord("run-9"))
    assert path.read_bytes() == before
    assert Batches.left_alone(store, facts(RunKind.CHECK), lambda: NOW).line() == ""
    path.write_text("{")
    assert Batches.left_alone(store, facts(), lambda: NOW).line() == ""
    with pytest.raises(StoreError, match="not what this version writes"):
        Batches.under_way(store, facts(), lambda: NOW)


def test_a_finished_run_forgets_its_own_batches_and_no_others(store):
    handed_over(store, RunKind.RECORDING, RunKind.CHECK)
    handed_over(store, RunKind.RECORDING, month="2026-10")
    made = Batches.under_way(store, facts(), lambda: NOW)
    made.end(RunRecord("run-9", stopped=("it was interrupted",)))
    assert len(read_batches(store.cache / BATCHES)) == 3
    broken = PromptFacts("p", "p.golden.yaml", error="p.golden.yaml:1: not YAML")
    made._mine = [replace(batch, requests={"n": ("p", "c", 0, "d")}) for batch in made._mine]
    made.end(RunRecord("run-9", prompts=(broken,)))
    assert len(read_batches(store.cache / BATCHES)) == 3
    made.end(RunRecord("run-9"))
    assert made.told[-1].endswith("is forgotten, uncollected: nothing of it is asked any more")
    left = [(batch.kind, batch.month) for batch in read_batches(store.cache / BATCHES)]
    assert left == [("check", "2026-11"), ("recording", "2026-10")]


def test_python_tests_are_called_in_the_run_that_collects(far):
    far.write(
        "test_desk.py",
        "import pytest\n\n@pytest.mark.goldenprompt('triage.golden.yaml')\ndef test_it(case):\n"
        "    open('called', 'a').write('x')\n    return 'yes'\n",
    )
    called = far.folder / "called"
    handed = far.run(*RECORD, "--golden-repeats", "1")
    assert (handed.code, handed.state, called.exists()) == (1, "incomplete", False), handed.out
    assert handed.prompt("test_desk.py::test_it")["state"] == "incomplete"
    done = far.run(*RECORD, "--golden-repeats", "1")
    assert (done.code, done.state, called.read_text()) == (0, "new", "xx"), done.out
