"""Recorded answers as text: one JSON object a line, one file a prompt."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.output import Output, Usage
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import JSON, canonical

_COUNTS = tuple(field.name for field in fields(Usage))

Key: TypeAlias = tuple[str, str, int]
"""Case id, digest of the request, and the repeat's index."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer as it was given, with the whole name of the provider that gave it."""

    case: str
    request: str
    repeat: int
    provider: str
    output: Output

    @property
    def key(self) -> Key:
        """Give what a request is found by."""
        return (self.case, self.request, self.repeat)

    def line(self) -> str:
        """Write the answer as one line; equal answers give equal bytes."""
        plain: dict[str, JSON] = {
            "case": self.case,
            "request": self.request,
            "repeat": self.repeat,
            "provider": self.provider,
            "output": output_to_plain(self.output),
        }
        return canonical(plain) + "\n"


def key_of(request: Request) -> Key:
    """Give what a request's answer is recorded under."""
    return (request.case_id, request.digest(), request.repeat)


@lru_cache(maxsize=1024)
def recording_path(directory: Path, prompt_id: str) -> Path:
    """Give the file of a prompt's answers; an id that leads out of the directory is refused."""
    path = directory.joinpath(*prompt_id.split("/"))
    path = path.with_name(f"{path.name}.jsonl")
    if not path.resolve().is_relative_to(directory.resolve()):
        raise ProviderError(f"no place for recorded answers of prompt {prompt_id!r}: it leads out of {directory.name}")
    return path


def read_recording(path: Path) -> dict[Key, Recorded]:
    """Read a file of answers, the later of two for the same key; none where there is no file.

    A torn last line, as a killed run leaves it, is passed over. Any other unreadable line ends the run.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    complete, _, _ = content.rpartition(b"\n")
    answers = {}
    for number, line in enumerate(complete.split(b"\n"), 1):
        if line.strip():
            recorded = _read_line(path, number, line)
            answers[recorded.key] = recorded
    return answers


def append_recording(path: Path, recorded: Recorded) -> None:
    """Add one answer in one write; a torn last line is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        try:
            _cut_torn_line(handle)
            os.write(handle, recorded.line().encode("ascii"))
        finally:
            os.close(handle)


def tidy_recording(path: Path, answered: Iterable[Recorded], *, renew: bool) -> None:
    """Rewrite a file with one line a key, sorted by case, request and repeat, through a second file and a rename.

    With `renew`, older answers of the cases just answered go, such as those to an earlier wording of the prompt.
    """
    with _alone(path.parent):
        answers = read_recording(path)
        fresh = {recorded.key: recorded for recorded in answered}
        requests = {(case, request) for case, request, _ in fresh}
        cases = {case for case, _ in requests}
        if renew:
            answers = {key: one for key, one in answers.items() if key[0] not in cases or key[:2] in requests}
        text = "".join(answers[key].line() for key in sorted({**answers, **fresh}) if key in answers)
        partial = path.with_name(f"{path.name}.{os.getpid()}.part")
        partial.write_text(text, "ascii", newline="\n")
        partial.replace(path)


def _read_line(path: Path, number: int, line: bytes) -> Recorded:
    try:
        plain = json.loads(line)
        output = replace(output_from_plain(plain["output"]), replayed=True)
        return Recorded(plain["case"], plain["request"], plain["repeat"], plain["provider"], output)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ProviderError(
            f"{path.name}:{number}: not a recorded answer, found {line[:60]!r}: restore or delete the file", fatal=True
        ) from None


def output_to_plain(output: Output) -> dict[str, JSON]:
    """Give the output's fields but for those at their default; whether it was replayed is nothing of the answer's."""
    plain: dict[str, JSON] = {"text": output.text}
    for name in ("value", "model", "response_id", "finish_reason", "fingerprint"):
        if (value := getattr(output, name)) is not None:
            plain[name] = value
    usage: dict[str, JSON] = {name: value for name in _COUNTS if (value := getattr(output.usage, name)) is not None}
    if usage:
        plain["usage"] = usage
    if output.tool_calls:
        plain["tool_calls"] = output.tool_calls
    if output.deterministic:
        plain["deterministic"] = True
    return plain


def output_from_plain(plain: Mapping[str, Any]) -> Output:
    """Read what `output_to_plain` gave; KeyError, TypeError or ValueError where it is something else."""
    fields = {**plain, "usage": Usage(**plain.get("usage", {})), "tool_calls": tuple(plain.get("tool_calls", ()))}
    return Output(**fields)


def _cut_torn_line(handle: int) -> None:
    """Cut the file after its last line break, looking back from the end, where it does not end with one already."""
    size = end = os.lseek(handle, 0, os.SEEK_END)
    block_size = 1
    while end > 0:
        start = max(0, end - block_size)
        os.lseek(handle, start, os.SEEK_SET)
        block = os.read(handle, end - start)
        if b"\n" in block:
            end = start + block.rindex(b"\n") + 1
            break
        end, block_size = start, 65536
    if end != size:
        os.ftruncate(handle, end)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other processes of the same run out; Windows has no such lock on a directory and goes without."""
    try:
        import fcntl  # noqa: PLC0415 - Unix only
    except ImportError:
        yield
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
