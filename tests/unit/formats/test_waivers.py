from __future__ import annotations

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.policy import policy_from
from pytest_goldenprompt.model.waiver import Waiver

WHOLE = """
[gate]
alpha = 0.05

[[waivers]]
prompt = "support/triage"
case = "late-parcel"
owner = "jane"
reason = "the carrier's new label is not learned yet"
ticket = "https://example.org/1"
until = 2026-12-31

[[waivers]]
prompt = "support/reply"
slice = "lang:de"
kind = "slice"
owner = "joe"
reason = "translation is being redone"
until = "2026-11-30"
most_drop = 0.2
"""


def test_waivers_are_read_with_their_places():
    first, second = policy_from(WHOLE, "goldenprompt.toml").waivers
    assert first == Waiver(
        "support/triage",
        "jane",
        "the carrier's new label is not learned yet",
        "2026-12-31",
        case="late-parcel",
        ticket="https://example.org/1",
    )
    assert (first.line, second.line) == (5, 13)
    assert (second.slice, second.kind, second.until, second.most_drop) == ("lang:de", "slice", "2026-11-30", 0.2)


def one(**keys):
    settings = {"prompt": '"p"', "case": '"c"', "owner": '"jane"', "reason": '"known"', "until": "2026-12-31"}
    return "[[waivers]]\n" + "".join(f"{key} = {value}\n" for key, value in {**settings, **keys}.items() if value)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (one(owner=None), 1, "`owner`.*found nothing"),
        (one(reason='" "'), 5, "`reason`"),
        (one(until=None), 1, "`until`.*found nothing"),
        (one(until='"2026-02-30"'), 6, "a day that exists"),
        (one(until="2026-12-31T10:00:00Z"), 6, "the last day on which it holds"),
        (one(until='"soon"'), 6, "the last day on which it holds"),
        (one(case=None), 1, "`most_drop`.*found nothing"),
        (one(most_drop="1.5"), 7, "`most_drop`"),
        (one(slice='"s"'), 1, "found both"),
        (one(kind='"mean"'), 7, "one of case, removed, changed"),
        (one(case=None, slice='"s"', kind='"removed"'), 7, "one of slice"),
        (one(case=None, kind='"removed"', most_drop="1"), 6, "one of mean, slice, case"),
        (one(untill="2026-12-31"), 7, "did you mean `until`"),
        (one() + one(), 7, "two waivers for the same, found p, case c on line 1 too"),
        ("waivers = [1]\n", 1, "found no table"),
        ("waivers = 1\n", 1, "a list"),
        ('waivers = [{prompt = "p"}]\n', 1, "`owner`"),
    ],
)
def test_a_wrong_waiver_is_one_line_with_its_place(text, line, what):
    with pytest.raises(InputError, match=what) as caught:
        policy_from(text, "goldenprompt.toml")
    assert caught.value.line == line


def test_a_single_case_may_be_lost_whole_without_saying_so():
    [found] = policy_from(one(kind='"removed"'), "goldenprompt.toml").waivers
    assert found.most_drop == 1.0


def test_an_empty_list_is_no_waiver():
    assert policy_from("waivers = []\n", "goldenprompt.toml").waivers == ()


def test_a_prompts_name_that_reads_like_a_case_is_another_prompt():
    other = one(prompt='"p, case c"', case=None, most_drop="0.1")
    assert len(policy_from(one() + other, "goldenprompt.toml").waivers) == 2
