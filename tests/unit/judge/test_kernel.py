from __future__ import annotations

import random
import sys

from pytest_goldenprompt.judge.gaps import Pool, deals
from pytest_goldenprompt.judge.kernel import discrepancy

PARCEL = ["my parcel is late", "where is the parcel", "the parcel never came", "parcel lost on its way"]
BILL = ["charged twice this month", "the invoice is wrong", "refund my second charge", "billing shows two charges"]
POOL = Pool(20, 20)


def told(golden, production, seed="s"):
    texts = [*golden, *production]
    return discrepancy(texts, (1 << 20) - 1, POOL, tuple(deals(POOL, 199, seed)))


def test_texts_of_another_subject_are_far_and_the_same_ones_are_near():
    draw = random.Random(1)
    same = told(draw.choices(PARCEL + BILL, k=20), draw.choices(PARCEL + BILL, k=20))
    other = told(draw.choices(PARCEL, k=20), draw.choices(BILL, k=20))
    assert other.statistic > 4 * same.statistic
    assert other.p == 1 / 200
    assert same.p > 0.02
    assert told(PARCEL * 5, PARCEL * 5).p == 1.0


def test_empty_texts_are_alike():
    assert told([""] * 20, [""] * 20) == (0.0, 1.0)


def test_without_numpy_nothing_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert told(PARCEL * 5, BILL * 5) is None
