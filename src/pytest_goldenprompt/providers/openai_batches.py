"""Hands requests over to OpenAI as batches, which cost half and are answered within a day, and reads what came back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_goldenprompt.errors import ProviderError
from pytest_goldenprompt.model.contracts import Collected, ProviderSetting
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.providers import openai

ENDPOINT = "/v1/chat/completions"
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
"""What OpenAI takes in one file."""

LABEL = "goldenprompt"
"""The key of a batch's metadata that holds our label."""

HOUR = 3600.0
RETRIES = 2
"""Further attempts by the client at what can be asked twice without paying twice: all but making a batch."""

GONE = 404
_OVER = frozenset({"completed", "expired", "cancelled"})


@dataclass(slots=True)
class OpenAI(openai.OpenAI):
    """The provider `openai` with batches; other servers that speak its chat completions mostly have none (404)."""

    def parts(self, requests: Mapping[str, Request]) -> Sequence[Mapping[str, Request]]:
        """Divide by model, as a batch takes one only, and by what one file may hold.

        A request with half a character in it is left out: no file can hold it, and a call tells what is wrong with it.
        """
        parts: dict[str, list[dict[str, Request]]] = {}
        sizes: dict[str, int] = {}
        for name, request in requests.items():
            body = self.body(request)
            try:
                model, size = body["model"], len(_line(name, body))
            except UnicodeEncodeError:
                continue
            mine = parts.setdefault(model, [{}])
            if len(mine[-1]) >= MOST_REQUESTS or sizes.get(model, 0) + size > MOST_BYTES:
                mine.append({})
                sizes[model] = 0
            mine[-1][name] = request
            sizes[model] = sizes.get(model, 0) + size
        return [part for model in sorted(parts) for part in parts[model] if part]

    async def submit(self, requests: Mapping[str, Request], label: str) -> str:
        """Upload one part and make a batch of it."""
        content = b"".join(_line(name, self.body(request)) for name, request in requests.items())
        client = self.client
        with self.failures():
            files = client.with_options(max_retries=RETRIES).files
            file = await files.create(file=("requests.jsonl", content), purpose="batch")
            batch = await client.batches.create(
                input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", metadata={LABEL: label}
            )
        return str(batch.id)

    async def find(self, label: str, since: float) -> str | None:
        """Look through the account's batches from the newest on; the server's clock may be an hour off."""
        with self.failures():
            async for batch in self.client.with_options(max_retries=RETRIES).batches.list(limit=100):
                if (batch.metadata or {}).get(LABEL) == label:
                    return str(batch.id)
                if batch.created_at < since - HOUR:
                    break
        return None

    async def collect(self, batch: str, requests: Mapping[str, Request]) -> Collected:
        """Ask how far the batch is; once it is over, read its output file and then that of its errors."""
        client = self.client.with_options(max_retries=RETRIES)
        with self.failures():
            found = await client.batches.retrieve(batch)
        counts = found.request_counts
        total = counts.total if counts and counts.total else len(requests)
        far = Collected(found.status, counts.completed + counts.failed if counts else 0, total)
        if found.status == "failed":
            return Collected(found.status, 0, total, over=True, refused=_refused(found.errors))
        if found.status not in _OVER:
            return far
        reading = _Reading({name: self.body(request)["model"] for name, request in requests.items()})
        for file in filter(None, (found.output_file_id, found.error_file_id)):
            with self.failures():
                reading.take((await client.files.content(file)).content)
        return Collected(far.state, far.done, total, over=True, answers=reading.answers, notes=tuple(reading.notes()))


class _Reading:
    """Reads lines in whatever order they come; of two lines for a request, the first one counts."""

    def __init__(self, models: Mapping[str, str]) -> None:
        self._models = models
        self.answers: dict[str, Output | ProviderError] = {}
        self._odd = {"unreadable": 0, "strange": 0, "doubled": 0}

    def take(self, content: bytes) -> None:
        """Read one file."""
        for line in content.splitlines():
            try:
                plain = json.loads(line)
                name = plain["custom_id"]
                response, error = plain.get("response"), plain.get("error")
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                self._odd["unreadable"] += bool(line.strip())
                continue
            if not isinstance(name, str) or name not in self._models:
                self._odd["strange"] += 1
            elif name in self.answers:
                self._odd["doubled"] += 1
            else:
                self.answers[name] = _answer(response, error, self._models[name])

    def notes(self) -> Iterator[str]:
        """Say what was odd."""
        told = {
            "unreadable": "that cannot be read",
            "strange": "for nothing that is asked here",
            "doubled": "for a request that has its answer, passed over",
        }
        yield from (
            f"{self._odd[kind]} line{'s' * (self._odd[kind] > 1)} {what}"
            for kind, what in told.items()
            if self._odd[kind]
        )


def build(argument: str, setting: ProviderSetting) -> OpenAI:
    """Take the model's name, or nothing where every prompt names one."""
    openai.require()
    return OpenAI(argument.strip(), setting.timeout)


def _line(name: str, body: Mapping[str, Any]) -> bytes:
    line = {"custom_id": name, "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n"


def _answer(response: Any, error: Any, model: str) -> Output | ProviderError:
    """Read one request's end as a live call's reply would be."""
    response = response if isinstance(response, Mapping) else {}
    status, body = response.get("status_code"), response.get("body")
    if status == 200:  # noqa: PLR2004 - HTTP's word for an answer
        try:
            return openai.output_of(body, model)
        except ProviderError as raised:
            return raised
    said = body.get("error") if isinstance(body, Mapping) else None
    said = next((one for one in (said, error) if isinstance(one, Mapping)), {})
    if isinstance(status, int):
        return openai.refusal(status, said, {})
    told = " ".join(str(said.get("message") or said.get("code") or "it has no answer").split())[:200]
    return ProviderError(f"openai did not run it in its batch: {told}", transient=True)


def _refused(errors: Any) -> str:
    """Say why a batch was not run at all."""
    told = [f"{one.code or 'error'}: {one.message or ''}".strip() for one in (errors.data if errors else None) or []]
    return " ".join("; ".join(told[:3]).split())[:300] or "openai does not say why"
