"""Money and calls of one process of a run: nothing is called that could go over what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pytest_goldenprompt.model.limits import NOTHING, Asked, Caps, Price, Spend, Terms
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.model.prompt import Request


@dataclass(slots=True)
class Account:
    """The price of one model, None where it is not known, and what was spent on it."""

    asked: Asked
    price: Price | None
    spent: Spend = Spend()  # noqa: RUF009 - frozen


def _in_batch(account: Account) -> Account:
    return replace(account, price=account.price and account.price.in_batch())


class Bill:
    """What one call may cost at most, set aside until it is known what it did cost."""

    __slots__ = ("account", "most", "request")

    def __init__(self, account: Account, request: Request, most: Decimal) -> None:
        self.account = account
        self.request = request
        self.most = most

    def spend(self, usage: Usage, *, paid: bool) -> Spend:
        """Give what the call took. Tokens that were not counted are paid for as the most there can have been."""
        price, counted = self.account.price, usage.input_tokens is not None and usage.output_tokens is not None
        amount, priced = NOTHING, price is not None or not paid
        if price is not None and paid:
            priced = counted or not price.gap(self.account.asked, self.request.parameters)
            known = counted or not priced
            amount = price.cost(usage, Usage() if known else price.bound(self.account.asked, self.request))
        sure = counted or price is None or not (price.input or price.output)
        return Spend(
            1,
            counted,
            priced,
            usage.input_tokens or 0,
            usage.output_tokens or 0,
            usage.cached_tokens or 0,
            usage.reasoning_tokens or 0,
            amount,
            NOTHING if sure else amount,
        )


class Purse:
    """What was spent by model, what is set aside for calls under way, and what may still be spent.

    `whole` are the bounds of the run, which are told of; `caps` those of this process.
    """

    def __init__(self, terms: Terms, caps: Caps, whole: Caps | None = None) -> None:
        self.caps = caps
        self.whole = whole or caps
        self._terms = terms
        self._accounts: dict[str, Account] = {}
        self._elsewhere: dict[str, Spend] = {}
        self._amount = NOTHING
        self._calls = 0
        self._set_aside = NOTHING
        self._excess = Decimal(1)

    @property
    def spent(self) -> dict[str, Spend]:
        """Give what was spent by model, here and in other processes, where anything was called."""
        names = sorted({*self._elsewhere, *self._accounts})
        # In one step: whoever shows how far the run is asks from another thread.
        here = {name: account.spent for name, account in tuple(self._accounts.items())}
        found = {name: self._elsewhere.get(name, Spend()) + here.get(name, Spend()) for name in names}
        return {name: spend for name, spend in found.items() if spend != Spend()}

    @property
    def calls(self) -> int:
        """Give the calls that were let in."""
        return self._calls

    def account(self, asked: Asked) -> Account:
        """Give the account of a model."""
        return self._accounts.setdefault(asked.name, Account(asked, self._terms.price_of(asked)))

    def bill(self, account: Account, request: Request) -> Bill:
        """Give what a call may cost at most; nothing is bounded where no budget asks for it."""
        price = account.price
        if price is None or self.caps.budget is None:
            return Bill(account, request, NOTHING)
        return Bill(account, request, price.most(price.bound(account.asked, request)) * self._excess)

    def refusal(self, bill: Bill) -> str:
        """Say why a call cannot be paid for any more; empty where it can, now or once others ended."""
        caps = self.caps
        if caps.calls is not None and self._calls >= caps.calls:
            return f"the limit of {self.whole.calls} calls is reached"
        if caps.budget is None or self._amount + bill.most <= caps.budget:
            return ""
        return f"the budget of {self._told()} is spent"

    def has(self, bill: Bill) -> bool:
        """Say whether a call can be paid for beside those under way."""
        return self.caps.budget is None or self._amount + self._set_aside + bill.most <= self.caps.budget

    def set_aside(self, bill: Bill) -> None:
        """Take the most a call may cost out of what there is, and count the call."""
        self._calls += 1
        self._set_aside += bill.most

    def settle(self, bill: Bill, usage: Usage | None, *, paid: bool = True) -> None:
        """Put what a call did cost in the place of what was set aside.

        Where the provider counted no tokens (None: it gave no answer at all), the most is taken as the cost; a call
        that it refused costs nothing. A provider that goes beyond a bound is given more room from then on.
        """
        spend = bill.spend(usage or Usage(), paid=paid)
        self._set_aside -= bill.most
        self._amount += spend.amount
        if bill.most and spend.amount > bill.most:
            self._excess *= spend.amount / bill.most
        bill.account.spent += spend

    def remember(self, asked: Asked, request: Request, usage: Usage, attempts: int, *, batched: bool = False) -> None:
        """Count what an answer cost that this run did not call for; it goes on within the same bounds.

        It was called for by a run that was cut off, or came in a batch, at the price of one.
        """
        account = self.account(asked)
        priced = _in_batch(account) if batched else account
        spend = self.bill(priced, request).spend(usage, paid=True)
        failed = attempts - spend.calls
        self._calls += attempts
        self._amount += spend.amount
        account.spent += replace(spend, calls=attempts, priced=spend.priced + failed)

    def shortage(self, requests: Sequence[tuple[Asked, Request]]) -> str:
        """Say why requests cannot all be handed over in batches within what is left; empty where they can."""
        caps, count = self.caps, f"{len(requests):,} requests"
        if caps.calls is not None and self._calls + len(requests) > caps.calls:
            return f"{count} go beyond the limit of {self.whole.calls} calls"
        accounts = [(_in_batch(self.account(asked)), request) for asked, request in requests]
        most = sum((self.bill(account, request).most for account, request in accounts), NOTHING)
        if caps.budget is None or self._amount + most <= caps.budget:
            return ""
        return f"{count} could cost up to {float(most):.4g}, which goes beyond the budget of {self._told()}"

    def add(self, spent: Mapping[str, Spend]) -> None:
        """Take in what another process of the run spent."""
        for name, spend in spent.items():
            self._elsewhere[name] = self._elsewhere.get(name, Spend()) + spend
            self._amount += spend.amount
            self._calls += spend.calls

    def _told(self) -> str:
        amount = f"{self.whole.budget:f}"
        return f"{amount} {self._terms.currency}" if self._terms.currency else amount
