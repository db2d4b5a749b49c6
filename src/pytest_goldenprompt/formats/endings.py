"""By what endings files are known: those of the package, and those that plugins add to one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from pytest_goldenprompt.errors import GoldenpromptError
from pytest_goldenprompt.formats.located import shown
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.prompt import Prompt

DATASET_ENDINGS = (".golden.yaml", ".golden.yml", ".golden.jsonl", ".golden.json", ".golden.csv")
INLINE_ENDINGS = (".prompt.yml", ".prompt.yaml", "_prompt.yml", "_prompt.yaml")
PROMPT_ENDINGS = (".prompt.md", ".prompt.txt", ".prompt.j2", ".prompty", ".prompt", *INLINE_ENDINGS)
FOLDER_ENDING = ".golden"
"""A folder of cases is named like its dataset without the format."""

PromptReader: TypeAlias = Callable[[Source, str, References], Prompt]
"""A file, the prompt's id, and what reads the files that it names, to a prompt; raises InputError for a bad file."""

DatasetReader: TypeAlias = Callable[[Source], tuple[Mapping[str, Any], Iterable[tuple[int, Mapping[str, Any]]]]]
"""A file to the header, and to the line and the map of each case; raises InputError for a bad file.

Header and cases have the keys that they have in YAML, and are checked like those. Lines count from 1.
"""

_OURS = "pytest-goldenprompt"
_PROMPT_ENDING = re.compile(r"(?!\.golden(?:\.|$))(?:\.[\w-]+)+")
_DATASET_ENDING = re.compile(r"\.golden(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Formats:
    """What one run reads beside the formats of the package: readers by ending, and who added each."""

    prompts: Mapping[str, PromptReader] = field(default_factory=dict)
    datasets: Mapping[str, DatasetReader] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    @property
    def prompt_endings(self) -> tuple[str, ...]:
        """Give the endings of all prompt files."""
        return (*PROMPT_ENDINGS, *self.prompts)

    @property
    def dataset_endings(self) -> tuple[str, ...]:
        """Give the endings of all golden datasets that are one file."""
        return (*DATASET_ENDINGS, *self.datasets)

    def with_prompts(self, ending: str, reader: PromptReader, owner: str) -> Formats:
        """Give these and one prompt format more; an ending that is taken, or is none, and no function are refused."""
        self._refuse(ending, reader, f"{owner} adds the prompt format", (_PROMPT_ENDING, ".prompt.toml"))
        return replace(self, prompts={**self.prompts, ending: reader}, owners={**self.owners, ending: owner})

    def with_datasets(self, ending: str, reader: DatasetReader, owner: str) -> Formats:
        """Give these and one dataset format more, refused as in `with_prompts`."""
        self._refuse(ending, reader, f"{owner} adds the dataset format", (_DATASET_ENDING, ".golden.toml"))
        return replace(self, datasets={**self.datasets, ending: reader}, owners={**self.owners, ending: owner})

    def _refuse(self, ending: Any, reader: Any, added: str, form: tuple[re.Pattern[str], str]) -> None:
        pattern, example = form
        if not isinstance(ending, str) or not pattern.fullmatch(ending):
            raise GoldenpromptError(f"{added} {shown(ending)}; an ending such as {example} is accepted")
        if not callable(reader):
            raise GoldenpromptError(
                f'{added} {ending} with {shown(reader)} as its reader; a function or "module:function" is accepted'
            )
        taken = (*PROMPT_ENDINGS, *DATASET_ENDINGS, *self.owners)
        twin = next((one for one in taken if ending.endswith(one) or one.endswith(ending)), None)
        if twin is not None:
            has = self.owners.get(twin, _OURS)
            also = "which" if twin == ending else f"but a file may end in {twin} too, which"
            raise GoldenpromptError(f"{added} {ending}, {also} {has} has; take another ending")


OURS = Formats()
"""The formats of the package, and no more."""
