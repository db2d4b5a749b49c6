"""The contracts that evaluators and providers keep, ours and third parties' alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON


class Evaluator(Protocol):
    """Judges one output of one case. It never sees the stored run.

    `version` changes whenever the same output may get another score. A crash is caught by the caller and recorded.
    """

    name: str
    version: str

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Give one score or more, the content's first."""
        ...


class Provider(Protocol):
    """Answers requests. Raises ProviderError for whatever is no answer; never retries and never falls back by itself.

    `max_concurrency` caps the calls in flight (None: no cap of its own). A synchronous provider is called in a thread,
    an asynchronous one on the engine's loop. It may have a text `version`, which changes where the same request may get
    another answer for a reason on our side, such as another server: a run that was cut off is then not gone on with.
    """

    max_concurrency: int | None

    def is_deterministic(self, request: Request) -> bool:
        """Say whether this request always gets the same answer, so that repeating it shows nothing."""
        ...

    def complete(self, request: Request) -> Output | Awaitable[Output]:
        """Answer one request."""
        ...

    def close(self) -> Awaitable[None] | None:
        """Give back connections, processes and memory."""
        ...


@runtime_checkable
class Recalling(Protocol):
    """What a provider may add that answers from a record: no limit is meant for such an answer, and nothing is paid."""

    def recalls(self, request: Request) -> bool:
        """Say whether this request will be answered without a call."""
        ...


@dataclass(frozen=True, slots=True)
class ProviderSetting:
    """What a provider may know when it is built: the root directory, the store's directory, seconds a call may take."""

    root: Path
    recordings: Path
    timeout: float = 60.0


EvaluatorFactory: TypeAlias = Callable[[JSON], Evaluator]
"""Settings as written (None for a bare name) to an evaluator; raises InputError without a place for bad settings."""

ProviderFactory: TypeAlias = Callable[[str, ProviderSetting], Provider]
"""What follows `name:` in the provider's name, and the setting, to a provider; raises InputError for a bad argument."""
