from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.judge.alignment import Forgiven
from pytest_goldenprompt.judge.difference import Difference, differences, text_diff
from pytest_goldenprompt.judge.paths import matches, parse_path, places, write_path

LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text("ab", max_size=2)
VALUES = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text("ab._", max_size=2), below)
)


def paths(expected, found, **forgiven):
    return [(d.path, d.what) for d in differences(expected, found, Forgiven(**forgiven))]


def path(text):
    return parse_path(text)


@pytest.mark.parametrize(
    ("expected", "found", "listed"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": (1, 2)}, {"a": [1, 2]}, []),
        ({"a": 1}, {"a": True}, [("$.a", "type")]),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 2}]}}, [("$.a.b[0].c", "value")]),
        ({"a": 1}, {"a": 1.5}, [("$.a", "value")]),
        ({"a": None}, {}, [("$.a", "missing")]),
        ({}, {"a": None}, [("$.a", "extra")]),
        ([1, 2, 3], [1, 3], [("$[1]", "missing")]),
        ({"__private": 1}, {"__private": 2}, [("$.__private", "value")]),
        ({"odd key": 1}, {"odd key": "1"}, [("$['odd key']", "type")]),
        ("x", {"x": 1}, [("$", "type")]),
        ([1, 2], [2, 1], [("$[0]", "value"), ("$[1]", "value")]),
    ],
)
def test_differences_are_listed_by_path(expected, found, listed):
    assert paths(expected, found) == listed


def test_true_in_a_list_is_not_one_though_deepdiff_sees_no_difference():
    assert differences([True], [1])


@given(VALUES, VALUES)
def test_no_difference_exactly_where_json_values_are_equal(one, other):
    def plain(value):
        if isinstance(value, bool) or value is None:
            return ("constant", value)
        if isinstance(value, int | float):
            return ("number", value)
        if isinstance(value, list):
            return [plain(item) for item in value]
        return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value

    assert (not differences(one, other)) == (plain(one) == plain(other))
    assert not differences(one, one)


def test_a_tolerance_holds_where_its_path_points_and_nowhere_else():
    tolerance = ((path("$.items[*].price"), 0.01),)
    expected = {"items": [{"price": 1.00, "n": 2}], "price": 1.00}
    assert paths(expected, {"items": [{"price": 1.01, "n": 2}], "price": 1.00}, tolerance=tolerance) == []
    assert paths(expected, {"items": [{"price": 1.02, "n": 2}], "price": 1.00}, tolerance=tolerance) == [
        ("$.items[0].price", "value")
    ]
    assert paths(expected, {"items": [{"price": 1.00, "n": 2}], "price": 1.01}, tolerance=tolerance) == [
        ("$.price", "value")
    ]


def test_an_ignored_path_hides_change_absence_and_presence_of_all_below_it():
    ignore = (path("$.id"), path("$.meta"))
    for found in ({"a": 1, "id": 7}, {"a": 1}, {"a": 1, "id": {"x": 1}, "meta": {"y": 2}}):
        assert paths({"a": 1, "id": 5}, found, ignore=ignore) == []
    assert paths({"a": 1, "id": 5}, {"a": 2, "id": 5}, ignore=ignore) == [("$.a", "value")]


def test_an_unordered_list_counts_repetitions():
    assert paths([1, 2, 2], [2, 1, 2], unordered=True) == []
    assert paths([1, 2, 2], [2, 1, 1], unordered=True) != []
    assert paths({"a": [1, 2], "b": [1, 2]}, {"a": [2, 1], "b": [2, 1]}, unordered=(path("$.a"),)) != []
    assert paths({"a": [1, 2]}, {"a": [2, 1]}, unordered=(path("$.a"),)) == []


def test_an_unordered_list_pairs_by_tolerance_and_ignored_places():
    tolerance, ignore = ((path("$[*].v"), 0.1),), (path("$[*].id"),)
    expected = [{"id": 1, "v": 1.0}, {"id": 2, "v": 2.0}]
    found = [{"id": 9, "v": 2.05}, {"id": 8, "v": 1.05}]
    assert paths(expected, found, tolerance=tolerance, ignore=ignore, unordered=True) == []
    assert paths(expected, found[:1], tolerance=tolerance, ignore=ignore, unordered=True) != []


def test_large_values_are_compared_and_their_list_is_bounded():
    rows = [{"i": i, "v": str(i)} for i in range(50_000)]
    found = differences(rows, rows[1:])
    assert len(found) == 1000


