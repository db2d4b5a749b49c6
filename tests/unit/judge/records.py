"""Short ways to write run records for tests of the gate."""

from __future__ import annotations

from pytest_goldenprompt.judge.pairing import Pairing
from pytest_goldenprompt.judge.pairs import Pair, tally
from pytest_goldenprompt.judge.reading import Reading, Seen
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunRecord
from pytest_goldenprompt.model.result import CaseResult, Repeat

PROMPT = "support/triage"
POLICY = Policy()


def repeats(passes, k):
    return tuple(Repeat(score=float(number < passes), passed=number < passes) for number in range(k))


def graded(*scores):
    return tuple(Repeat(score=score, passed=score >= 0.5) for score in scores)


def case(case_id, passes=1, k=1, *, prompt=PROMPT, digest="same", **more):
    more.setdefault("repeats", repeats(passes, k))
    return CaseResult(prompt, case_id, digest, **more)


def cases(passes, k=10, **more):
    """Give one case for every number of passes, numbered from 0."""
    return tuple(case(f"c{number:03}", y, k, **more) for number, y in enumerate(passes))


def facts(prompt=PROMPT, **more):
    return PromptFacts(prompt, f"{prompt}.golden.yaml", **more)


def run(*results, prompts=(), **more):
    known = {one.id for one in prompts}
    found = sorted({result.prompt_id for result in results} - known)
    return RunRecord("run", prompts=(*prompts, *(facts(prompt) for prompt in found)), cases=results, **more)


def reading(passes, k, full=None):
    return Reading(k, passes, passes if full is None else full, passes / k, 0.25)


def pair(x, k0, y, k1, *, full=None, **more):
    return Pair("c", reading(x, k0), reading(y, k1, full), **more)


def pairing(pairs, left=None, **more):
    """Give the pairing whose stored cases are those of the pairs, of which only some may be left to compare."""
    stored = tuple(Seen(case("c", tags=one.tags), one.then) for one in pairs)
    here = tuple(pairs if left is None else left)
    return Pairing(facts(), stored=stored, pairs=here, alike=tally(here), **more)


STEADY = (10,) * 40 + (9, 8, 9, 7, 5, 0, 0, 1, 9, 10)
"""Passes of ten repeats of fifty cases: mostly solid, some flaky, some dead."""
