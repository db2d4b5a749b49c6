"""A golden dataset as a promptfoo configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.ours import UNCHECKED, Ours, brought_back, checks_of
from pytest_goldenprompt.exchange.to_assertions import assertion_of
from pytest_goldenprompt.formats.yaml_text import to_yaml
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.prompt import Prompt
from pytest_goldenprompt.model.values import JSON

_MARKS = re.compile(r"\{%|\{#|\\\{\{")
_NAMED = re.compile(r"\{\{([^{}\n]+)\}\}")
_WORD = re.compile(r"\s*[A-Za-z_]\w*\s*")
_PREFIX = {"openai": "openai:chat", "anthropic": "anthropic:messages"}
_FILE = "file://"
_ECHO = "promptfoo has another name for it; `echo` stands there"


def to_promptfoo(ours: Ours) -> tuple[str, int]:
    """Write a configuration with the prompt and tests, and say how many; the list tells what is not in it."""
    tests = [test for case in ours.dataset.cases for test in _tests(case, ours)]
    if not tests:
        raise InputError(f"nothing that can be carried; {ours.listing.text().strip()}", where=ours.dataset.path)
    config: dict[str, JSON] = {
        "description": ours.dataset.path,
        "prompts": [_prompt(ours)],
        "providers": [_provider(ours)],
        "tests": tests,
    }
    return to_yaml(config), len(tests)


def _prompt(ours: Ours) -> JSON:
    """Give the prompt as a text, or a conversation as the JSON text that promptfoo reads as one."""
    if ours.prompt is None:
        names = dict.fromkeys(name for case in ours.dataset.cases for name in case.inputs)
        why = "it is code; the inputs, one a line, stand in its place"
        ours.listing.leave(ours.dataset.path, 1, "the prompt", why)
        return "\n".join(f"{{{{{name}}}}}" for name in names) or "none"
    try:
        return _template(ours.prompt)
    except UncarriedError as error:
        ours.listing.leave(ours.prompt.path, 1, "the prompt", f"{error}; it is there as it is written")
        return ours.prompt.text


def _template(prompt: Prompt) -> JSON:
    if prompt.template is not None:
        if prompt.template.language != "jinja" or prompt.template.parts:
            raise UncarriedError("its templates are not those of promptfoo")
        return prompt.template.body
    for message in prompt.messages:
        names = (match[1] for match in _NAMED.finditer(message.content))
        if _MARKS.search(message.content) or not all(_WORD.fullmatch(name) for name in names):
            raise UncarriedError("it holds braces that promptfoo reads otherwise")
    turns = [message.plain() for message in prompt.messages]
    if len(turns) == 1 and turns[0]["role"] == "user":
        return turns[0]["content"]
    return json.dumps(turns, ensure_ascii=False)


def _provider(ours: Ours) -> JSON:
    prompt = ours.prompt
    name = ours.dataset.provider or (prompt.provider if prompt else None)
    kind, _, model = (name or "").partition(":")
    if name != "echo" and kind not in _PREFIX:
        told = name or (prompt.model if prompt else None) or "that the command line names"
        ours.listing.leave(ours.dataset.path, 1, f"the provider {told}", _ECHO)
        return "echo"
    config = dict(prompt.parameters) if prompt else {}
    found: JSON = "echo" if name == "echo" else f"{_PREFIX[kind]}:{model}"
    return {"id": found, "config": config} if config else found


def _tests(case: Case, ours: Ours) -> list[JSON]:
    """Give the test of a case; none where promptfoo has no place for its messages, or nothing would be checked."""
    where = ours.place(case)
    if case.messages:
        ours.listing.leave(where, case.line, f"the case {case.id}", "its messages have no place in a test")
        return []
    back, metadata = brought_back(case, typed=True)
    asserts, specs = [], checks_of(case)
    for spec in specs:
        try:
            asserts.append(assertion_of(spec, case))
        except UncarriedError as error:
            ours.listing.leave(where, spec.line or case.line, f"the evaluator {spec.name}", str(error))
    only_measured = len(asserts) < len(specs) and all(one["type"] in ("latency", "cost") for one in asserts)
    if only_measured and not back:
        ours.listing.leave(where, case.line, f"the case {case.id}", UNCHECKED)
        return []
    unused = metadata.pop("vars", {})
    variables = {**(unused if isinstance(unused, Mapping) else {"vars": unused}), **case.inputs}
    _note_read(variables, case, ours)
    if case.tags:
        metadata["tags"] = list(case.tags)
    test: dict[str, JSON] = {"description": case.id, "vars": variables, "assert": [*asserts, *back]}
    if any(isinstance(value, list | tuple) for value in variables.values()):
        test["options"] = {"disableVarExpansion": True}
    return [{**test, **({"metadata": metadata} if metadata else {})}]


def _note_read(variables: Mapping[str, JSON], case: Case, ours: Ours) -> None:
    """Tell of texts that promptfoo would fill or read as a file."""
    for name, value in variables.items():
        if isinstance(value, str) and (value.startswith(_FILE) or "{{" in value or "{%" in value):
            why = "promptfoo fills braces in it, and reads `file://` as a file"
            ours.listing.change(ours.place(case), case.line, f"the input {name}", why)
