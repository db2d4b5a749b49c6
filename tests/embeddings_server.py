"""The server of openai_server.py, which also embeds texts: as `vectors` says, by default by their letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openai_server import OTHER_MODEL, OpenAIServer


def letters(text: str) -> list[float]:
    """Count each letter of the alphabet, so that texts of the same letters are alike."""
    return [1e-3 + text.lower().count(chr(code)) for code in range(ord("a"), ord("z") + 1)]


@dataclass
class EmbeddingsServer(OpenAIServer):
    """Answers chat completions too."""

    vectors: Callable[[str], Sequence[float]] = letters
    place = (b"/chat/completions", b"/embeddings")

    def reply(self, fault: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if "input" not in body:
            return super().reply(fault, body)
        texts = [] if fault == "empty" else body["input"]
        listed = [{"object": "embedding", "index": n, "embedding": self.vectors(one)} for n, one in enumerate(texts)]
        words = sum(len(text.split()) for text in texts)
        return {
            "object": "list",
            "data": listed[::-1],  # their order is told by `index`
            "model": OTHER_MODEL if fault == "model" else body["model"],
            "usage": {"prompt_tokens": words, "total_tokens": words},
        }
