"""The policy of a library, goldenprompt.toml: the gate's levels in `[gate]`, and waivers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Table
from pytest_goldenprompt.formats.reader import read_text
from pytest_goldenprompt.formats.toml_text import read_toml
from pytest_goldenprompt.formats.waivers import located_waivers, read_waivers
from pytest_goldenprompt.model.policy import Policy

POLICY_FILE = "goldenprompt.toml"
SIZE_LIMIT = 256 * 1024

TABLES = ("gate", "limits", "prices", "waivers", "owners", "cadence", "taxonomy", "models")
_SHARES = (
    "alpha",
    "case_fdr",
    "margin",
    "weight_mean",
    "weight_slice",
    "weight_case",
    "suspect_prompt",
    "suspect_case",
    "anchor_share",
)
_MOST_REPEATS = 1000
_LARGEST_SLICE = 1_000_000
_MOST_MONTHS = 12
_MOST_HOURS = 24 * 366
_COUNTS = {
    "baseline_repeats": (1, _MOST_REPEATS),
    "repeats": (1, _MOST_REPEATS),
    "confirm_repeats": (1, _MOST_REPEATS),
    "smallest_slice": (1, _LARGEST_SLICE),
    "pool_months": (1, _MOST_MONTHS),
    "max_age_hours": (1, _MOST_HOURS),
}
_LARGEST_PHI = 100.0
_TOLERANCE = 1e-9


def read_policy(root: Path) -> Policy:
    """Read the policy beside pytest's configuration; without the file, or the table, the defaults hold.

    Refused: unknown keys and tables, levels out of range, weights that do not sum to 1.
    """
    path = root / POLICY_FILE
    if not path.exists() and not path.is_symlink():
        return Policy()
    return policy_from(read_text(root, path, limit=SIZE_LIMIT), POLICY_FILE)


def policy_from(text: str, where: str) -> Policy:
    """Read the policy from the text of a goldenprompt.toml, such as that of another revision."""
    document = read_toml(text, where)
    Fields(document, where, 1, "the policy").refuse_unknown(TABLES)
    if "waivers" in document:
        document["waivers"] = located_waivers(document["waivers"], text.split("\n"))
    table = document.get("gate", Table())
    if not isinstance(table, Table):
        raise Fields(document, where, 1, "the policy").wrong("gate", "a table [gate]")
    gate = Fields(table, where, table.line, "[gate]")
    gate.refuse_unknown(tuple(Policy().levels()))
    levels: dict[str, Any] = {key: gate.number(key, 0, 1) for key in _SHARES}
    levels |= {key: gate.whole(key, *limits) for key, limits in _COUNTS.items()}
    levels["phi_floor"] = gate.number("phi_floor", 1, _LARGEST_PHI)
    levels["inconclusive"] = gate.choice("inconclusive", ("warn", "fail"))
    policy = replace(Policy(), **{key: level for key, level in levels.items() if level is not None})
    _check_weights(policy, gate)
    return replace(policy, waivers=read_waivers(document, where))


def _check_weights(policy: Policy, gate: Fields) -> None:
    total = policy.weight_mean + policy.weight_slice + policy.weight_case
    if abs(total - 1) > _TOLERANCE or min(policy.weight_mean, policy.weight_slice, policy.weight_case) <= 0:
        raise InputError(
            f"wrong weights in [gate], found a sum of {total:g}; three weights over 0 that sum to 1 are accepted",
            where=gate.where,
            line=gate.line_of("weight_mean"),
        )
    for key in ("alpha", "case_fdr", "anchor_share"):
        if getattr(policy, key) <= 0:
            raise gate.wrong(key, "a number over 0")
