"""Who answers to which name: typed tables of factories, filled by ourselves and by plugins through the same door."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Generic, TypeVar

from pytest_goldenprompt.errors import GoldenpromptError, InputError
from pytest_goldenprompt.formats.endings import OURS as OUR_FORMATS
from pytest_goldenprompt.formats.endings import DatasetReader, Formats, PromptReader
from pytest_goldenprompt.model.contracts import Evaluator, EvaluatorFactory, Provider, ProviderFactory, ProviderSetting
from pytest_goldenprompt.model.dataset import EvaluatorSpec
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import JSON

F = TypeVar("F", bound=Callable[..., Any])
OURS = "pytest-goldenprompt"
_PLACE = re.compile(r"[\w.]+:\w+")


class Table(Generic[F]):
    """Names of one kind of thing. A factory may be given as "module:function", imported when first used."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, tuple[F | str, str]] = {}

    def add(self, name: str, factory: F | str, owner: str) -> None:
        """Register a factory; a second owner of a name is refused, and told who has it."""
        if name in self._entries:
            raise GoldenpromptError(
                f"{owner} registers the {self.kind} {name!r}, which {self._entries[name][1]} has; take another name"
            )
        self._entries[name] = (factory, owner)

    def find(self, name: str) -> F:
        """Give the factory of a name; an unknown one is an InputError that suggests the nearest."""
        if name not in self._entries:
            hint = did_you_mean(name, self._entries)
            raise InputError(f"no such {self.kind}, found {name!r}{hint}; known are {', '.join(sorted(self._entries))}")
        factory = self._entries[name][0]
        return _imported(factory) if isinstance(factory, str) else factory

    def owner(self, name: str) -> str:
        """Give who registered a name."""
        return self._entries[name][1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)


class Registry:
    """All tables of one run. `pytest_goldenprompt_register` hands it to plugins, who add to it."""

    def __init__(self, *, imports: bool = True) -> None:
        """Without `imports`, no code of a team's is imported: what stands for its checks knows their settings only."""
        self.evaluators: Table[EvaluatorFactory] = Table("evaluator")
        self.providers: Table[ProviderFactory] = Table("provider")
        self.formats: Formats = OUR_FORMATS
        self.judge = "" if imports else "golden_judge"
        """Whom a judge asks that names no provider of its own; which one that is, pytest's configuration says."""
        self._of_code: dict[int, Evaluator] = {}
        self._noted = 0
        self._formats_closed = False
        register_ours(self, imports=imports)
        for name, place in COMPOSED.items():
            self.add_evaluator(name, partial(_composed, place, self.evaluator), OURS)
        for name, place in ASKING.items():
            self.add_evaluator(name, partial(_asking, place, self), OURS)

    def add_evaluator(self, name: str, factory: EvaluatorFactory | str, owner: str = "a plugin") -> None:
        """Add an evaluator: settings as written to an evaluator, or the "module:function" that does so."""
        self.evaluators.add(name, factory, owner)

    def add_provider(self, name: str, factory: ProviderFactory | str, owner: str = "a plugin") -> None:
        """Add a provider: what follows `name:` and the setting to a provider, or the "module:function" that does so."""
        self.providers.add(name, factory, owner)

    def add_prompt_format(self, ending: str, reader: PromptReader | str, owner: str = "a plugin") -> None:
        """Add what reads prompt files of an ending such as ".prompt.toml"; also as "module:function"."""
        self._refuse_late(ending, owner)
        self.formats = self.formats.with_prompts(ending, _late(reader), owner)

    def add_dataset_format(self, ending: str, reader: DatasetReader | str, owner: str = "a plugin") -> None:
        """Add what reads golden datasets of an ending such as ".golden.toml"; also as "module:function"."""
        self._refuse_late(ending, owner)
        self.formats = self.formats.with_datasets(ending, _late(reader), owner)

    def close_formats(self) -> None:
        """Take no format more: from now on files are looked for by their endings, in every process alike."""
        self._formats_closed = True

    def _refuse_late(self, ending: str, owner: str) -> None:
        if self._formats_closed:
            raise GoldenpromptError(
                f"{owner} adds the format {ending} too late, as files were looked for already; "
                "add it in the root directory's conftest.py, or in a plugin"
            )

    def evaluator(self, spec: EvaluatorSpec) -> Evaluator:
        """Build the evaluator of one entry of a dataset."""
        before = self._noted
        evaluator = self.evaluators.find(spec.name)(spec.settings)
        if spec.transform:
            place: Callable[[Evaluator, EvaluatorSpec], Evaluator] = _imported(TRANSFORMED)
            evaluator = place(evaluator, spec)
        # The parts of one that is made of others were built, and noted, within this call.
        if spec.name in UNRUN or self.evaluators.owner(spec.name) != OURS or self._noted > before:
            self._of_code[id(evaluator)] = evaluator
            self._noted += 1
        return evaluator

    def is_code(self, evaluator: Evaluator) -> bool:
        """Say whether a team's own code judges in an evaluator that was built here, or in a part of it."""
        return id(evaluator) in self._of_code

    def provider(self, name: str, setting: ProviderSetting) -> Provider:
        """Build a provider of its whole name, such as `openai:gpt-4o-mini`."""
        kind, _, argument = name.partition(":")
        return self.providers.find(kind)(argument, setting)


