"""The answer is JSON that a schema accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.limited import TookTooLong, search
from pytest_goldenprompt.evaluators.reading import EXTRACTS, parsed, read_output
from pytest_goldenprompt.evaluators.scores import bounded, content, form
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.judge.paths import write_path
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.fault import MOST, What, fault
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON, canonical


@dataclass(slots=True)
class JsonSchema:
    """Validates without a network: references reach inside the schema only, and its patterns are time-limited."""

    validator: Any
    extract: str = "strict"
    name: str = field(default="json-schema", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:  # noqa: ARG002 - the contract's signature
        """Score content (the schema accepts it) and form (JSON as a whole; counts with `extract: strict`) apart."""
        reading = read_output(output, self.extract)
        if reading.found:
            reason, faults = self._faults(reading.value)
        else:
            reason, faults = reading.problem, [fault(What.UNREADABLE, "$")]
        return (
            content(self.name, not reason, reason, faults),
            form(self.name, not reading.problem, reading.problem, counts=self.extract == "strict"),
        )

    def _faults(self, value: JSON) -> tuple[str, list[str]]:
        """Give why the answer fails, empty where it passes, and the places that are wrong."""
        try:
            errors = list(islice(self.validator.iter_errors(value), MOST))
        except TookTooLong as slow:
            return str(slow), []
        if not errors:
            return "", []
        return f"{errors[0].json_path}: {errors[0].message}", [name for error in errors for name in _places(error)]


def build(settings: JSON) -> JsonSchema:
    """Accept `schema` (a map, or a JSON text) and `extract`; needs the package jsonschema."""
    given = read_settings("json-schema", settings, ("schema", "extract"))
    schema = given.given.get("schema")
    if isinstance(schema, str):
        try:
            schema = parsed(schema)
        except ValueError as error:
            raise InputError(f"`schema` of `json-schema` is not JSON: {error}") from None
    if not isinstance(schema, Mapping):
        raise given.wrong("schema", "a JSON Schema as a map")
    return JsonSchema(_validator(canonical(schema)), given.one_of("extract", EXTRACTS, "strict"))


@lru_cache(maxsize=64)
def _validator(written: str) -> Any:
    """Build the validator once for all cases under a schema, given as JSON text."""
    schema: dict[str, JSON] = json.loads(written)
    try:
        import jsonschema  # noqa: PLC0415 - an extra
        import referencing  # noqa: PLC0415 - comes with jsonschema
    except ImportError:
        raise InputError(
            "`json-schema` needs a package that is not installed", remedy='pip install "pytest-goldenprompt[schema]"'
        ) from None
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    try:
        kind.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise InputError(f"`schema` of `json-schema` is no JSON Schema: {bounded(error.message)}") from None
    patterns = {"pattern": _pattern, "patternProperties": _pattern_properties}
    limited: Any = jsonschema.validators.extend(kind, patterns)  # type: ignore[no-untyped-call]  # the stubs' gap
    return limited(schema, registry=referencing.Registry())


def _places(error: Any) -> list[str]:
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return [fault(What.MISSING, write_path((*error.absolute_path, name))) for name in missing]
    return [fault(What.INVALID, write_path(tuple(error.absolute_path)))]


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001 - jsonschema's
    import jsonschema  # noqa: PLC0415 - an extra

    if validator.is_type(instance, "string") and search(pattern, instance) is None:
        yield jsonschema.ValidationError(f"{bounded(instance, 60)!r} does not match {bounded(pattern, 60)!r}")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001 - jsonschema's
    if not validator.is_type(instance, "object"):
        return
    for pattern, below in patterns.items():
        for key, value in instance.items():
            if search(pattern, key) is not None:
                yield from validator.descend(value, below, path=key, schema_path=pattern)
