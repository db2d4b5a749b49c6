"""Values in promptfoo's files: templates over a test's variables, and texts as JavaScript writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.model.values import JSON

_NAME = re.compile(r"\{\{-?\s*([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}")
_MARKS = ("{{", "{%", "{#")
_EXACT = 1e15
"""Numbers below are written without an exponent."""


def rendered(value: JSON, variables: Mapping[str, JSON]) -> JSON:
    """Fill `{{name}}` in all texts of a value; other templates, and names without a value, are an UncarriedError."""
    if isinstance(value, str):
        return _filled(value, variables)
    if isinstance(value, Mapping):
        return {key: rendered(item, variables) for key, item in value.items()}
    return [rendered(item, variables) for item in value] if isinstance(value, list | tuple) else value


def written(value: JSON) -> str:
    """Give a scalar as JavaScript's String() writes it, and other values as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _filled(text: str, variables: Mapping[str, JSON]) -> str:
    bare = _NAME.sub("", text)
    if any(mark in bare for mark in _MARKS):
        raise UncarriedError("it holds a template that only promptfoo fills")
    missing = next((match[1] for match in _NAME.finditer(text) if match[1] not in variables), None)
    if missing is not None:
        raise UncarriedError(f"it names {{{{{missing}}}}}, which the test does not set")
    return _NAME.sub(lambda match: written(variables[match[1]]), text)
