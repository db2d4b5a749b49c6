"""The prompts of a promptfoo configuration as prompt files of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import Listing, UncarriedError
from pytest_goldenprompt.exchange.opening import is_code, loaded, named_files
from pytest_goldenprompt.exchange.prompt_files import PromptFile, prompt_file
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Series, plain, shown
from pytest_goldenprompt.formats.reader import Source, load_json
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.values import JSON

_FILE = re.compile(r"file://|[^\s{}]+\.(?:txt|md|j2|json|jsonl|ya?ml|csv|[cm]?[jt]s|py|rb|sh|exe)(?::\w+)?$")
_SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)
_TEXTS = (".txt", ".md", ".j2")


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt as found: the name for its file ("" where none is near), and the file; None where it is not carried."""

    name: str
    file: PromptFile | None
    line: int


def prompts_of(config: Fields, files: References, header: Mapping[str, JSON], listing: Listing) -> list[Written]:
    """Read `prompts`: texts, conversations and files of them. Code is left behind, and told."""
    listed = config.table.get("prompts")
    items: list[tuple[int, Any]]
    if isinstance(listed, Mapping):
        items = [(config.line_of("prompts"), {"id": path, "label": label}) for path, label in listed.items()]
    else:
        items = [(config.line_of("prompts"), listed)] if isinstance(listed, str) else list(config.items("prompts"))
    found = []
    for line, item in items:
        try:
            for name, content in _contents(item, config, line, files):
                found.append(Written(name, prompt_file(content, header), line))
        except UncarriedError as error:
            listing.leave(config.where, line, f"the prompt {_short(item)}", str(error))
            found.append(Written("", None, line))
    return found


def _short(item: Any) -> str:
    return shown(item.get("label") or item.get("id") or item.get("raw")) if isinstance(item, Mapping) else shown(item)


def _contents(item: Any, config: Fields, line: int, files: References) -> Iterator[tuple[str, JSON]]:
    """Give each prompt's name and content: a text, or a list of messages."""
    label = ""
    if isinstance(item, Mapping):
        label = str(item.get("label") or "")
        item = item.get("raw") or item.get("id") or item.get("file")
    if not isinstance(item, str) or not item.strip():
        raise InputError(
            f"wrong prompt, found {shown(item)}; text or the name of a file is accepted", where=config.where, line=line
        )
    if item.startswith("exec:") or (_FILE.match(item) and is_code(item)):
        raise UncarriedError("it is code, which is never run here")
    if not _FILE.match(item):
        yield label, _conversation(item)
        return
    for source in named_files(files, item, config.where, line):
        stem = PurePosixPath(source.where).stem
        contents = list(_from_source(source))
        for index, content in enumerate(contents, start=1):
            name = label or stem
            yield (f"{name}-{index}" if len(contents) > 1 else name), content


def _from_source(source: Source) -> Iterator[JSON]:
    suffix = PurePosixPath(source.where).suffix.lower()
    if suffix == ".txt":
        texts = [part.strip() for part in _SEPARATOR.split(source.text)]
        yield from (text for text in texts if text)
    elif suffix in _TEXTS:
        yield source.text
    elif suffix in (".json", ".yaml", ".yml"):
        tree = loaded(source, source.where)
        yield plain(tree) if _is_conversation(tree) else source.text
    elif suffix == ".jsonl":
        yield from (plain(row.get("messages", row)) for row in loaded(source, source.where))
    else:
        raise UncarriedError(f"prompts in {suffix or 'such'} files are not read")


def _conversation(text: str) -> JSON:
    """Read a text that is a list of messages in JSON as that."""
    if text.lstrip().startswith("["):
        try:
            tree = load_json(text, "the prompt")
        except InputError:
            return text
        if _is_conversation(tree):
            found: JSON = plain(tree)
            return found
    return text


def _is_conversation(tree: Any) -> bool:
    return (
        isinstance(tree, Series | list)
        and bool(tree)
        and all(isinstance(turn, Mapping) and "role" in turn for turn in tree)
    )
