"""What a judge is asked about an answer before it can be scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_goldenprompt.model.limits import Asked, portable
from pytest_goldenprompt.model.prompt import Message, Request
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, digest_of


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that judges: its provider's whole name, the model where that does not say it, and its parameters.

    `identity` is short and names all that its words depend on but the answer: what it is asked, and who it is.
    """

    provider: str
    model: str | None = None
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    identity: str = ""

    @property
    def asked(self) -> Asked:
        """Give whom it asks, as limits and prices name it."""
        return Asked(portable(self.provider), self.model)


@dataclass(frozen=True, slots=True)
class Question:
    """What one judge is asked about one answer, and how many votes it has."""

    judge: Judge
    messages: tuple[Message, ...]
    votes: int = 1

    def digest(self) -> str:
        """Name the question: whom and what; the same answer to the same case makes the same one."""
        asked = self.judge.asked
        return digest_of(
            {
                "judge": [asked.provider, asked.model, self.judge.identity],
                "messages": [message.plain() for message in self.messages],
                "parameters": self.judge.parameters,
            },
            SHORT_DIGEST_LENGTH,
        )

    def request(self, prompt_id: str, case_id: str, repeat: int, vote: int) -> Request:
        """Make the request of one vote on one repeat: each repeat is judged anew, so that no judge's luck is copied.

        It goes by a name of its own, so that recordings and caches hold the words of each version of a judge apart.
        """
        return Request(
            prompt_id=f"{prompt_id}@judge-{self.judge.identity}",
            case_id=case_id,
            repeat=repeat * self.votes + vote,
            messages=self.messages,
            model=self.judge.model,
            parameters=self.judge.parameters,
        )
