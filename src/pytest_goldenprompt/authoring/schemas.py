"""The JSON Schemas of the package: as text, and as files of a library, where editors find them without a network."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path

NAMES = ("dataset", "case", "prompt", "policy", "verdict")
FOLDER = ".goldenprompt/schemas"
"""Where they lie in a library, to be committed."""

WRITTEN = ("dataset", "case", "policy")
"""Those of files that editors have a comment for."""


def schema_text(name: str) -> str:
    """Give the schema of a file; that of a case, as in a folder of cases, is a part of a dataset's."""
    if name != "case":
        file = resources.files("pytest_goldenprompt") / "schemas" / f"{name}.schema.json"
        return file.read_text(encoding="utf-8")
    dataset = json.loads(schema_text("dataset"))
    case = {"$schema": dataset["$schema"], "$id": "goldenprompt.case/1", "title": "Golden case", "$ref": "#/$defs/case"}
    return json.dumps({**case, "$defs": dataset["$defs"]}, indent=2) + "\n"


def schema_files() -> dict[str, str]:
    """Give the schemas as files of a library, by their place under its root."""
    return {f"{FOLDER}/{name}.schema.json": schema_text(name) for name in WRITTEN}


def editor_comment(root: Path, path: Path, name: str = "dataset") -> str:
    """Give the line at the top of a YAML file by which an editor's language server finds its schema."""
    place = Path(os.path.relpath(root / FOLDER / f"{name}.schema.json", path.parent)).as_posix()
    return f"# yaml-language-server: $schema={place}\n"
