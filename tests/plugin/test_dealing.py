"""Who runs what: the scheduler alone, with workers that exist on paper."""

from __future__ import annotations

from collections import Counter, deque
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.plugin.dealing import Dealing, share


class PaperWorker:
    """A worker as xdist's is: it begins with an item once it knows the next one, or that there is none."""

    def __init__(self, number, workers):
        self.gateway = SimpleNamespace(id=f"gw{number}")
        self.workerinput = {"golden": {"number": number if number < workers else None}}
        self.shutting_down = False
        self.queue = deque()

    def send_runtest_some(self, indices):
        assert not self.shutting_down
        self.queue.extend(indices)

    def shutdown(self):
        self.shutting_down = True

    def can_run(self):
        return len(self.queue) > 1 or bool(self.queue and self.shutting_down)


class PaperRun:
    """The controller's side of xdist, as far as it drives a scheduler."""

    def __init__(self, ids, workers, *, near=False, chunk=None):
        self.ids, self.workers = ids, workers
        self.complaints, self.lost, self.crashes = [], [], []
        self.ran = Counter()
        hook = SimpleNamespace(pytest_collectreport=lambda report: self.complaints.append(report.longrepr))
        config = SimpleNamespace(hook=hook, getoption=lambda name: chunk)
        self.dealing = Dealing(config, workers, lambda node, why: self.lost.append(node), near=near)
        self.nodes = [PaperWorker(number, workers) for number in range(workers)]
        for node in self.nodes:
            self.dealing.add_node(node)

    def collect(self, *differing):
        for node, ids in zip(self.nodes, differing or [self.ids] * self.workers, strict=True):
            self.dealing.add_node_collection(node, ids)
        assert self.dealing.collection_is_completed
        self.dealing.schedule()
        self.end_where_finished()

    def end_where_finished(self):
        if self.dealing.tests_finished:
            for node in self.dealing.nodes:
                node.shutdown()

    def run_one(self, node, duration=0.0):
        place = node.queue.popleft()
        self.ran[self.ids[place]] += 1
        self.dealing.mark_test_complete(node, place, duration)
        self.end_where_finished()

    def crash(self, node, *again):
        """Let a worker vanish at the item it runs, and another take its place; `again` is wanted again meanwhile."""
        self.nodes.remove(node)
        crashed = self.dealing.remove_node(node)
        assert crashed == (self.ids[node.queue[0]] if node.queue else None)
        self.crashes.append(crashed)
        for item in again:
            self.dealing.mark_test_pending(item)
        new = PaperWorker(self.workers + len(self.crashes), self.workers)
        self.nodes.append(new)
        self.dealing.add_node(new)
        self.dealing.add_node_collection(new, self.ids)
        self.dealing.schedule()
        self.end_where_finished()

    def able(self):
        return [node for node in self.nodes if node.can_run()]

    def finish(self, pick):
        while able := self.able():
            self.run_one(pick(able))
        assert all(node.shutting_down and not node.queue for node in self.nodes)
        assert not self.dealing.has_pending


def golden(count):
    return [f"prompts/a.golden.yaml::c{number}" for number in range(count)]


def plain(count):
    return [f"test_a.py::test_{number}" for number in range(count)]


def test_every_worker_can_compute_what_it_is_sent_and_gets_it_at_once():
    ids = [*golden(5), *plain(2), "github/b.prompt.yml::d0", "github/b.prompt.yml::d1"]
    run = PaperRun(ids, 3)
    run.collect()
    for number, node in enumerate(run.nodes):
        while any(place in {5, 6} for place in node.queue):
            run.run_one(node)
        assert list(node.queue) == share(ids, number, 3)
    assert sorted(place for number in range(3) for place in share(ids, number, 3)) == [0, 1, 2, 3, 4, 7, 8]


def test_golden_cases_alone_are_all_dealt_with_the_first_word():
    run = PaperRun(golden(10), 4)
    run.collect()
    assert [len(node.queue) for node in run.nodes] == [3, 3, 2, 2]
    assert all(node.shutting_down for node in run.nodes)


def test_where_the_run_may_stop_no_worker_holds_more_than_two():
    run = PaperRun([*plain(3), *golden(30)], 2, near=True)
    run.collect()
    while able := run.able():
        assert max(len(node.queue) for node in run.nodes) <= 2
        run.run_one(able[0])
    assert len(run.ran) == 33


def test_slow_tests_are_not_dealt_ahead_and_a_chunk_bounds_what_is():
    run = PaperRun(plain(100), 2, chunk=5)
    run.collect()
    assert [len(node.queue) for node in run.nodes] == [5, 5]
    first, second = run.nodes
    while len(first.queue) > 2:
        run.run_one(first, duration=1.0)
    run.run_one(first, duration=1.0)
    assert len(first.queue) == 5
    assert len(second.queue) == 5


def test_workers_that_collected_something_else_are_told_of_and_nothing_is_run():
    run = PaperRun(golden(4), 2)
    run.collect(golden(4), golden(3))
    assert run.complaints == ["workers gw0 and gw1 collected different tests: prompts/a.golden.yaml::c3"]
    run.finish(lambda able: able[0])
    assert not run.ran


def test_a_late_worker_that_collected_something_else_only_ends():
    run = PaperRun(plain(50), 2)
    run.collect()
    late = PaperWorker(2, 2)
    run.dealing.add_node(late)
    run.dealing.add_node_collection(late, plain(49))
    run.dealing.schedule()
    assert late.shutting_down
    assert not late.queue


def test_a_golden_case_is_not_run_again_after_a_crash_and_another_test_is():
    run = PaperRun([*plain(1), *golden(9)], 1)
    run.collect()
    with pytest.raises(NotImplementedError):
        run.dealing.mark_test_pending("prompts/a.golden.yaml::c0")
    run.crash(run.nodes[0], "test_a.py::test_0")
    run.finish(lambda able: able[0])
    assert run.ran == {"test_a.py::test_0": 1}
    assert run.lost == golden(9)
    with pytest.raises(NotImplementedError):
        run.dealing.remove_pending_tests_from_node(run.nodes[0], [0])


@given(st.data(), st.integers(1, 5), st.booleans(), st.integers(0, 3))
def test_whatever_crashes_every_test_is_run_once_and_every_case_at_most_once(data, workers, near, crashes):
    items = [*golden(data.draw(st.integers(0, 30))), *plain(data.draw(st.integers(0, 30)))]
    run = PaperRun(data.draw(st.permutations(items)), workers, near=near)
    run.collect()
    while able := run.able():
        node = data.draw(st.sampled_from(able))
        if len(run.crashes) < crashes and data.draw(st.integers(0, 4)) == 0:
            run.crash(node)
        else:
            run.run_one(node, data.draw(st.sampled_from([0.0, 1.0])))
    run.finish(lambda able: able[0])
    assert set(run.ran.values()) <= {1}
    gone = {*run.lost, *run.crashes}
    assert {*run.ran} | gone == {*run.ids}
    assert not {*run.ran} & gone
    assert {one for one in gone if one.startswith("test_a")} <= {*run.crashes}
