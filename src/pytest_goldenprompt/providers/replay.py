"""Answers from what was recorded, or from a file of plain outputs; nothing is called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, canonical, digest_of
from pytest_goldenprompt.providers.recorded import Key, Recorded, key_of, read_recording, recording_path

REMEDY = "run with --golden-replay new and a live provider"
MISSING = f"no recorded answer for this case; the prompt or the inputs changed since the recording: {REMEDY}"


class Replay:
    """Recorded answers, found by case, digest of the request and repeat; a prompt's file is read at its first use.

    With a `provider` (its whole name), the answers of another one are refused.
    """

    max_concurrency: int | None = None

    def __init__(self, directory: Path, provider: str | None = None) -> None:
        self._directory = directory
        self._provider = provider
        self._read: dict[str, dict[Key, Recorded]] = {}

    def is_deterministic(self, request: Request) -> bool:
        """Say whether the recorded answer was given as one that never changes; no where there is none to read."""
        try:
            return self.answer(request).deterministic
        except ProviderError:
            return False

    async def complete(self, request: Request) -> Output:
        """Give the recorded answer."""
        return self.answer(request)

    def recall(self, request: Request) -> Output:
        """Give the recorded answer; a missing one is an error that no further attempt mends."""
        return self.answer(request)

    def close(self) -> None:
        """Forget what was read."""
        self._read.clear()

    def has(self, request: Request, *, same: bool = True) -> bool:
        """Tell whether there is an answer to this request and repeat, by this provider.

        An answer that was given as one that never changes is one to every repeat, unless `same` says no.
        """
        recorded = self._find(request)
        return (
            recorded is not None
            and self._provider in (None, recorded.provider)
            and (same or recorded.repeat == request.repeat)
        )

    def answer(self, request: Request) -> Output:
        """Give the recorded answer, marked as replayed."""
        recorded = self._find(request)
        if recorded is None:
            raise ProviderError(MISSING)
        if self._provider not in (None, recorded.provider):
            raise ProviderError(f"the recorded answer is from {recorded.provider}, not from {self._provider}: {REMEDY}")
        return replace(recorded.output, replayed=True)

    def _find(self, request: Request) -> Recorded | None:
        if request.prompt_id not in self._read:
            path = recording_path(self._directory, request.prompt_id)
            self._read[request.prompt_id] = read_recording(path)
        answers = self._read[request.prompt_id]
        case, digest, repeat = key_of(request)
        first = answers.get((case, digest, 0))
        same = first if first is not None and first.output.deterministic else None
        return answers.get((case, digest, repeat), same)


@dataclass(slots=True)
class PlainAnswers:
    """Answers of a file of plain outputs, in its order, by case id.

    The n-th line of a case answers its n-th repeat, unless lines name their `repeat`. One line alone answers every
    repeat, always under the same response id, so that copies are recognised as such.
    """

    path: str
    answers: Mapping[str, Mapping[int, Output]]
    max_concurrency: int | None = field(default=None, init=False)

    def is_deterministic(self, request: Request) -> bool:
        """Say whether the recorded answer was given as one that never changes."""
        output = self._find(request)
        return output is not None and output.deterministic

    async def complete(self, request: Request) -> Output:
        """Give the answer on file."""
        return self.recall(request)

    def recall(self, request: Request) -> Output:
        """Give the answer on file; a missing one is an error that no further attempt mends."""
        output = self._find(request)
        if output is None:
            raise ProviderError(f"{self.path} has no answer for case {request.case_id!r}, repeat {request.repeat}")
        return output

    def close(self) -> None:
        """Hold nothing."""

    def _find(self, request: Request) -> Output | None:
        listed = self.answers.get(_owner(request.prompt_id, request.case_id)) or self.answers.get(
            _owner("", request.case_id), {}
        )
        return listed.get(request.repeat, listed.get(-1))


def build(argument: str, setting: ProviderSetting) -> Replay | PlainAnswers:
    """Without an argument replay the store's recordings, else the JSON Lines file named, relative to the root."""
    if not argument:
        return Replay(setting.recordings)
    path = setting.root / argument
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"`replay` cannot read {argument!r}: {error.strerror or error}") from None
    rows = [_row(argument, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise InputError("no recorded output, found an empty file; accepted is one JSON object a line", where=argument)
    return PlainAnswers(argument, _by_case(argument, rows))


def _row(where: str, number: int, line: bytes) -> dict[str, Any]:
    accepted = "accepted is a JSON object with `case_id` and `output`"
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}; {accepted}", where=where, line=number) from None
    if not isinstance(row, dict) or not isinstance(row.get("case_id"), str | int) or "output" not in row:
        raise InputError(f"no recorded output, found {line[:60]!r}; {accepted}", where=where, line=number)
    repeat = row.get("repeat")
    if repeat is not None and (isinstance(repeat, bool) or not isinstance(repeat, int) or repeat < 0):
        raise InputError(f"`repeat` is not a count from 0 on, found {repeat!r}", where=where, line=number)
    return {**row, "line": number}


def _by_case(where: str, rows: list[dict[str, Any]]) -> dict[str, dict[int, Output]]:
    answers: dict[str, dict[int, Output]] = {}
    for row in rows:
        listed = answers.setdefault(_owner(str(row.get("prompt_id") or ""), str(row["case_id"])), {})
        repeat = row["repeat"] if row.get("repeat") is not None else len(listed)
        if repeat in listed:
            raise InputError(
                f"case {row['case_id']!r} has repeat {repeat} twice; accepted is one line a repeat",
                where=where,
                line=row["line"],
            )
        listed[repeat] = _plain_output(row)
    unnumbered = {_owner(str(row.get("prompt_id") or ""), str(row["case_id"])) for row in rows if "repeat" not in row}
    for owner in unnumbered:
        if len(answers[owner]) == 1:
            answers[owner][-1] = answers[owner][0]
    return answers


def _plain_output(row: dict[str, Any]) -> Output:
    output: JSON = row["output"]
    tokens = row.get("output_tokens")
    model = row.get("snapshot") or row.get("model")
    identity = {name: value for name, value in row.items() if name != "line"}
    return Output(
        output if isinstance(output, str) else canonical(output),
        value=None if isinstance(output, str) else output,
        usage=Usage(output_tokens=tokens if isinstance(tokens, int) else None),
        model=str(model) if model else None,
        response_id=str(row.get("response_id") or f"line-{row['line']}-{digest_of(identity, SHORT_DIGEST_LENGTH)}"),
        deterministic=row.get("deterministic") is True,
        replayed=True,
    )


def _owner(prompt_id: str, case_id: str) -> str:
    return f"{prompt_id}::{case_id}"
