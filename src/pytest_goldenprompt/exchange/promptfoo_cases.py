"""One test of promptfoo as cases of a golden dataset: its assertions, its transforms, its variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_goldenprompt.exchange.golden_set import DraftCase, usable_id
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.opening import loaded, named_files
from pytest_goldenprompt.exchange.promptfoo_checks import FROM_NOUGHT, Checks, Setting, steps_of, take, weighed
from pytest_goldenprompt.exchange.promptfoo_tests import Test, combinations, merged
from pytest_goldenprompt.exchange.promptfoo_values import rendered
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.located import line_of_key, plain, shown
from pytest_goldenprompt.model.values import JSON

_OPTIONS = {"transform", "disableVarExpansion", "disableDefaultAsserts"}
_TOLD = ("provider", "providers", "prompts", "providerOutput", "assertScoringFunction")


def cases_of(test: Test, setting: Setting) -> Iterator[DraftCase]:
    """Give the cases of one test: one for each combination of its variables' lists."""
    options = merged(setting.default, test, "options")
    for key in _TOLD:
        if test.fields.table.get(key) is not None:
            setting.listing.leave(test.where, test.fields.line_of(key), f"the test's {key}", "cases have no such key")
    for key in options:
        if key not in _OPTIONS and options[key] is not None:
            setting.listing.leave(*_origin(key, test, setting), f"the option {key}", "there is no such option")
    variables = {name: _value(value, test, setting) for name, value in merged(setting.default, test, "vars").items()}
    every = [variables] if options.get("disableVarExpansion") else combinations(variables, test.where, test.line)
    where, line = _origin("transform", test, setting)
    transform = steps_of(options.get("transform"), where, line, "the option transform", setting)
    for values in every:
        yield _case(
            test, _filled(values, test, setting), transform, bool(options.get("disableDefaultAsserts")), setting
        )


def _origin(key: str, test: Test, setting: Setting) -> tuple[str, int]:
    """Give the file and the line of an option: the test's own, or that of `defaultTest`."""
    own = test.fields.map("options") or {}
    owner = test.fields if key in own or setting.default is None else setting.default
    return owner.where, line_of_key(owner.map("options") or {}, key, owner.line)


def _case(test: Test, values: dict[str, JSON], transform: list[JSON], bare: bool, setting: Setting) -> DraftCase:  # noqa: FBT001 - an option of the test
    checks = Checks()
    if setting.default is not None and not bare:
        take(checks, setting.default, "assert", values, setting)
    take(checks, test.fields, "assert", values, setting)
    metadata = merged(setting.default, test, "metadata")
    if checks.left:
        metadata["not_carried"] = checks.left
    name = test.fields.text("description") or ""
    case = DraftCase(test.where, test.line, values, usable_id(name), tags=_tags(metadata), metadata=metadata)
    if name and not case.id:
        metadata["description"] = name
    limit = test.fields.number("threshold", 0, 1)
    if limit is None and setting.default is not None:
        limit = setting.default.number("threshold", 0, 1)
    if limit == 0:
        setting.listing.leave(test.where, test.line, "the threshold", FROM_NOUGHT)
    elif limit is not None and checks.left:
        setting.listing.change(test.where, test.line, "the threshold", "it is over those checks only that are carried")
    case.transform = list(transform)
    case.evaluators = checks.entries if limit is None else weighed(checks, limit)
    _expect(case)
    return case


def _tags(metadata: dict[str, JSON]) -> tuple[str, ...]:
    """Take tags out of the metadata, where they are a list of names."""
    listed = metadata.get("tags")
    if not isinstance(listed, list) or not all(isinstance(tag, str) and is_name(tag) for tag in listed):
        return ()
    del metadata["tags"]
    return tuple(map(str, listed))


def _expect(case: DraftCase) -> None:
    """Make the value of the only `exact` what is expected, where no other check would read it."""
    exact = [entry for entry in case.evaluators if isinstance(entry, Mapping) and "exact" in entry]
    others = [entry for entry in case.evaluators if entry not in exact]
    if len(exact) != 1 or _reads_expected(others):
        return
    settings = exact[0]["exact"]
    if isinstance(settings, Mapping) and settings.get("value") is not None:
        case.expected = settings["value"]
        rest = {key: value for key, value in settings.items() if key != "value"}
        case.evaluators[case.evaluators.index(exact[0])] = {"exact": rest} if rest else "exact"


def _reads_expected(entry: JSON) -> bool:
    """Say whether `json`, which compares with what is expected, is among entries or in them."""
    if isinstance(entry, Mapping):
        return "json" in entry or any(map(_reads_expected, entry.values()))
    return any(map(_reads_expected, entry)) if isinstance(entry, list) else entry == "json"


def _value(value: JSON, test: Test, setting: Setting) -> JSON:
    """Read a variable that is `file://NAME`."""
    if not isinstance(value, str) or not value.startswith("file://"):
        return value
    line = test.line
    try:
        sources = named_files(setting.files, value, test.where, line)
    except UncarriedError as error:
        setting.listing.leave(test.where, line, f"the variable {shown(value)}", str(error))
        return value
    texts: list[JSON] = [
        plain(loaded(source, source.where)) if source.where.endswith((".json", ".yaml", ".yml")) else source.text
        for source in sources
    ]
    return texts[0] if len(texts) == 1 else texts


def _filled(values: Mapping[str, JSON], test: Test, setting: Setting) -> dict[str, JSON]:
    """Fill variables that name others."""
    found = {}
    for name, value in values.items():
        try:
            found[name] = rendered(value, {key: other for key, other in values.items() if key != name})
        except UncarriedError as error:
            setting.listing.change(test.where, test.line, f"the variable {name}", f"{error}, and stays as it is")
            found[name] = value
    return found
