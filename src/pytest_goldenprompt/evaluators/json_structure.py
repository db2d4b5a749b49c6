"""The answer is the JSON that was expected: its form, and by path what differs in its content."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.evaluators.reading import EXTRACTS, Reading, parsed, read_output, shallow
from pytest_goldenprompt.evaluators.scores import content, form, quoted
from pytest_goldenprompt.evaluators.settings import LARGEST, Settings, read_settings
from pytest_goldenprompt.judge.alignment import STRICT, Forgiven
from pytest_goldenprompt.judge.difference import Difference, differences
from pytest_goldenprompt.judge.paths import Path, parse_path, places, write_path
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.fault import What, fault
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON

SHOWN = 5
"""Differing paths that a reason lists."""

_WHAT = {"missing": What.MISSING, "extra": What.EXTRA}


@dataclass(slots=True)
class JsonStructure:
    """Compares by structure. Without an `expected`, and without paths, any JSON will do."""

    forgiven: Forgiven = STRICT
    required: tuple[Path, ...] = ()
    forbidden: tuple[Path, ...] = ()
    extract: str = "strict"
    name: str = field(default="json", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score content and form apart. With `extract: strict` the form counts, and the content is still looked at."""
        reading = read_output(output, self.extract)
        reason, faults = self._faults(reading, case)
        return (
            content(self.name, not reason, reason, faults),
            form(self.name, not reading.problem, reading.problem, counts=self.extract == "strict"),
        )

    def _faults(self, reading: Reading, case: Case) -> tuple[str, list[str]]:
        """Give why the answer fails, empty where it passes, and all places that are wrong."""
        if not reading.found:
            return reading.problem, [fault(What.UNREADABLE, "$")]
        reasons, faults = self._presence(reading.value)
        if case.expected is not None:
            found = differences(_expectation(case.expected), reading.value, self.forgiven)
            faults += [fault(_WHAT.get(one.what, What.WRONG), one.path) for one in found]
            reasons += [_told(found)] if found else []
        return next(iter(reasons), ""), faults

    def _presence(self, value: JSON) -> tuple[list[str], list[str]]:
        missing = [path for path in self.required if next(places(value, path), None) is None]
        there = [place for path in self.forbidden if (place := next(places(value, path), None)) is not None]
        reasons = [f"{write_path(path)} is required and missing" for path in missing]
        reasons += [f"{write_path(place)} is forbidden and there" for place in there]
        faults = [fault(What.MISSING, write_path(path)) for path in missing]
        return reasons, faults + [fault(What.EXTRA, write_path(place)) for place in there]


def build(settings: JSON) -> JsonStructure:
    """Accept `tolerance`, `ignore`, `unordered`, `required`, `forbidden` and `extract`."""
    accepted = ("tolerance", "ignore", "unordered", "required", "forbidden", "extract")
    given = read_settings("json", settings, accepted)
    return JsonStructure(
        read_forgiven(given),
        _paths(given, "required"),
        _paths(given, "forbidden"),
        given.one_of("extract", EXTRACTS, "strict"),
    )


def read_forgiven(given: Settings) -> Forgiven:
    """Read `tolerance`, `ignore` and `unordered`."""
    unordered = given.given.get("unordered", False)
    return Forgiven(
        _tolerance(given),
        _paths(given, "ignore"),
        unordered if isinstance(unordered, bool) else _paths(given, "unordered"),
    )


def _paths(given: Settings, name: str) -> tuple[Path, ...]:
    return tuple(parse_path(text) for text in given.texts(name))


def _tolerance(given: Settings) -> tuple[tuple[Path, float], ...]:
    written = given.given.get("tolerance", {})
    if not isinstance(written, Mapping):
        raise given.wrong("tolerance", 'a map such as {"$.total": 0.01}')
    for reach in written.values():
        if isinstance(reach, bool) or not isinstance(reach, int | float) or not 0 <= reach <= LARGEST:
            raise given.wrong("tolerance", "a map of paths to distances from 0 on")
    return tuple((parse_path(path), float(str(reach))) for path, reach in written.items())


def _expectation(expected: JSON) -> JSON:
    """Take a text that holds a JSON object or list as that, since tables and some formats can hold texts only."""
    if isinstance(expected, str) and expected.lstrip()[:1] in ("{", "["):
        try:
            return parsed(expected)
        except ValueError:
            return expected
    return shallow(expected)


def _told(found: tuple[Difference, ...]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(_words(difference) for difference in found[:SHOWN]) + more


def _words(difference: Difference) -> str:
    if difference.what == "missing":
        return f"{difference.path} missing"
    if difference.what == "extra":
        return f"{difference.path} not expected"
    return f"{difference.path} expected {_short(difference.expected)}, found {_short(difference.found)}"


def _short(value: JSON) -> str:
    return quoted(value, 30) if isinstance(value, str) else json.dumps(value, default=list)[:30]
