"""One change in the text of a dataset, with every other character kept, and proved by reading it again.

What is written is read before it is used: the document must be the old one but for the change. Where it is not, or
where a construct leaves doubt about where a value ends, the change is refused, with the text to put in by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.csv_edits import csv_case, csv_expected
from pytest_goldenprompt.formats.json_text import load_json, load_jsonl
from pytest_goldenprompt.formats.located import Series, Table, line_of_item, plain, shown
from pytest_goldenprompt.formats.reader import load_yaml
from pytest_goldenprompt.formats.spans import Way, end_of_content, span_in
from pytest_goldenprompt.formats.yaml_text import flow, to_yaml
from pytest_goldenprompt.model.values import JSON, canonical

_LISTS = ("cases", "testData")
_EXPECTED = "expected"


def with_expected(text: str, where: str, line: int, value: JSON, case_id: str = "") -> str:
    """Give the text of a dataset's file with another `expected` for the case that starts on a line.

    Of several that start there it is the one with this id. InputError where it cannot be done without a doubt: no
    `expected` there, or one in a file of its own, over several lines, in a literal block, or in a list or map that is
    not in brackets.
    """
    by_hand = f"change it by hand to `expected: {_short(flow(value))}`"
    _refuse_old_ends(text, where)
    if where.endswith(".csv"):
        return csv_expected(text, where, line, value, by_hand)
    if where.endswith(".jsonl"):
        before, own, after = _around_line(text, line)
        return before + _replaced(own, where, (_EXPECTED,), value, (line, by_hand)) + after
    if not where.endswith((".yaml", ".yml", ".json")):
        what = "cases in this format cannot be changed from here; YAML, JSON, JSON Lines and CSV are accepted"
        raise InputError(what, where=where, line=line, remedy=by_hand)
    document = _load(text, where)
    return _replaced(text, where, (*_way_of(document, where, line, case_id), _EXPECTED), value, (line, by_hand))


def with_case(text: str, where: str, case: Mapping[str, JSON]) -> str:
    """Give the text of a dataset's file with one case more at its end; `case` has the keys of a case.

    InputError where the format cannot hold it, or where the end of the list is in doubt.
    """
    _refuse_old_ends(text, where)
    if where.endswith(".csv"):
        return csv_case(text, where, case)
    if where.endswith(".jsonl"):
        return with_line(text, where, case)
    document = _load(text, where)
    if not isinstance(document, Table) or not isinstance(document.get("cases"), Series):
        raise InputError("no list of cases, found none; a dataset with `cases` is accepted", where=where)
    whole = span_in(text, ("cases",), is_json=_is_json(where))
    last = span_in(text, ("cases", len(document["cases"]) - 1), is_json=_is_json(where))
    if whole.flow or _is_json(where):
        line_end = text.rfind("\n", 0, last.start) + 1
        own_line = not text[line_end : last.start].strip()
        lead = _end(text) + text[line_end : last.start] if own_line and line_end else " "
        changed = f"{text[: last.end]},{lead}{_json(case)}{text[last.end :]}"
    else:
        end = end_of_content(text, ("cases",))
        added = f"\n{case_item(case, whole.column, where)}".replace("\n", _end(text))
        changed = text[:end] + added + (text[end:] or _end(text))
    wanted = plain(document)
    wanted["cases"].append(case)
    return _proved(changed, where, wanted, (1, f"add it by hand: {_short(_json(case))}"))


def case_text(case: Mapping[str, JSON], where: str) -> str:
    """Write a case as a YAML document of its own; half a character, which YAML cannot hold, is refused."""
    try:
        return to_yaml({**case})
    except ValueError as error:
        raise InputError(f"{error}; Unicode text is accepted", where=where) from None


def case_item(case: Mapping[str, JSON], indent: int, where: str) -> str:
    """Write a case as an item of a YAML list that is indented by so many blanks; it ends without a line end."""
    lines = case_text(case, where).removesuffix("\n").split("\n")
    marked = (f"{' ' * indent}{'  ' if number else '- '}{line}" for number, line in enumerate(lines))
    return "\n".join(line if full else "" for line, full in zip(marked, lines, strict=True))


def with_line(text: str, where: str, case: Mapping[str, JSON]) -> str:
    """Give the text of a JSON Lines file with one line more."""
    return with_lines(text, where, [case])


def with_lines(text: str, where: str, cases: Iterable[Mapping[str, JSON]]) -> str:
    """Give the text of a JSON Lines file with one line more for each case."""
    end = _end(text)
    changed = text + ("" if not text or text.endswith("\n") else end) + "".join(_json(case) + end for case in cases)
    load_jsonl(changed, where)
    return changed


def without_line(text: str, line: int) -> str:
    """Give the text of a JSON Lines file without one of its lines (from 1)."""
    before, _, after = _around_line(text, line)
    return before + after.lstrip("\r").removeprefix("\n")


def _around_line(text: str, line: int) -> tuple[str, str, str]:
    """Split a text before and behind a line, whose end belongs to what is behind."""
    lines = text.split("\n")
    before = "".join(f"{one}\n" for one in lines[: line - 1])
    own = lines[line - 1].rstrip("\r")
    return before, own, text[len(before) + len(own) :]


def _way_of(document: Any, where: str, line: int, case_id: str) -> Way:
    """Find the case that starts on a line: an item of a list, or a document of its own."""
    found: list[Way] = []
    for key in _LISTS:
        items = document.get(key) if isinstance(document, Table) else None
        items = items if isinstance(items, Series) else Series()
        found.extend((key, index) for index in range(len(items)) if line_of_item(items, index, 0) == line)
    named = [way for way in found if str(_at(document, way).get("id")) == case_id]
    if len(found) == 1 or len(named) == 1:
        return found[0] if len(found) == 1 else named[0]
    if found:
        what = f"{len(found)} cases start on this line; one a line, or an `id` for each, is accepted"
        raise InputError(what, where=where, line=line)
    if isinstance(document, Table) and not set(_LISTS) & document.keys():
        return ()
    raise InputError("no case starts here, found none; read the file again", where=where, line=line)


def _replaced(text: str, where: str, way: Way, value: JSON, told: tuple[int, str]) -> str:
    line, by_hand = told
    document = plain(_load(text, where))
    owner = _at(document, way[:-1])
    if not isinstance(owner, dict) or _EXPECTED not in owner:
        what = "no `expected` in the case, found checks only; a case that says what is expected is accepted"
        raise InputError(what, where=where, line=line, remedy="change its evaluators by hand")
    former = owner[_EXPECTED]
    if isinstance(former, dict) and former.keys() == {"file"}:
        what = f"`expected` stands in a file of its own, found {shown(former['file'])}; a value is accepted"
        raise InputError(what, where=where, line=line, remedy="change that file by hand")
    span = span_in(text, way, is_json=_is_json(where))
    if not _is_json(where) and not span.simple:
        what = "`expected` stands over several lines of YAML, found a block; a value on one line is accepted"
        raise InputError(what, where=where, line=line, remedy=by_hand)
    written = _json(value) if _is_json(where) else flow(value)
    owner[_EXPECTED] = value
    return _proved(text[: span.start] + written + text[span.end :], where, document, told)


def _proved(changed: str, where: str, wanted: Any, told: tuple[int, str]) -> str:
    """Give the changed text if it reads as wanted."""
    line, by_hand = told
    try:
        found = plain(_load(changed, where))
        same = canonical(found) == canonical(wanted)
    except InputError:
        same = False
    if not same:
        what = "this place of the file cannot be changed with certainty, found another document afterwards"
        raise InputError(f"{what}; plain YAML or JSON is accepted", where=where, line=line, remedy=by_hand)
    return changed


def _refuse_old_ends(text: str, where: str) -> None:
    """Refuse line ends by which parsers and this count lines otherwise."""
    if "\r" in text.replace("\r\n", ""):
        raise InputError("line ends of old Macs, found \\r alone; \\n and \\r\\n are accepted", where=where)


def _end(text: str) -> str:
    """Give how the file ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def _load(text: str, where: str) -> Any:
    return load_json(text, where) if _is_json(where) else load_yaml(text, where)


def _is_json(where: str) -> bool:
    return where.endswith((".json", ".jsonl"))


def _at(document: Any, way: Way) -> Any:
    for key in way:
        document = document[key]
    return document


def _json(value: JSON) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)
    return text


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}..."  # noqa: PLR2004 - one line of a terminal or two
