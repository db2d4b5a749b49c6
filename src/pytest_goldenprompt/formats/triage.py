"""The ledger of findings: a folder of small files, one a decision, so that git merges what two people decide."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.reader import read_text, relative
from pytest_goldenprompt.formats.toml_text import read_toml
from pytest_goldenprompt.model.triage import KINDS, Choice, Decision, Subject
from pytest_goldenprompt.model.values import digest_of

LEDGER = Path(".goldenprompt") / "triage"
KEYS = ("prompt", "kind", "part", "seen", "decision", "owner", "reason", "link", "due", "who", "time")
SIZE_LIMIT = 64 * 1024
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z")
_DIGEST = 8


def read_ledger(root: Path) -> tuple[tuple[Decision, ...], tuple[InputError, ...]]:
    """Read all decisions, and what is wrong with the files that hold none; no folder, no decisions."""
    found, faults = [], []
    for path in sorted((root / LEDGER).glob("[!.]*.toml")):
        try:
            where = relative(root, path)
            found.append(decision_from(read_text(root, path, limit=SIZE_LIMIT), where))
        except InputError as error:
            faults.append(error)
    return tuple(found), tuple(faults)


def decision_from(text: str, where: str) -> Decision:
    """Read one decision. Refused: unknown keys, words and days that are none, and what its kind of decision needs."""
    fields = Fields(read_toml(text, where), where, 1, "the decision")
    fields.refuse_unknown(KEYS)
    choice = Choice(_needed(fields, "decision", fields.choice("decision", tuple(Choice))))
    subject = Subject(
        _needed(fields, "prompt", fields.name("prompt")),
        _needed(fields, "kind", fields.choice("kind", KINDS)),
        fields.name("part") or "",
    )
    decision = Decision(
        subject,
        choice,
        who=_needed(fields, "who", fields.name("who")),
        time=_time(fields),
        seen=_day(fields, "seen"),
        owner=fields.name("owner"),
        reason=fields.name("reason"),
        link=fields.name("link"),
        due=_day(fields, "due"),
    )
    lack = lacking(decision)
    if lack:
        raise InputError(
            f"a decision without {lack}, found {choice.value!r}", where=where, line=fields.line_of("decision")
        )
    return decision


def lacking(decision: Decision) -> str:
    """Say what a decision needs and has not; empty where it has all."""
    said = decision.reason or decision.link
    if decision.choice is Choice.ACTION:
        return "" if decision.due and said else "its last day and a link or a reason, which an action needs"
    if decision.choice is Choice.ASSIGNED:
        return "" if decision.owner else "an owner"
    return "" if decision.reason else "a reason"


def file_of(decision: Decision) -> tuple[Path, str]:
    """Give the file of a decision, relative to the root, and its text: no two decisions share a file."""
    text = _text(decision)
    moment = re.sub(r"[-:.]", "", decision.time)
    return LEDGER / f"{decision.subject.id}-{moment}-{digest_of(text, _DIGEST)}.toml", text


def _text(decision: Decision) -> str:
    subject = decision.subject
    values: dict[str, str | date | None] = {
        "prompt": subject.prompt,
        "kind": subject.kind,
        "part": subject.part or None,
        "seen": decision.seen,
        "decision": decision.choice.value,
        "owner": decision.owner,
        "reason": decision.reason,
        "link": decision.link,
        "due": decision.due,
        "who": decision.who,
        "time": decision.time,
    }
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items() if value is not None)


def _value(value: str | date) -> str:
    """Write a text as TOML has it; a JSON text is one, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") if isinstance(value, str) else str(value)


def _needed(fields: Fields, key: str, value: str | None) -> str:
    if value is None:
        raise fields.wrong(key, "text on one line; a decision needs prompt, kind, decision, who and time,")
    return value


def _day(fields: Fields, key: str) -> date | None:
    value = fields.table.get(key)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise fields.wrong(key, "a day as YYYY-MM-DD") from None
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise fields.wrong(key, "a day as YYYY-MM-DD")
    return value


def _time(fields: Fields) -> str:
    value = _needed(fields, "time", fields.name("time"))
    try:
        valid = _TIME.fullmatch(value) is not None and datetime.fromisoformat(value) is not None
    except ValueError:
        valid = False
    if not valid:
        raise fields.wrong("time", "a time in UTC as YYYY-MM-DDTHH:MM:SSZ")
    return value
