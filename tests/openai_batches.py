"""The batches of the OpenAI-compatible server: files, states, and all that can go wrong on the way.

A new batch is `validating`. Each time it is asked for it takes the next of `steps`, and stays in the last one. It ends
as `completed`, `expired` or `cancelled` (both with every second request answered), or `failed`, as a file does that
breaks a rule. Lines come back in another order than they were sent in.

`faults` go by case (`@case:ID`): a status such as `400` or `500`, and `expired`, all told in the error file; `lost` (no
line at all), `twice` (a second line for the same request), `stranger` (a further line that nobody asked for), `torn`
(the file ends within the line), and `empty` and `model` as for calls. `broken` holds statuses that the next requests
of a kind are answered with: `{"create": [500]}`. A batch that is created so is there all the same.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

CASE = re.compile(r"@case:([\w./-]+)")
Reply = tuple[int, bytes]
ENDPOINT = "/v1/chat/completions"
PARTLY = {"expired": "batch_expired", "cancelled": "batch_cancelled"}


@dataclass
class Batches:
    """What was uploaded, handed over and answered; `reply` answers one body, with a fault or without."""

    reply: Callable[[str, dict[str, Any]], dict[str, Any]]
    steps: tuple[str, ...] = ("completed",)
    faults: Mapping[str, str] = field(default_factory=dict)
    broken: dict[str, list[int]] = field(default_factory=dict)
    most_requests: int = 50_000
    files: dict[str, bytes] = field(default_factory=dict)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    paid: Counter[str] = field(default_factory=Counter)
    """Answered requests by case."""
    seen: Counter[str] = field(default_factory=Counter)
    """Requests to the server by kind: upload, content, create, retrieve, list, cancel."""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def serve(self, method: str, target: str, body: bytes) -> Reply | None:
        """Answer a request; None where the place is none of files and batches."""
        path, _, query = target.partition("?")
        for wanted, pattern, kind in ROUTES:
            found = re.fullmatch(pattern, path)
            if method == wanted and found:
                self.seen[kind] += 1
                status, plain = getattr(self, f"_{kind}")(*found.groups(), body=body, query=query)
                told = self.broken.get(kind)
                if told:
                    status, plain = told.pop(0), {"error": {"message": f"scripted fault in {kind}", "code": None}}
                return status, plain if isinstance(plain, bytes) else json.dumps(plain).encode()
        return None

    def lines(self, batch: str) -> list[dict[str, Any]]:
        """Give what was handed over in a batch."""
        return [json.loads(line) for line in self.files[self.made[batch]["input_file_id"]].splitlines()]

    def _upload(self, body: bytes, **_: Any) -> tuple[int, Any]:
        boundary = body.partition(b"\r\n")[0]
        parts = [part.partition(b"\r\n\r\n") for part in body.split(boundary)]
        found = {re.search(rb'name="(\w+)"', head)[1].decode(): text[:-2] for head, mark, text in parts if mark}
        assert found["purpose"] == b"batch"
        name = self._file(found["file"])
        return 200, {
            "id": name,
            "object": "file",
            "bytes": len(found["file"]),
            "created_at": int(time.time()),
            "filename": "requests.jsonl",
            "purpose": "batch",
            "status": "processed",
        }

    def _content(self, name: str, **_: Any) -> tuple[int, Any]:
        return (200, self.files[name]) if name in self.files else (404, no_such("file", name))

    def _create(self, body: bytes, **_: Any) -> tuple[int, Any]:
        asked = json.loads(body)
        assert (asked["endpoint"], asked["completion_window"]) == (ENDPOINT, "24h")
        if asked["input_file_id"] not in self.files:
            return 400, no_such("file", asked["input_file_id"])
        name, now = f"batch_{next(self.numbers)}", int(time.time())
        self.made[name] = {
            "id": name,
            "object": "batch",
            "status": "validating",
            "created_at": now,
            "expires_at": now + 86_400,
            "output_file_id": None,
            "error_file_id": None,
            "errors": None,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            **asked,
            "steps": list(self.steps),
        }
        return 200, shown(self.made[name])

    def _retrieve(self, name: str, **_: Any) -> tuple[int, Any]:
        if name not in self.made:
            return 404, no_such("batch", name)
        batch = self.made[name]
        if batch["status"] in {"validating", "in_progress", "finalizing"}:
            self._step(batch)
        return 200, shown(batch)

    def _list(self, query: str, **_: Any) -> tuple[int, Any]:
        given = dict(pair.split("=") for pair in query.split("&") if pair)
        names = list(reversed(self.made))
        start = names.index(given["after"]) + 1 if "after" in given else 0
        page = names[start : start + int(given.get("limit", 20))]
        more = start + len(page) < len(names)
        return 200, {"object": "list", "data": [shown(self.made[name]) for name in page], "has_more": more}

    def _cancel(self, name: str, **_: Any) -> tuple[int, Any]:
        self.made[name].update(status="cancelling", steps=["cancelled"])
        return 200, shown(self.made[name])

    def _file(self, content: bytes) -> str:
        name = f"file-{next(self.numbers)}"
        self.files[name] = content
        return name

    def _step(self, batch: dict[str, Any]) -> None:
        lines = self.lines(batch["id"])
        if broken := self._broken_rule(lines):
            batch.update(status="failed", errors={"object": "list", "data": [broken]})
            return
        batch["status"] = batch["steps"].pop(0) if len(batch["steps"]) > 1 else batch["steps"][0]
        if batch["status"] == "failed":
            told = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached", "line": None}
            batch["errors"] = {"object": "list", "data": [told]}
        elif batch["status"] in {"completed", *PARTLY}:
            self._end(batch, lines)
        else:
            batch["request_counts"] = {"total": len(lines), "completed": len(lines) // 2, "failed": 0}

    def _broken_rule(self, lines: list[dict[str, Any]]) -> dict[str, Any] | None:
        names, models = [line["custom_id"] for line in lines], {line["body"].get("model") for line in lines}
        if len(lines) > self.most_requests:
            return {"code": "too_many_tasks", "message": "too many requests", "line": self.most_requests + 1}
        if len(models) > 1:
            return {"code": "mismatched_model", "message": "all requests must have one model", "line": 2}
        if len(set(names)) < len(names):
            return {"code": "duplicate_custom_id", "message": "a custom_id is used twice", "line": 2}
        return None

    def _end(self, batch: dict[str, Any], lines: list[dict[str, Any]]) -> None:
        good, bad, torn = [], [], b""
        for number, line in enumerate(lines):
            marked = CASE.search(json.dumps(line["body"]))
            case = marked[1] if marked else line["custom_id"]
            fault = self.faults.get(case, "expired" if batch["status"] in PARTLY and number % 2 else "")
            if fault == "lost":
                continue
            if fault == "expired" or fault.isdigit():
                bad.append(self._failure(line, fault, PARTLY.get(batch["status"], "batch_expired")))
                continue
            self.paid[case] += 1
            answered = [self._success(line, fault)]
            if fault == "twice":
                answered.append(self._success(line, ""))
            if fault == "stranger":
                answered.append(self._success({**line, "custom_id": "nobody-asked"}, ""))
            if fault == "torn":
                torn = json.dumps(answered.pop()).encode()[:-20]
            good += answered
        batch["output_file_id"] = self._text(good, torn) if good or torn else None
        batch["error_file_id"] = self._text(bad, b"") if bad else ""
        counts = {"total": len(lines), "completed": len(lines) - len(bad), "failed": len(bad)}
        batch["request_counts"] = counts

    def _text(self, lines: list[dict[str, Any]], torn: bytes) -> str:
        return self._file(b"".join(json.dumps(line).encode() + b"\n" for line in reversed(lines)) + torn)

    def _success(self, line: dict[str, Any], fault: str) -> dict[str, Any]:
        reply = self.reply(fault if fault in {"empty", "model"} else "", line["body"])
        return self._line(line, {"status_code": 200, "request_id": "req_1", "body": reply}, None)

    def _failure(self, line: dict[str, Any], fault: str, code: str) -> dict[str, Any]:
        if fault == "expired":
            told = {"code": code, "message": "This request could not be executed before the batch ended."}
            return self._line(line, None, told)
        error = {"message": f"scripted fault {fault}", "type": "invalid_request_error", "code": None}
        return self._line(line, {"status_code": int(fault), "request_id": "req_1", "body": {"error": error}}, None)

    def _line(self, line: dict[str, Any], response: Any, error: Any) -> dict[str, Any]:
        name = f"batch_req_{next(self.numbers)}"
        return {"id": name, "custom_id": line["custom_id"], "response": response, "error": error}


ROUTES = (
    ("POST", r".*/files", "upload"),
    ("GET", r".*/files/([\w-]+)/content", "content"),
    ("POST", r".*/batches", "create"),
    ("GET", r".*/batches", "list"),
    ("GET", r".*/batches/(\w+)", "retrieve"),
    ("POST", r".*/batches/(\w+)/cancel", "cancel"),
)


def shown(batch: dict[str, Any]) -> dict[str, Any]:
    """Give a batch as the server tells it."""
    return {key: value for key, value in batch.items() if key != "steps"}


def no_such(what: str, name: str) -> dict[str, Any]:
    """Give the body of a 404."""
    return {"error": {"message": f"No such {what}: {name}", "type": "invalid_request_error", "code": None}}
