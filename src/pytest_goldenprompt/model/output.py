"""What came back from a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pytest_goldenprompt.model.values import JSON, canonical

FINISH_REASONS = ("stop", "length", "tool_calls", "content_filter")
"""Why an answer ended: it was complete, it was cut, it calls tools, or it was withheld."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the provider counted them; None where it did not say.

    `cached_tokens` (read from the provider's cache) and `cache_write_tokens` (written to it) are parts of
    `input_tokens`, `reasoning_tokens` are part of `output_tokens`.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cache_write_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a provider told of one answer besides its text: who gave it, why it ended there, what it took."""

    model: str | None = None
    finish_reason: str | None = None
    fingerprint: str | None = None
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Opinion:
    """One vote of a judge: what it said, or the error that stands in its place."""

    text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """The answer to one request: text, and for functions that return data the JSON `value` itself.

    `model` is the model that answered by its own word, `fingerprint` what the provider says of its build.
    `finish_reason` is one of FINISH_REASONS where the provider's word means one of them. A tool call is a map with the
    tool's `name` and its `arguments`: data, or the text as it came where that is no JSON.
    `latency` are the seconds that the call took and `cost` what it cost, where that is known.
    `deterministic` is true where the provider vouches that the same request always gets the same answer. `opinions` is
    what judges said of the answer, a vote each, by the digest of what they were asked; nothing of the answer's own.
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
    latency: float | None = None
    cost: Decimal | None = None
    opinions: Mapping[str, tuple[Opinion, ...]] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """Give the answer as it is kept and shown: its text, and a line of JSON for each tool call."""
        calls = [canonical(call) for call in self.tool_calls]
        return "\n".join([self.text, *calls] if self.text or not calls else calls)

    @property
    def origin(self) -> Origin | None:
        """Give what the provider told besides; None where it told nothing."""
        told = Origin(self.model, self.finish_reason, self.fingerprint, self.usage)
        return None if told == Origin() else told
