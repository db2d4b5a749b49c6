"""The page itself: frame, style, script and data in one text; its policy lets nothing else run or be fetched."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from string import Template

from pytest_goldenprompt.reports.inert import inert
from pytest_goldenprompt.reports.masked import masked
from pytest_goldenprompt.reports.next_steps import next_commands
from pytest_goldenprompt.reports.page import GENERATOR
from pytest_goldenprompt.reports.page.content import ROOM, Subject, content
from pytest_goldenprompt.reports.page.sentences import headline
from pytest_goldenprompt.reports.view import RunView

PAGES = ("run_page", "prompt_page", "case_page", "start")
SCRIPTS = ("words", "elements", "chart", "diff", "paths", "commands", "address", "answers", "cases", "prompts", *PAGES)
"""Modules of the script, in the order in which they build on each other."""


def html_page(subject: Subject, room: int = ROOM) -> str:
    """Write a run as one page, its data in `room` bytes; the same run gives the same bytes."""
    style, script = _part("page.css"), _script()
    policy = (
        "default-src 'none'",
        f"script-src {_digest(script)}",
        f"style-src {_digest(style)}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    sentence = headline(subject.view)
    return Template(_part("page.html")).substitute(
        generator=GENERATOR,
        policy="; ".join(policy),
        title=_html(sentence),
        style=style,
        plain=_plain(subject.view, sentence),
        data=content(subject, room),
        script=script,
    )


def _plain(view: RunView, sentence: str) -> str:
    """Say the verdict without a script: some servers that keep build results let none run."""
    lines = [sentence, *view.verdict.reasons]
    commands = [f"<p><code>{_html(command)}</code></p>" for command in next_commands(view)]
    return "\n".join([*(f"<p>{_html(line)}</p>" for line in lines), *commands])


def _html(text: str) -> str:
    return escape(inert(masked(text)))


def _script() -> str:
    parts = [_part(f"js/{name}.js") for name in SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();\n"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Name a text as a content security policy does."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
