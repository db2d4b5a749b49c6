from __future__ import annotations

import re
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.limited import TookTooLong, Worker, checked_pattern, is_plain, search
from pytest_goldenprompt.evaluators.regex import build
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output

CATASTROPHIC = [
    (r"^(a+)+$", "a" * 40 + "!"),
    (r"(a|a)*b", "a" * 40),
    (r"(a|aa)+$", "a" * 60 + "!"),
    (r"(.*)*x", "y" * 40),
    (r"a*b", "a" * 2_000_000),
    (r"(\w+\s?)*:", "word " * 20),
]


@pytest.fixture
def worker():
    worker = Worker(limit=0.3)
    yield worker
    worker.close()


@pytest.mark.parametrize(("pattern", "text"), CATASTROPHIC)
def test_a_catastrophic_search_is_stopped_and_the_next_one_is_unhurt(worker, pattern, text):
    assert not is_plain(pattern, len(text))
    began = time.monotonic()
    with pytest.raises(TookTooLong):
        search(pattern, text, worker=worker)
    assert time.monotonic() - began < 2
    assert worker.search("a+b+", 0, "xaab") == ["aab"]


def test_a_search_that_is_stopped_is_a_failed_score_with_its_reason_within_the_limit():
    began = time.monotonic()
    (score,) = build(r"^(a+)+$").evaluate(Output("a" * 40 + "!"), Case("c"))
    assert 1.9 < time.monotonic() - began < 4
    assert not score.passed
    assert "took longer than 2 s" in score.reason


def test_threads_share_the_process_and_each_gets_its_own_answer(worker):
    found = {}

    def ask(number):
        found[number] = worker.search(r"(\d+)+x", 0, f"{number}x")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [f"{number}x", str(number)] for number in range(20)}


def test_a_process_that_ended_by_itself_is_no_finding_about_the_pattern(worker):
    assert worker.search("a", 0, "a") == ["a"]
    with pytest.raises(RuntimeError, match="ended by itself"):
        worker.search("(", 0, "a")
    assert worker.search("a", 0, "a") == ["a"]


@given(st.sampled_from([r"\d+", "a|b", r"^x", "[ab]+c?", "(a)(b)?"]), st.text("ab1x\ud800\n", max_size=12))
def test_both_ways_of_searching_agree(pattern, text):
    match = re.search(pattern, text)
    expected = None if match is None else [match[0], *match.groups()]
    assert search(pattern, text) == expected
    assert SHARED.search(pattern, 0, text) == expected


SHARED = Worker()


@pytest.fixture(autouse=True, scope="module")
def _close_shared():
    yield
    SHARED.close()


@pytest.mark.parametrize(
    ("pattern", "length"),
    [("a*b", 4400), ("a*a*b", 270), ("a+a+a+b", 65), ("a?a?a?a?", 27), ("a|b|c", 50_000)],
)
def test_what_counts_as_plain_ends_at_its_worst(pattern, length):
    assert is_plain(pattern, length)
    search(pattern, "a" * length)


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?P<x>a)(?P=x)", "(a){9}", "a{99999}", "(a*)*", "(a|b)*", "(a+)(b+)+"])
def test_what_may_explode_is_never_plain(pattern):
    assert not is_plain(pattern, 1)


def test_a_pattern_that_does_not_compile_is_refused_and_a_doubtful_one_warns_nobody():
    with pytest.raises(InputError, match="no regular expression"):
        checked_pattern("regex", "[")
    assert checked_pattern("regex", "[[a]") == "[[a]"
