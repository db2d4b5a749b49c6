"""What an unquoted word of YAML means: YAML 1.2 without its octal, hexadecimal and signed-plus numbers."""

from __future__ import annotations

import re

from pytest_goldenprompt.formats.located import shown

_WORDS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_NUMBER = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(\.[0-9]*)?|(\.[0-9]+))([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def resolved(text: str) -> bool | float | str | None:
    """Give the value of an unquoted scalar: true, false, null, a finite decimal number, or else the text as it is.

    `no`, `12:30`, `010`, `+49`, `0x1F` and dates are text. A ValueError says which number is not usable and why.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"not a finite number, found {shown(text)}; finite numbers, or text in quotes, are accepted")
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    try:
        number = float(text) if any(match.groups()) else int(text)
    except ValueError:
        number = float("inf")
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"not a usable number, found {shown(text)}; smaller numbers, or text in quotes, are accepted")
    return number
