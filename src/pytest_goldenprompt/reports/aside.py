"""What stands beside every verdict, whatever it is: what is waived, made easier to pass, or read another way."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_goldenprompt.model.verdict import Verdict, WaiverState
from pytest_goldenprompt.reports.inert import one_line

COLOURS = {
    WaiverState.USED: "yellow",
    WaiverState.UNUSED: "yellow",
    WaiverState.EXCEEDED: "red",
    WaiverState.LAPSED: "red",
}


def standing_aside(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Give lines with their colours; none where there is nothing to tell."""
    lines = [(f"waiver  {one_line(one.told)}", COLOURS[one.state]) for one in verdict.waived]
    told = (f"{one.what}: {one.then} then, {one.now} now" for one in verdict.loosened)
    lines += [(f"looser  {one_line(text)}", "yellow") for text in told]
    notes = (f"{prompt.id}: {note}" for prompt in verdict.prompts for note in prompt.notes)
    lines += [(f"copies  {one_line(text)}", "yellow") for text in notes]
    if lines:
        yield "", ""
        yield from lines
