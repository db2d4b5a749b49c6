from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field

import pytest

from asking import request
from pytest_goldenprompt.engine.batches import Desk, Wanted
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.batch import Batch
from pytest_goldenprompt.model.contracts import Collected
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.output import Output

ASKED = Asked("far:m1")


@dataclass
class Post:
    """A provider that takes batches; `made` holds what was handed over by id, `ends` what a batch comes to."""

    each: int = 100
    ends: dict[str, Collected] = field(default_factory=dict)
    errors: dict[str, ProviderError] = field(default_factory=dict)
    made: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    max_concurrency: int | None = None

    def parts(self, requests):
        names = list(requests)
        return [{name: requests[name] for name in names[at : at + self.each]} for at in range(0, len(names), self.each)]

    async def submit(self, requests, label):
        self._fail("submit")
        batch = f"b{len(self.made) + 1}"
        self.made[batch] = [one.case_id for one in requests.values()]
        self.labels[label] = batch
        self._fail("told")
        return batch

    def find(self, label, since):
        self._fail("find")
        return self.labels.get(label)

    async def collect(self, batch, requests):
        self._fail("collect")
        found = self.ends.get(batch, Collected("in_progress", 1, len(self.made[batch])))
        kept = {name: answer for name, answer in found.answers.items() if name in requests}
        return Collected(found.state, found.done, found.total, found.over, kept, found.refused, found.notes)

    def is_deterministic(self, request):
        return False

    def complete(self, request):
        raise AssertionError("nothing is called")

    def close(self):
        pass

    def _fail(self, kind):
        if kind in self.errors:
            raise self.errors.pop(kind)


@dataclass
class Room:
    """What stays between runs: the memory of batches, and how often it was written."""

    batches: tuple[Batch, ...] = ()
    written: list[list[str | None]] = field(default_factory=list)
    poor: str = ""

    def remember(self, batches):
        self.batches = tuple(batches)
        self.written.append([batch.id for batch in batches])

    def begin(self, who, wanted):
        places = {name: ("p", one.case_id, one.repeat, "d") for name, one in wanted.items()}
        label = f"label-{len(self.written)}"
        return Batch(who, label, "recording", "2026-11", "2026-11-24T09:31:00+00:00", places)

    def settle(self, wanted):
        async def call(function, *arguments):
            given = function(*arguments)
            return await given if inspect.isawaitable(given) else given

        desk = Desk(self.batches, self.remember, self.begin, lambda _: self.poor)
        return asyncio.run(desk.settle({one.name: one for one in wanted}, call))


def wanted(post, *cases, asked=ASKED, text="hello"):
    return [Wanted(asked, post, request(text, case=case)) for case in cases]


def over(*wanted, state="completed", **odd):
    answers = {one.name: Output(f"answer to {one.request.case_id}") for one in wanted}
    return Collected(state, len(answers), len(answers), over=True, answers={**answers, **odd.pop("instead", {})}, **odd)


def test_what_was_never_handed_over_is_and_the_run_waits():
    room, post = Room(), Post(each=2)
    settled = room.settle(wanted(post, "a", "b", "c"))
    assert post.made == {"b1": ["a", "b"], "b2": ["c"]}
    assert settled.answers == {}
    assert settled.waits == (
        "2 requests are with far:m1 as b1 since 2026-11-24 09:31 UTC; "
        "1 request is with far:m1 as b2 since 2026-11-24 09:31 UTC: run the same command again to collect them"
    )
    assert room.written == [[None], ["b1"], ["b1", None], ["b1", "b2"]]


def test_what_is_under_way_is_not_handed_over_again():
    room, post = Room(), Post()
    room.settle(wanted(post, "a", "b"))
    settled = room.settle(wanted(post, "a", "b"))
    assert list(post.made) == ["b1"]
    assert settled.waits.startswith("2 requests are with far:m1 as b1 since 2026-11-24 09:31 UTC (in_progress, 1 of 2")
    assert len(room.batches) == 1


def test_answers_are_given_once_all_is_over_and_what_failed_is_left_to_be_called():
    room, post = Room(), Post()
    one, two, three = wanted(post, "a", "b", "c")
    room.settle([one, two, three])
    failed = {two.name: ProviderError("it was too much")}
    post.ends["b1"] = over(one, state="expired", instead=failed, notes=("2 lines that cannot be read",))
    settled = room.settle([one, two, three])
    assert settled.waits == ""
    assert {name: (answer.output.text, answer.batched) for name, answer in settled.answers.items()} == {
        one.name: ("answer to a", True)
    }
    called = "far:m1 as b1 since 2026-11-24 09:31 UTC"
    assert settled.told == [
        f"1 of 3 answers from {called} (expired); 1 failed there, such as by: it was too much",
        f"{called}: 2 lines that cannot be read",
    ]
    assert [batch.id for batch in room.batches] == ["b1"]


def test_one_batch_under_way_keeps_the_run_waiting_whatever_others_brought():
    room, post = Room(), Post(each=1)
    asked = wanted(post, "a", "b")
    room.settle(asked)
    post.ends["b1"] = over(asked[0])
    settled = room.settle(asked)
    assert settled.waits.startswith("1 request is with far:m1 as b2")


