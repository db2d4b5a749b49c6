r"""Jinja2 templates: filled in a process of their own, where they can neither run for ever nor reach anything.

A template that holds nothing but `{{name}}` needs neither that process nor the package, and gives the same text: other
values than text go in as Python writes them, as Jinja2 does.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats import jinja_process
from pytest_goldenprompt.formats.references import References, check_name
from pytest_goldenprompt.formats.roles import Marks
from pytest_goldenprompt.model.prompt import Template
from pytest_goldenprompt.model.values import JSON

LIMIT = 5.0
"""Seconds that filling one template may take."""

_NAME = re.compile(r"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}")
_WORDS = {"true", "false", "none", "True", "False", "None", "loop", "self", "not"}
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_INCLUDED = re.compile(r"\{%[-+]?\s*(?:include|import|extends|from)\s+(?:\"([^\"\n]*)\"|'([^'\n]*)')")
_MOST_PARTS = 100


def is_simple(body: str) -> bool:
    """Say whether a template holds nothing but names in double braces."""
    bare = _NAME.sub("", body)
    return not any(mark in bare for mark in ("{{", "{%", "{#")) and not _WORDS & set(_NAME.findall(body))


def parts_of(body: str, files: References, where: str, line: int) -> dict[str, str]:
    """Read what a template includes, and what that includes, by the names it uses."""
    parts: dict[str, str] = {}
    waiting = [(body, where, line)]
    while waiting:
        text, place, start = waiting.pop()
        bare = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
        for match in _INCLUDED.finditer(bare):
            at = start + bare.count("\n", 0, match.start())
            name = check_name(match[1] or match[2] or "", place, at)
            if name in parts:
                continue
            if len(parts) == _MOST_PARTS:
                raise InputError(f"more than {_MOST_PARTS} included files", where=place, line=at)
            source = files.read(name, place, at)
            parts[name] = source.text.replace("\r\n", "\n").replace("\r", "\n")
            waiting.append((parts[name], source.where, 1))
    return parts


def names_in(template: Template) -> frozenset[str]:
    """Name the inputs that a template uses; of one that cannot be read none, as filling it says why."""
    if is_simple(template.body):
        return frozenset(_NAME.findall(template.body))
    answer = _SHARED.ask({"ask": "names", "body": template.body, "parts": template.parts})
    return frozenset(answer.get("names", ()))


def fill(template: Template, values: Mapping[str, JSON], marks: Marks, where: str) -> str:
    """Fill a template. Refused, at its line: a name without a value, what the sandbox forbids, what takes too long."""
    body = marks.on_lines(template.body, template.roles)
    given: dict[str, Any] = {**values, **{name: marks.thread(name) for name in template.threads}}
    if is_simple(template.body):
        return _filled_simply(template, body, given, where)
    question = {
        "ask": "fill",
        "body": body,
        "parts": {name: marks.on_lines(text, template.roles) for name, text in template.parts.items()},
        "values": given,
        "absent": [name for name in template.optional if name not in given],
    }
    answer = _SHARED.ask(question)
    if "text" in answer:
        return str(answer["text"])
    part, line = answer.get("part"), answer.get("line") or 1
    inside = f" in the included {part!r}, line {line}" if part else ""
    raise InputError(
        f"the template cannot be filled{inside}: {answer['error']}",
        where=where,
        line=template.line if part else template.line + line - 1,
    )


def _filled_simply(template: Template, body: str, values: Mapping[str, JSON], where: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in values or name in template.optional:
            return str(values.get(name, ""))
        line = next(
            number
            for number, text in enumerate(template.body.split("\n"), start=template.line)
            if name in _NAME.findall(text)
        )
        raise InputError(f"the template cannot be filled: {name!r} is undefined", where=where, line=line)

    return _NAME.sub(value, body)


class Process:
    """A second Python that fills templates, started at the first need and again after each stop."""

    def __init__(self, limit: float = LIMIT) -> None:
        self.limit = limit
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Give the answer to one question; what takes longer than the limit is stopped, and an error."""
        with self._turn:
            process = self._process if self._process and self._process.poll() is None else self._start()
            late = threading.Event()
            alarm = threading.Timer(self.limit, _stop, (process, late))
            alarm.start()
            try:
                answer = _exchanged(process, json.dumps(question))
            finally:
                alarm.cancel()
            if not answer:
                self.close()
                why = f"it took longer than {self.limit:g} s" if late.is_set() else "it took too much memory"
                return {"error": why}
            found: dict[str, Any] = json.loads(answer)
            return found

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> subprocess.Popen[str]:
        self.close()
        if importlib.util.find_spec("jinja2") is None:
            raise InputError(
                "this template needs a package that is not installed", remedy='pip install "pytest-goldenprompt[jinja]"'
            )
        self._process = subprocess.Popen(  # noqa: S603 - our own program, run by our own Python
            [sys.executable, "-I", "-W", "ignore", str(Path(jinja_process.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
        )
        _exchanged(self._process, json.dumps(sys.path))
        return self._process


def _exchanged(process: subprocess.Popen[str], line: str) -> str:
    assert process.stdin is not None  # noqa: S101 - both are pipes; mypy cannot know
    assert process.stdout is not None  # noqa: S101 - as above
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return ""


def _stop(process: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    process.kill()


_SHARED = Process()
atexit.register(_SHARED.close)
