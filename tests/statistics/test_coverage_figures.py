"""What coverage promises, on the labelled tickets of the corpus; benchmarks/coverage_alarms.py is the long form."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "coverage_alarms.py"
CORPUS = Path(os.environ.get("GOLDENPROMPT_CORPUS", "/nowhere")) / "wild"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no GOLDENPROMPT_CORPUS")


@pytest.fixture(scope="module")
def alarms():
    spec = importlib.util.spec_from_file_location("coverage_alarms", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_unchanged_sets_raise_few_alarms(alarms):
    assert alarms.unchanged(alarms.tickets(), 50, 8).either <= 2


def test_a_label_that_was_left_out_is_found_by_its_name(alarms):
    assert alarms.one_left_out(alarms.tickets(), 50, 5).right >= 4
