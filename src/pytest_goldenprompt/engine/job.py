"""What the engine is given to do: the requests of one case, answered in any order and given back in theirs."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.waiting import Promise
from pytest_goldenprompt.model.contracts import Provider, Recalling
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.prompt import Request

NOBODY = Asked()


@dataclass(slots=True)
class Job:
    """The requests of one case, whom they ask, and the promise of their answers in the same order."""

    provider: Provider
    requests: tuple[Request, ...]
    asked: Asked = NOBODY
    answers: Promise[tuple[Answer, ...]] = field(default_factory=Promise)
    done: list[Answer | None] = field(init=False)

    def __post_init__(self) -> None:
        """Have no answer yet; no requests are answered at once."""
        self.done = [None] * len(self.requests)
        if not self.requests:
            self.answers.set_result(())

    def recall(self) -> str:
        """Take in what the provider has on record, for which no bound is meant; give its reason to ask no further."""
        reason = ""
        if isinstance(self.provider, Recalling):
            for index, request in enumerate(self.requests):
                answer = Answer.recalled(self.provider, request)
                if answer is not None:
                    self.settle(index, answer)
                    reason = reason or (str(answer.error) if answer.fatal else "")
        return reason

    def settle(self, index: int, answer: Answer) -> None:
        """Take one answer in; the last one keeps the promise."""
        self.done[index] = answer
        answers = tuple(answer for answer in self.done if answer is not None)
        if len(answers) == len(self.requests) and not self.answers.done():
            self.answers.set_result(answers)
