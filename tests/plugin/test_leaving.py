"""Ctrl-C and SIGTERM: exit code 2, and what was answered so far is kept as an incomplete run."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from disturbed_runs import interrupt, moments, slow_library, stored_verdict, wait_for, wrong_after_signal
from pytest_goldenprompt.plugin.leaving import SHELTER, Leaving

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def test_at_whatever_moment_a_signal_comes_the_record_is_kept(tmp_path):
    """A dozen moments; benchmarks/disturbed.py has more, and says how long each took."""
    libraries = [slow_library(tmp_path / str(number)) for number in range(12)]
    signals = SIGNALS * 6
    with ThreadPoolExecutor(3) as side_by_side:
        left = list(
            side_by_side.map(
                lambda parts: interrupt(parts[0], parts[1], after=parts[2]),
                zip(libraries, signals, moments(12), strict=True),
            )
        )
    assert {number: wrong for number, one in enumerate(left) if (wrong := wrong_after_signal(one))} == {}
    assert "it was ended by SIGTERM" in left[1].out


@pytest.mark.parametrize("which", SIGNALS)
def test_workers_leave_with_a_controller_that_alone_was_told(tmp_path, which):
    left = interrupt(slow_library(tmp_path), which, "-n", "2", after=0.5)
    assert wrong_after_signal(left) == []


def test_a_terminal_tells_the_workers_too(tmp_path):
    left = interrupt(slow_library(tmp_path), signal.SIGINT, "-n", "2", group=True, after=0.5)
    assert wrong_after_signal(left) == []


def test_an_interruption_while_suspects_are_run_again_keeps_the_record(library):
    library.model(deterministic=False)
    library.dataset("prompts/triage", {f"c{number}": "yes" for number in range(30)})
    assert library.run("--golden-record").code == 0
    library.calls()
    model = (library.folder / "model.py").read_text()
    model = model.replace(
        "    answers =", "    if repeat:\n        open('again', 'w').close()\n        time.sleep(30)\n    answers ="
    )
    library.write("model.py", f"import time\n{model}")
    library.answers({"c3": "no"})
    run = library.start()
    wait_for(lambda: (library.folder / "again").exists() or run.poll() is not None)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=60)
    assert run.returncode == 2, out
    assert "Traceback" not in out
    verdict = stored_verdict(library)
    assert (verdict["verdict"], verdict["counts"]["run"]) == ("incomplete", 30)
    assert "it was interrupted while suspects were run again" in verdict["reasons"][0]


def test_a_signal_once_the_record_is_written_changes_the_exit_code_alone(library):
    library.dataset("prompts/triage", {"one": "yes"})
    library.write(
        "conftest.py", "import signal\n\ndef pytest_terminal_summary():\n    signal.raise_signal(signal.SIGTERM)\n"
    )
    run = library.run("--golden-record")
    assert (run.code, run.state) == (2, "new"), run.out
    assert "Traceback" not in run.out


def test_python_tests_may_interrupt_themselves(library):
    library.dataset("prompts/triage", {"one": "yes"})
    library.write(
        "test_signals.py",
        "import pytest, signal\n\n@pytest.mark.parametrize('which', [signal.SIGINT] * 3)\ndef test_it(which):\n"
        "    with pytest.raises(KeyboardInterrupt):\n        signal.raise_signal(which)\n",
    )
    run = library.run("--golden-record")
    assert (run.code, run.state) == (0, "new"), run.out
    assert "5 passed" in run.out


def send(which):
    signal.raise_signal(which)


@pytest.fixture
def leaving():
    """Signals taken over and given back, with a clock that a test sets."""
    now = [0.0]
    one = Leaving(lambda: now[0])
    before = {which: signal.getsignal(which) for which in SIGNALS}
    one.listen(*SIGNALS)
    yield one, now
    one.restore()
    assert {which: signal.getsignal(which) for which in SIGNALS} == before


def test_a_signal_interrupts_and_in_the_shelter_it_is_noted_for_a_while(leaving):
    one, now = leaving
    with pytest.raises(KeyboardInterrupt, match="it was ended by SIGTERM"):
        send(signal.SIGTERM)
    one.shelter()
    send(signal.SIGINT)
    assert one.why == "it was interrupted"
    now[0] = SHELTER + 0.1
    with pytest.raises(KeyboardInterrupt):
        send(signal.SIGINT)


def test_a_signal_in_the_shelter_is_noted_and_interrupts_what_may_be_interrupted(leaving):
    one, _ = leaving
    one.shelter()
    send(signal.SIGINT)
    assert one.why == "it was interrupted"
    with pytest.raises(KeyboardInterrupt), one.interruptible():
        pytest.fail("no call is made for a run that was left")


def test_what_may_be_interrupted_is_and_the_shelter_holds_again_after_it(leaving):
    one, _ = leaving
    one.shelter()
    with pytest.raises(KeyboardInterrupt), one.interruptible():
        send(signal.SIGINT)
    send(signal.SIGINT)
    assert one.why == "it was interrupted"


def test_handlers_of_others_and_other_threads_are_left_alone():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        Leaving().listen(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
    elsewhere = threading.Thread(target=lambda: Leaving().listen(*SIGNALS))
    elsewhere.start()
    elsewhere.join()
    assert signal.getsignal(signal.SIGTERM) == before
