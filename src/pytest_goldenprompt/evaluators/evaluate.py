"""One output, judged by all evaluators of its case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from pytest_goldenprompt.evaluators.scores import bounded
from pytest_goldenprompt.model.contracts import Asking, Evaluator
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.fault import MOST
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.question import Judge, Question
from pytest_goldenprompt.model.result import Kind, Repeat, Score
from pytest_goldenprompt.model.values import SHORT_DIGEST_LENGTH, digest_of


class Crash(Exception):  # noqa: N818 - a record in the making, not a fault of the program
    """An evaluator raised, or gave something that is no score."""


class Unjudged(Crash):
    """A judge was not asked, or gave no verdict: there is no score, whoever asked for one."""


def judge_output(evaluators: Sequence[Evaluator], output: Output, case: Case) -> Repeat:
    """Judge one output. An evaluator that crashes makes an error of the repeat, neither a pass nor a fail.

    An output that no counting score speaks of is an error too: nothing was checked.
    """
    digest = digest_of(output.whole, SHORT_DIGEST_LENGTH)
    tokens = output.usage.output_tokens
    try:
        scores = [score for evaluator in evaluators for score in evaluate_output(evaluator, output, case)]
    except Crash as crash:
        return Repeat(output=digest, tokens=tokens, response_id=output.response_id, error=str(crash))
    counting = [score for score in scores if score.counts]
    forms = [score.passed for score in scores if score.kind is Kind.FORMAT]
    failed = [score for score in counting if not score.passed]
    return Repeat(
        score=min((score.value for score in counting), default=0.0),
        passed=bool(counting) and not failed,
        format_ok=all(forms) if forms else None,
        form_alone=bool(failed) and all(score.kind is Kind.FORMAT for score in failed),
        output=digest,
        faults=tuple(sorted({name for score in scores for name in score.faults})[:MOST]),
        reasons=tuple(dict.fromkeys(bounded(f"{score.evaluator}: {score.reason}") for score in failed)),
        error=None if counting else "nothing was checked: no evaluator gave a score that counts",
        tokens=tokens,
        response_id=output.response_id,
    )


def evaluate_output(evaluator: Evaluator, output: Output, case: Case) -> tuple[Score, ...]:
    """Give one evaluator's scores, the content's first; raises Crash."""
    try:
        scores = tuple(evaluator.evaluate(output, case))
        wrong = next((score for score in scores if not _is_sound(score)), None)
    except Unjudged:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a crash of one evaluator is a record, not a lost run
        told = f"evaluator {evaluator.name} crashed: {type(error).__name__}: {bounded(_message(error))}"
        raise Crash(told) from None
    if wrong is not None:
        raise Crash(f"evaluator {evaluator.name} crashed: its score is not in 0..1: {bounded(repr(wrong))}")
    return scores


def judges_asked(evaluators: Iterable[Evaluator]) -> tuple[Judge, ...]:
    """Give the judges that evaluators will ask."""
    # Few evaluators do: the quick question goes before the thorough one, which is slow.
    asking = [one for one in evaluators if hasattr(one, "judges") and isinstance(one, Asking)]
    return tuple(judge for evaluator in asking for judge in evaluator.judges())


def questions_of(evaluators: Iterable[Evaluator], output: Output, case: Case) -> tuple[Question, ...]:
    """Give what evaluators must ask of an output, each question once.

    One that fails at that asks nothing: it fails again when it judges, which is told then.
    """
    found: dict[str, Question] = {}
    for evaluator in evaluators:
        try:
            asked = evaluator.questions(output, case) if isinstance(evaluator, Asking) else ()
            found.update({question.digest(): question for question in asked})
        except Exception:  # noqa: BLE001, S112 - as said above
            continue
    return tuple(found.values())


def check_case(evaluators: Iterable[Evaluator], case: Case) -> None:
    """Let the evaluators that can refuse a case before any call: InputError, such as an unknown expected label."""
    for evaluator in evaluators:
        check = getattr(evaluator, "check", None)
        if check is not None:
            check(case)


def definition_digest(case: Case, specs: Sequence[EvaluatorSpec], evaluators: Sequence[Evaluator]) -> str:
    """Name what defines a case: inputs, messages, expectation, and its evaluators with settings and versions."""
    return digest_of(
        {
            "evaluators": [
                {**spec.plain(), "version": evaluator.version}
                for spec, evaluator in zip(specs, evaluators, strict=True)
            ],
            "expected": case.expected,
            "inputs": case.inputs,
            "messages": [message.plain() for message in case.messages],
        },
        SHORT_DIGEST_LENGTH,
    )


def _is_sound(score: Score) -> bool:
    return isinstance(score, Score) and math.isfinite(score.value) and 0 <= score.value <= 1


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception whose text cannot be made is still a crash of the evaluator
        return "(its message cannot be shown)"
