"""Plain score files as run records; written for files of some hundred thousand lines."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeAlias

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields, is_name
from pytest_goldenprompt.formats.json_text import iterate_jsonl
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, digest_of, digest_of_bytes

UNKNOWN_DEFINITION = "score-file"
"""Digest of every case of a score file, which does not say what defines a case: equal ids are equal cases."""

_Place: TypeAlias = tuple[int, int, Repeat]


_REPEATS: dict[tuple[float, bool], Repeat] = {
    (score, passed): Repeat(float(score), passed) for score in (0, 1) for passed in (False, True)
}
"""Most repeats of a pass-or-fail library are one of these; equal ones are shared."""


class _Case:
    """One case while the file is read: its repeats as (index, line, repeat), its tags, its first line."""

    __slots__ = ("line", "repeats", "tags")

    def __init__(self, line: int) -> None:
        self.line = line
        self.repeats: list[_Place] = []
        self.tags: list[str] = []


def records_of(source: Source) -> RunRecord:
    """Group a score file's lines into cases; the record is an import, named by the file's digest."""
    cases: dict[tuple[str, str], _Case] = {}
    for line, row in iterate_jsonl(source.text, source.where):
        get = row.get
        prompt_id, case_id, index = get("prompt_id"), get("case_id"), get("repeat")
        if type(prompt_id) is not str or type(case_id) is not str or type(index) is not int or index < 0:
            raise _wrong_place(row, source.where, line)
        case = cases.get((prompt_id, case_id))
        if case is None:
            _check_names(row, source.where, line)
            case = cases[prompt_id, case_id] = _Case(line)
        tags = get("tags")
        if tags and tags != case.tags:
            case.tags = _tags(row, case.tags, source.where, line)
        case.repeats.append((index, line, _repeat(row, source.where, line)))
    if not cases:
        raise InputError("no scores, found an empty file; at least one line is accepted", where=source.where)
    return RunRecord(
        id=source.digest[:SHORT_DIGEST_LENGTH],
        kind=RunKind.IMPORT,
        prompts=tuple(PromptFacts(id=name, dataset=name) for name in sorted({prompt for prompt, _ in cases})),
        cases=tuple(_result(*key, cases[key], source.where) for key in sorted(cases)),
    )


def _repeat(row: Mapping[str, Any], where: str, line: int) -> Repeat:
    error, output, score, passed = row.get("error"), row.get("output"), row.get("score"), row.get("passed")
    digest = None if output is None else _digest(output)
    if error is not None and error != "":
        if type(error) is not str:
            raise Fields(row, where, line, "the score").wrong("error", "text")
        return Repeat(error=error, output=digest)
    if (type(score) is not float and type(score) is not int) or not 0 <= score <= 1:
        raise Fields(row, where, line, "the score").wrong("score", "a number from 0 to 1")
    if type(passed) is not bool:
        raise Fields(row, where, line, "the score").wrong("passed", "true or false")
    shared = _REPEATS.get((score, passed)) if digest is None else None
    return shared or Repeat(float(score), passed, output=digest)


def _digest(output: JSON) -> str:
    if isinstance(output, str):
        return digest_of_bytes(output.encode("utf-8", "surrogatepass"))[:SHORT_DIGEST_LENGTH]
    return digest_of(output, SHORT_DIGEST_LENGTH)


def _result(prompt_id: str, case_id: str, case: _Case, where: str) -> CaseResult:
    repeats = sorted(case.repeats, key=itemgetter(0, 1))
    for (index, line, _), (following, again, _) in pairwise(repeats):
        if index == following:
            raise InputError(
                f"one repeat twice, found {shown(prompt_id)} {shown(case_id)} repeat {index} on lines {line} and "
                f"{again}; each once is accepted",
                where=where,
                line=again,
            )
    return CaseResult(
        prompt_id=prompt_id,
        case_id=case_id,
        digest=UNKNOWN_DEFINITION,
        repeats=tuple(repeat for _, _, repeat in repeats),
        tags=tuple(case.tags),
        line=case.line,
    )


def _tags(row: Mapping[str, Any], before: list[str], where: str, line: int) -> list[str]:
    """Give the case's tags; repeats of one case must agree, for a slice holds a case or does not."""
    fields = Fields(row, where, line, "the score")
    tags = list(fields.tags())
    if before and set(tags) != set(before):
        raise fields.wrong("tags", f"what the case's other lines have ({', '.join(before)})")
    return tags


def _wrong_place(row: Mapping[str, Any], where: str, line: int) -> InputError:
    fields = Fields(row, where, line, "the score")
    for key in ("prompt_id", "case_id"):
        if type(row.get(key)) is not str:
            return fields.wrong(key, "text")
    return fields.wrong("repeat", "a whole number from 0")


def _check_names(row: Mapping[str, Any], where: str, line: int) -> None:
    for key in ("prompt_id", "case_id"):
        if not is_name(row[key]):
            raise Fields(row, where, line, "the score").wrong(key, "text on one line, not blank,")
