"""`goldenprompt accept`: make a stored run the baseline of its month."""

from __future__ import annotations

import argparse
from typing import Any

from pytest_goldenprompt.cli.judged import stored_state
from pytest_goldenprompt.cli.place import now, store_of, who
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.verdict import State, WaiverState
from pytest_goldenprompt.store import acceptance
from pytest_goldenprompt.store.acceptance import WORDS
from pytest_goldenprompt.store.reference import match_run


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="RUN", help="a run's id, its beginning, or `last`")
    parser.add_argument("--reason", required=True, help="why; it is kept in the store's log")
    parser.add_argument(
        "--even",
        default="",
        metavar="WORDS",
        help=f"although it is one or more of {', '.join(WORDS)} (comma separated)",
    )


def run(options: argparse.Namespace) -> int:
    """Move the pointer, or say why not."""
    return move(options, acceptance.accept, "the baseline of {month}")


def _weightiest(state: State, verdict: dict[str, Any]) -> State:
    """Let a regression that was seen speak, where something missing or unreadable gave the run its state."""
    prompts = [prompt for prompt in verdict.get("prompts", ()) if not prompt.get("draft")]
    worse = any({"mean", "slice", "case", "bar", "waiver"} & set(prompt.get("kinds", ())) for prompt in prompts)
    return State.REGRESSED if worse and state is not State.DRIFTED else state


def _even(text: str) -> tuple[str, ...]:
    """Read the words that override; one that overrides nothing at all is refused, as it was meant to."""
    words = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in words:
        if word not in WORDS:
            near = did_you_mean(word, WORDS)
            raise InputError(f"no such word, found {word!r}{near}; accepted are {', '.join(WORDS)}", where="--even")
    return words


def move(options: argparse.Namespace, mover: acceptance.Mover, what: str) -> int:
    """Move a pointer to the run that was named."""
    if not options.reason.strip(" ."):
        raise InputError("a reason is needed, found none", where="--reason")
    store = store_of(options)
    run_id = match_run(store.runs(), options.name)
    record = store.load(run_id)
    verdict = store.verdict(run_id)
    state = _weightiest(stored_state(store, run_id), verdict)
    waived = any(one["state"] == WaiverState.USED for one in verdict.get("waived", ()))
    before = store.pointers()
    word = {"who": who(), "time": now(), "reason": options.reason}
    entry = mover(store, record, state, **word, even=_even(options.even), waived=waived)
    replaced = f", instead of {entry.replaced}" if entry.replaced else ""
    moved = mover is acceptance.accept and before.anchor is not None and store.pointers().anchor != before.anchor
    also = "; the anchor, which nobody has set yet, moved to it too" if moved else ""
    print(f"run {run_id} is now {what.format(month=record.month)}{replaced}{also}")
    return 0
