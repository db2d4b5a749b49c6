"""The URL of a store: who names it, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from pytest_goldenprompt.errors import InputError

DEFAULT_STORE = "dir:.goldenprompt"
VARIABLE = "GOLDENPROMPT_STORE"
SECRETS = re.compile(r"password|secret|token|key", re.IGNORECASE)


def choose_store(typed: str | None, written: str | None, environment: Mapping[str, str]) -> str:
    """Give the store's URL: the typed one, else the environment's, else the one that is written in a file.

    A password is accepted from the environment alone: what is typed stands in logs and lists of processes, and what is
    written in version control.
    """
    for url, where in (
        (typed, "--golden-store or --store"),
        (environment.get(VARIABLE), ""),
        (written, "golden_store"),
    ):
        if url:
            if where and _has_secret(url):
                raise InputError(
                    f"a URL without a password is accepted, found {shown_url(url)}",
                    where=where,
                    remedy=f"set {VARIABLE} to the whole URL, or leave the password to the driver's own variables",
                )
            return url
    return DEFAULT_STORE


def shown_url(url: str) -> str:
    """Give a URL as it may be shown: without a password and without settings, some of which are secret."""
    try:
        parts = urlsplit(url)
        user = f"{parts.username}@" if parts.username else ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return f"{url.partition(':')[0]}:..."
    if not url.startswith(f"{parts.scheme}://"):
        return url.partition("?")[0]
    library = f"#{parts.fragment}" if parts.fragment else ""
    return f"{parts.scheme}://{user}{parts.hostname or ''}{port}{parts.path}{library}"


def _has_secret(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.password) or any(SECRETS.search(name) for name, _ in parse_qsl(parts.query))
