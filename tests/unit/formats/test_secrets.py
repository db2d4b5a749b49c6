from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.formats.secrets import masked

KEYS = [
    "sk-" + "aB3" * 12,
    "sk-ant-api03-" + "x_Y-" * 10,
    "AKIA" + "ABCDEFGH12345678",
    "AIza" + "a" * 35,
    "ghp_" + "a1" * 18,
    "github_pat_" + "a1" * 25,
    "glpat-" + "a1" * 10,
    "xoxb-" + "1234567890-abc",
    "hf_" + "aB" * 17,
    "rk_live_" + "a1" * 10,
    "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 20,
    "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\ncut off",
]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:6])
def test_a_key_is_masked_wherever_it_stands(key):
    value = {"a": [f"my key: {key}", 1, None], "b": {"c": key}}
    assert masked(value) == ({"a": ["my key: [masked]", 1, None], "b": {"c": "[masked]"}}, 2)


def test_a_token_behind_bearer_is_masked_and_the_word_stays():
    assert masked("Authorization: Bearer abcdefghij1234567890==") == ("Authorization: Bearer [masked]", 1)


@pytest.mark.parametrize("text", ["sk-", "task-force-of-the-week", "a risk-free-investment-of-a-life", "AKIAS", "hf_x"])
def test_ordinary_words_stay(text):
    assert masked(text) == (text, 0)


@pytest.mark.parametrize("behind", ["", ".eyJ" + "b" * 20])
def test_a_long_text_of_almost_tokens_takes_no_longer_than_any_other(behind):
    text = "-eyJ" * 100_000 + behind
    assert masked(text) == (text, 0)


def test_a_token_behind_a_dash_is_masked():
    assert masked(f"x jwt-{KEYS[10]} y") == ("x [masked] y", 1)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=50), max_size=3))
def test_what_holds_no_secret_stays_as_it_is(value):
    clean, number = masked(value)
    assert number or clean == value
