"""From a dataset's file to what has to be asked and how the answers are judged; nothing is called here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.chosen import judges_of, remembered
from pytest_goldenprompt.evaluators.evaluate import definition_digest, judges_asked
from pytest_goldenprompt.formats.datasets import read_dataset
from pytest_goldenprompt.formats.endings import FOLDER_ENDING, OURS, Formats
from pytest_goldenprompt.formats.inline import dataset_from_rows
from pytest_goldenprompt.formats.pairing import (
    find_prompt,
    has_variants,
    is_dataset_folder,
    is_inline_prompt,
    prompt_id,
    shared_dataset,
)
from pytest_goldenprompt.formats.prompts import read_prompt
from pytest_goldenprompt.formats.render import render, unused_inputs
from pytest_goldenprompt.model.contracts import BuildEvaluator, Evaluator, Provider
from pytest_goldenprompt.model.dataset import Case, Dataset, Status
from pytest_goldenprompt.model.limits import Asked, Price, portable
from pytest_goldenprompt.model.prompt import Content, Message, Prompt, Request
from pytest_goldenprompt.model.question import Judge
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.result import CaseResult, Repeat
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, canonical, digest_of

NO_PARAMETERS: Mapping[str, JSON] = {}
OF_ONE_PROCESS = ("python:", "command:")
"""Providers whose version holds for one process or machine: the modules that are loaded, the times of files."""


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case with its evaluators built, its messages rendered and the digest of what defines it."""

    case: Case
    evaluators: tuple[Evaluator, ...]
    digest: str
    messages: tuple[Message, ...]
    content: Content = field(default_factory=Content, repr=False, compare=False)

    def result(self, prompt_id: str, repeats: tuple[Repeat, ...] = (), missing: str = "") -> CaseResult:
        """Give the case's result, without repeats as before anything was asked."""
        case = self.case
        return CaseResult(
            prompt_id, case.id, self.digest, repeats, case.tags, case.must_pass, missing=missing, line=case.line
        )


@dataclass(frozen=True, slots=True)
class PlannedPrompt:
    """A dataset ready to run: facts for the record, the prompt (None where it lives in code) and its cases.

    `provider` is the whole name to ask; the facts hold it without the folders of this machine. `tags` are the dataset's
    own, by which its cases can be chosen. `price` is what its calls cost, None where that is not known.
    """

    facts: PromptFacts
    prompt: Prompt | None
    cases: tuple[PlannedCase, ...]
    provider: str = ""
    tags: tuple[str, ...] = ()
    price: Price | None = None

    @property
    def judges(self) -> tuple[Judge, ...]:
        """Give the judges of all its cases, each as often as it is named."""
        return tuple(judge for case in self.cases for judge in judges_asked(case.evaluators))

    @property
    def asked(self) -> Asked:
        """Give whom it asks, as limits and prices name it."""
        return Asked(self.facts.provider, self.facts.model)

    @property
    def parameters(self) -> Mapping[str, JSON]:
        """Give the sampling parameters of its requests."""
        return self.prompt.parameters if self.prompt else NO_PARAMETERS

    def request(self, planned: PlannedCase, repeat: int) -> Request:
        """Make the request of one repeat of a case."""
        return Request(
            prompt_id=self.facts.id,
            case_id=planned.case.id,
            repeat=repeat,
            messages=planned.messages,
            model=self.facts.model,
            parameters=self.parameters,
            inputs=planned.case.inputs,
            content=planned.content,
        )


def plan_prompt(
    root: Path, path: Path, build: BuildEvaluator, provider: Callable[[str | None], str], formats: Formats = OURS
) -> PlannedPrompt | None:
    """Read a dataset and its prompt and check all that can be checked before the first call.

    `path` is a golden dataset, or a prompt file that holds rows of its own or shares another's dataset. None where it
    has no cases to run: a prompt without rows, a dataset of which only variants are there. `build` makes evaluators;
    `provider` turns the provider that the files name (or None) into the one to ask. Raises InputError.
    """
    dataset, prompt = _read(root, path, formats)
    if dataset is None:
        return None
    relative = path.relative_to(root).as_posix()
    facts = facts_of(prompt_id(relative, formats), relative, dataset, prompt)
    if facts.retired:
        return PlannedPrompt(facts, prompt, ())
    asked = provider(dataset.provider or (prompt.provider if prompt else None))
    if prompt is not None:
        unused_inputs(prompt, dataset, by_name=asked.startswith("python:"))
    built = remembered(build)
    cases = tuple(plan_case(case, prompt, dataset, built) for case in dataset.cases)
    names = tuple(sorted({f"{item.name}@{item.version}" for case in cases for item in case.evaluators}))
    planned = PlannedPrompt(facts, prompt, cases, asked, dataset.tags)
    judges = tuple(sorted({judge.asked.name for judge in planned.judges}))
    return replace(planned, facts=replace(facts, provider=portable(asked), evaluators=names, judges=judges))


