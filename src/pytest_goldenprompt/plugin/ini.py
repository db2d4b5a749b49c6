"""What pytest's configuration file says of golden runs, here and in another revision."""

from __future__ import annotations

import configparser
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pytest_goldenprompt.git import blob

TABLES = (("tool", "pytest", "ini_options"), ("tool", "pytest"), ("pytest",))
SECTIONS = ("pytest", "tool:pytest")


def changed_settings(ini: Path | None, root: Path, commit: str) -> tuple[tuple[str, str, str], ...]:
    """List the settings of golden runs, and `addopts`, that read otherwise in a commit: what, then, now."""
    if ini is None:
        return ()
    path = Path(os.path.relpath(ini, root)).as_posix()
    then = settings_in(ini.name, blob(root, commit, path) or "")
    now = settings_in(ini.name, ini.read_text(encoding="utf-8"))
    names = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    return tuple((f"{ini.name}: {name}", then.get(name, "unset"), now.get(name, "unset")) for name in names)


def settings_in(name: str, text: str) -> dict[str, str]:
    """Read the settings that matter here from a configuration file's text; none from one that cannot be read."""
    try:
        found = _of_toml(text) if name.endswith(".toml") else _of_ini(text)
    except (configparser.Error, tomllib.TOMLDecodeError):
        return {}
    return {
        key: " ".join(value.split()) for key, value in found.items() if key.startswith("golden_") or key == "addopts"
    }


def _of_ini(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    return {key: value for section in SECTIONS if parser.has_section(section) for key, value in parser.items(section)}


def _of_toml(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in TABLES:
        table = tomllib.loads(text)
        for key in path:
            table = table.get(key, {}) if isinstance(table, Mapping) else {}
        found |= {key: str(value) for key, value in table.items()}
    return found
