"""The providers of a promptfoo configuration: the first that is known here answers, the others are told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import Listing
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Table, shown, with_items
from pytest_goldenprompt.formats.sampling import PARAMETERS, parameters_of
from pytest_goldenprompt.model.values import JSON

_OPENAI = re.compile(r"openai:(?:chat:)?([A-Za-z0-9][\w.-]*)")
_ANTHROPIC = re.compile(r"anthropic:(?:messages:)?([A-Za-z0-9][\w.-]*)")
_KINDS = {"chat", "completion", "completions", "embedding", "embeddings", "responses", "assistant", "image", "realtime"}
_OTHER, _ONE, _UNKNOWN = (
    "--provider names another",
    "a prompt has one provider",
    "it has no counterpart; name one as `provider`",
)


def front_matter(config: Fields, listing: Listing, *, wished: bool) -> dict[str, JSON]:
    """Give provider and sampling parameters for the prompts. `wished`: another provider is named by the user."""
    found: dict[str, JSON] = {}
    key = "providers" if "providers" in config.table else "targets"
    for line, name, settings in _providers(config, key):
        ours = known(name)
        if found or wished or ours is None:
            why = _OTHER if wished else _ONE if found else _UNKNOWN
            listing.leave(config.where, line, f"the provider {shown(name)}", why)
            continue
        found = {"provider": ours, **_parameters(settings, config.where, line, listing)}
    return found


def known(name: str) -> str | None:
    """Give our name of a provider, None where it has none."""
    if name == "echo":
        return name
    for kind, pattern in (("openai", _OPENAI), ("anthropic", _ANTHROPIC)):
        match = pattern.fullmatch(name)
        if match and match[1] not in _KINDS:
            return f"{kind}:{match[1]}"
    return None


def _providers(config: Fields, key: str) -> Iterator[tuple[int, str, Any]]:
    listed = config.table.get(key)
    items = [(config.line_of(key), listed)] if isinstance(listed, str) else config.items(key)
    for line, item in items:
        if isinstance(item, str):
            yield line, item, None
        elif isinstance(item, Mapping) and isinstance(item.get("id"), str):
            yield line, item["id"], item.get("config")
        elif isinstance(item, Mapping) and len(item) == 1:
            [(name, settings)] = item.items()
            yield line, name, settings.get("config") if isinstance(settings, Mapping) else None
        else:
            raise InputError(
                f"wrong provider, found {shown(item)}; a name, or a map with `id`, is accepted",
                where=config.where,
                line=line,
            )


def _parameters(settings: Any, where: str, line: int, listing: Listing) -> dict[str, JSON]:
    if not isinstance(settings, Mapping):
        return {}
    fields = Fields(settings, where, line, "the provider's config")
    for key in settings:
        if key not in PARAMETERS:
            listing.leave(where, fields.line_of(key), f"the provider's {key}", "prompts have no such parameter")
    kept = {key: value for key, value in settings.items() if key in PARAMETERS}
    return parameters_of(
        Fields(with_items(settings if isinstance(settings, Table) else Table(line), kept), where, line, "config")
    )
