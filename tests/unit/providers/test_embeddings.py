from __future__ import annotations

import json
import math

import pytest

from pytest_goldenprompt.errors import InputError, ProviderError
from pytest_goldenprompt.model.contracts import ProviderSetting
from pytest_goldenprompt.model.output import Usage
from pytest_goldenprompt.providers import embeddings


def reply(*vectors, model="e1", usage=None):
    data = [{"index": number, "embedding": vector} for number, vector in enumerate(vectors)]
    return json.dumps({"data": data[::-1], "model": model, "usage": usage}).encode()


def test_two_vectors_are_an_angle():
    output = embeddings.read_reply(reply([1, 0], [1, 1], usage={"prompt_tokens": 7}), "e1")
    assert float(output.text) == pytest.approx(math.sqrt(0.5), abs=1e-6)
    assert (output.usage, output.model) == (Usage(7, 0), "e1")
    assert float(embeddings.read_reply(reply([1.0, 2.0], [-1, -2], model="e1-2024-01-01"), "e1").text) == -1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[1]",
        reply([1, 0]),
        reply([1], [1], [1]),
        reply([1], [1, 2]),
        reply([0, 0], [1, 1]),
        reply(["a"], [1]),
        b'{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1]}], "model": "e1"}',
    ],
)
def test_what_is_no_pair_of_vectors_is_an_error(content):
    with pytest.raises(ProviderError, match="no two vectors") as caught:
        embeddings.read_reply(content, "e1")
    assert caught.value.transient


def test_another_model_is_refused_and_one_must_be_named(tmp_path):
    with pytest.raises(ProviderError, match="the reply is from 'e2'"):
        embeddings.read_reply(reply([1], [1], model="e2"), "e1")
    with pytest.raises(InputError, match="names no model"):
        embeddings.build("", ProviderSetting(tmp_path, tmp_path))
