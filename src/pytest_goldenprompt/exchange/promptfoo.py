"""A promptfoo configuration as golden datasets: one for each of its prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.golden_set import DraftCase, Found, GoldenSet
from pytest_goldenprompt.exchange.listing import Listing, UncarriedError
from pytest_goldenprompt.exchange.opening import Place, is_code, loaded, named_files
from pytest_goldenprompt.exchange.prompt_files import PromptFile
from pytest_goldenprompt.exchange.promptfoo_cases import cases_of
from pytest_goldenprompt.exchange.promptfoo_checks import Setting
from pytest_goldenprompt.exchange.promptfoo_prompts import Written, prompts_of
from pytest_goldenprompt.exchange.promptfoo_providers import front_matter
from pytest_goldenprompt.exchange.promptfoo_tests import refuse_near, test_fields, tests_of
from pytest_goldenprompt.exchange.stems import slug
from pytest_goldenprompt.exchange.usable import Wishes
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.located import Table, shown
from pytest_goldenprompt.formats.references import References

NAMES = ("promptfooconfig.yaml", "promptfooconfig.yml", "promptfooconfig.json")
_READ = ("description", "prompts", "providers", "targets", "tests", "defaultTest", "assertionTemplates")
_QUIET = (
    "$schema",
    "outputPath",
    "evaluateOptions",
    "commandLineOptions",
    "sharing",
    "writeLatestResults",
    "metadata",
    "tags",
    "id",
    "tracing",
)
_TOLD = ("scenarios", "env", "derivedMetrics", "nunjucksFilters", "extensions", "redteam")


def read_promptfoo(place: Place, wishes: Wishes) -> Found:
    """Read a configuration, or a folder that holds one; nothing in it is ever run.

    A provider that the user names comes before those of the configuration. A test without assertions and a
    configuration without tests are no golden set: promptfoo passes them.
    """
    source = place.source()
    if is_code(source.where):
        raise InputError(
            "a configuration that is code, which is never run here; YAML and JSON are accepted", where=source.where
        )
    tree = loaded(source, source.where, (".yaml", ".yml", ".json"))
    if not isinstance(tree, Table):
        raise InputError(
            f"no configuration, found {shown(tree)}; a map with prompts and tests is accepted",
            where=source.where,
            line=1,
        )
    config, found, files = Fields(tree, source.where, tree.line, "the configuration"), Found(), place.files
    refuse_near(config, (*_READ, *_QUIET, *_TOLD))
    for key in tree:
        if key not in (*_READ, *_QUIET):
            found.listing.leave(config.where, config.line_of(key), key, "it is not read")
    setting = Setting(config, files, wishes.build, found.listing, _default(config, files, found.listing))
    header = front_matter(config, found.listing, wished=wishes.provider is not None)
    prompts = prompts_of(config, files, header, found.listing)
    cases = [case for test in tests_of(config, files, found.listing) for case in cases_of(test, setting)]
    for golden in _sets(_stem_of(place.path), prompts, cases, found.listing):
        found.add(golden)
    return found


def _default(config: Fields, files: References, listing: Listing) -> Fields | None:
    written = config.table.get("defaultTest")
    line = config.line_of("defaultTest")
    if written is None:
        return None
    if not isinstance(written, str):
        return test_fields(written, config.where, line)
    try:
        [source, *_] = named_files(files, written, config.where, line)
    except UncarriedError as error:
        listing.leave(config.where, line, "defaultTest", str(error))
        return None
    return test_fields(loaded(source, source.where, (".yaml", ".yml", ".json")), source.where, 1)


def _sets(stem: str, prompts: Sequence[Written], cases: Sequence[DraftCase], listing: Listing) -> list[GoldenSet]:
    """Give a dataset for each prompt that is carried; one without a prompt where none is."""
    carried = [(prompt.name, prompt.file) for prompt in prompts if prompt.file is not None]
    if not carried:
        return [GoldenSet(stem, list(cases))]
    sets: list[GoldenSet] = []
    for index, (label, file) in enumerate(carried, start=1):
        name = slug(label) or (stem if len(carried) == 1 else f"{stem}-{index}")
        fitted = [_fitted(case, file, listing) for case in cases]
        sets.append(GoldenSet(name, fitted, prompt=(file.ending, file.text)))
    return sets


def _fitted(case: DraftCase, file: PromptFile, listing: Listing) -> DraftCase:
    """Give the inputs that a prompt uses; the other variables are kept beside, as inputs are checked here."""
    names = case.inputs.keys() if file.names is None else file.names
    inputs = {name: value for name, value in case.inputs.items() if name in names}
    unused = {name: value for name, value in case.inputs.items() if name not in names}
    for name in sorted(names - inputs.keys()):
        why = "the test does not set it: an empty text, as promptfoo takes it"
        listing.change(case.where, case.line, f"the variable {name}", why)
        inputs[name] = ""
    metadata = {**case.metadata, **({"vars": unused} if unused else {})}
    return replace(case, inputs=inputs, metadata=metadata)


def _stem_of(path: Path) -> str:
    stem = path.name.removesuffix(path.suffix)
    return slug(stem if path.name not in NAMES else path.parent.name) or "prompt"
