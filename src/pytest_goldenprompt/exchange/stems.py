"""Names of files out of names that people gave."""

from __future__ import annotations

import re

_NO_WORD = re.compile(r"[^\w]+")
_LONGEST_STEM = 60


def slug(text: str) -> str:
    """Make a file's name of a text: small letters, digits and dashes; empty where none is left."""
    return _NO_WORD.sub("-", text.strip().lower()).strip("-")[:_LONGEST_STEM].strip("-")
