"""Records a live provider's answers and replays them, under the words of pytest-recording."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.contracts import Provider, ProviderSetting
from pytest_goldenprompt.model.limits import portable
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.prompt import Request
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of
from pytest_goldenprompt.providers.recorded import (
    Recorded,
    append_recording,
    key_of,
    recording_path,
    tidy_recording,
)
from pytest_goldenprompt.providers.replay import Replay

JUDGEMENTS = "judgements"
"""The folder of the cache in which what judges said is kept."""

KEPT = frozenset({"openai", "anthropic", "any-llm", "embeddings"})
"""Kinds of provider whose name, with the server's address, says all that their answers depend on, but for luck."""

MODES = ("none", "once", "new", "all")


class Recorder:
    """A live provider with recorded answers before it.

    `none` replays and never calls; `once` replays a prompt whose recording was there when the run began, and records
    one that had none; `new` calls for what is missing; `all` calls for everything anew. Every answer is written as it
    comes; `close` sorts the files. `complete` is a coroutine function just where the live provider's is.
    """

    def __init__(self, live: Provider, mode: str, name: str, setting: ProviderSetting) -> None:
        if mode not in MODES:
            hint = did_you_mean(mode, MODES)
            raise InputError(f"no such replay mode, found {mode!r}{hint}; accepted are {', '.join(MODES)}")
        self.max_concurrency = live.max_concurrency
        self.version: str = getattr(live, "version", "")
        self._live = live
        self._mode = mode
        self._name = name
        self._directory = setting.recordings
        self._replay = Replay(setting.recordings, name)
        self._there = {path for path in setting.recordings.rglob("*.jsonl") if path.is_file()}
        self._answered: dict[Path, list[Recorded]] = {}
        self.complete: Callable[[Request], Output | Awaitable[Output]]
        self.complete = self._complete_later if inspect.iscoroutinefunction(live.complete) else self._complete_now

    def is_deterministic(self, request: Request) -> bool:
        """Say what was recorded of this request, or what the live provider says where it will be called."""
        return (
            self._replay.is_deterministic(request) if self._replays(request) else self._live.is_deterministic(request)
        )

    def recall(self, request: Request) -> Output | None:
        """Give the answer where it is on record; ProviderError where nobody is called for one that is not."""
        return self._replay.answer(request) if self._replays(request) else None

    def close(self) -> Awaitable[None] | None:
        """Sort the files that were written to, and close the live provider."""
        for path, answered in self._answered.items():
            tidy_recording(path, answered, renew=self._mode == "all")
        self._answered.clear()
        return self._live.close()

    def _complete_now(self, request: Request) -> Output:
        if self._replays(request):
            return self._replay.answer(request)
        output = self._live.complete(request)
        assert isinstance(output, Output)  # noqa: S101 - the live provider's `complete` is no coroutine function
        return self._record(request, output)

    async def _complete_later(self, request: Request) -> Output:
        if self._replays(request):
            return self._replay.answer(request)
        output = self._live.complete(request)
        answer = output if isinstance(output, Output) else await output
        return await asyncio.to_thread(self._record, request, answer)

    def _replays(self, request: Request) -> bool:
        if self._mode == "once":
            return recording_path(self._directory, request.prompt_id) in self._there
        if self._mode == "none":
            return True
        return self._mode == "new" and self._replay.has(request, same=self._live.is_deterministic(request))

    def _record(self, request: Request, output: Output) -> Output:
        path = recording_path(self._directory, request.prompt_id)
        recorded = Recorded(*key_of(request), self._name, output)
        append_recording(path, recorded)
        self._answered.setdefault(path, []).append(recorded)
        return output


def kept(live: Provider, name: str, setting: ProviderSetting, cache: Path, *, anew: bool) -> Provider:
    """Put before a judge's provider what it said before, kept in a folder of the cache for its server.

    `anew` asks for everything again. Code, and files of this machine, may change without a word: nothing is kept of
    what they said.
    """
    if name.partition(":")[0] not in KEPT:
        return live
    server = digest_of(str(getattr(live, "version", "")), SHORT_DIGEST_LENGTH)
    return Recorder(live, "all" if anew else "new", portable(name), replace(setting, recordings=cache / server))
