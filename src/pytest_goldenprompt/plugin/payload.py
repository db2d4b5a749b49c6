"""What travels with an item's report: the graded case, as text between processes, and how it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.verdict import CaseOutcome
from pytest_goldenprompt.store.codec import case_from_plain, case_to_plain


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case that ran: its graded answers, its outcome, and whether its item fails."""

    graded: Graded
    outcome: CaseOutcome
    red: bool

    def properties(self) -> Iterator[tuple[str, str]]:
        """Give what JUnit and other readers of reports may want to know."""
        outcome = self.outcome
        yield "golden_prompt", self.graded.result.prompt_id
        yield "golden_case", outcome.case_id
        yield "golden_outcome", outcome.outcome.value
        yield "golden_then", f"{outcome.x}/{outcome.k0}"
        yield "golden_now", f"{outcome.y}/{outcome.k1}"


def graded_to_plain(graded: Graded) -> str:
    """Give a graded case as ASCII JSON: any text survives any transport between processes."""
    return json.dumps(
        {
            "case": case_to_plain(graded.result),
            "texts": graded.texts,
            "served": graded.served,
            "fingerprints": graded.fingerprints,
            "replayed": graded.replayed,
            "judges": graded.judges,
        },
        allow_nan=False,
    )


def graded_from_plain(text: str) -> Graded:
    """Read what `graded_to_plain` wrote."""
    plain: dict[str, Any] = json.loads(text)
    result: CaseResult = case_from_plain(plain["case"], "a worker's report")
    served, fingerprints, judges = (tuple(plain[name]) for name in ("served", "fingerprints", "judges"))
    return Graded(result, plain["texts"], served, fingerprints, plain["replayed"], judges)