def test_what_is_asked_otherwise_since_then_is_handed_over_anew_and_gets_no_old_answer():
    room, post = Room(), Post()
    before, kept = wanted(post, "a", "b")
    room.settle([before, kept])
    post.ends["b1"] = over(before, kept)
    (after,) = wanted(post, "a", text="edited")
    settled = room.settle([after, kept])
    assert list(settled.answers) == [kept.name]
    assert post.made["b2"] == ["a"]
    assert settled.waits.startswith("1 request is with far:m1 as b2")


def test_other_repeats_and_other_servers_are_other_requests():
    post, other = Post(), Post()
    other.version = "elsewhere"
    (one,) = wanted(post, "a")
    names = {one.name, Wanted(ASKED, post, request(case="a", repeat=1)).name, wanted(other, "a")[0].name}
    names |= {wanted(post, "a", asked=Asked("far:m2"))[0].name}
    assert len(names) == 4


def test_a_batch_whose_id_was_lost_is_found_by_its_label():
    room, post = Room(), Post()
    post.errors["told"] = ProviderError("far answered 500", transient=True)
    settled = room.settle(wanted(post, "a"))
    assert settled.waits == (
        "1 request could not be handed over: far answered 500; whether it was taken is found out by the next run"
    )
    assert [batch.id for batch in room.batches] == [None]
    settled = room.settle(wanted(post, "a"))
    assert settled.waits.startswith("1 request is with far:m1 as b1")
    assert (list(post.made), [batch.id for batch in room.batches]) == (["b1"], ["b1"])


def test_a_batch_that_was_never_made_is_forgotten_and_handed_over_anew():
    room, post = Room(), Post()
    post.errors["submit"] = ProviderError("the connection failed", transient=True)
    room.settle(wanted(post, "a"))
    room.settle(wanted(post, "a"))
    assert (list(post.made), [batch.id for batch in room.batches]) == (["b1"], ["b1"])


def test_a_refusal_leaves_nothing_behind():
    room, post = Room(), Post()
    post.errors["submit"] = ProviderError("far refused the key (401)", fatal=True)
    settled = room.settle(wanted(post, "a", "b"))
    assert settled.waits == "2 requests could not be handed over: far refused the key (401)"
    assert room.batches == ()


@pytest.mark.parametrize("kind", ["find", "collect"])
def test_where_a_batch_cannot_be_asked_for_nothing_is_lost_and_nothing_called(kind):
    room, post = Room(), Post()
    if kind == "find":
        post.errors["told"] = ProviderError("cut", transient=True)
    room.settle(wanted(post, "a"))
    before = room.batches
    post.errors[kind] = ProviderError("far answered 404")
    settled = room.settle(wanted(post, "a", "b"))
    assert "far answered 404" in settled.waits
    assert room.batches == before
    assert list(post.made) == ["b1"]


def test_a_batch_that_was_not_run_at_all_is_forgotten_and_nothing_is_called_for_it():
    room, post = Room(), Post()
    room.settle(wanted(post, "a"))
    post.ends["b1"] = Collected("failed", 0, 1, over=True, refused="token_limit_exceeded")
    settled = room.settle(wanted(post, "a", "b"))
    assert "was not run: token_limit_exceeded; run the same command again to hand it over anew" in settled.waits
    assert (room.batches, list(post.made)) == ((), ["b1"])


def test_what_cannot_be_paid_for_is_not_handed_over():
    room, post = Room(poor="the budget of 1 USD is spent"), Post()
    assert room.settle(wanted(post, "a")).waits == "nothing was handed over: the budget of 1 USD is spent"
    assert (room.batches, post.made) == ((), {})


def test_a_provider_without_batches_is_left_to_calls():
    class Plain:
        max_concurrency = None

    room, post = Room(), Post()
    settled = room.settle([*wanted(Plain(), "a"), *wanted(post)])
    assert (settled.waits, settled.answers, room.written) == ("", {}, [])
    settled = room.settle([*wanted(Plain(), "a"), *wanted(post, "b")])
    assert post.made == {"b1": ["b"]}
    assert settled.waits


def test_many_batches_are_told_in_one_sentence():
    settled = Room().settle(wanted(Post(each=1), *"abcdef"))
    assert settled.waits.count("is with far:m1") == 3
    assert "(and 3 more batches): run the same" in settled.waits


def test_what_was_handed_over_before_a_refusal_is_told_beside_it():
    room, post = Room(), Post(each=1)
    submit = post.submit

    async def first_only(requests, label):
        if post.made:
            raise ProviderError("far answered 400")
        return await submit(requests, label)

    post.submit = first_only
    settled = room.settle(wanted(post, "a", "b"))
    assert settled.waits == (
        "1 request could not be handed over: far answered 400; "
        "1 request is with far:m1 as b1 since 2026-11-24 09:31 UTC: run the same command again to collect them"
    )
    assert [batch.id for batch in room.batches] == ["b1"]
