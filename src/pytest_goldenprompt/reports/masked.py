"""Keys and tokens in texts that a report carries further than the store: each becomes a word that says what it was."""

from __future__ import annotations

import re

_KINDS = {
    "a private key": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)",
    "an API key": r"\bsk-[A-Za-z0-9_-]{20,}",
    "an AWS key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Google key": r"\bAIza[A-Za-z0-9_-]{35}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "a Slack token": r"\bxox[abpors]-[A-Za-z0-9-]{10,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "a bearer token": r"\b[Bb]earer +[A-Za-z0-9._~+/-]{20,}=*",
}
_SECRET = re.compile("|".join(f"({pattern})" for pattern in _KINDS.values()), re.DOTALL)
_WORDS = tuple(_KINDS)
_BEGINNINGS = ("PRIVATE KEY", "sk-", "AKIA", "ASIA", "gh", "glpat-", "AIza", "hf_", "xox", "eyJ", "earer ")
"""One of these is in every text that holds a secret of a known kind: most texts are not searched at all."""


def masked(text: str) -> str:
    """Put `[masked: an API key]` and the like in the place of what looks like a secret of a known kind."""
    if not any(beginning in text for beginning in _BEGINNINGS):
        return text
    return _SECRET.sub(lambda found: f"[masked: {_WORDS[(found.lastindex or 1) - 1]}]", text)
