"""Requests are handed over in batches and taken back by a later run; nothing is handed over twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.calls import Run
from pytest_goldenprompt.engine.journal import source
from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.batch import Batch
from pytest_goldenprompt.model.contracts import Batching, Collected, Provider
from pytest_goldenprompt.model.limits import Asked
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.values import JSON, SHORT_DIGEST_LENGTH, digest_of

AGAIN = "run the same command again to collect them"
SHOWN = 3
"""Batches that one sentence names."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request without an answer, and whom it asks."""

    asked: Asked
    provider: Provider
    request: Request

    @property
    def who(self) -> str:
        """Name who answers."""
        return source(self.asked, self.provider)

    @property
    def name(self) -> str:
        """Give the name in a batch: that of whom is asked, and of all that determines the answer."""
        request = self.request
        key: list[JSON] = [self.who, request.prompt_id, request.case_id, request.digest(), request.repeat]
        return digest_of(key, SHORT_DIGEST_LENGTH)


@dataclass(slots=True)
class Settled:
    """What came of it: answers by name; why the run must wait (empty where it need not); and lines that say so."""

    answers: dict[str, Answer] = field(default_factory=dict)
    waits: str = ""
    told: list[str] = field(default_factory=list)


class Desk:
    """Takes back what was handed over before, and hands over what never was.

    `remember` is told what is under way before and after each step that is paid for, so that a run that is killed in
    between leaves word of it. `begin` makes the memory of a new batch; `afford` says why requests cannot be paid for,
    and nothing where they can.
    """

    def __init__(
        self,
        batches: Sequence[Batch],
        remember: Callable[[Sequence[Batch]], None],
        begin: Callable[[str, Mapping[str, Request]], Batch],
        afford: Callable[[Sequence[Wanted]], str],
    ) -> None:
        self._batches = list(batches)
        self._remember = remember
        self._begin = begin
        self._afford = afford

    async def settle(self, wanted: Mapping[str, Wanted], run: Run) -> Settled:
        """Settle what is wanted from providers that take batches; while any of it is under way, nothing is called.

        `run` calls a provider's function.
        """
        settled, waiting, failed = Settled(), list[str](), list[str]()
        fresh = {name: one for name, one in wanted.items() if isinstance(one.provider, Batching)}
        try:
            for batch in tuple(self._batches):
                mine = {name: wanted[name] for name in batch.requests if name in fresh}
                if mine and (known := await self._identified(batch, mine, run)):
                    waiting += await self._collect(known, mine, settled, run)
            if not settled.waits:
                sent = {name for batch in self._batches for name in batch.requests}
                unsent = {name: one for name, one in fresh.items() if name not in sent}
                await self._hand_over(unsent, waiting, run)
        except ProviderError as error:
            failed.append(str(error))
        settled.waits = settled.waits or "; ".join(failed + _said(waiting))
        return settled

    async def _identified(self, batch: Batch, mine: Mapping[str, Wanted], run: Run) -> Batch | None:
        """Find the batch of a run that was cut off while it handed it over; where there is none, forget it."""
        if batch.id is not None:
            return batch
        since = datetime.fromisoformat(batch.submitted).timestamp()
        found = await run(_provider(mine).find, batch.label, since)
        known = replace(batch, id=found) if found else None
        self._put(batch, known)
        return known

    async def _collect(self, batch: Batch, mine: Mapping[str, Wanted], settled: Settled, run: Run) -> list[str]:
        """Take a batch's answers where it is over; otherwise say how far it is."""
        requests = {name: one.request for name, one in mine.items()}
        try:
            found: Collected = await run(_provider(mine).collect, batch.id, requests)
        except ProviderError as error:
            raise ProviderError(f"{_called(batch)} cannot be collected: {error}") from None
        if found.refused:
            self._put(batch, None)
            settled.waits = (
                f"{_called(batch)} was not run: {found.refused}; run the same command again to hand it over anew, "
                "or leave out --golden-batch to call live"
            )
        elif not found.over:
            far = f"{found.state}, {found.done:,} of {found.total:,} done"
            return [f"{_are(len(batch.requests))} with {_called(batch)} ({far})"]
        else:
            self._take(batch, found, settled)
        return []

    def _take(self, batch: Batch, found: Collected, settled: Settled) -> None:
        answers = {name: Answer(one, batched=True) for name, one in found.answers.items() if isinstance(one, Output)}
        errors = [str(one) for one in found.answers.values() if not isinstance(one, Output)]
        settled.answers |= answers
        told = f"{len(answers):,} of {len(batch.requests):,} answers from {_called(batch)} ({found.state})"
        if errors:
            told += f"; {len(errors):,} failed there, such as by: {errors[0]}"
        settled.told += [told, *(f"{_called(batch)}: {note}" for note in found.notes)]

    async def _hand_over(self, wanted: Mapping[str, Wanted], waiting: list[str], run: Run) -> None:
        """Hand over in as many batches as the providers ask for; each is written down before there is one."""
        if wanted and (why := self._afford(list(wanted.values()))):
            raise ProviderError(f"nothing was handed over: {why}")
        for who in sorted({one.who for one in wanted.values()}):
            mine = {name: one for name, one in wanted.items() if one.who == who}
            provider = _provider(mine)
            for part in provider.parts({name: one.request for name, one in mine.items()}):
                batch = await self._submit(self._begin(who, part), part, provider, run)
                waiting.append(f"{_are(len(part))} with {_called(batch)}")

    async def _submit(self, batch: Batch, part: Mapping[str, Request], provider: Batching, run: Run) -> Batch:
        self._put(None, batch)
        try:
            made = replace(batch, id=await run(provider.submit, part, batch.label))
        except ProviderError as error:
            unsure = "; whether it was taken is found out by the next run" if error.transient else ""
            if not error.transient:
                self._put(batch, None)
            raise ProviderError(f"{_counted(len(part))} could not be handed over: {error}{unsure}") from None
        self._put(batch, made)
        return made

    def _put(self, before: Batch | None, after: Batch | None) -> None:
        """Put one memory in the place of another, and write them down."""
        kept = [batch for batch in self._batches if batch is not before]
        self._batches = kept if after is None else [*kept, after]
        self._remember(self._batches)


def _provider(mine: Mapping[str, Wanted]) -> Any:
    """Give whom a batch is with; all its requests ask the same."""
    return next(iter(mine.values())).provider


def _called(batch: Batch) -> str:
    moment = datetime.fromisoformat(batch.submitted).strftime("%Y-%m-%d %H:%M UTC")
    return f"{batch.provider.partition('@')[0]} as {batch.id or 'a batch'} since {moment}"


def _counted(number: int) -> str:
    return f"{number:,} request{'s' * (number != 1)}"


def _are(number: int) -> str:
    return f"{_counted(number)} {'is' if number == 1 else 'are'}"


def _said(waiting: Sequence[str]) -> list[str]:
    more = f" (and {len(waiting) - SHOWN} more batches)" if len(waiting) > SHOWN else ""
    return [f"{'; '.join(waiting[:SHOWN])}{more}: {AGAIN}"] if waiting else []
