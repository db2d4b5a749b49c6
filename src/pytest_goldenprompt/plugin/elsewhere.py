"""What a worker on another machine is told: it has files of its own, and neither this one's store nor its folders."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pytest_goldenprompt.errors import StoreError
from pytest_goldenprompt.formats.policy import POLICY_FILE, policy_from
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import RunRecord
from pytest_goldenprompt.plugin.library import Library
from pytest_goldenprompt.plugin.references import Ground
from pytest_goldenprompt.plugin.stored_run import Reference
from pytest_goldenprompt.store.case_lines import read_cases
from pytest_goldenprompt.store.codec import cases_text, facts_to_plain, record_from_plain

WHERE = "the stored run that the controller told"


def is_elsewhere(spec: Any) -> bool:
    """Say whether a worker of such a spec (XSpec of execnet) is in another folder, or on another host."""
    return bool(not spec.popen or spec.chdir or spec.via)


def told_elsewhere(library: Library, rootdir: Path, policy: Path) -> dict[str, Any]:
    """Give in place of folders what is in them: the policy's text, and the stored run with its texts; no journal."""
    reference = library.reference
    stored = reference.baseline
    content = {
        "policy": _text(policy / POLICY_FILE),
        "stored": stored and {"facts": facts_to_plain(stored), "cases": cases_text(stored)},
        "texts": dict(reference.texts()),
    }
    root = os.path.relpath(library.settings.root, rootdir)
    return {"root": root, "elsewhere": json.dumps(content), "journal": None}


def root_told(config: pytest.Config, told: dict[str, Any]) -> Path:
    """Give the library's root in a worker; elsewhere it is as far from pytest's as it is at the controller."""
    return Path(os.path.normpath(config.rootpath / told["root"])) if "elsewhere" in told else Path(told["root"])


def ground_elsewhere(told: dict[str, Any], root: Path) -> Ground:
    """Read what `told_elsewhere` gave."""
    content: dict[str, Any] = json.loads(told["elsewhere"])
    text, texts = content["policy"], content["texts"]
    policy = Policy() if text is None else policy_from(text, POLICY_FILE)
    reference = Reference(_record(content["stored"]), first=told["first"], then=lambda: texts)
    return Ground(reference, policy, root)


def _record(plain: dict[str, Any] | None) -> RunRecord | None:
    if plain is None:
        return None
    lines = plain["cases"].encode("utf-8").splitlines(keepends=True)
    return record_from_plain(plain["facts"], read_cases(lines, WHERE), WHERE)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be told to a worker on another host: {error}") from None
