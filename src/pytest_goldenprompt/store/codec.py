"""Run records as lines of JSON: sorted, without defaults, volatile fields apart, any text kept exactly."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, TypeVar, cast

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.judge.shards import is_shard
from pytest_goldenprompt.model.many import opened
from pytest_goldenprompt.model.output import Origin, Usage
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import digest_of
from pytest_goldenprompt.model.waiver import Waiver

T = TypeVar("T")

SCHEMA = "goldenprompt.run/1"
VOLATILE = ("latency", "response_id", "attempts", "origin")
"""Fields of a repeat that differ between two runs with the same answers."""

RESTORE = "restore it from version control or a backup"


def line_of(value: Mapping[str, Any]) -> str:
    """Write one line, readable where UTF-8 can carry the text and escaped where it cannot (lone surrogates).

    Two surrogates that stand side by side as a pair come back as the one character that they are the halves of.
    """
    text = _READABLE.encode(value)
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _ESCAPED.encode(value)
    return text


_READABLE, _ESCAPED = (
    json.JSONEncoder(ensure_ascii=escaped, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for escaped in (False, True)
)


def read_lines(text: str, where: str) -> Iterable[dict[str, Any]]:
    """Read lines of JSON objects; anything else is a StoreError with the line's number."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        yield read_object(line, f"{where}:{number}")


def read_object(text: str, where: str) -> dict[str, Any]:
    """Read a JSON object; anything else, NaN and endless nesting among it, is a StoreError."""
    text = text.strip(" \t\r\n")
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{where}: damaged: {error}") from None
    if not isinstance(value, dict) or end < len(text):
        raise StoreError(f"{where}: damaged: not a JSON object")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def sealed(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Add the digest of a map's content, so that a slip of hand or disk is found where nothing else vouches for it."""
    return {**plain, "seal": digest_of(plain)}


def unsealed(plain: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Take the seal off; a content that it does not fit is a StoreError. A person may take it off by hand."""
    content = {key: value for key, value in plain.items() if key != "seal"}
    if "seal" in plain and plain["seal"] != digest_of(content):
        raise StoreError(f"{where}: changed since it was written: {RESTORE}, or take its seal out")
    return content


def without_defaults(item: Any, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give a dataclass as a plain map, leaving out fields that hold their default."""
    plain: dict[str, Any] = {}
    for name, default in _defaults(item.__class__):
        value = getattr(item, name)
        if value == default or name in leave_out:
            continue
        plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


@cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


def build(kind: type[T], plain: Mapping[str, Any], where: str) -> T:
    """Make a dataclass of a plain map; an unknown or missing field is a StoreError."""
    try:
        return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()})
    except (TypeError, AttributeError) as error:
        raise StoreError(f"{where}: not a {kind.__name__}: {error}") from None


def case_to_plain(result: CaseResult, *, volatile: bool = True) -> dict[str, Any]:
    """Give a case's result as plain data, with or without the volatile fields."""
    plain = without_defaults(result, ("repeats",))
    if result.repeats:
        left_out = () if volatile else VOLATILE
        plain["repeats"] = [_repeat_to_plain(repeat, left_out) for repeat in result.repeats]
    return plain


def _repeat_to_plain(repeat: Repeat, left_out: tuple[str, ...]) -> dict[str, Any]:
    plain = without_defaults(repeat, left_out)
    if "origin" in plain:
        plain["origin"] = _origin_to_plain(plain["origin"])
    return plain


def _origin_to_plain(origin: Origin) -> dict[str, Any]:
    plain = without_defaults(origin)
    if "usage" in plain:
        plain["usage"] = without_defaults(plain["usage"])
    return plain


_OPEN_CASE, _OPEN_REPEAT = opened(CaseResult), opened(Repeat)


def case_from_plain(plain: Mapping[str, Any], where: str) -> CaseResult:
    """Make a case's result of plain data, quickly: there are very many."""
    try:
        made = _OPEN_CASE(
            **{
                **plain,
                "prompt_id": _one(plain["prompt_id"]),
                "repeats": tuple([_repeat_from_plain(repeat) for repeat in _listed(plain, "repeats", where)]),
                "tags": _one(tuple(plain.get("tags", ()))),
            }
        )
        made.__class__ = CaseResult
    except (TypeError, AttributeError, KeyError) as error:
        raise StoreError(f"{where}: not a result of a case: {error}") from None
    return cast(CaseResult, made)


