"""What the engine is given to do: the requests of one case, answered in any order and given back in theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.waiting import Promise
from pytest_goldenprompt.model.contracts import Provider, Recalling
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.prompt import Request

NOBODY = Asked()

Ask: TypeAlias = "Callable[[Request, Answer], Mapping[str, Job]]"
"""Gives the jobs that must be done before an answer with an output can be judged, each by the name of its question."""


@dataclass(slots=True)
class Job:
    """The requests of one case, whom they ask, and the promise of their answers in the same order.

    With `ask`, an answer is settled together with what was asked about it. `then` is called once all are settled.
    """

    provider: Provider
    requests: tuple[Request, ...]
    asked: Asked = NOBODY
    answers: Promise[tuple[Answer, ...]] = field(default_factory=Promise)
    done: list[Answer | None] = field(init=False)
    ask: Ask | None = None
    then: Callable[[tuple[Answer, ...]], None] | None = None

    def __post_init__(self) -> None:
        """Have no answer yet; no requests are answered at once."""
        self.done = [None] * len(self.requests)
        if not self.requests:
            self.answers.set_result(())

    def recalled(self, index: int) -> Answer | None:
        """Give what the provider has on record of a request, for which no bound is meant."""
        if not hasattr(self.provider, "recall"):  # to ask whether it is Recalling takes as long as all else of a case
            return None
        return Answer.recalled(cast("Recalling", self.provider), self.requests[index])

    def asks_about(self, answer: Answer) -> bool:
        """Say whether something may have to be asked about an answer; of an error nothing is."""
        return self.ask is not None and answer.output is not None

    def ask_about(self, index: int, answer: Answer) -> Mapping[str, Job]:
        """Give what has to be asked about the answer to one of the requests."""
        return {} if self.ask is None else self.ask(self.requests[index], answer)

    def settle(self, index: int, answer: Answer) -> None:
        """Take one answer in; the last one keeps the promise."""
        self.done[index] = answer
        answers = tuple(answer for answer in self.done if answer is not None)
        if len(answers) == len(self.requests) and not self.answers.done():
            self.answers.set_result(answers)
            if self.then is not None:
                self.then(answers)
