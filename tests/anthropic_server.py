"""The server of openai_server.py with the same faults, speaking Anthropic's messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openai_server import OTHER_MODEL, OpenAIServer


@dataclass
class AnthropicServer(OpenAIServer):
    """`answer` gives the text, or the reply's fields that are to differ."""

    place = b"/messages"

    @property
    def url(self) -> str:
        """Give what ANTHROPIC_BASE_URL is set to."""
        return f"http://127.0.0.1:{self.port}"

    def reply(self, fault: str, body: Mapping[str, Any]) -> dict[str, Any]:
        said = "" if fault == "empty" else self.answer(body)
        fields = said if isinstance(said, dict) else {"content": [{"type": "text", "text": said}]}
        words = sum(len(str(message["content"]).split()) for message in body["messages"])
        return {
            "id": f"msg_{self.port}_{self.calls}",
            "type": "message",
            "role": "assistant",
            "model": OTHER_MODEL if fault == "model" else body["model"],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {
                "input_tokens": words,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "output_tokens": len(str(said).split()),
            },
            **fields,
        }
