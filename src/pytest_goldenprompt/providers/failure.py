"""Which failures of a call are worth another attempt, and which end the run."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from pytest_goldenprompt.errors import ProviderError

REFUSED = (401, 403)
PASSING = (408, 409, 425, 429)


def status_error(who: str, status: int, message: str = "", retry_after: float | None = None) -> ProviderError:
    """Make the error of an HTTP status. A refused key is told in our own words, since the reply may quote the key."""
    if status in REFUSED:
        told = f"{who} refused the key ({status}): check the key and what it may use"
        return ProviderError(told, fatal=True, status=status)
    told = f"{who} answered {status}" + (f": {' '.join(message.split())[:200]}" if message else "")
    passing = status in PASSING or status >= 500  # noqa: PLR2004 - 5xx
    return ProviderError(told, transient=passing, retry_after=retry_after, status=status)


def raised_error(who: str, error: Exception) -> ProviderError:
    """Make the error of what a team's function raised, reading the status that clients leave on their exceptions."""
    if isinstance(error, ProviderError):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and not isinstance(status, bool):
        headers = getattr(getattr(error, "response", None), "headers", {})
        return status_error(who, status, str(error), retry_after(headers) if isinstance(headers, Mapping) else None)
    told, late = f"{who} raised {type(error).__name__}: {str(error)[:200]}", isinstance(error, TimeoutError)
    return ProviderError(told, transient=late or isinstance(error, ConnectionError), status=408 if late else None)


def disconnection(who: str, error: BaseException, timeout: float) -> ProviderError:
    """Make the error of a failed connection; its root tells, as the transport calls some resets time-outs."""
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    if isinstance(root, TimeoutError):
        return late(who, timeout)
    return ProviderError(f"{who}: the connection failed: {type(root).__name__}", transient=True)


def late(who: str, timeout: float) -> ProviderError:
    """Make the error of an answer that did not come in time."""
    return ProviderError(f"{who} did not answer within {timeout:g} s", transient=True, status=408)


def unsendable(who: str, error: UnicodeEncodeError) -> ProviderError:
    """Make the error of a request with half a character in it, which the packages do not send."""
    half = f"U+{ord(error.object[error.start]):04X}"
    return ProviderError(f"{who} cannot be sent half of a surrogate pair, found {half} in the messages or parameters")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read the seconds to wait at least: `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date.

    A date is counted from our clock and from the server's `Date`, and the longer wait taken, so that a clock that
    runs ahead never makes us early.
    """
    low = {name.lower(): value for name, value in headers.items()}
    if (milliseconds := _seconds(low.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    written = low.get("retry-after")
    if written is None or (seconds := _seconds(written)) is not None:
        return seconds if written is not None else None
    until = _moment(written)
    if until is None:
        return None
    now = min(time.time(), _moment(low.get("date")) or math.inf)
    return max(0.0, until - now)


def _seconds(written: str | None) -> float | None:
    try:
        seconds = float(written or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _moment(written: str | None) -> float | None:
    try:
        return parsedate_to_datetime(written or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
