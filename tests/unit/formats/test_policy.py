from __future__ import annotations

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.policy import policy_from, read_policy
from pytest_goldenprompt.model.policy import Policy


def test_without_file_or_table_the_defaults_hold(tmp_path) -> None:
    assert read_policy(tmp_path) == Policy()
    (tmp_path / "goldenprompt.toml").write_text("[owners]\nx = 'y'\n")
    assert read_policy(tmp_path) == Policy()


def test_levels_are_read_over_the_defaults(tmp_path) -> None:
    (tmp_path / "goldenprompt.toml").write_text(
        "[gate]\nalpha = 0.01\nmargin = 0\nweight_mean = 0.5\nweight_slice = 0.3\nweight_case = 0.2\n"
        "baseline_repeats = 20\nphi_floor = 1.5\ninconclusive = 'fail'\npool_months = 12\nmax_age_hours = 48\n"
    )
    assert read_policy(tmp_path) == Policy(
        alpha=0.01,
        margin=0,
        weight_mean=0.5,
        weight_slice=0.3,
        weight_case=0.2,
        baseline_repeats=20,
        phi_floor=1.5,
        inconclusive="fail",
        pool_months=12,
        max_age_hours=48,
    )


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("\n[gate]\n\nalpa = 1", 4, "did you mean `alpha`"),
        ("[owners]\nalpha = 'x'\n[gate]\nmargin = 2\n", 4, "`margin`"),
        ('[gate]\n"repeats" = 0\n', 2, "`repeats`"),
        ("[owners]\n[gtae]\n", 2, "did you mean `gate`"),
        ("[gate]\npool_months = 13\n", 2, "`pool_months` in .gate., found 13; a whole number from 1 to 12 is accepted"),
        ("[gate]\nmax_age_hours = 0\n", 2, "`max_age_hours`"),
        ("[gate]\npool_months = 0\n", 2, "`pool_months`"),
        ("[gate]\npool_months = 1.5\n", 2, "`pool_months`"),
        ("[gate]\nalpha = \n", 2, "not valid TOML"),
        ("[gate]\nalpha = 0.1\nalpha = 0.2\n", 3, "not valid TOML"),
        ("[gate]\nmargin = 0.1\nweight_mean = 0.5\n", 3, "found a sum of 1.1"),
        ("[gate]\nweight_mean = 0\nweight_case = 0.8\n", 2, "three weights over 0"),
    ],
)
def test_a_wrong_policy_names_its_line(text, line, what) -> None:
    with pytest.raises(InputError, match=what) as caught:
        policy_from(text, "goldenprompt.toml")
    assert caught.value.line == line


def test_a_policy_that_is_a_link_to_nowhere_is_an_error_and_not_the_default(tmp_path) -> None:
    (tmp_path / "goldenprompt.toml").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="cannot be read"):
        read_policy(tmp_path)
