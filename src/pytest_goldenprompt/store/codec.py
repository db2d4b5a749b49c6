"""Run records as lines of JSON: sorted, without defaults, volatile fields apart, any text kept exactly."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import digest_of
from pytest_goldenprompt.model.waiver import Waiver

T = TypeVar("T")

SCHEMA = "goldenprompt.run/1"
VOLATILE = ("latency", "response_id", "attempts")
"""Fields of a repeat that differ between two runs with the same answers."""


def line_of(value: Mapping[str, Any]) -> str:
    """Write one line, readable where UTF-8 can carry the text and escaped where it cannot (lone surrogates).

    Two surrogates that stand side by side as a pair come back as the one character that they are the halves of.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text


def read_lines(text: str, where: str) -> Iterable[dict[str, Any]]:
    """Read lines of JSON objects; anything else is a StoreError with the line's number."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        yield read_object(line, f"{where}:{number}")


def read_object(text: str, where: str) -> dict[str, Any]:
    """Read a JSON object; anything else, NaN and endless nesting among it, is a StoreError."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{where}: damaged: {error}") from None
    if not isinstance(value, dict):
        raise StoreError(f"{where}: damaged: not a JSON object")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def sealed(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Add the digest of a map's content, so that a slip of hand or disk is found where nothing else vouches for it."""
    return {**plain, "seal": digest_of(plain)}


def unsealed(plain: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Take the seal off; a content that it does not fit is a StoreError. A person may take it off by hand."""
    content = {key: value for key, value in plain.items() if key != "seal"}
    if "seal" in plain and plain["seal"] != digest_of(content):
        raise StoreError(
            f"{where}: changed since it was written: restore it from version control, or take its seal out"
        )
    return content


def without_defaults(item: Any, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give a dataclass as a plain map, leaving out fields that hold their default."""
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        if field.name in leave_out or value == field.default:
            continue
        plain[field.name] = list(value) if isinstance(value, tuple) else value
    return plain


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
        plain["repeats"] = [without_defaults(repeat, left_out) for repeat in result.repeats]
    return plain


def case_from_plain(plain: Mapping[str, Any], where: str) -> CaseResult:
    """Make a case's result of plain data."""
    repeats = tuple(build(Repeat, repeat, where) for repeat in _listed(plain, "repeats", where))
    rest = {key: value for key, value in plain.items() if key != "repeats"}
    return dataclasses.replace(build(CaseResult, rest, where), repeats=repeats)


def _listed(plain: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = plain.get(key, [])
    if not isinstance(value, list):
        raise StoreError(f"{where}: `{key}` is not a list")
    return value


def volatile_lines(record: RunRecord) -> Iterable[str]:
    """Write the volatile fields of every repeat, a line a case."""
    for result in record.cases:
        repeats = [
            {name: value for name in VOLATILE if (value := getattr(repeat, name)) is not None}
            for repeat in result.repeats
        ]
        yield line_of({"prompt_id": result.prompt_id, "case_id": result.case_id, "repeats": repeats})


def cases_text(record: RunRecord) -> str:
    """Write the raw results of a run, a line a case; their digest stands in the verdict record."""
    return "".join(f"{line_of(case_to_plain(case, volatile=False))}\n" for case in record.cases)


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


def record_from_plain(plain: Mapping[str, Any], cases: Iterable[Mapping[str, Any]], where: str) -> RunRecord:
    """Make a run record of its facts and the plain data of its cases."""
    if plain.get("schema") != SCHEMA:
        raise StoreError(f"{where}: not a run record, found schema {plain.get('schema')!r}; known is {SCHEMA!r}")
    facts = {key: value for key, value in plain.items() if key not in {"schema", "prompts", "files"}}
    record = build(RunRecord, facts, where)
    if record.kind not in set(RunKind):
        raise StoreError(f"{where}: not a run record, found kind {record.kind!r}; known are {', '.join(RunKind)}")
    return dataclasses.replace(
        record,
        kind=RunKind(record.kind),
        prompts=tuple(build(PromptFacts, item, where) for item in _listed(plain, "prompts", where)),
        cases=tuple(case_from_plain(item, where) for item in cases),
    )
