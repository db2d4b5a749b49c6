"""A prompt filled with a case's inputs: `{{name}}` becomes the input's value, and no more but what its format has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats import handlebars, handlebars_names, jinja
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.roles import conversation, marks_for
from pytest_goldenprompt.formats.rubrics import names_in_rubrics
from pytest_goldenprompt.formats.turns import messages_in
from pytest_goldenprompt.model.dataset import Case, Dataset
from pytest_goldenprompt.model.prompt import Message, Prompt, Template
from pytest_goldenprompt.model.values import JSON

_PLACEHOLDER = re.compile(r"(\\)?\{\{([^{}\n]+)\}\}")


def render(prompt: Prompt, case: Case) -> tuple[Message, ...]:
    r"""Fill the prompt's templates with a case's inputs, and put the case's own messages behind.

    Whatever stands between double braces on one line is the name of an input; spaces around it do not matter. Text goes
    in as it is, other values as JSON; a value is never rendered again, and the case's messages are literal. `\{{name}}`
    is the text `{{name}}`. A name that is no input is refused with the prompt's file and line. A prompt with one
    template for all messages is filled as that template's language has it.
    """
    if prompt.template is not None:
        return _from_template(prompt, prompt.template, case)
    return (*(_rendered(prompt, message, case) for message in prompt.messages), *case.messages)


def _from_template(prompt: Prompt, template: Template, case: Case) -> tuple[Message, ...]:
    """Fill the one template of a prompt; the case's messages go where it names them, else to the end."""
    if template.media:
        raise InputError(
            f"inputs that are no text, found {listed(list(template.media))}; texts and data are accepted",
            where=prompt.path,
            line=1,
            remedy="ask through a `python:` provider, which takes inputs by name",
        )
    threads = {
        name: messages_in(case.inputs[name], case, name) if name in case.inputs else case.messages
        for name in template.threads
    }
    values = {**template.defaults, **{name: value for name, value in case.inputs.items() if name not in threads}}
    marks = marks_for(template.body, values)
    try:
        text = LANGUAGES[template.language](template, values, marks, prompt.path)
    except InputError as error:
        what = f"{error.what}; the inputs of case {case.id} are {listed(case.inputs)}"
        raise InputError(what, where=error.where or prompt.path, line=error.line, remedy=error.remedy) from None
    messages = conversation(prompt, template, text, marks, threads)
    placed = any(name not in case.inputs for name in template.threads)
    return messages if placed else (*messages, *case.messages)


def variables(prompt: Prompt) -> frozenset[str] | None:
    """Name the inputs that the prompt's templates use or its header declares; None where they use whatever there is."""
    template = prompt.template
    if template is not None:
        used = _NAMES[template.language](template)
        return None if used is None else used | {*template.inputs, *template.defaults, *template.threads}
    return frozenset(name for message in prompt.messages for name in names_in(message.content))


def names_in(template: str) -> frozenset[str]:
    """Name the inputs that one template uses."""
    found = (match for match in _PLACEHOLDER.finditer(template) if match.group(1) is None)
    return frozenset(match.group(2).strip() for match in found) - {""}


def unused_inputs(prompt: Prompt, dataset: Dataset, *, by_name: bool = False) -> None:
    """Refuse inputs that no template uses, in the first case that has any.

    What GitHub Models' evaluators use counts as used, and so does what a judge's rubric names. `by_name`: the provider
    takes inputs by name, as `python:` does, so that they need not stand in a template.
    """
    used = None if by_name else used_inputs(prompt)
    if used is None:
        return
    for case in dataset.cases:
        unused = [name for name in case.inputs if name not in used]
        if unused:
            judged = names_in_rubrics(case.evaluators)
            unused = [name for name in unused if name not in judged]
        if unused:
            raise not_used(prompt, dataset, case, unused)


def used_inputs(prompt: Prompt) -> frozenset[str] | None:
    """Name the inputs that a prompt uses, GitHub Models' evaluators included; None where it uses whatever there is."""
    named = variables(prompt)
    if named is None:
        return None
    return named | {name for spec in prompt.evaluators for name in _names_in_settings(spec.settings)}


def not_used(prompt: Prompt, dataset: Dataset, case: Case, unused: Sequence[str]) -> InputError:
    """Build the complaint about inputs of a case that the prompt does not use."""
    used = listed(used_inputs(prompt) or ())
    return InputError(
        f"inputs that the prompt does not use, found {listed(unused)}; {used} are accepted",
        where=case.path or dataset.path,
        line=case.line,
        remedy=f"use them in {prompt.path} as {{{{name}}}}, or take them out",
    )


def filled(template: str, values: Mapping[str, JSON]) -> str:
    """Fill one template; a name without a value is a KeyError with the placeholder and the name."""

    def value(match: re.Match[str]) -> str:
        name = match.group(2).strip()
        if match.group(1) or not name:
            return match.group().removeprefix("\\")
        if name not in values:
            raise KeyError(match.group(), name)
        return _text(values[name])

    return _PLACEHOLDER.sub(value, template)


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)


def _rendered(prompt: Prompt, message: Message, case: Case) -> Message:
    try:
        return replace(message, content=filled(message.content, case.inputs))
    except KeyError as error:
        placeholder, name = error.args
        raise InputError(
            f"unknown name in the template, found {shown(name)}; the inputs of case {case.id} are "
            f"{listed(case.inputs)}",
            where=prompt.path,
            line=_line_of(prompt, message, placeholder),
            remedy=f"add it to the case's inputs, or write \\{shown(placeholder)[1:-1]} if it is text",
        ) from None


def _line_of(prompt: Prompt, message: Message, placeholder: str) -> int:
    """Find the placeholder in the file, at or after the message's line: YAML's folding hides where it stands."""
    for number, line in enumerate(prompt.text.split("\n"), start=1):
        if number >= message.line and placeholder in line:
            return number
    return message.line


def _names_in_settings(settings: JSON) -> frozenset[str]:
    value = settings.get("value") if isinstance(settings, Mapping) else None
    return names_in(value) if isinstance(value, str) else frozenset()


def listed(names: Iterable[str]) -> str:
    """Name several names in a message, sorted."""
    return ", ".join(shown(name) for name in sorted(names)) or "none"


LANGUAGES = {"jinja": jinja.fill, "handlebars": handlebars.fill, "mustache": handlebars.fill}
_NAMES = {"jinja": jinja.names_in, "handlebars": handlebars_names.names_in, "mustache": handlebars_names.names_in}
