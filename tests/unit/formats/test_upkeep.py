from __future__ import annotations

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.policy import policy_from
from pytest_goldenprompt.formats.upkeep import read_upkeep, upkeep_from
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.upkeep import Period, Upkeep

WHOLE = """
[cadence]
run = "monthly"
review = 180
notice = 0

[cadence.prompts]
"billing/*" = "weekly"
"old/*" = "quarterly"

[owners]
"support/*" = "support-platform"

[taxonomy]
tags = ["lang:*", "smoke"]

[models]
retired = ["gpt-3.5-*"]
"""


def test_all_tables_are_read_beside_the_gates_levels():
    assert upkeep_from(WHOLE, "goldenprompt.toml") == Upkeep(
        Period(months=1),
        Period(days=180),
        0,
        {"billing/*": Period(days=7), "old/*": Period(months=3)},
        {"support/*": "support-platform"},
        ("lang:*", "smoke"),
        ("gpt-3.5-*",),
    )
    assert policy_from(WHOLE, "goldenprompt.toml") == Policy()


def test_without_file_or_tables_a_month_and_a_quarter_hold(tmp_path):
    assert read_upkeep(tmp_path) == Upkeep(Period(months=1), Period(months=3), 3)
    (tmp_path / "goldenprompt.toml").write_text("[gate]\nalpha = 0.05\n")
    assert read_upkeep(tmp_path) == Upkeep()


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[cadence]\nrun = 'daily'\n", 2, "wrong `run` in [cadence], found 'daily'; weekly, monthly, quarterly or a"),
        ("[cadence]\n\nrun = 0\n", 3, "wrong `run` in [cadence], found 0; "),
        ("[cadence]\nrun = true\n", 2, "wrong `run` in [cadence], found true; "),
        ("[cadence]\nevery = 3\n", 2, "unknown key in [cadence], found 'every'; run, review, notice, prompts are acc"),
        ("[cadence]\nnotice = -1\n", 2, "wrong `notice` in [cadence], found -1; a whole number from 0 to 3,660"),
        ("[cadense]\nrun = 'weekly'\n", 1, "unknown key in the policy, found 'cadense'; gate, limits, "),
        ("cadence = 3\n", 1, "wrong `cadence` in the policy, found 3; a table [cadence] is accepted"),
        ("[cadence]\nprompts = 3\n", 2, "wrong `prompts` in [cadence], found 3; a table such as [cadence.prompts]"),
        ("[cadence.prompts]\n'a/*' = 'x'\n", 2, "wrong `a/*` in [cadence.prompts], found 'x'; "),
        ("[owners]\n'a/*' = 3\n", 2, "wrong `a/*` in [owners], found 3; text is accepted"),
        ("[taxonomy]\ntags = 'a'\n", 2, "wrong `tags` in [taxonomy], found 'a'; a list such as"),
        ("[taxonomy]\ntags = ['a', 3]\n", 2, "wrong name in `tags` of [taxonomy], found 3; text on one line"),
        ("[models]\nretired = [' ']\n", 2, "wrong name in `retired` of [models], found ' '; text on one line"),
        ("[models]\nold = []\n", 2, "unknown key in [models], found 'old'; retired are accepted"),
    ],
)
def test_what_is_refused_has_its_line(text, line, what):
    with pytest.raises(InputError) as caught:
        upkeep_from(text, "goldenprompt.toml")
    assert str(caught.value).startswith(f"goldenprompt.toml:{line}: {what}")
