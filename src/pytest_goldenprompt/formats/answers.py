"""Results of other tools as JSON Lines: plain outputs, to be judged here, and plain scores, already judged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.json_text import iterate_jsonl
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.reader import Source, read_source
from pytest_goldenprompt.formats.scores import records_of
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import JSON

SIZE_LIMIT = 256 * 1024 * 1024
_MOST = 2**63 - 1
_SECONDS = 1e9


@dataclass(frozen=True, slots=True)
class Answer:
    """One output that was made elsewhere: of which prompt (None: not said), case and repeat (from 0).

    `output` is None where `error` says why there is none. `latency` is in seconds, `line` counts from 1 in the file.
    """

    case_id: str
    repeat: int
    output: Output | None
    prompt_id: str | None = None
    latency: float | None = None
    error: str | None = None
    line: int = 0


def read_scores(path: Path) -> RunRecord:
    """Read a plain score file as a run: JSON Lines with prompt_id, case_id, repeat, score (0..1) and passed.

    Optional are tags, cluster, output and error; a line with an error needs no score. Other keys are other tools' own
    and are left out. Refused: a missing field, a score out of 0..1, one repeat of one case given twice.
    """
    source = read_source(None, path, limit=SIZE_LIMIT)
    return records_of(source)


def read_outputs(root: Path | None, path: Path) -> tuple[Answer, ...]:
    """Read plain outputs: JSON Lines with case_id (or id) and output (text or any JSON value), or an error.

    Optional are prompt_id, repeat, model (or snapshot), output_tokens and latency_s; other keys are other tools' own
    and are left out. Without `repeat`, lines of one case are its repeats in the order of the file.
    """
    source = read_source(root, path, limit=SIZE_LIMIT)
    seen: dict[tuple[str | None, str, int], int] = {}
    answers = []
    for answer in _answers(source):
        key = (answer.prompt_id, answer.case_id, answer.repeat)
        if key in seen:
            raise InputError(
                f"one repeat twice, found case {shown(answer.case_id)} repeat {answer.repeat} on lines {seen[key]} and "
                f"{answer.line}; each once is accepted",
                where=source.where,
                line=answer.line,
            )
        seen[key] = answer.line
        answers.append(answer)
    if not answers:
        raise InputError("no outputs, found an empty file; at least one line is accepted", where=source.where)
    return tuple(answers)


def _answers(source: Source) -> Iterator[Answer]:
    repeats: Counter[tuple[str | None, str]] = Counter()
    for line, row in iterate_jsonl(source.text, source.where):
        fields = Fields(row, source.where, line, "the output")
        case_id = _case_id(fields)
        prompt_id = fields.name("prompt_id")
        repeat = fields.whole("repeat", 0, _MOST)
        error = fields.text("error") or None
        yield Answer(
            case_id=case_id,
            repeat=repeats[prompt_id, case_id] if repeat is None else repeat,
            output=_output(fields) if error is None else None,
            prompt_id=prompt_id,
            latency=fields.number("latency_s", 0, _SECONDS),
            error=error,
            line=line,
        )
        repeats[prompt_id, case_id] += 1


def _case_id(fields: Fields) -> str:
    key = "case_id" if "case_id" in fields.table else "id"
    value = fields.table.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    name = fields.name(key)
    if name is None:
        raise fields.wrong("case_id", "the id of the case")
    return name


def _output(fields: Fields) -> Output:
    row: Mapping[str, Any] = fields.table
    if "output" not in row:
        raise fields.wrong("output", "text or a JSON value, or an `error`,")
    value: JSON = row["output"]
    tokens = fields.whole("output_tokens", 0, _MOST)
    is_text = isinstance(value, str)
    return Output(
        text=value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False),
        value=None if is_text else value,
        usage=Usage(output_tokens=tokens),
        model=fields.text("snapshot") or fields.text("model"),
    )
