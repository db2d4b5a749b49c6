"""What can go wrong, said so that a person knows where, what and what to do next."""

from __future__ import annotations


class GoldenpromptError(Exception):
    """Base of every error that a user can cause or meet; its text is the whole message, never a traceback."""


class InputError(GoldenpromptError):
    """A file or a setting that a person wrote cannot be used.

    `what` reads "what is wrong, found X; what is accepted"; `where` is a path relative to the root directory, `line`
    counts from 1, `remedy` is one sentence that says what to do.
    """

    def __init__(self, what: str, *, where: str = "", line: int | None = None, remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.line = line
        self.remedy = remedy
        place = f"{where}:{line}: " if where and line is not None else f"{where}: " if where else ""
        super().__init__(f"{place}{what}" + (f" ({remedy})" if remedy else ""))

    def at(self, where: str, line: int | None = None) -> InputError:
        """Give the same error with a place, where it had none."""
        return InputError(
            self.what,
            where=self.where or where,
            line=self.line if self.line is not None else line,
            remedy=self.remedy,
        )


class NoPromptError(InputError):
    """A golden dataset has neither a prompt file nor a provider, so that only a Python test can run it."""


class StoreError(GoldenpromptError):
    """A run record, a pointer or the store itself cannot be read or written."""


_TURNED_AWAY = frozenset({*range(400, 500), 503, 529}) - {408}


class ProviderError(GoldenpromptError):
    """A call gave no output to judge: an outage, a refusal of the key, a time-out, an unusable reply.

    `transient` errors are worth another attempt, after `retry_after` seconds at the earliest where the provider said
    so; `fatal` ones (401, 403) make every further call of the run pointless. `status` is the HTTP status that says the
    same: 429 for too many calls, 408 for no answer in time.
    """

    def __init__(
        self,
        message: str,
        *,
        transient: bool = False,
        fatal: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        self.transient = transient
        self.fatal = fatal
        self.retry_after = retry_after
        self.status = status
        super().__init__(message)

    @property
    def is_unpaid(self) -> bool:
        """Say whether the call was turned away, so that it costs nothing; what failed later may have been served."""
        status = self.status
        return self.fatal or (status is not None and status in _TURNED_AWAY)
