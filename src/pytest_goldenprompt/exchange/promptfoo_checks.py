"""The assertions of a promptfoo test as entries of `evaluators`, and what was left of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import Listing, UncarriedError
from pytest_goldenprompt.exchange.opening import loaded, named_files
from pytest_goldenprompt.exchange.promptfoo_asserts import DIFFERENCES, KINDS, UNCARRIED, Asked, brief, entry_of
from pytest_goldenprompt.exchange.promptfoo_tests import refuse_near
from pytest_goldenprompt.exchange.promptfoo_values import rendered
from pytest_goldenprompt.exchange.usable import complaint, needs_package
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import plain, shown
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.contracts import BuildEvaluator
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import JSON

ASSERT_KEYS = (
    "type",
    "value",
    "threshold",
    "weight",
    "metric",
    "transform",
    "provider",
    "rubricPrompt",
    "config",
    "contextTransform",
    "assert",
    "description",
)
FROM_NOUGHT = "from 0 on every answer passes"
_STEPS: dict[str, list[JSON]] = {
    "output.trim()": ["strip"],
    "output.toLowerCase()": ["lower"],
    "output.trim().toLowerCase()": ["strip", "lower"],
    "output.toLowerCase().trim()": ["lower", "strip"],
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What all tests of a configuration share."""

    config: Fields
    files: References
    build: BuildEvaluator
    listing: Listing
    default: Fields | None = None


@dataclass(slots=True)
class Checks:
    """The assertions of one case: entries with their weights, and those that were left behind as written."""

    entries: list[JSON] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    left: list[JSON] = field(default_factory=list)


def weighed(checks: Checks, limit: float) -> list[JSON]:
    """Give the checks as one that passes from a mean score on; none where it would pass whatever the answer is."""
    settings: dict[str, JSON] = {"evaluators": checks.entries, "weights": checks.weights, "threshold": limit}
    if set(checks.weights) == {1}:
        del settings["weights"]
    return [{"weighted": settings}] if checks.entries and limit else []


def take(checks: Checks, owner: Fields, key: str, values: Mapping[str, JSON], setting: Setting) -> None:
    """Carry the assertions of a list; what has no counterpart is told, and kept with the case."""
    for line, item in owner.items(key):
        resolved = _referred(item, owner.where, line, setting.config)
        fields = _assertion(resolved, owner.where, line)
        kind = fields.text("type") or ""
        try:
            entry, weight = _entry(fields, kind, values, setting)
        except UncarriedError as error:
            setting.listing.leave(owner.where, line, f"the assertion {kind}", str(error))
            checks.left.append(plain(resolved))
            continue
        checks.entries.append(entry)
        checks.weights.append(weight)


def _assertion(item: Any, where: str, line: int) -> Fields:
    if not isinstance(item, Mapping):
        raise InputError(f"wrong assertion, found {shown(item)}; a map with `type` is accepted", where=where, line=line)
    fields = Fields(item, where, line, "the assertion")
    refuse_near(fields, ASSERT_KEYS)
    kind = fields.text("type")
    known = {*KINDS, *UNCARRIED, "assert-set"}
    if kind is None or kind.removeprefix("not-") not in known:
        hint = did_you_mean((kind or "").removeprefix("not-"), known)
        if hint or kind is None:
            raise InputError(
                f"no such assertion, found {shown(kind)}; types of promptfoo are accepted{hint}",
                where=where,
                line=fields.line_of("type"),
            )
    return fields


def _referred(item: Any, where: str, line: int, config: Fields) -> Any:
    """Follow `$ref: "#/assertionTemplates/NAME"` inside the configuration."""
    if not isinstance(item, Mapping) or not isinstance(item.get("$ref"), str):
        return item
    found: Any = config.table
    for part in str(item["$ref"]).removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    if found is None:
        raise InputError(f"a reference to nothing, found {shown(item['$ref'])}", where=where, line=line)
    return found