@pytest.mark.parametrize("text", ["$", "$.a.b", "$.a[0]", "$.a[*].b", "$['odd key']", '$["it\'s"]'])
def test_a_path_is_written_as_it_was_read(text):
    assert write_path(parse_path(text)) == text


@pytest.mark.parametrize("text", ["", "a.b", "$.", "$[x]", "$..a", "$.a[", "$a"])
def test_what_is_no_path_is_refused_with_what_is_accepted(text):
    with pytest.raises(InputError, match="accepted are"):
        parse_path(text)


def test_places_follow_wildcards():
    value = {"a": [{"b": 1}, {"c": 2}, {"b": 3}]}
    assert [write_path(place) for place in places(value, parse_path("$.a[*].b"))] == ["$.a[0].b", "$.a[2].b"]


def test_short_texts_are_shown_around_the_change():
    assert text_diff("refund please", "refund refused") == ["- refund please", "+ refund refused"]
    assert text_diff("same", "same") == []


def test_longer_texts_are_shown_line_by_line_with_one_line_around():
    assert text_diff("a\nb\nc\nd\ne", "a\nb\nX\nd\ne") == ["  b", "- c", "+ X", "  d"]


def test_a_diff_neutralises_what_steers_a_terminal():
    assert "\x1b" not in "".join(text_diff("plain", "\x1b[31mred\u202e"))
    assert "\\x1b[31mred\\u202e" in text_diff("plain", "\x1b[31mred\u202e")[1]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("x" * 5_000_000 + "a", "x" * 5_000_000 + "b"),
        ("\n".join(map(str, range(700_000))), "\n".join(map(str, range(1, 700_000)))),
        ("\n" * 5_000_000, "a\n" * 2_500_000),
        ("ab" * 2_500_000, "ba" * 2_500_000),
    ],
)
def test_a_diff_of_five_megabytes_is_short(then, now):
    lines = text_diff(then, now)
    assert 1 <= len(lines) <= 21
    assert all(len(line) < 300 for line in lines)


def test_a_difference_holds_what_was_expected_and_what_was_found():
    changed, gone, more = (
        differences({"a": [1, 2]}, {"a": [1, "2"]}),
        differences({"a": [1, 2, 3]}, {"a": [1, 2]}),
        differences({"a": [1, 2]}, {"a": [1, 2, 3]}),
    )
    assert changed == (Difference("$.a[1]", 2, "2", "type"),)
    assert gone == (Difference("$.a[2]", 3, None, "missing"),)
    assert more == (Difference("$.a[2]", None, 3, "extra"),)
    assert differences({"a": 1, "b": 2}, {"a": 1, "c": 3}) == (
        Difference("$.b", 2, None, "missing"),
        Difference("$.c", None, 3, "extra"),
    )


def test_beside_a_list_that_lost_an_item_other_changes_keep_their_kind():
    assert paths({"l": [1, 2, 3], "n": 1, "t": 1}, {"l": [1, 3], "n": 1.5, "t": "1"}) == [
        ("$.l[1]", "missing"),
        ("$.n", "value"),
        ("$.t", "type"),
    ]


def test_what_deepdiff_passes_over_is_still_a_difference(monkeypatch):
    monkeypatch.setattr("deepdiff.DeepDiff", lambda *_, **__: {})
    assert differences([1, 2], [1]) == (Difference("$", [1, 2], [1], "value"),)


def test_values_just_above_the_limit_are_compared_place_by_place():
    long = list(range(1000))
    assert paths(long, long[1:])[9:11] == [("$[9]", "value"), ("$[10]", "value")]
    assert paths(long, long[1:])[-1] == ("$[999]", "missing")
    assert paths(long[1:], long[2:]) == [("$[0]", "missing")]
    assert paths([0] + [7] * 20, [7] * 20) == [("$[0]", "missing")]
    rows = {"a": [0] + [7] * 990, "b": {str(n): n for n in range(8)}}
    assert ("$.a[0]", "value") in paths(rows, {**rows, "a": [7] * 990 + [8, 9]})


def test_an_unordered_list_with_too_many_unlike_items_is_taken_as_it_came(monkeypatch):
    expected = [{"id": n, "v": n} for n in range(10)]
    found = [{"id": -n, "v": n} for n in reversed(range(1, 10))] + [{"id": 0, "v": 0}]
    forgiven = {"unordered": True, "ignore": (path("$[*].id"),)}
    assert paths(expected, found, **forgiven) == []
    monkeypatch.setattr("pytest_goldenprompt.judge.alignment.MOST_PAIRS", 81)
    assert paths(expected, found, **forgiven) == []
    monkeypatch.setattr("pytest_goldenprompt.judge.alignment.MOST_PAIRS", 80)
    assert paths(expected, found, **forgiven) != []


