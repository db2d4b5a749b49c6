"""Processes that are busy with one store: started by the tests, told by lines on standard input what to do.

They are started with a word, the library's root, the store's URL and a run's id.

race    read the pointers, say so, and move one once told to go
accept  accept one's own runs in turn, as often as told
kill    start a process that accepts without end, kill it, and say what became of the store; as often as told
prune   the same with one that stores an old month, accepts and prunes it
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

from pytest_goldenprompt.model.pointers import LogEntry, Pointers
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.archive import MovedError
from pytest_goldenprompt.store.place import open_store
from pytest_goldenprompt.store.pruning import Row, prune

LONGEST = 0.005
"""Seconds after its last move until a process is killed, at most: about what two moves take."""


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def race(store, run_id):
    for month in sys.stdin:
        before = store.pointers()
        say("read")
        sys.stdin.readline()
        after = Pointers({**before.months, month.strip(): store.pointer_to(run_id)}, before.anchor)
        entry = LogEntry("t", "accept", run_id, month.strip(), run_id, "race")
        say(_told(lambda: store.move(before, after, entry)))  # noqa: B023 - called at once


def accept_in_turn(store, run_id):
    record = store.load(run_id)
    for line in sys.stdin:
        told = [
            _told(lambda: accept(store, record, State.PASS, who=run_id, time="t", reason=f"{number}"))  # noqa: B023
            for number in range(int(line))
        ]
        say(json.dumps(told))


def _told(act):
    try:
        act()
    except MovedError:
        return "moved meanwhile"
    return "moved"


def kill(opened, run_id, acting=None):
    """Have processes killed that are forked from this one, which never opens the store: connections are not forked."""
    luck = random.Random(1)
    for line in sys.stdin:
        for _ in range(int(line)):
            say(json.dumps(_killed(opened, run_id, acting or _accepting, luck)))


def _killed(opened, run_id, acting, luck):
    """Kill a process some moments after it finished some moves.

    Give how many it finished in all, how many lines the log gained, and the runs of the newest pointer and line.
    """
    before, _, _ = _seen(opened)
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        act = acting(opened(), run_id)
        os.write(writing, b"!")
        for number in count():
            act(number)
            os.write(writing, b".")
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        pipe.read(1)
        finished = sum(len(pipe.read(1)) for _ in range(luck.randrange(3)))
        time.sleep(luck.uniform(0.0, LONGEST))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        finished += len(pipe.read())
    logged, newest, last = _seen(opened)
    return finished, logged - before, newest, last


def _seen(opened):
    """Read the store in a process of its own: the lines of the log, and the runs of the newest pointer and line."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        try:
            store = opened()
            log, pointers = store.log(), store.pointers()
            for pointer in pointers.all():
                store.load(pointer)
            now = pointers.newest()
            os.write(writing, json.dumps([len(log), now and now.run, log[-1].run if log else None]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        seen = json.load(pipe)
    os.waitpid(process, 0)
    return seen


def _accepting(store, run_id):
    records = [store.load(name) for name in (run_id, *(name for name in store.runs() if name != run_id))]

    def act(number):
        reason = f"{os.getpid()} {number}"
        accept(store, records[number % len(records)], State.PASS, who="w", time="t", reason=reason)

    return act


def _pruning(store, run_id):
    old = replace(store.load(run_id), id="", month="2020-01")

    def act(number):
        made = replace(old, id=f"old-{os.getpid()}-{number // 2}")
        if number % 2:
            prune(store, store.pointers(), [Row(made.id, made.month, "old")], who="w", time="t")
        else:
            store.save(made, {}, "{}", keep=True)
            accept(store, made, State.PASS, who="w", time="t", reason="r")

    return act


if __name__ == "__main__":
    os.fsync = lambda handle: None  # a process that is killed takes nothing with it that the system has
    word, root, url, run_id = sys.argv[1:]
    opened = partial(open_store, Path(root), url)
    if word in {"kill", "prune"}:
        if "sql" in url:  # imported once, and the connection is closed again; a bucket's client must not be forked
            opened().runs()
        kill(opened, run_id, {"kill": _accepting, "prune": _pruning}[word])
    else:
        {"race": race, "accept": accept_in_turn}[word](opened(), run_id)
