"""What is sent to a model: the prompt as written, and the request that one case makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, digest_of

if TYPE_CHECKING:
    from pytest_goldenprompt.model.dataset import EvaluatorSpec


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: `role` is system, user, assistant, developer or tool; `content` is text (a template, in a prompt)."""

    role: str
    content: str
    line: int = 0

    def plain(self) -> dict[str, JSON]:
        """Give the turn as providers take it."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True)
class Template:
    """One text that becomes a prompt's messages only when it is filled, as loops may run over several of them.

    `language` is `jinja`, `handlebars` or `mustache`; `line` is where `body` starts in its file. `role` is that of text
    before the first role, `roles` names the rule by which lines give roles, and `blank` says what is taken off around a
    message: blank `lines`, `newlines`, or nothing. `inputs` are declared names, of which the `optional` ones may be
    absent in conditions, the `threads` are lists of messages, and the `media` cannot be sent. `parts` are the texts of
    included files by the name that includes them.
    """

    language: str
    body: str
    line: int = 1
    role: str = "user"
    roles: str = ""
    blank: str = "lines"
    inputs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    defaults: Mapping[str, JSON] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file as read, not yet filled: `messages`, each with a template of its own, or one `template` for all.

    `path` is relative to the root directory, with forward slashes; `id` is the path without the prompt's endings.
    `parameters` are sampling parameters under their OpenAI names (`temperature`, `max_tokens`, `top_p`, `seed`,
    `response_format`, `tools`, ...). `evaluators` and `rows` come from formats that hold their own (GitHub Models).
    `digest` is the SHA-256 of the file's bytes, and of the digests of the files that it includes; in a format that a
    plugin added also of the messages that its reader made of them.
    """

    id: str
    path: str
    messages: tuple[Message, ...]
    digest: str
    text: str = ""
    model: str | None = None
    provider: str | None = None
    owner: str | None = None
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    evaluators: tuple[EvaluatorSpec, ...] = ()
    rows: tuple[tuple[int, Mapping[str, JSON]], ...] | None = None
    template: Template | None = None


class Content:
    """The digest of what the requests of one case have in common, made once and not for every repeat."""

    __slots__ = ("_named",)

    def __init__(self) -> None:
        self._named: tuple[tuple[object, ...], str] = ((), "")  # one value: repeats are asked for in several threads

    def digest(
        self,
        messages: tuple[Message, ...],
        model: str | None,
        parameters: Mapping[str, JSON],
        inputs: Mapping[str, JSON],
    ) -> str:
        """Name these four; the last name is remembered for as long as they are the very same objects."""
        parts = (messages, model, parameters, inputs)
        known, digest = self._named
        if not known or any(one is not other for one, other in zip(parts, known, strict=True)):
            turns = [message.plain() for message in messages]
            plain: dict[str, JSON] = {"inputs": inputs, "messages": turns, "model": model, "parameters": parameters}
            digest = digest_of(plain, SHORT_DIGEST_LENGTH)
            self._named = parts, digest
        return digest


@dataclass(frozen=True, slots=True)
class Request:
    """What one repeat of one case asks of a provider; everything that may change the output is in it.

    `parameters` are those of the prompt, the same for every repeat; `sampling` gives what to send. Requests that differ
    in their repeat only may share their `content`.
    """

    prompt_id: str
    case_id: str
    repeat: int
    messages: tuple[Message, ...]
    model: str | None = None
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    inputs: Mapping[str, JSON] = field(default_factory=dict)
    content: Content = field(default_factory=Content, repr=False, compare=False)

    def sampling(self) -> Mapping[str, JSON]:
        """Give the parameters of this repeat: a seed is counted up, since the same one would only give copies.

        A seed under nought means "any" to most servers and is left as it is.
        """
        seed = self.parameters.get("seed")
        if not isinstance(seed, int) or seed < 0:
            return self.parameters
        return {**self.parameters, "seed": seed + self.repeat}

    def digest(self) -> str:
        """Name the content that determines the answer: messages, model, parameters and inputs; not the repeat."""
        return self.content.digest(self.messages, self.model, self.parameters, self.inputs)
