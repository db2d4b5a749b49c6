"""The contracts that evaluators and providers keep, ours and third parties' alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.question import Judge, Question
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


@runtime_checkable
class Asking(Protocol):
    """What an evaluator may add that needs a model's word before it can judge.

    It calls nothing itself: it says what to ask, the run asks within its limits, and the answers are in the output's
    `opinions` when it is evaluated. Both are pure, so that the same output is asked about in the same words.
    """

    def judges(self) -> Sequence[Judge]:
        """Give whom it will ask, whatever the output."""
        ...

    def questions(self, output: Output, case: Case) -> Sequence[Question]:
        """Give what it must know of this output; nothing where it can do without."""
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

    def recall(self, request: Request) -> Output | None:
        """Give the answer on record, None where the request is to be called for; ProviderError where it has neither."""
        ...


@dataclass(frozen=True, slots=True)
class Collected:
    """How far a batch is, and what it brought once it is `over`.

    `state` is the provider's own word; `done` of `total` requests have ended. `answers` are by name; a request of which
    nothing came back is not among them. `refused` says why the provider ran none of them at all; `notes` are sentences
    on what was odd about what came back.
    """

    state: str
    done: int = 0
    total: int = 0
    over: bool = False
    answers: Mapping[str, Output | ProviderError] = field(default_factory=dict)
    refused: str = ""
    notes: tuple[str, ...] = ()


@runtime_checkable
class Batching(Protocol):
    """What a provider may add that takes many requests at once and answers them within hours, for less money.

    Requests are named by us: up to 64 letters and digits, each name once. What is raised is a ProviderError; one of
    `submit` that is transient leaves open whether the batch was made. All but `parts` may be coroutine functions.
    """

    def parts(self, requests: Mapping[str, Request]) -> Sequence[Mapping[str, Request]]:
        """Divide requests into batches that the provider takes, always in the same way; what is left out is called."""
        ...

    def submit(self, requests: Mapping[str, Request], label: str) -> str | Awaitable[str]:
        """Hand over one part, marked with a label of ours, and give the provider's id of the batch."""
        ...

    def find(self, label: str, since: float) -> str | Awaitable[str | None] | None:
        """Give the id of the batch with this label that was made since a moment (seconds since 1970), or None."""
        ...

    def collect(self, batch: str, requests: Mapping[str, Request]) -> Collected | Awaitable[Collected]:
        """Say how far a batch is, and give the answers to these requests of it once it is over."""
        ...


@dataclass(frozen=True, slots=True)
class ProviderSetting:
    """What a provider may know when it is built: the root directory, the store's directory, seconds a call may take."""

    root: Path
    recordings: Path
    timeout: float = 60.0


BuildEvaluator: TypeAlias = Callable[[EvaluatorSpec], Evaluator]
"""An evaluator as a dataset names it to the evaluator itself; raises InputError."""

EvaluatorFactory: TypeAlias = Callable[[JSON], Evaluator]
"""Settings as written (None for a bare name) to an evaluator; raises InputError without a place for bad settings."""

ProviderFactory: TypeAlias = Callable[[str, ProviderSetting], Provider]
"""What follows `name:` in the provider's name, and the setting, to a provider; raises InputError for a bad argument."""
