"""The answer calls the expected tools: names, arguments by path, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.json_structure import read_forgiven
from pytest_goldenprompt.evaluators.scores import content, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.judge.alignment import STRICT, Forgiven
from pytest_goldenprompt.judge.difference import Difference, differences
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.fault import What, fault
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

MOST_CALLS = 100
"""Calls of one answer that are compared; more are never what a person expects."""

_WHAT = {"missing": What.MISSING, "extra": What.EXTRA}


@dataclass(frozen=True, slots=True)
class Call:
    """A tool's name and its arguments; without `judged` the name alone matters."""

    name: str
    arguments: JSON = None
    judged: bool = True


@dataclass(slots=True)
class ToolCalls:
    """Compares calls in their order, or in any; `others` lets further calls pass, `partial` further arguments."""

    calls: tuple[Call, ...] | None = None
    order: bool = True
    others: bool = False
    partial: bool = False
    forgiven: Forgiven = STRICT
    name: str = field(default="tool-calls", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score 1 if each expected call was made, by default those of the case's `expected`, and no other."""
        wanted = _expected(case) if self.calls is None else self.calls
        found = [_found(call) for call in output.tool_calls]
        if len(found) > MOST_CALLS:
            return (content(self.name, passed=False, reason=f"{len(found)} calls, expected {len(wanted)}"),)
        pairs = self._in_order(wanted, found) if self.order else self._in_any_order(wanted, found)
        taken = {pairs[at] for at in pairs}
        left = [call for at, call in enumerate(found) if at not in taken]
        reasons, faults = self._missing([call for at, call in enumerate(wanted) if at not in pairs], left)
        if not self.others:
            reasons += [f"{call.name} called, which is not expected" for call in left]
            faults += [fault(What.EXTRA, call.name) for call in left]
        return (content(self.name, not reasons, "; ".join(reasons), faults),)

    def check(self, case: Case) -> None:
        """Refuse a case that expects no list of calls."""
        if self.calls is None:
            _expected(case)

    def _in_order(self, wanted: Sequence[Call], found: Sequence[Call]) -> dict[int, int]:
        """Pair each expected call with the next one that will do; nothing after one that has none."""
        pairs: dict[int, int] = {}
        start = 0
        for at, call in enumerate(wanted):
            fit = next((one for one in range(start, len(found)) if not self._faults(call, found[one])), None)
            if fit is None:
                continue
            pairs[at], start = fit, fit + 1
        return pairs

    def _in_any_order(self, wanted: Sequence[Call], found: Sequence[Call]) -> dict[int, int]:
        """Pair as many as can be paired, by augmenting paths (Kuhn 1955)."""
        fits = [[at for at, one in enumerate(found) if not self._faults(call, one)] for call in wanted]
        owner: dict[int, int] = {}

        def place(at: int, tried: set[int]) -> bool:
            for fit in fits[at]:
                if fit not in tried:
                    tried.add(fit)
                    if fit not in owner or place(owner[fit], tried):
                        owner[fit] = at
                        return True
            return False

        for at in range(len(wanted)):
            place(at, set())
        return {at: fit for fit, at in owner.items()}

    def _missing(self, missing: Sequence[Call], left: list[Call]) -> tuple[list[str], list[str]]:
        """Say of each expected call that was not made how one of the same name differs, taking that out of `left`."""
        reasons, faults = [], []
        for call in missing:
            near = next((one for one in left if one.name == call.name), None)
            differing = self._faults(call, near) if near else ()
            if near is None or not differing:
                reasons.append(f"{call.name} not called" if near is None else f"{call.name} called out of order")
                faults.append(fault(What.MISSING, call.name))
            else:
                reasons += [f"{call.name} {_words(one)}" for one in differing]
                faults += [fault(_WHAT.get(one.what, What.WRONG), f"{call.name} {one.path}") for one in differing]
            if near is not None:
                left.remove(near)
        return reasons, faults

    def _faults(self, wanted: Call, found: Call) -> tuple[Difference, ...]:
        """List how a call differs; another name is a difference without a path."""
        if wanted.name != found.name:
            return (Difference("", wanted.name, found.name, "value"),)
        if not wanted.judged:
            return ()
        differing = differences(wanted.arguments, found.arguments, self.forgiven)
        return tuple(one for one in differing if not (self.partial and one.what == "extra"))


def build(settings: JSON) -> ToolCalls:
    """Accept `calls`, `order`, `others`, `partial`, and of arguments `tolerance`, `ignore` and `unordered`."""
    accepted = ("calls", "order", "others", "partial", "tolerance", "ignore", "unordered")
    given = read_settings("tool-calls", settings, accepted, short="calls")
    calls = given.given.get("calls")
    return ToolCalls(
        None if calls is None else _calls(calls, "`calls` of `tool-calls`"),
        given.flag("order", default=True),
        given.flag("others", default=False),
        given.flag("partial", default=False),
        read_forgiven(given),
    )


def _expected(case: Case) -> tuple[Call, ...]:
    return _calls(case.expected, f"`expected` of case {case.id!r}")


def _calls(listed: JSON, what: str) -> tuple[Call, ...]:
    if isinstance(listed, str):
        listed = [listed]
    if not isinstance(listed, list | tuple) or len(listed) > MOST_CALLS:
        raise InputError(f"{what} is no list of tool calls, found {quoted(listed)}; accepted is a list of at most 100")
    return tuple(_call(item, what) for item in listed)


def _call(item: JSON, what: str) -> Call:
    if isinstance(item, str) and item:
        return Call(item, judged=False)
    known = isinstance(item, Mapping) and isinstance(item.get("name"), str) and item.keys() <= {"name", "arguments"}
    if not isinstance(item, Mapping) or not known:
        raise InputError(
            f"{what} has an item that is no tool call, found {quoted(item)}; accepted are a tool's name, or a map of "
            "`name` and `arguments`"
        )
    return Call(str(item["name"]), item.get("arguments"), "arguments" in item)


def _found(call: JSON) -> Call:
    """Read a call as providers give it; arguments that are no JSON stay the text that they are."""
    if not isinstance(call, Mapping):
        return Call(quoted(call))
    return Call(str(call.get("name", "")), call.get("arguments"))


def _words(one: Difference) -> str:
    if one.what == "missing":
        return f"without {one.path}"
    if one.what == "extra":
        return f"with {one.path}, which is not expected"
    return f"{one.path} expected {quoted(one.expected, 30)}, found {quoted(one.found, 30)}"
