"""What the rubrics of judges name of a case, so that an input that only a judge is shown counts as used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pytest_goldenprompt.model.dataset import EvaluatorSpec
from pytest_goldenprompt.model.values import JSON

_NAME = re.compile(r"(?<!\\)\{\{([^{}\n]+)\}\}")


def names_in_rubrics(specs: Iterable[EvaluatorSpec]) -> frozenset[str]:
    """Name what the rubrics of judges use, those inside other evaluators too."""
    return frozenset[str]().union(*(_names({spec.name: spec.settings}) for spec in specs))


def _names(settings: JSON) -> frozenset[str]:
    if isinstance(settings, Mapping):
        judge = settings.get("judge")
        rubric = judge.get("rubric") if isinstance(judge, Mapping) else judge
        own = {name.strip() for name in _NAME.findall(rubric)} if isinstance(rubric, str) else ()
        return frozenset(own).union(*(_names(below) for below in settings.values()))
    below = settings if isinstance(settings, list | tuple) else ()
    return frozenset[str]().union(*(_names(one) for one in below))
