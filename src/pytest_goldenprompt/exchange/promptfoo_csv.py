"""Rows of promptfoo's CSV files as tests: `__expected` holds `type:value`, and columns without `__` are variables."""

from __future__ import annotations

import difflib
import re
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.promptfoo_asserts import KINDS, UNCARRIED
from pytest_goldenprompt.formats.located import Series, Table, shown
from pytest_goldenprompt.model.suggest import did_you_mean

KNOWN = (
    "__expected",
    "__prefix",
    "__suffix",
    "__description",
    "__providerOutput",
    "__metric",
    "__threshold",
    "__metadata",
    "__config",
)
_EXPECTED = re.compile(r"__expected[0-9]*")
_CONFIG = re.compile(r"__config:(__expected[0-9]*):threshold")
_TYPES = "|".join(sorted(map(re.escape, {*KINDS, *UNCARRIED}), key=len, reverse=True))
_SPEC = re.compile(rf"(not-)?({_TYPES})(?:\(([0-9]+(?:\.[0-9]+)?)\))?(?::(.*))?", re.DOTALL)
_PREFIXES = {"fn": "javascript", "eval": "javascript", "grade": "llm-rubric"}
_NEAR = 0.85
_BARE = {"is-json", "contains-json", "is-refusal", "cost", "latency"}
_LIMITED, _ASSUMED = {"levenshtein", "rouge-n"}, 0.75
"""Types that have a threshold in CSV where none is written, and that threshold."""


def row_as_test(row: Table, where: str) -> Table:
    """Turn a row into a test as YAML would have it; a column with `__` that promptfoo does not have is refused."""
    test, variables, asserts = Table(row.line), Table(row.line), Series(row.line)
    metadata, limits = Table(row.line), _limits(row)
    options = Table(row.line)
    for column, cell in row.items():
        if _EXPECTED.fullmatch(column):
            if cell.strip():
                asserts.append(_assertion(cell, where, row.line, limits.get(column)))
                asserts.lines.append(row.line)
        elif column.startswith("__metadata:"):
            name = column.removeprefix("__metadata:")
            metadata[name.removesuffix("[]")] = _listed(cell) if name.endswith("[]") else cell
        elif column in ("__prefix", "__suffix"):
            options[column[2:]] = cell or None
        elif column.startswith("_") and not _CONFIG.fullmatch(column):
            if _is_own(test, column, cell, where, row.line):
                continue
            variables[column] = cell
        elif not _CONFIG.fullmatch(column):
            variables[column] = cell
    test.update({"vars": variables, "assert": asserts, "metadata": metadata, "options": options})
    return test


def _listed(cell: str) -> list[str]:
    return [part.strip().replace("\\,", ",") for part in re.split(r"(?<!\\),", cell) if part.strip()]


def _limits(row: Table) -> dict[str, str]:
    found = ((_CONFIG.fullmatch(column), cell) for column, cell in row.items())
    return {match[1]: cell for match, cell in found if match and cell}


def _is_own(test: Table, column: str, cell: str, where: str, line: int) -> bool:
    """Take a column of promptfoo's own; one that begins with an underscore and is none of them is a variable."""
    if column == "__description":
        test["description"] = cell or None
    elif column == "__threshold":
        test["threshold"] = _number(column, cell, where, line)
    elif column == "__providerOutput":
        test["providerOutput"] = cell or None
    elif column != "__metric":
        full = column if column.startswith("__") else f"_{column}"
        if column != full and full not in KNOWN and not _EXPECTED.fullmatch(full):
            return False
        raise InputError(
            f"wrong column, found {shown(column)}; variables and {', '.join(KNOWN)} are accepted"
            + did_you_mean(full, KNOWN),
            where=where,
            line=1,
        )
    return True


def _number(column: str, cell: str, where: str, line: int) -> float | None:
    try:
        return float(cell) if cell.strip() else None
    except ValueError:
        raise InputError(f"wrong {column}, found {shown(cell)}; a number is accepted", where=where, line=line) from None


def _assertion(cell: str, where: str, line: int, limit: str | None) -> Table:
    """Read a cell; what begins with no type of assertion is a text that the answer equals."""
    assertion = Table(line)
    match = _SPEC.fullmatch(cell)
    prefix = cell.partition(":")[0]
    if prefix in _PREFIXES:
        assertion.update({"type": _PREFIXES[prefix], "value": cell.partition(":")[2]})
    elif cell.startswith("file://"):
        assertion.update({"type": "python" if ".py" in cell else "javascript", "value": cell})
    elif match and (match[4] is not None or match[2] in _BARE):
        assertion.update({"type": (match[1] or "") + match[2], "value": match[4] and match[4].strip()})
        threshold = _number("threshold", limit or match[3] or "", where, line)
        assertion["threshold"] = _ASSUMED if threshold is None and match[2] in _LIMITED else threshold
    else:
        _refuse_typo(cell, prefix, where, line)
        assertion.update({"type": "equals", "value": cell})
    return assertion


def _refuse_typo(cell: str, prefix: str, where: str, line: int) -> None:
    if prefix == cell or not re.fullmatch(r"[a-z-]+(\([0-9.]+\))?", prefix):
        return
    known: list[str] = [*KINDS, *(f"not-{kind}" for kind in KINDS), *UNCARRIED]
    near: list[Any] = difflib.get_close_matches(prefix.partition("(")[0], known, n=1, cutoff=_NEAR)
    if near:
        raise InputError(
            f"no such assertion, found {shown(prefix)}; types of promptfoo are accepted, did you mean `{near[0]}`?",
            where=where,
            line=line,
            remedy=f"write `equals:{cell[:30]}` if it is the text that is expected",
        )
