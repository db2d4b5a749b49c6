"""`goldenprompt import outputs`: what other tools got as answers, judged with a golden dataset and stored as a run."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pytest_goldenprompt import __version__
from pytest_goldenprompt.cli.place import now, root_of, store_of
from pytest_goldenprompt.engine.attempt import Answer
from pytest_goldenprompt.engine.grade import grade
from pytest_goldenprompt.engine.plan import PlannedPrompt, plan_prompt
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats import answers as files
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.judge.copies import counted_once
from pytest_goldenprompt.judge.decide import References, decide
from pytest_goldenprompt.judge.pooling import pooled
from pytest_goldenprompt.judge.reasons import counted
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.values import digest_of, digest_of_bytes
from pytest_goldenprompt.model.verdict import ReferenceFacts
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.verdict_record import to_text, verdict_record
from pytest_goldenprompt.store.acceptance import accept_by_itself
from pytest_goldenprompt.store.codec import cases_text
from pytest_goldenprompt.store.reference import MONTH, earlier_accepted, find_baseline, load_baseline
from pytest_goldenprompt.store.store import Store


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "files", nargs="+", metavar="DATASET=OUTPUTS", help="a golden dataset and a JSON Lines file of outputs for it"
    )
    parser.add_argument("--month", metavar="YYYY-MM", help="the month that the outputs are of (this one)")


@dataclass
class _Imported:
    """What the files gave: facts of prompts, results, texts by digest."""

    prompts: list[PromptFacts] = field(default_factory=list)
    cases: list[CaseResult] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def run(options: argparse.Namespace) -> int:
    """Judge and store the outputs; a run without objections is accepted."""
    root, store = root_of(options), store_of(options)
    month = _month(options.month)
    imported = _Imported()
    for text in options.files:
        _add(imported, root, Path(options.folder).resolve(), text)
    record = _record(imported, month, read_policy(root))
    print(_keep(store, record, imported.texts, read_policy(root)))
    return 0


def _month(asked: str | None) -> str:
    current = datetime.now(UTC).strftime("%Y-%m")
    if asked is not None and (not MONTH.fullmatch(asked) or asked > current):
        raise InputError(f"a month as YYYY-MM, not after {current}, is accepted; found {asked!r}", where="--month")
    return asked or current


def _add(imported: _Imported, root: Path, folder: Path, text: str) -> None:
    dataset, separator, outputs = text.partition("=")
    path = (folder / dataset).resolve()
    if not separator or not path.is_relative_to(root):
        raise InputError(f"DATASET=OUTPUTS, with the dataset under {root}, is accepted; found {text!r}")
    planned = plan_prompt(root, path, Registry().evaluator, lambda _: "import")
    if planned is None:
        raise InputError("no golden cases, found a prompt without rows; a golden dataset is accepted", where=dataset)
    answers, served = _answers(planned, folder / outputs)
    if planned.prompt is not None:
        imported.texts[planned.facts.digest] = planned.prompt.text
    imported.prompts.append(replace(planned.facts, served=served))
    if planned.judges:
        raise InputError(
            "evaluators that ask a judge, found `judge`; without a call, as here, no answer can be judged by them",
            where=dataset,
            remedy=f"run pytest --golden --golden-provider replay:{outputs}",
        )
    for case in planned.cases:
        graded = grade(planned, case, answers.get(case.case.id, ()))
        missing = "" if graded.result.repeats else "no output was imported"
        imported.cases.append(replace(graded.result, missing=missing))
        imported.texts.update(graded.texts)


def _answers(planned: PlannedPrompt, path: Path) -> tuple[dict[str, list[Answer]], tuple[str, ...]]:
    """Read the outputs by case, in the order of their repeats; one for an unknown case is refused."""
    found: dict[str, list[Answer]] = defaultdict(list)
    known = {case.case.id for case in planned.cases}
    served = set()
    for one in sorted(files.read_outputs(None, path), key=lambda one: one.repeat):
        if one.prompt_id not in (None, planned.facts.id):
            continue
        if one.case_id not in known:
            raise InputError(
                f"output for a case that the dataset does not have, found {one.case_id!r}",
                where=str(path),
                line=one.line,
                remedy="import it with the dataset that it was made for",
            )
        found[one.case_id].append(Answer(one.output, one.error, latency=one.latency))
        if one.output is not None and one.output.model:
            served.add(one.output.model)
    return found, tuple(sorted(served))


def _record(imported: _Imported, month: str, policy: Policy) -> RunRecord:
    moment = now()
    cases = sorted(imported.cases, key=lambda case: (case.prompt_id, case.case_id))
    _refuse_twice([facts.id for facts in imported.prompts])
    record = RunRecord(
        id="",
        kind=RunKind.IMPORT,
        month=month,
        started=moment,
        finished=moment,
        tool=__version__,
        policy_digest=digest_of(policy.plain()),
        policy=policy.plain(),
        prompts=tuple(sorted(imported.prompts, key=lambda facts: facts.id)),
        cases=tuple(cases),
    )
    stamp = moment.replace("-", "").replace(":", "")
    content = f"{month}\n{cases_text(record)}"  # a script may import several months within a second
    return replace(record, id=f"{stamp}-{digest_of_bytes(content.encode())[:6]}")


def _refuse_twice(ids: Sequence[str]) -> None:
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise InputError(f"a dataset can be imported once in a run, found twice: {', '.join(twice)}")


def _keep(store: Store, record: RunRecord, texts: dict[str, str], policy: Policy) -> str:
    first, since = not store.has_history(), store.pointers()
    found = find_baseline(store, "last-month", month=record.month, recording=True)
    earlier = earlier_accepted(since, found, policy.pool_months - 1)
    baseline = pooled(load_baseline(store, found), [store.load(one) for one in earlier]) if found else None
    record = counted_once(record, {digest: len(text) for digest, text in texts.items()}, baseline)
    verdict = decide(References(baseline, first=first), record, policy)
    facts = _reference(store, baseline) if baseline else None
    text = to_text(verdict_record(verdict, record, facts, None, digest_of_bytes(cases_text(record).encode())))
    store.save(record, texts, text, keep=True)
    _, sentence = accept_by_itself(store, record, verdict.state, first=first, verdict=verdict, since=since)
    size = f"{counted(len(record.cases), 'case')} of {counted(len(record.prompts), 'prompt')}"
    return f"run {record.id}: {size} {sentence}"


def _reference(store: Store, baseline: RunRecord) -> ReferenceFacts:
    digest = store.pointer_to(baseline.id).digest
    return ReferenceFacts(baseline.id, baseline.month, digest, pooled=baseline.pooled)
