"""Golden-dataset regression gating of LLM prompts, native in pytest."""

from __future__ import annotations

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - unused means unused: read only when asked for

        return version("pytest-goldenprompt")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
