"""All that is known of one model while it is called: how many calls it bears, how fast, and whether it is there."""

from __future__ import annotations

import math
from typing import TypeAlias

from pytest_goldenprompt.engine.attempt import LONGEST_WAIT, TOO_MANY, Limits, wait_asked
from pytest_goldenprompt.engine.breaker import Breaker
from pytest_goldenprompt.engine.pace import Pace
from pytest_goldenprompt.engine.per_minute import Entry, PerMinute
from pytest_goldenprompt.engine.window import Latency, Window
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.limits import Asked, bytes_of
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request

OVERLOADED = frozenset({408, 502, 503, 504, 529})
OWN_FAULT, OTHERS = 5, 10
"""Refusals of one call, and answers to others meanwhile, from which on the refusals are that call's own."""

BYTES_A_TOKEN = 4
FIRST_ANSWER = 256
"""Tokens of an answer, as long as none was seen."""

Call: TypeAlias = tuple[str, str, int]
"""Prompt, case and repeat."""


class Lane:
    """The calls to one model. It has no clock: moments are given, in seconds of one clock that never goes back."""

    def __init__(self, asked: Asked, limits: Limits, allowance: PerMinute | None) -> None:
        self.asked = asked
        self.down = ""
        """Why the model is not called any more."""
        self.paused = -math.inf
        """The moment before which the provider asked for no call."""
        self._busy = 0
        self._window = Window(limits.concurrency)
        self._latency = Latency()
        self._pace = Pace()
        self._limits = limits
        self._breaker = Breaker(limits.outage, limits.throttled)
        self._sent_away = False
        """Whether the provider itself asked for a longer pause than a run has."""
        self._allowance = allowance
        self._answer = float(FIRST_ANSWER)
        self._answers = 0
        self._refusals: dict[Call, tuple[int, int]] = {}
        """How often a call was refused, and how many answers there had been before."""
        self._seconds = 0.0
        """What an answer takes lately; 0 as long as there was none."""

    def opens(self, now: float, tokens: float) -> float:
        """Give the moment from which on a call may start; endless where another one must end first."""
        if self._busy >= self._window.size:
            return math.inf
        moment = max(self.paused, self._pace.opens(), self._breaker.opens())
        return moment if self._allowance is None else max(moment, self._allowance.opens(now, tokens))

    def tokens(self, request: Request) -> float:
        """Estimate the tokens of a call and its answer, where they matter."""
        if self._allowance is None or not self._allowance.counts_tokens:
            return 0.0
        return bytes_of(request) / BYTES_A_TOKEN + self._answer

    def start(self, now: float, tokens: float) -> Trip:
        """Note a call that starts."""
        self._busy += 1
        self._pace.start(now)
        probe = self._breaker.is_open
        self._breaker.probing = probe
        entry = None if self._allowance is None else self._allowance.start(now, tokens)
        return Trip(now, probe, entry)

    def renew(self) -> None:
        """Forget the calls that are under way, and try anew whether the model is there.

        Where cases that can never succeed were the last to be called, they looked like an outage.
        """
        self._busy = 0
        self._breaker = Breaker(self._limits.outage, self._limits.throttled)
        self.down = self.down if self._sent_away else ""

    def end(self, trip: Trip, request: Request, outcome: Output | ProviderError | None, now: float) -> None:
        """Learn from a call that ended: with an answer, an error, or without either where it was given up."""
        self._busy -= 1
        if outcome is None:
            self._breaker.abandoned(probe=trip.probe)
        elif isinstance(outcome, Output):
            self._answered(trip, request, outcome, now)
        else:
            self._failed(trip, request, outcome, now)

    def _answered(self, trip: Trip, request: Request, output: Output, now: float) -> None:
        self._answers += 1
        self._breaker.answered()
        self._pace.accepted(now)
        seconds = now - trip.began
        self._seconds += (seconds - self._seconds) / 8 if self._seconds else seconds
        self._window.answered()
        if self._latency.rises(request.prompt_id, seconds, self._window.size):
            self._window.halve(trip.began, now)
        usage = output.usage
        if trip.entry is not None and self._allowance is not None and usage.output_tokens is not None:
            self._answer += (usage.output_tokens - self._answer) / 8
            self._allowance.correct(trip.entry, (usage.input_tokens or 0) + usage.output_tokens)

    def _failed(self, trip: Trip, request: Request, error: ProviderError, now: float) -> None:
        if not error.transient:
            self._breaker.answered()
            return
        asked, call = wait_asked(error), (request.prompt_id, request.case_id, request.repeat)
        if asked <= LONGEST_WAIT:
            self.paused = max(self.paused, now + asked)
        elif asked < math.inf:
            self._sent_away, self.down = True, f"it asks for a pause of {asked:.0f} s ({error})"
        refused = error.status == TOO_MANY
        if refused:
            self._refused(trip, call, now)
        elif error.status in OVERLOADED:
            self._window.halve(trip.began, now)
        self._breaker.failed(call, now, refused=refused, probe=trip.probe)
        if self._breaker.is_down:
            self.down = self.down or f"{error}"

    def _refused(self, trip: Trip, call: Call, now: float) -> None:
        """Learn the pace that is accepted, and keep the places that it takes: fewer would only waste it.

        A call that is refused again and again while others are answered is itself too much, and teaches nothing.
        """
        times, answers = self._refusals.get(call, (0, self._answers))
        self._refusals[call] = times + 1, answers
        if times + 1 >= OWN_FAULT and self._answers - answers >= OTHERS:
            return
        paced = self._pace.rate < math.inf
        self._pace.refused(trip.began, now)
        least = math.ceil(self._pace.rate * self._seconds) if self._seconds else self._window.size
        self._window.halve(trip.began, now, least if paced else 1)


class Trip:
    """One call under way."""

    __slots__ = ("began", "entry", "probe")

    def __init__(self, began: float, probe: bool, entry: Entry | None) -> None:  # noqa: FBT001 - a fact, no switch
        self.began = began
        self.probe = probe
        self.entry = entry