def _repeat_from_plain(plain: Mapping[str, Any]) -> Repeat:
    for name in ("reasons", "faults"):
        if name in plain:
            plain = {**plain, name: _one(tuple(plain[name]))}
    made = _OPEN_REPEAT(**(with_origin(plain) if "origin" in plain else plain))
    made.__class__ = Repeat
    return cast(Repeat, made)


def with_origin(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the origin among the plain fields of a repeat, where it has one."""
    origin = plain.get("origin")
    if origin is None:
        return plain
    return {**plain, "origin": Origin(**{**origin, "usage": Usage(**origin.get("usage", {}))})}


@lru_cache(maxsize=4096)
def _one(value: T) -> T:
    """Give for equal values one and the same object."""
    return value


def _listed(plain: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = plain.get(key, [])
    if not isinstance(value, list):
        raise StoreError(f"{where}: `{key}` is not a list")
    return value


def volatile_lines(record: RunRecord) -> Iterable[str]:
    """Write the volatile fields of every repeat, a line a case."""
    for result in record.cases:
        repeats = [_volatile(repeat) for repeat in result.repeats]
        yield line_of({"prompt_id": result.prompt_id, "case_id": result.case_id, "repeats": repeats})


def _volatile(repeat: Repeat) -> dict[str, Any]:
    plain = {name: value for name in VOLATILE if (value := getattr(repeat, name)) is not None}
    return plain if repeat.origin is None else {**plain, "origin": _origin_to_plain(repeat.origin)}


def cases_text(record: RunRecord) -> str:
    """Write the raw results of a run, a line a case; their digest stands in the verdict record."""
    return "".join(_case_lines(record))


def cases_digest(record: RunRecord) -> str:
    """Give the SHA-256 of the raw results' text, without holding it."""
    seen = sha256()
    for line in _case_lines(record):
        seen.update(line.encode("utf-8"))
    return seen.hexdigest()


def _case_lines(record: RunRecord) -> Iterable[str]:
    return (f"{line_of(case_to_plain(case, volatile=False))}\n" for case in record.cases)


def facts_to_plain(record: RunRecord) -> dict[str, Any]:
    """Give all of a record but its cases."""
    plain = without_defaults(record, ("prompts", "cases"))
    plain["schema"] = SCHEMA
    plain["prompts"] = [without_defaults(facts) for facts in record.prompts]
    return plain


def policy_of(record: RunRecord, where: str) -> Policy | None:
    """Give the policy that a run was judged by; None for one that keeps none."""
    if not record.policy:
        return None
    levels = {name: value for name, value in record.policy.items() if name != "waivers"}
    waivers = tuple(build(Waiver, plain, where) for plain in _listed(record.policy, "waivers", where))
    return dataclasses.replace(build(Policy, levels, where), waivers=waivers)


def record_from_plain(plain: Mapping[str, Any], cases: tuple[CaseResult, ...], where: str) -> RunRecord:
    """Make a run record of its facts and its cases."""
    if plain.get("schema") != SCHEMA:
        raise StoreError(f"{where}: not a run record, found schema {plain.get('schema')!r}; known is {SCHEMA!r}")
    facts = {key: value for key, value in plain.items() if key not in {"schema", "prompts", "files"}}
    record = build(RunRecord, facts, where)
    if record.kind not in set(RunKind):
        raise StoreError(f"{where}: not a run record, found kind {record.kind!r}; known are {', '.join(RunKind)}")
    if record.shard is not None and not is_shard(record.shard):
        raise StoreError(f"{where}: not a run record, found shard {record.shard!r}; [I, N] is known")
    return dataclasses.replace(
        record,
        kind=RunKind(record.kind),
        prompts=tuple(build(PromptFacts, item, where) for item in _listed(plain, "prompts", where)),
        cases=cases,
    )