def test_an_unordered_list_keeps_the_order_of_what_is_unlike():
    assert differences(["a", "b", "c"], ["x", "a", "y"], Forgiven(unordered=True)) == (
        Difference("$[1]", "b", "x", "value"),
        Difference("$[2]", "c", "y", "value"),
    )
    assert paths(["a", "b"], ["b"], unordered=True) == [("$[0]", "missing")]
    assert paths(["a"], ["b", "a", "c"], unordered=True) == [("$[1]", "extra"), ("$[2]", "extra")]


def test_an_ignored_list_item_and_the_whole_value_can_be_ignored():
    assert paths([1, 2], [1, 9], ignore=(path("$[1]"),)) == []
    assert paths([1, 2], "anything", ignore=(path("$"),)) == []


def test_a_tolerance_is_no_bridge_between_numbers_and_truth_or_text():
    for found in (True, "1", None):
        assert paths({"a": 1}, {"a": found}, tolerance=((path("$.a"), 5.0),)) == [("$.a", "type")]
    assert paths({"a": True}, {"a": 1}, tolerance=((path("$.a"), 5.0),)) == [("$.a", "type")]


def test_the_widest_tolerance_of_a_place_holds_and_decimal_figures_are_exact():
    both = ((path("$.a"), 0.1), (path("$.*"), 0.01))
    assert paths({"a": 1.0}, {"a": 1.1}, tolerance=both) == []
    assert paths({"b": 1.0}, {"b": 1.1}, tolerance=both) == [("$.b", "value")]
    assert paths({"b": 0.3}, {"b": 0.31}, tolerance=both) == []


def test_a_long_diff_ends_with_a_remark_and_long_lines_are_cut():
    then, now = ("\n".join(f"{word} {n}" for n in range(30)) for word in ("old", "new"))
    lines = text_diff(then, now)
    assert len(lines) == 21
    assert lines[0] == "- old 0"
    assert lines[-1] == "  … more follows"
    wide = text_diff("same\n" + "a" * 300, "same\n" + "b" * 300)
    assert [len(line) for line in wide] == [6, 122, 122]
    assert wide[1].endswith("a…")
    assert "more follows" not in wide[-1]


def test_a_change_far_down_is_shown_from_shortly_before_it():
    then, now = (f"{'x' * 500}{end}{'y' * 500}" for end in ("old", "new"))
    minus, plus = text_diff(then, now)
    assert minus == f"- …{'x' * 60}old{'y' * 117}…"
    assert plus == f"+ …{'x' * 60}new{'y' * 117}…"
    assert text_diff("a", "ab") == ["- a", "+ ab"]
    assert text_diff("", "b") == ["- ", "+ b"]
    assert text_diff("a\n" + "b" * 3998, "c\n" + "b" * 3998)[-1] == f"  {'b' * 119}…"
    assert text_diff("a\n" + "b" * 3999, "c\n" + "b" * 3998)[-1] == "  … more follows"
    assert text_diff("a\nb", "a\nb\n") == ["- a\\nb", "+ a\\nb\\n"]


def test_lines_that_look_like_a_diffs_own_marks_are_kept():
    assert text_diff("x\n@@ a\n--- b", "x\n@@ c\n+++ d") == ["  x", "- @@ a", "- --- b", "+ @@ c", "+ +++ d"]


def test_a_path_names_its_own_place_only():
    assert matches(parse_path("$.a[*]"), ("a", 3))
    assert not matches(parse_path("$.a"), ("a", 3))
    assert not matches(parse_path("$.a[0]"), ("a", 1))
    assert parse_path("$.a['b.c'][2].*") == ("a", "b.c", 2, None)
    assert write_path(("a", None, "it's", 4)) == '$.a[*]["it\'s"][4]'
    assert list(places({"a": "text"}, parse_path("$.a[*]"))) == []


def test_deepdiff_is_asked_only_where_a_list_changed_its_length(monkeypatch):
    asked = []
    monkeypatch.setattr("deepdiff.DeepDiff", lambda *given, **_: asked.append(given) or {})
    differences({"a": [{"x": 1}], "b": 1, "c": 3}, {"a": [{"x": 2}], "b": 2, "d": 4})
    differences({"a": [[1], 5]}, {"a": [[2], 5]})
    assert asked == []
    differences({"a": [[1], 5]}, {"a": [[1, 2], 5]})
    assert len(asked) == 1
