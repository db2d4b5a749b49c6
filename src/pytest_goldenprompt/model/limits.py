"""What a team allows itself: calls and tokens a minute, prices, and what a run has spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath

from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import canonical

NOTHING = Decimal(0)
_MILLION = Decimal(1_000_000)
_FREE = frozenset({"echo", "local", "replay"})
"""Kinds of providers that answer on this machine, or call nothing: they cost nothing, whatever is written."""

_OWN = frozenset({"command", "python"})
"""Kinds of a team's own: what they send is theirs to know, the prompt alone does not tell."""

_ANSWER_BOUNDS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
_OF_A_TURN = 16
_OF_A_REQUEST = 64
_OF_TOOLS = 1000
"""Tokens that providers add around each turn, around a request, and to explain tools to the model; set high."""

_TEMPLATES = ("tools", "functions", "response_format")
"""Parameters that become part of what the model reads."""


def portable(provider: str) -> str:
    """Name a provider without the folders of this machine: `local:/models/x.gguf` is `local:x.gguf` anywhere.

    Of a command's line only the program may be a path of this machine; what follows it says what is asked.
    """
    kind, separator, argument = provider.partition(":")
    path, space, rest = argument.partition(" ") if kind == "command" else (argument, "", "")
    return f"{kind}{separator}{PurePath(path).name}{space}{rest}" if PurePath(path).is_absolute() else provider


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a prompt asks: the provider's name without folders of this machine, and the model the prompt names."""

    provider: str = ""
    model: str | None = None

    @property
    def kind(self) -> str:
        """Give the provider's kind, such as `openai`."""
        return self.provider.partition(":")[0]

    @property
    def name(self) -> str:
        """Name the model as it is spoken of, such as `openai:gpt-4o-mini`."""
        plain = self.model and ":" not in self.provider
        return f"{self.provider}:{self.model}" if plain else self.provider

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the names under which limits and prices are looked for: the whole, the model's, the kind's."""
        argument = self.provider.partition(":")[2]
        own = self.kind in _OWN or not argument
        return tuple(one for one in (self.name, argument, self.model if own else None, self.kind) if one)

    @property
    def is_free(self) -> bool:
        """Say whether its answers cost nothing by their nature."""
        return self.kind in _FREE

    @property
    def is_own(self) -> bool:
        """Say whether it is a function or a program of the team's own."""
        return self.kind in _OWN