def _entry(fields: Fields, kind: str, values: Mapping[str, JSON], setting: Setting) -> tuple[JSON, float]:
    weight = fields.number("weight", 0, 1e6)
    if weight == 0:
        raise UncarriedError("with a weight of 0 it counts for nothing")
    if kind.removeprefix("not-") in UNCARRIED:  # before any file that it names is read
        raise UncarriedError(UNCARRIED[kind.removeprefix("not-")])
    if kind in ("assert-set", "not-assert-set"):
        entry = _set_of(fields, kind, values, setting)
    else:
        asked = Asked(_asked(fields, values, setting), fields.number("threshold", 0, 1e12))
        entry = entry_of(kind, asked)
    entry = _with_steps(
        entry, steps_of(fields.table.get("transform"), fields.where, fields.line, f"the transform of {kind}", setting)
    )
    error = complaint(entry, None, setting.build)
    if error is not None and not needs_package(error):
        raise UncarriedError(f"it cannot be used here: {error.what}")
    if error is not None:
        setting.listing.change(fields.where, fields.line, f"the assertion {kind}", error.remedy)
    base = kind.removeprefix("not-")
    if base in DIFFERENCES and not (name_of(entry) in _STRIPPING and fields.table.get("transform")):
        setting.listing.change(fields.where, fields.line, f"the assertion {kind}", DIFFERENCES[base])
    return entry, 1 if weight is None else weight


def _set_of(fields: Fields, kind: str, values: Mapping[str, JSON], setting: Setting) -> JSON:
    checks = Checks()
    take(checks, fields, "assert", values, setting)
    if not checks.entries or kind.startswith("not-"):
        raise UncarriedError("nothing in it could be carried" if not checks.entries else "there is no such evaluator")
    limit = fields.number("threshold", 0, 1)
    if limit == 0:
        raise UncarriedError(FROM_NOUGHT)
    return {"all": checks.entries} if limit is None else weighed(checks, limit)[0]


def _asked(fields: Fields, values: Mapping[str, JSON], setting: Setting) -> JSON:
    value = plain(fields.table.get("value"))
    if isinstance(value, str) and value.startswith("file://"):
        [source] = named_files(setting.files, value, fields.where, fields.line_of("value"))[:1]
        return (
            source.text if value.endswith(".txt") else plain(loaded(source, source.where, (".json", ".yaml", ".yml")))
        )
    return rendered(value, values)


def steps_of(written: Any, where: str, line: int, what: str, setting: Setting) -> list[JSON]:
    """Give the transforms that a piece of JavaScript stands for; other code is left behind, and told."""
    if written is None:
        return []
    if not isinstance(written, str) or written.strip() not in _STEPS:
        setting.listing.leave(where, line, what, "it is code, which is never run here; answers are judged as they are")
        return []
    return list(_STEPS[written.strip()])


def name_of(entry: JSON) -> str:
    """Give the name of an entry of `evaluators`."""
    return entry if isinstance(entry, str) else str(next(iter(entry))) if isinstance(entry, Mapping) else ""


def _with_steps(entry: JSON, steps: Sequence[JSON]) -> JSON:
    """Put transforms before one evaluator; `exact` takes white space off by itself."""
    if not steps or not isinstance(entry, Mapping):
        return entry
    [(name, settings)] = entry.items()
    kept = dict(settings) if isinstance(settings, Mapping) else {}
    if not isinstance(settings, Mapping) and settings is not None:
        kept = {_SHORT.get(name, "value"): settings}
    if list(steps) == ["strip"] and (name in _STRIPPING or (name == "exact" and kept.pop("strip", None) is False)):
        return brief({name: kept})
    return {name: {**kept, "transform": list(steps)}}


_STRIPPING = ("starts-with", "ends-with", "similarity")
"""Evaluators that take white space off by themselves."""

_SHORT = {"cost": "max", "latency": "max", "refusal": "refused", "all": "evaluators", "regex": "pattern"}