def read_facts(root: Path, path: Path, formats: Formats = OURS) -> tuple[PromptFacts, tuple[str, ...]] | None:
    """Read of a dataset and its prompt what a record keeps of the files alone, and the ids of the cases.

    Nothing of it depends on who is asked, and no code of the library's is run. None where there are no cases to run.
    """
    dataset, prompt = _read(root, path, formats)
    if dataset is None:
        return None
    relative = path.relative_to(root).as_posix()
    facts = facts_of(prompt_id(relative, formats), relative, dataset, prompt)
    return facts, tuple(case.id for case in dataset.cases)


def with_provider(planned: PlannedPrompt, provider: Provider) -> PlannedPrompt:
    """Note which provider answers, and whether it answers every case of this prompt deterministically."""
    sure = all(provider.is_deterministic(planned.request(case, 0)) for case in planned.cases)
    version = _version(planned.facts.provider, provider)
    facts = replace(planned.facts, deterministic=sure and bool(planned.cases), provider_version=version)
    return replace(planned, facts=facts)


def unreadable(root: Path, path: Path, error: InputError, formats: Formats = OURS) -> PromptFacts:
    """Give the facts of a dataset that cannot be read: its id and the error's line."""
    relative = path.relative_to(root).as_posix()
    return PromptFacts(prompt_id(relative, formats), relative, error=str(error.at(relative)))


def _read(root: Path, path: Path, formats: Formats) -> tuple[Dataset | None, Prompt | None]:
    shared = shared_dataset(path, formats)
    if shared is not None:
        return read_dataset(root, shared, formats), read_prompt(root, path)
    if not _is_meant_as_dataset(path):
        prompt = read_prompt(root, path, sample=True, formats=formats)
        return None if prompt.rows is None else dataset_from_rows(prompt), prompt
    dataset = read_dataset(root, path, formats)
    try:
        prompt_path = find_prompt(root, path, dataset, formats)
    except InputError:
        if dataset.prompt is None and has_variants(path, formats):
            return None, None
        raise
    return dataset, read_prompt(root, prompt_path, formats=formats) if prompt_path else None


def _is_meant_as_dataset(path: Path) -> bool:
    """Say whether a path is that of a dataset, also in a format that is not known here."""
    return (f"{FOLDER_ENDING}." in path.name and not is_inline_prompt(path.name)) or is_dataset_folder(path)


def plan_case(case: Case, prompt: Prompt | None, dataset: Dataset, build: BuildEvaluator) -> PlannedCase:
    """Build what judges a case, and fill the prompt. An InputError has the case's place."""
    specs, evaluators = judges_of(case, dataset, build)
    messages = render(prompt, case) if prompt else case.messages
    return PlannedCase(case, evaluators, definition_digest(case, specs, evaluators), messages)


def facts_of(name: str, relative: str, dataset: Dataset, prompt: Prompt | None) -> PromptFacts:
    """Give what a dataset and its prompt say of themselves; nobody is asked yet."""
    parameters = dict(prompt.parameters) if prompt else {}
    return PromptFacts(
        id=name,
        dataset=relative,
        path=prompt.path if prompt else "",
        digest=prompt.digest if prompt else "",
        dataset_digest=dataset.digest,
        owner=dataset.owner or (prompt.owner if prompt else None),
        model=prompt.model if prompt else None,
        parameters_digest=digest_of(canonical(parameters)) if parameters else "",
        draft=dataset.status is Status.DRAFT,
        retired=dataset.status is Status.RETIRED,
        min_pass_rate=dataset.min_pass_rate,
        temperature=_temperature(parameters),
    )


def _version(name: str, provider: Provider) -> str:
    """Digest a provider's version, which may hold a secret."""
    version = getattr(provider, "version", "")
    return "" if not version or name.startswith(OF_ONE_PROCESS) else digest_of(str(version), SHORT_DIGEST_LENGTH)


def _temperature(parameters: Mapping[str, JSON]) -> float | None:
    value = parameters.get("temperature")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