@dataclass(frozen=True, slots=True)
class Allowance:
    """Calls and tokens within any minute; None: as many as one likes."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    def shared(self, parts: int) -> Allowance:
        """Give one of `parts` equal parts."""
        calls, tokens = self.requests_per_minute, self.tokens_per_minute
        return Allowance(calls and calls / parts, tokens and tokens / parts)


@dataclass(frozen=True, slots=True)
class Price:
    """Money a million tokens, and money a call besides.

    Input may cost less where the provider had it cached, and more where it puts it into its cache.

    `most_input_tokens` and `most_output_tokens` bound one call where nothing else does. `batch` is the share (0..1) of
    all this that a request costs in a batch.
    """

    input: Decimal = NOTHING
    output: Decimal = NOTHING
    cached: Decimal | None = None
    cache_write: Decimal | None = None
    call: Decimal = NOTHING
    most_input_tokens: int | None = None
    most_output_tokens: int | None = None
    batch: Decimal = Decimal(1)

    def in_batch(self) -> Price:
        """Give the price of a request that is handed over in a batch."""
        prices = {name: getattr(self, name) for name in ("input", "output", "cached", "cache_write", "call")}
        known = {name: price * self.batch for name, price in prices.items() if price is not None}
        return replace(self, **known)

    def cost(self, usage: Usage, most: Usage) -> Decimal:
        """Give what a call cost; tokens that the provider did not count are taken as the most there could be."""
        sent = _known(usage.input_tokens, most.input_tokens)
        said = _known(usage.output_tokens, most.output_tokens)
        cached = min(sent, usage.cached_tokens or 0)
        written = min(sent - cached, usage.cache_write_tokens or 0)
        reread = self.input if self.cached is None else self.cached
        kept = self.input if self.cache_write is None else self.cache_write
        read = (sent - cached - written) * self.input + cached * reread + written * kept
        return self.call + (read + said * self.output) / _MILLION

    def known_cost(self, usage: Usage) -> Decimal | None:
        """Give what a call cost; None where tokens that cost money were not counted."""
        counted = usage.input_tokens is not None and usage.output_tokens is not None
        return self.cost(usage, Usage()) if counted or not (self.input or self.output) else None

    def most(self, usage: Usage) -> Decimal:
        """Give the most that a call of so many tokens can cost, whatever of its input is cached."""
        dearest = max(self.input, self.cached or NOTHING, self.cache_write or NOTHING)
        return replace(self, input=dearest, cached=None, cache_write=None).cost(usage, usage)

    def gap(self, asked: Asked, parameters: Mapping[str, object]) -> str:
        """Name the bound without which a call could cost any amount; empty where there is none such."""
        if self.output and not self.most_output_tokens and (asked.is_own or not _answer_bound(parameters)):
            return "most_output_tokens"
        return "most_input_tokens" if self.input and asked.is_own and not self.most_input_tokens else ""

    def bound(self, asked: Asked, request: Request) -> Usage:
        """Give the most tokens that a request and its answer can have.

        A token is a byte or more in the vocabularies in use, so that bytes bound the tokens of a text.
        """
        said = 0 if asked.is_own else _answer_bound(request.parameters)
        bounds = [bound for bound in (said, self.most_output_tokens) if bound]
        return Usage(self.most_input_tokens or bytes_of(request), min(bounds, default=0))


def _known(tokens: int | None, otherwise: int | None) -> int:
    return (otherwise or 0) if tokens is None else max(0, tokens)


def _answer_bound(parameters: Mapping[str, object]) -> int:
    found = [parameters.get(name) for name in _ANSWER_BOUNDS]
    return max((bound for bound in found if isinstance(bound, int) and not isinstance(bound, bool)), default=0)


def bytes_of(request: Request) -> int:
    """Give the bytes of a request's texts with what providers add around them."""
    size = _OF_A_REQUEST + sum(len(turn.content.encode("utf-8", "surrogatepass")) for turn in request.messages)
    templates = {name: request.parameters[name] for name in _TEMPLATES if name in request.parameters}
    if templates:
        size += _OF_TOOLS + 2 * len(canonical(templates))
    return size + _OF_A_TURN * len(request.messages)


@dataclass(frozen=True, slots=True)
class Terms:
    """The tables `[limits]` and `[prices]` of a library, by model or provider, and the currency of the prices."""

    limits: Mapping[str, Allowance] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)
    currency: str | None = None

    def limit_of(self, asked: Asked) -> str | None:
        """Give the entry that limits a model: the most particular one, shared by all that have no nearer one."""
        return next((key for key in asked.keys if key in self.limits), None)

    def price_of(self, asked: Asked) -> Price | None:
        """Give the price of a model; None where none is known."""
        if asked.is_free:
            return Price()
        return next((self.prices[key] for key in asked.keys if key in self.prices), None)

    def shared(self, parts: int) -> Terms:
        """Give one of `parts` equal parts of all that is limited."""
        return replace(self, limits={key: limit.shared(parts) for key, limit in self.limits.items()})


@dataclass(frozen=True, slots=True)
class Spend:
    """Calls made to one model, or to several, attempts counted; the tokens they took, and the money.

    `counted` is how many of the calls told their tokens, `priced` how many have a price. `estimated` is the part of
    `amount` that no provider counted, taken as the most that it can have been.
    """

    calls: int = 0
    counted: int = 0
    priced: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    amount: Decimal = NOTHING
    estimated: Decimal = NOTHING

    def __add__(self, other: Spend) -> Spend:
        return Spend(
            self.calls + other.calls,
            self.counted + other.counted,
            self.priced + other.priced,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.amount + other.amount,
            self.estimated + other.estimated,
        )

    @property
    def money(self) -> Decimal | None:
        """Give the amount; None where a call has no price, as a part of the bill is not the bill."""
        return self.amount if self.priced == self.calls else None


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds of a whole run: money, calls (attempts counted), and seconds from its start. None: no bound."""

    budget: Decimal | None = None
    calls: int | None = None
    seconds: float | None = None

    def share(self, part: int, parts: int) -> Caps:
        """Give the share of one of `parts` processes; of calls that do not divide, the first take one more."""
        calls = None if self.calls is None else self.calls // parts + (part < self.calls % parts)
        return Caps(None if self.budget is None else self.budget / parts, calls, self.seconds)
