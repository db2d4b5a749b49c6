"""How a library is looked after, `[cadence]`, `[owners]`, `[taxonomy]` and `[models]` in goldenprompt.toml."""

from __future__ import annotations

from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.fields import Fields, is_name
from pytest_goldenprompt.formats.located import Table, shown
from pytest_goldenprompt.formats.policy import POLICY_FILE, SIZE_LIMIT, TABLES
from pytest_goldenprompt.formats.reader import read_text
from pytest_goldenprompt.formats.toml_text import read_toml
from pytest_goldenprompt.model.upkeep import NOTICE, PERIODS, Period, Upkeep

CADENCE = ("run", "review", "notice", "prompts")
_MOST_DAYS = 3660


def read_upkeep(root: Path) -> Upkeep:
    """Read the tables of a library; without the file, or the tables, a month and a quarter hold for all prompts."""
    path = root / POLICY_FILE
    if not path.exists() and not path.is_symlink():
        return Upkeep()
    return upkeep_from(read_text(root, path, limit=SIZE_LIMIT), POLICY_FILE)


def upkeep_from(text: str, where: str) -> Upkeep:
    """Read them from the text of a goldenprompt.toml. Refused: unknown keys, what is no period, names of no text."""
    document = Fields(read_toml(text, where), where, 1, "the policy")
    document.refuse_unknown(TABLES)
    cadence, owners = _table(document, "cadence"), _table(document, "owners")
    taxonomy, models = _table(document, "taxonomy"), _table(document, "models")
    cadence.refuse_unknown(CADENCE)
    taxonomy.refuse_unknown(("tags",))
    models.refuse_unknown(("retired",))
    notice = cadence.whole("notice", 0, _MOST_DAYS)
    prompts = _below(cadence, "prompts")
    return Upkeep(
        run=_period(cadence, "run") or PERIODS["monthly"],
        review=_period(cadence, "review") or PERIODS["quarterly"],
        notice=NOTICE if notice is None else notice,
        prompts={name: found for name in prompts.table if (found := _period(prompts, name)) is not None},
        owners={name: owner for name in owners.table if (owner := owners.name(name)) is not None},
        tags=_patterns(taxonomy, "tags"),
        retired=_patterns(models, "retired"),
    )


def _table(document: Fields, name: str) -> Fields:
    table = document.table.get(name, Table())
    if not isinstance(table, Table):
        raise document.wrong(name, f"a table [{name}]")
    return Fields(table, document.where, table.line, f"[{name}]")


def _below(cadence: Fields, name: str) -> Fields:
    table = cadence.table.get(name, Table())
    if not isinstance(table, Table):
        raise cadence.wrong(name, 'a table such as [cadence.prompts] with lines like "billing/*" = "weekly"')
    return Fields(table, cadence.where, table.line, f"[cadence.{name}]")


def _period(fields: Fields, key: str) -> Period | None:
    value = fields.table.get(key)
    if value is None:
        return None
    if isinstance(value, str) and value in PERIODS:
        return PERIODS[value]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_DAYS:
        raise fields.wrong(key, f"{', '.join(PERIODS)} or a number of days from 1 to {_MOST_DAYS:,}")
    return Period(days=value)


def _patterns(fields: Fields, key: str) -> tuple[str, ...]:
    value = fields.table.get(key, [])
    if not isinstance(value, list):
        raise fields.wrong(key, 'a list such as ["lang:*"]')
    for item in value:
        if not isinstance(item, str) or not is_name(item):
            what = (
                f"wrong name in `{key}` of {fields.noun}, found {shown(item)}; text on one line, not blank, is accepted"
            )
            raise InputError(what, where=fields.where, line=fields.line_of(key))
    return tuple(value)
