"""Keys and passwords in a text, by their well-known forms, so that none gets into a file that is committed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "[masked]"
_RUN = "[A-Za-z0-9_-]"
_FORMS = re.compile(
    r"\bsk-[A-Za-z0-9_-]{20,}"  # OpenAI, Anthropic and others like them
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bAIza[A-Za-z0-9_-]{35}"
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{40,}|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\bxox[abeprs]-[A-Za-z0-9-]{10,}"
    r"|\bhf_[A-Za-z0-9]{30,}"
    r"|\b[rs]k_live_[A-Za-z0-9]{16,}"
    # a token in three parts; whether they are there is looked at once a run of letters, lest a long one take for ever
    rf"|(?<!{_RUN})(?={_RUN}++\.eyJ{_RUN}{{10,}}+\.{_RUN}{{10}}){_RUN}*?\beyJ{_RUN}{{10,}}\.eyJ{_RUN}+\.{_RUN}+"
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{20,}=*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)


def masked(value: Any) -> tuple[Any, int]:
    """Give a JSON value with every secret replaced by `[masked]`, and how many there were; keys of maps are kept."""
    if isinstance(value, str):
        return _FORMS.subn(MASK, value)
    if isinstance(value, Mapping):
        pairs = {key: masked(item) for key, item in value.items()}
        return {key: one for key, (one, _) in pairs.items()}, sum(number for _, number in pairs.values())
    if isinstance(value, list | tuple):
        items = [masked(item) for item in value]
        return [one for one, _ in items], sum(number for _, number in items)
    return value, 0
