"""What the engine is given to do: the requests of one case, answered in any order and given back in theirs."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.waiting import Promise
from pytest_goldenprompt.model.contracts import Provider
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
    done: list[Answer | None] = field(default_factory=list)

    def settle(self, index: int, answer: Answer) -> None:
        """Take one answer in; the last one keeps the promise."""
        self.done[index] = answer
        answers = tuple(answer for answer in self.done if answer is not None)
        if len(answers) == len(self.requests) and not self.answers.done():
            self.answers.set_result(answers)
