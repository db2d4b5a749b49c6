from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.store import lock
from pytest_goldenprompt.store.lock import alone

HOLDS = """
import sys, time
from pathlib import Path
from pytest_goldenprompt.store.lock import alone
with alone(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""


def holder(path):
    """A process that has the lock until its input ends."""
    command = [sys.executable, "-c", HOLDS, path]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "mine\n"
    return process


@pytest.mark.parametrize("end", ["kill", "by itself"])
def test_the_lock_of_another_process_is_waited_for_and_ends_with_it(tmp_path, end):
    path = tmp_path / "new" / "lock"
    with holder(path) as process:
        with pytest.raises(StoreError, match=r"another process has been writing here for 0\.1 s: retry"):
            alone(path, patience=0.1).__enter__()
        if end == "kill":
            process.kill()
        else:
            process.stdin.close()
        with alone(path, patience=20):
            assert path.read_bytes() == b""
        process.wait()


def test_whoever_waits_gets_the_lock_once_it_is_given_back(tmp_path):
    path, order = tmp_path / "lock", []
    started = threading.Event()

    def second():
        started.set()
        with alone(path):
            order.append("second")

    waiting = threading.Thread(target=second)
    with alone(path):
        waiting.start()
        started.wait()
        time.sleep(2 * lock.PAUSE)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_the_lock_is_given_back_where_the_block_fails(tmp_path):
    with pytest.raises(ValueError, match="oops"), alone(tmp_path / "lock"):
        raise ValueError("oops")
    with alone(tmp_path / "lock", patience=0):
        pass


def test_a_place_where_nothing_can_be_locked_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened: "):
        alone(tmp_path / "file" / "lock").__enter__()
    monkeypatch.setattr(lock, "_taken", lambda handle: (_ for _ in ()).throw(OSError(37, "No locks available")))
    with pytest.raises(StoreError, match="cannot be locked: No locks available"):
        alone(tmp_path / "lock").__enter__()


def test_windows_locks_the_first_byte_and_gives_it_back(tmp_path, monkeypatch):
    """Windows' own module, stood in for: it refuses a byte that is taken at once, and knows nothing of waiting."""
    calls, refusals = [], [PermissionError(13, "denied")]

    def locking(handle, mode, count):
        calls.append((mode, count))
        if mode == "lock" and refusals:
            raise refusals.pop()

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK="lock", LK_UNLCK="unlock"))
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location("lock_on_windows", lock.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.alone(tmp_path / "lock"):
        assert calls == [("lock", 1), ("lock", 1)]
    assert calls[2:] == [("unlock", 1)]


def test_a_lock_that_is_held_refuses_at_once_and_says_who_holds_it(tmp_path):
    path = tmp_path / "new" / "run.lock"
    release = lock.hold(path, "process 7 since noon", "in use by {}")
    with pytest.raises(StoreError, match=r"^in use by process 7 since noon$"):
        lock.hold(path, "process 8", "in use by {}")
    assert path.read_text() == "process 7 since noon"
    release()
    lock.hold(path, "p 8", "in use by {}")()
    assert path.read_text() == "p 8"


def test_a_lock_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def refused(handle, size):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.ftruncate", refused)
    with pytest.raises(StoreError, match=r"run\.lock: cannot be locked: Read-only file system"):
        lock.hold(tmp_path / "run.lock", "process 7", "in use by {}")


def test_a_holder_that_left_no_word_is_another_process(tmp_path):
    path = tmp_path / "lock"
    with holder(path) as process:
        with pytest.raises(StoreError, match="in use by another process"):
            lock.hold(path, "process 7", "in use by {}")
        process.kill()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_does_not_hold_the_lock_when_its_parent_let_go(tmp_path):
    release = lock.hold(tmp_path / "run.lock", "process 7", "in use by {}")
    ready, end = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.write(ready[1], b"x")
        os.close(end[1])
        os.read(end[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    release()
    release()
    lock.hold(tmp_path / "run.lock", "process 8", "in use by {}")()
    os.write(end[1], b"x")
    os.waitpid(child, 0)
