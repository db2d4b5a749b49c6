from __future__ import annotations

import random

import pytest

from pytest_goldenprompt.judge.coverage import EXPECTED, LANGUAGE, LENGTH, TAG, Asked, cover
from pytest_goldenprompt.judge.gaps import Cover

SUBJECTS = {
    "delivery": "parcel courier late address doorstep depot driver tracking shipped arrived",
    "billing": "invoice charge refund card twice payment bank amount statement fee",
    "login": "password account email reset locked browser session code token signin",
    "advert": "voucher discount code campaign newsletter offer coupon expired sale banner",
    "repair": "screen broken warranty technician spare battery crack repair guarantee noise",
}


def asked(subject, seed, *, tagged=True):
    draw = random.Random(f"{subject}/{seed}")
    text = " ".join(draw.sample(SUBJECTS[subject].split(), 5))
    tags = ((TAG, subject), (TAG, "all")) if tagged else ()
    return Asked(text, (*tags, (LENGTH, "32-63")))


def drawn(subjects, size, seed, *, tagged=True):
    draw = random.Random(seed)
    return [asked(draw.choice(subjects), f"{seed}/{n}", tagged=tagged) for n in range(size)]


EVERY = list(SUBJECTS)
WITHOUT = [name for name in EVERY if name != "login"]


@pytest.fixture(scope="module")
def lacking():
    return cover(drawn(WITHOUT, 60, "g"), drawn(EVERY, 60, "p"), "s")


def test_a_subject_that_is_left_out_is_a_gap_by_its_tag(lacking):
    gaps = [(part.kind, part.value) for part in lacking.parts if part.lack.state is Cover.GAP]
    assert gaps == [(TAG, "login")]
    assert not lacking.is_covered
    assert lacking.not_compared == (EXPECTED, LANGUAGE)
    assert lacking.parts[0].value == "all"
    assert 5 <= lacking.unlike <= sum(one.values[0] == (TAG, "login") for one in drawn(EVERY, 60, "p"))
    assert lacking.parts[0].share == 1.0
    tests = {one.what: one for one in lacking.differences}
    assert list(tests) == [TAG, LENGTH, "text"]
    assert tests[TAG].tested.p < 0.05


def test_the_reading_list_begins_with_what_is_lacking(lacking):
    production = drawn(EVERY, 60, "p")
    words = set(SUBJECTS["login"].split())
    assert set(production[lacking.reading[0].place].text.split()) <= words
    assert lacking.reading[0].stands_for > 3
    assert len(lacking.reading) <= 10
    assert all(one.nearest is None or 0 <= one.nearest < 60 for one in lacking.reading)


def test_a_subject_without_any_tag_is_found_by_its_words():
    golden, production = drawn(WITHOUT, 150, "g", tagged=False), drawn(EVERY, 150, "p", tagged=False)
    found = cover(golden, production, "s", 0)
    [topic, *_] = found.topics
    assert set(topic.words) <= set(SUBJECTS["login"].split())
    assert all(set(production[place].text.split()) & set(SUBJECTS["login"].split()) for place in topic.places)
    assert topic.lack.asked == len(topic.places)
    assert found.reading == ()
    assert not found.is_covered


def test_the_same_draw_twice_is_covered_and_repeatable():
    golden, production = drawn(EVERY, 60, "g"), drawn(EVERY, 60, "q")
    found = cover(golden, production, "s")
    assert found.is_covered
    assert found == cover(golden, production, "s")


def test_inputs_of_a_gap_are_to_be_read_though_cases_have_their_words():
    golden = [Asked(one.text, ((TAG, "shop"),)) for one in drawn(EVERY, 40, "g")]
    bank = [Asked(one.text, ((TAG, "bank"),)) for one in golden[:20]]
    found = cover(golden, [*golden, *bank], "s", 5)
    assert [part.value for part in found.parts if part.lack.state is Cover.GAP] == ["bank"]
    assert all(one.place >= 40 for one in found.reading)
    assert {round(one.like, 6) for one in found.reading} == {1.0}
    assert len(found.reading) == 5


def test_a_kind_with_one_value_cannot_differ():
    english = [Asked(one.text, (*one.values, (LANGUAGE, "en"))) for one in drawn(EVERY, 12, "g")]
    found = cover(english, english, "s", 0)
    assert [one.what for one in found.differences] == [TAG, LENGTH, "text"]
    assert LANGUAGE not in found.not_compared


def test_without_a_golden_case_there_is_only_something_to_read():
    found = cover([], drawn(EVERY, 12, "p"), "s", 3)
    assert not found.is_covered
    assert (found.golden, found.parts, found.topics, found.differences) == (0, (), (), ())
    assert [one.nearest for one in found.reading] == [None] * 3
    assert [one.like for one in found.reading] == [0.0] * 3
    assert found.unlike == 12


def test_one_input_tells_nothing():
    found = cover(drawn(EVERY, 5, "g"), drawn(EVERY, 1, "p"), "s")
    assert {part.lack.state for part in found.parts} <= {Cover.UNCLEAR, Cover.COVERED}
    assert found.is_covered
