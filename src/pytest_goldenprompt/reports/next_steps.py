"""The commands that a person may want after a verdict."""

from __future__ import annotations

from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.reports.view import RunView

BAD = {State.REGRESSED, State.DRIFTED, State.ERROR, State.INCOMPLETE, State.NO_BASELINE}


def next_commands(view: RunView) -> list[str]:
    """Give the commands that a person may want after this verdict; none for a run that is not stored."""
    state = view.verdict.state
    if not view.name:
        return []
    if view.record.shard is not None:
        return [f"{view.command} merge     (where the folders of all shards are)"]
    gating = (prompt for prompt in view.verdict.prompts if not prompt.draft)
    bad = next((prompt for prompt in gating if prompt.kinds or prompt.state in BAD), None)
    show = view.show_command(bad.id) if bad and state is not State.ERROR else ""
    if state is State.NO_BASELINE:
        return ["pytest --golden --golden-record     (stores the results that later runs are compared with)"]
    if state in {State.REGRESSED, State.DRIFTED}:
        return [f"{show}     (look closer)", f"{accept_command(view)}     (if it is meant to be so)"]
    if state is State.INCOMPLETE and bad and "removed" in bad.kinds:
        return [f"{accept_command(view)}     (if the cases were removed on purpose)"]
    return [show or view.show_command()]


def accept_command(view: RunView) -> str:
    """Give the command that makes the run the baseline, with a gap where a person says why."""
    even = f" --even {','.join(view.even)}" if view.even else ""
    return f'{view.command} accept {view.record.id} --reason "..."{even}'
