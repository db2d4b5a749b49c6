"""What came back from a model."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_goldenprompt.model.values import JSON


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the provider counted them; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """The answer to one request: text, and for functions that return data the JSON `value` itself.

    `model` is the model that answered by its own word, `fingerprint` what the provider says of its build.
    `deterministic` is true where the provider vouches that the same request always gets the same answer.
    """

    text: str
    value: JSON = None
    usage: Usage = Usage()
    model: str | None = None
    response_id: str | None = None
    finish_reason: str | None = None
    fingerprint: str | None = None
    tool_calls: tuple[JSON, ...] = ()
    deterministic: bool = False
    replayed: bool = False
