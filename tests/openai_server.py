"""An OpenAI-compatible chat server on the loopback interface: latency, faults by script, a count of paid calls.

In tests, in a thread of its own::

    with OpenAIServer(latency=0.1, faults={3: "429:2"}) as server:
        ...  # server.url, server.paid["case-7"], server.calls

By hand: `python tests/openai_server.py --latency .1 --fault 3=429:2 --fault case-7=reset` prints its URL, and
`GET /counts` gives the counts as JSON. It answers with the last user message, unless `answer` says otherwise.

A message names its case by `@case:ID`, and may ask for a fault by `@fault:KIND`, or `@fault:KINDxN` for the first N
calls of that case. Faults: `401`, `403`, `429` or `429:SECONDS` (Retry-After), `500`, `503`, `reset` (the connection
is cut before the answer), `cut` (half of the answer's JSON), `torn` (the connection is cut within the answer), `empty`
(200 without text), `model` (200 from another model), `hang` (no answer at all). Only 200s are paid, cut ones included.
Batches are those of `openai_batches.py`, with faults of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import math
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from openai_batches import CASE, Batches

FAULT = re.compile(r"@fault:([a-z]+?|\d{3}(?::[\d.]+)?)(?:x(\d+))?(?!\w)")
REASONS = {200: "OK", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}
OTHER_MODEL = "another-model-1"


def echo(body: Mapping[str, Any]) -> str:
    """Give the last user message without its marks."""
    text = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
    return FAULT.sub("", CASE.sub("", text)).strip() or "ok"


@dataclass
class OpenAIServer:
    """What the server does, and what it has seen. `faults` go by number of the call (from 1) or by case, `KINDxN` too.

    `rate` is a ceiling in calls a second (bursts of a second's worth); what is above it gets 429 with Retry-After.
    `latency` is the same for every call, or with a `spread` the median of a lognormal law with that sigma. The share
    `flaky` of the answers is `wrong`, as luck will have it, and so are all once `drift` calls were answered. Luck is
    that of the call's number.
    """

    latency: float = 0.0
    spread: float = 0.0
    flaky: float = 0.0
    drift: float = math.inf
    wrong: str = "I cannot say."
    faults: Mapping[int | str, str] = field(default_factory=dict)
    answer: Callable[[Mapping[str, Any]], str] = echo
    rate: float | None = None
    port: int = 0
    place = b"/chat/completions"
    """Where calls arrive."""
    calls: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    paid: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[tuple[str, float]] = field(default_factory=list)
    """Case and arrival (monotonic seconds) of each call."""
    refused: list[float] = field(default_factory=list)
    """Arrival of each call above the ceiling."""

    def __post_init__(self) -> None:
        self.batches = Batches(self.reply)
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self._loop.create_server(self._connect, "127.0.0.1", self.port))
        self.port = self._server.sockets[0].getsockname()[1]
        self._open: set[_Connection] = set()
        self._allowance, self._filled = self.rate or 0.0, time.monotonic()
        self._thread = threading.Thread(target=self._loop.run_forever, name="openai-server", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def url(self) -> str:
        """Give what OPENAI_BASE_URL is set to."""
        return f"http://127.0.0.1:{self.port}/v1"

    def counts(self) -> dict[str, Any]:
        """Give the counts as plain data."""
        return {
            "calls": self.calls,
            "paid": sum(self.paid.values()),
            "most_in_flight": self.most_in_flight,
            "paid_by_case": dict(self.paid),
            "statuses": {str(status): count for status, count in self.statuses.items()},
        }

    def luck(self, number: int, of: str) -> random.Random:
        """Give the luck of a call, apart for its time and its answer."""
        return random.Random(f"{of} {number}")

    def seconds(self) -> float:
        """Give the time until the next call's answer."""
        return self.latency * math.exp(self.luck(self.calls, "latency").gauss(0.0, self.spread))

    def reply(self, fault: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Give the reply to a call's body; of the faults, `empty` and `model` show in it."""
        number = next(self._numbers)
        bad = number > self.drift or self.luck(number, "answer").random() < self.flaky
        text = "" if fault == "empty" else self.wrong if bad else self.answer(body)
        words = sum(len(str(message["content"]).split()) for message in body["messages"])
        return {
            "id": f"chatcmpl-{self.port}-{number}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": OTHER_MODEL if fault == "model" else body["model"],
            "system_fingerprint": "fp_test",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": text},
                    "logprobs": None,
                }
            ],
            "usage": {
                "prompt_tokens": words,
                "completion_tokens": len(text.split()),
                "total_tokens": words + len(text.split()),
                "prompt_tokens_details": {"cached_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0},
            },
        }

    def _connect(self) -> _Connection:
        return _Connection(self)

    async def _end(self) -> None:
        self._server.close()
        for connection in list(self._open):
            connection.cut()
        await asyncio.sleep(0)

    def fault(self, case: str, text: str) -> str:
        """Count a call and choose its fault; empty for a good answer."""
        self.calls += 1
        self.seen[case] += 1
        self.times.append((case, time.monotonic()))
        if self.rate is not None and not self._admitted():
            self.refused.append(time.monotonic())
            return f"429:{1 / self.rate:.3f}"
        scripted = self.faults.get(self.calls, self.faults.get(case, ""))
        asked = FAULT.search(text) or FAULT.search(f"@fault:{scripted}")
        return asked[1] if asked and (asked[2] is None or self.seen[case] <= int(asked[2])) else ""

    def _admitted(self) -> bool:
        assert self.rate is not None
        now = time.monotonic()
        self._allowance = min(self.rate, self._allowance + (now - self._filled) * self.rate)
        self._filled = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as clients of one endpoint need it: bodies by Content-Length, connections kept open."""

    def __init__(self, server: OpenAIServer) -> None:
        self.server = server
        self.buffer = b""
        self.busy = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.server._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server._open.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self._next()

    def cut(self) -> None:
        """Reset the connection."""
        self.transport.abort()

    def _next(self) -> None:
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if self.busy or not end:
            return
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        size = int(length[1]) if length else 0
        if len(rest) >= size:
            self.buffer, self.busy = rest[size:], True
            self._handle(head.split(b" ", 2), rest[:size])

    def _handle(self, words: list[bytes], body: bytes) -> None:
        method, path = words[0], words[1]
        if method == b"GET" and path == b"/counts":
            self._send(200, self.server.counts())
        elif method == b"POST" and path.endswith(self.server.place):
            self._complete(json.loads(body))
        elif answered := self.server.batches.serve(method.decode(), path.decode(), body):
            self._send_bytes(*answered, {})
        else:
            self._send(404, {"error": {"message": f"no such place: {path.decode()}"}})

    def _complete(self, body: dict[str, Any]) -> None:
        server = self.server
        text = " ".join(body["input"] if "input" in body else (str(turn["content"]) for turn in body["messages"]))
        marked = CASE.search(text)
        case = marked[1] if marked else text
        fault = server.fault(case, text)
        server.in_flight += 1
        server.most_in_flight = max(server.most_in_flight, server.in_flight)
        if fault != "hang":
            asyncio.get_running_loop().call_later(server.seconds(), self._reply, case, fault, body)

    def _reply(self, case: str, fault: str, body: dict[str, Any]) -> None:
        server = self.server
        server.in_flight -= 1
        if fault == "reset":
            self.cut()
            return
        status, _, wait = fault.partition(":")
        if status.isdigit():
            headers = {"Retry-After": wait} if wait else {}
            self._send(int(status), {"error": {"message": f"scripted fault {status}", "code": None}}, headers)
            return
        server.paid[case] += 1
        reply = json.dumps(server.reply(fault, body)).encode()
        if fault == "cut":
            reply = reply[: len(reply) // 2]
        self._send_bytes(200, reply, {}, torn=fault == "torn")

    def _send(self, status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body).encode(), headers or {})

    def _send_bytes(self, status: int, body: bytes, headers: Mapping[str, str], *, torn: bool = False) -> None:
        self.server.statuses[status] += 1
        extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{extra}\r\n"
        )
        self.transport.write(head.encode("ascii") + (body[: len(body) // 2] if torn else body))
        if torn:
            self.transport.close()
        self.busy = False
        self._next()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="An OpenAI-compatible server for tests and benchmarks.")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--spread", type=float, default=0.0, help="sigma of a lognormal law around that")
    parser.add_argument("--flaky", type=float, default=0.0, help="share of answers that are wrong by luck")
    parser.add_argument("--drift", type=float, default=math.inf, help="calls after which every answer is wrong")
    parser.add_argument("--fault", action="append", default=[], metavar="CALL_OR_CASE=KIND")
    parser.add_argument("--rate", type=float, help="ceiling in calls a second; above it 429")
    parser.add_argument("--answer", help="answer every call with this text")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    faults = dict(fault.split("=", 1) for fault in options.fault)
    answer = echo if options.answer is None else lambda _: options.answer
    scripted = {int(key) if key.isdigit() else key: kind for key, kind in faults.items()}
    moods = {name: getattr(options, name) for name in ("spread", "flaky", "drift")}
    with OpenAIServer(
        options.latency, faults=scripted, answer=answer, rate=options.rate, port=options.port, **moods
    ) as server:
        print(server.url, flush=True)  # noqa: T201 - a command prints
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
