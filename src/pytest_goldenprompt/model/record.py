"""A run as it is stored: what was asked of whom, and every result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_goldenprompt.model.values import JSON

if TYPE_CHECKING:
    from pytest_goldenprompt.model.result import CaseResult


CODE = ("autoevals:", "pydantic-evals:", "python:")
"""What stands in the names of evaluators that may run a team's own code."""


class RunKind(StrEnum):
    """How a run came to be: the recording run of a month, a check, or results brought in from elsewhere."""

    RECORDING = "recording"
    CHECK = "check"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """One prompt of a run: digests, people, the model as asked and as answered.

    `deterministic` says that the same request always gets the same answer, so that there is no luck to test.
    `temperature` is the one that its requests ask for; `copied` says that repeats were the same text all the same.
    `provider_version` is a digest of what the provider's name does not say, such as a server's address; empty where
    there is nothing of the kind.
    `judges` are the models that its evaluators ask, and `judges_served` those that answered, by their own word.
    A retired prompt takes no part. `error` is set where prompt or dataset could not be read. Neither has results.
    """

    id: str
    dataset: str
    path: str = ""
    digest: str = ""
    dataset_digest: str = ""
    owner: str | None = None
    provider: str = ""
    model: str | None = None
    parameters_digest: str = ""
    served: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    evaluators: tuple[str, ...] = ()
    deterministic: bool = False
    replayed: bool = False
    draft: bool = False
    retired: bool = False
    min_pass_rate: float | None = None
    error: str | None = None
    temperature: float | None = None
    copied: bool = False
    provider_version: str = ""
    judges: tuple[str, ...] = ()
    judges_served: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run: facts, prompts sorted by id, and one result for every case of every dataset, sorted by prompt and case.

    Times are ISO 8601 in UTC; `month` is YYYY-MM. `narrowed` says how a person chose fewer cases than there are (a
    look), `stopped` why a run ended early; both empty for a whole run. `policy` is what the run was judged by, as plain
    data (empty where no policy was read). Where that was another revision's, `proposed` is the checkout's own, and
    `moved` names the pointers that differ: what, then, now. `info` holds facts that plugins added. `pooled` names the
    earlier runs whose repeats were joined with this one's to make a baseline; a run as it is stored has none. With
    `shard` (I, N) this is the part of a run that one of N machines made, the I-th; it says nothing by itself.
    """

    id: str
    kind: RunKind = RunKind.CHECK
    month: str = ""
    started: str = ""
    finished: str = ""
    commit: str | None = None
    dirty: bool | None = None
    tool: str = ""
    policy_digest: str = ""
    policy: Mapping[str, JSON] = field(default_factory=dict)
    proposed: Mapping[str, JSON] = field(default_factory=dict)
    moved: tuple[Sequence[str], ...] = ()
    prompts: tuple[PromptFacts, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    narrowed: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    info: Mapping[str, JSON] = field(default_factory=dict)
    pooled: tuple[str, ...] = ()
    shard: tuple[int, int] | None = None