def register_ours(registry: Registry, *, imports: bool = True) -> None:
    """Add what the package brings; each line names a module that is imported when the name is first used."""
    for name, module in {**EVALUATORS, **({} if imports else UNRUN)}.items():
        registry.add_evaluator(name, f"pytest_goldenprompt.evaluators.{module}", OURS)
    for name, module in PROVIDERS.items():
        registry.add_provider(name, f"pytest_goldenprompt.providers.{module}", OURS)


COMPOSED = {
    "all": "composed:build_all",
    "any": "composed:build_any",
    "not": "composed:build_not",
    "weighted": "composed:build_weighted",
}
"""Evaluators made of others, which the registry builds for them."""

ASKING = {"judge": "judge:build"}
"""Evaluators that ask a model, by default the one that the run names for them."""

EVALUATORS = {
    "autoevals": "autoevals:build",
    "bleu": "text_metrics:build_bleu",
    "choice": "choice:build",
    "contains": "contains:build",
    "cost": "cost:build",
    "ends-with": "ends_with:build",
    "exact": "exact:build",
    "json": "json_structure:build",
    "json-schema": "json_schema:build",
    "language": "language:build",
    "latency": "latency:build",
    "length": "length:build",
    "numeric": "numeric:build",
    "pydantic-evals": "pydantic_evals:build",
    "python": "python_function:build",
    "refusal": "refusal:build",
    "regex": "regex:build",
    "rouge": "text_metrics:build_rouge",
    "similarity": "similarity:build",
    "starts-with": "starts_with:build",
    "tool-calls": "tool_calls:build",
}
UNRUN = {
    "autoevals": "autoevals:build_unrun",
    "pydantic-evals": "pydantic_evals:build_unrun",
    "python": "python_function:build_unrun",
}
"""Evaluators of ours that run a team's own code, or another package's: what stands for each where none is imported."""


TRANSFORMED = "pytest_goldenprompt.evaluators.transformed:transformed"
PROVIDERS = {
    "anthropic": "anthropic:build",
    "any-llm": "any_llm:build",
    "command": "command:build",
    "echo": "echo:build",
    "embeddings": "embeddings:build",
    "local": "local:build",
    "openai": "openai_batches:build",
    "python": "python_function:build",
    "replay": "replay:build",
}


def _late(reader: Any) -> Any:
    """Turn "module:function" into a reader that is imported when it first reads a file."""
    if not isinstance(reader, str) or not _PLACE.fullmatch(reader):
        return reader
    return partial(_read_late, reader)


def _read_late(place: str, *arguments: Any) -> Any:
    return _imported(place)(*arguments)


def _composed(place: str, build: Callable[[EvaluatorSpec], Evaluator], settings: JSON) -> Evaluator:
    make: Callable[[JSON, Callable[[EvaluatorSpec], Evaluator]], Evaluator] = _imported(
        f"pytest_goldenprompt.evaluators.{place}"
    )
    return make(settings, build)


def _asking(place: str, registry: Registry, settings: JSON) -> Evaluator:
    make: Callable[[JSON, str], Evaluator] = _imported(f"pytest_goldenprompt.evaluators.{place}")
    return make(settings, registry.judge)


def _imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
