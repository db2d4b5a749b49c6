from __future__ import annotations

import json
from datetime import date

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.signals import signals_at
from pytest_goldenprompt.model.trend import Measure, Measured

ROW = {"date": "2026-11-03", "prompt": "support/triage", "name": "corrected", "value": 0.04}
LESS, MORE = (Measure("corrected", more, least=0.05) for more in (False, True))


def read(tmp_path, *rows):
    path = tmp_path / "signals.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return signals_at(tmp_path, None)


def test_signals_are_read(tmp_path):
    found = read(tmp_path, ROW, {**ROW, "date": "2026-11-04", "value": 1})
    assert found == [
        Measured("support/triage", LESS, date(2026, 11, 3), "2026-11", 0.04),
        Measured("support/triage", LESS, date(2026, 11, 4), "2026-11", 1.0),
    ]
    assert read(tmp_path, {**ROW, "better": "more"}, ROW)[1].measure == MORE


def test_without_a_file_there_are_none_and_a_named_one_may_lie_anywhere(tmp_path):
    assert signals_at(tmp_path, None) == []
    read(tmp_path, ROW)
    (tmp_path / "library").mkdir()
    assert len(signals_at(tmp_path / "library", tmp_path / "signals.jsonl")) == 1
    with pytest.raises(InputError, match="no such file"):
        signals_at(tmp_path, tmp_path / "other.jsonl")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("{", "not valid JSON"),
        ("[]", "found a list of 0; one object a line is accepted"),
        ({**ROW, "day": "x"}, "unknown key in the signal, found 'day'; date, prompt, name, value, better are accepted"),
        (
            {**ROW, "date": "3.11.2026"},
            "wrong `date` in the signal, found '3.11.2026'; a day as YYYY-MM-DD is accepted",
        ),
        ({**ROW, "date": "20261103"}, "wrong `date` in the signal, found '20261103'; a day as"),
        ({**ROW, "date": 3}, "wrong `date` in the signal, found 3; text"),
        ({**ROW, "value": "4 %"}, "wrong `value` in the signal, found '4 %'; a number is accepted"),
        ({**ROW, "value": True}, "wrong `value` in the signal, found true; a number is accepted"),
        ({**ROW, "prompt": None}, "wrong `prompt` in the signal, found nothing; text on one line; a signal needs"),
        ({**ROW, "better": "higher"}, "wrong `better` in the signal, found 'higher'; one of more, less is accepted"),
        ({**ROW, "better": "more"}, "wrong `better` in the signal, found 'more'; what was said of 'corrected' before"),
    ],
)
def test_what_is_refused_has_its_line(row, what, tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, ROW, row)
    assert str(caught.value).startswith("signals.jsonl:2: ")
    assert what in str(caught.value)


def test_no_number_is_too_great_to_be_refused(tmp_path):
    with pytest.raises(InputError, match="2: "):
        read(tmp_path, ROW, json.dumps(ROW).replace("0.04", "1e999"))
