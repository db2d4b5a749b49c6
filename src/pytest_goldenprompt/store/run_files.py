"""The files of one run: a record to texts, and back, each held against its digest."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.model.values import digest_of_bytes
from pytest_goldenprompt.store import codec
from pytest_goldenprompt.store.archive import RunFiles
from pytest_goldenprompt.store.case_lines import Known, read_cases
from pytest_goldenprompt.store.seal import with_seal, without_seal


def files_of(record: RunRecord, texts: Mapping[str, str], verdict: str, cases: str | None) -> dict[str, str]:
    """Write a run's files; `cases` are its results as text, where the caller has written them already.

    `run.json` holds the digests of those that make up the record; it carries a seal, as does what is apart from it.
    """
    files = {
        "cases.jsonl": codec.cases_text(record) if cases is None else cases,
        "texts.jsonl": _lines(codec.line_of({"digest": key, "text": texts[key]}) for key in sorted(texts)),
        "verdict.json": verdict,
    }
    plain = codec.facts_to_plain(record)
    plain["files"] = {name: digest_of_bytes(content.encode("utf-8")) for name, content in files.items()}
    return {"run.json": about_text(plain), "volatile.jsonl": with_seal(codec.volatile_lines(record)), **files}


def about_text(plain: Mapping[str, Any]) -> str:
    """Write `run.json`."""
    return json.dumps(codec.sealed(plain), indent=1, sort_keys=True, allow_nan=False) + "\n"


def load_run(files: RunFiles, digest: str | None = None, known: Known | None = None) -> RunRecord:
    """Read a run's record; `digest` is that of its `run.json` as a pointer holds it."""
    where = f"{files.where}/run.json"
    text = load_text(files, "run.json")
    if digest is not None:
        check_digest(text, digest, where)
    plain = codec.unsealed(codec.read_object(text, where), where)
    lines = _lines_of(files, "cases.jsonl", plain)
    try:
        cases = read_cases(lines, f"{files.where}/cases.jsonl", known)
    except StoreError:
        deque(lines, maxlen=0)  # at the end the digest is looked at: a change since then is told before what it broke
        raise
    return codec.record_from_plain(plain, cases, where)


def check_digest(text: str, digest: str, where: str) -> None:
    """Refuse a `run.json` that is not the one that a pointer names."""
    if digest_of_bytes(text.encode("utf-8")) != digest:
        raise StoreError(f"{where}: changed since it was accepted: {codec.RESTORE}")


def load_facts(files: RunFiles) -> RunRecord:
    """Read a run's record without its results."""
    return codec.record_from_plain(_about(files), (), f"{files.where}/run.json")


def load_part(files: RunFiles, name: str) -> str:
    """Read one of a run's files as text and hold it against the digest in `run.json`."""
    return _decoded(b"".join(_lines_of(files, name, _about(files))), f"{files.where}/{name}")


def load_lines(files: RunFiles, name: str) -> Iterator[bytes]:
    """Read one of a run's files line by line, and hold it at its end against the digest in `run.json`."""
    return _lines_of(files, name, _about(files))


def load_text(files: RunFiles, name: str) -> str:
    """Read one of a run's files as text, as it is."""
    return _decoded(b"".join(files.lines(name)), f"{files.where}/{name}")


def load_object(files: RunFiles, name: str) -> dict[str, Any]:
    """Read one of a run's files as a JSON object."""
    return codec.read_object(load_part(files, name), f"{files.where}/{name}")


def load_texts(files: RunFiles) -> dict[str, str]:
    """Read the outputs and prompts of a run by their digests."""
    lines = codec.read_lines(load_part(files, "texts.jsonl"), f"{files.where}/texts.jsonl")
    return {line["digest"]: line["text"] for line in lines}


def load_volatile(files: RunFiles) -> list[dict[str, Any]]:
    """Read the volatile fields, a map a case; what does not fit its seal is a StoreError."""
    return without_seal(load_text(files, "volatile.jsonl"), f"{files.where}/volatile.jsonl")


def _about(files: RunFiles) -> dict[str, Any]:
    where = f"{files.where}/run.json"
    return codec.unsealed(codec.read_object(load_text(files, "run.json"), where), where)


def _lines_of(files: RunFiles, name: str, plain: Mapping[str, Any]) -> Iterator[bytes]:
    """Read one of a run's files line by line, and hold it at its end against the digest in `run.json`."""
    seen, digests = sha256(), plain.get("files")
    for line in files.lines(name):
        seen.update(line)
        yield line
    if not isinstance(digests, dict) or digests.get(name) != seen.hexdigest():
        raise StoreError(f"{files.where}/{name}: changed since it was stored: {codec.RESTORE}")


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise StoreError(f"{where}: damaged: not UTF-8 text") from None


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
