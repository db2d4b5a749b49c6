"""`goldenprompt judge-check`: how far a judge agrees with people who labelled answers."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_goldenprompt.cli.place import root_of, store_of
from pytest_goldenprompt.cli.repeated import to_json
from pytest_goldenprompt.engine.asking import Bench, asked_about
from pytest_goldenprompt.engine.attempt import Limits
from pytest_goldenprompt.engine.loop import Engine
from pytest_goldenprompt.engine.plan import PlannedCase, plan_prompt
from pytest_goldenprompt.engine.purse import Purse
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.composed import leaves
from pytest_goldenprompt.evaluators.evaluate import check_case
from pytest_goldenprompt.evaluators.judge import JudgedByModel
from pytest_goldenprompt.evaluators.transformed import Transformed
from pytest_goldenprompt.formats.labelled import Labelled, read_labelled
from pytest_goldenprompt.formats.limits import read_terms
from pytest_goldenprompt.judge.agreement import Trust, agreement
from pytest_goldenprompt.model.contracts import Evaluator, Provider, ProviderSetting
from pytest_goldenprompt.model.limits import Caps
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.providers.recording import JUDGEMENTS, kept
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.agreement import Checked, Row, agreement_record, agreement_text
from pytest_goldenprompt.reports.spend import spend_line

WISHED = 0.6
EXITS = {Trust.GOOD: 0, Trust.POOR: 1, Trust.UNSURE: 3}
INCOMPLETE = 4


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("dataset", metavar="DATASET", help="a golden dataset that names the judge")
    parser.add_argument("labels", metavar="LABELS", help="labelled answers: JSON Lines, JSON, YAML or CSV")
    parser.add_argument("--name", metavar="NAME", help="the judge's `name`, where the dataset names several")
    parser.add_argument("--judge", default="", metavar="PROVIDER", help="whom to ask where the judge names no provider")
    parser.add_argument(
        "--kappa", type=float, default=WISHED, help=f"the agreement beyond chance wished for ({WISHED})"
    )
    parser.add_argument("--max-calls", type=int, metavar="N", help="calls this may take, attempts counted")
    parser.add_argument("--concurrency", type=int, default=16, metavar="N", help="calls in flight (16)")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="seconds a call may take (60)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Ask and print: 0 agrees as wished, 1 surely not, 3 cannot be told, 4 some rows have no verdict."""
    _check(options)
    registry = Registry()
    registry.judge = options.judge
    evaluator = _judge_of(options, registry)
    judge = judge_in(evaluator)
    labelled = [_known(one, judge, evaluator) for one in read_labelled(Path(options.folder) / options.labels)]
    traffic = _traffic(options)
    outputs = _asked(options, registry, evaluator, labelled, traffic)
    rows = [_row(one, output, evaluator) for one, output in zip(labelled, outputs, strict=True)]
    pairs = [(row.label, row.choice) for row in rows if row.choice is not None]
    spent = spend_line(traffic.purse.spent, read_terms(root_of(options)), None) if traffic.purse.calls else ""
    asked, found = judge.judge.asked.name, agreement(pairs, tuple(judge.choices))
    checked = Checked(judge.name, asked, judge.version, options.kappa, found, rows, spent)
    print(to_json(agreement_record(checked)) if options.json else agreement_text(checked))
    return INCOMPLETE if checked.unjudged else EXITS[found.trust(options.kappa)]


def judge_in(evaluator: Evaluator) -> JudgedByModel:
    """Give the judge of an evaluator that is one, transforms before it or not."""
    judge = evaluator.evaluator if isinstance(evaluator, Transformed) else evaluator
    if not isinstance(judge, JudgedByModel):
        raise InputError(f"no judge, found `{judge.name}`")
    return judge


def _check(options: argparse.Namespace) -> None:
    if not 0 < options.kappa < 1:
        raise InputError(f"a number above 0 and below 1 is accepted, found {options.kappa:g}", where="--kappa")
    for name in ("max_calls", "concurrency", "timeout"):
        value = getattr(options, name)
        if value is not None and value <= 0:
            raise InputError(f"more than zero is accepted, found {value}", where=f"--{name.replace('_', '-')}")


def _judge_of(options: argparse.Namespace, registry: Registry) -> Evaluator:
    """Find the judge that the dataset names, with the transforms before it."""
    root = root_of(options)
    path = (Path(options.folder) / options.dataset).resolve()
    if not path.is_relative_to(root):
        raise InputError(f"a golden dataset under {root} is accepted, found {options.dataset!r}")
    planned = plan_prompt(root, path, registry.evaluator, lambda named: named or "echo")
    cases = planned.cases if planned else ()
    found = {(one.name, one.version): one for case in cases for one in _judges(case.evaluators)}
    wanted = {key: one for key, one in found.items() if options.name in (None, key[0].partition(":")[2])}
    if len(wanted) != 1:
        names = ", ".join(sorted({name for name, _ in found})) or "none"
        called = f" called {options.name!r}" if options.name else ""
        raise InputError(
            f"{len(wanted)} judges{called}, found {names}; one is accepted",
            where=options.dataset,
            remedy="say which by --name; judges that share a name need names of their own" if found else "",
        )
    return next(iter(wanted.values()))


def _judges(evaluators: Sequence[Evaluator]) -> Iterator[Evaluator]:
    for evaluator in evaluators:
        for leaf in leaves(evaluator):
            if isinstance(leaf.evaluator if isinstance(leaf, Transformed) else leaf, JudgedByModel):
                yield leaf


def _known(one: Labelled, judge: JudgedByModel, evaluator: Evaluator) -> Labelled:
    """Give a row with its label as the judge writes it; one that the judge cannot choose, or be asked, is refused."""
    label = next((choice for choice in judge.choices if choice.casefold() == one.label.casefold()), None)
    if label is None:
        known = ", ".join(judge.choices)
        raise InputError(
            f"no choice of the judge, found {one.label!r}; accepted are {known}", where=one.where, line=one.line
        )
    try:
        check_case([evaluator], one.case)
    except InputError as error:
        raise error.at(one.where, one.line) from None
    return Labelled(one.case, one.output, label, one.where, one.line)


def _traffic(options: argparse.Namespace) -> Traffic:
    terms = read_terms(root_of(options))
    return Traffic(terms, Purse(terms, Caps(calls=options.max_calls)))


def _asked(
    options: argparse.Namespace,
    registry: Registry,
    evaluator: Evaluator,
    labelled: Sequence[Labelled],
    traffic: Traffic,
) -> list[Output]:
    name = judge_in(evaluator).judge.provider
    providers = {name: _provider(options, registry, name)}
    limits = Limits(concurrency=options.concurrency, timeout=options.timeout)
    engine = Engine(limits, random.Random(0), traffic)  # noqa: S311 - jitter of waits
    try:
        benches = [(Bench(PlannedCase(one.case, (evaluator,), "", ()), providers), one.output) for one in labelled]
        return asked_about(engine, benches, "judge-check")
    finally:
        engine.close()


def _provider(options: argparse.Namespace, registry: Registry, name: str) -> Provider:
    store = store_of(options)
    setting = ProviderSetting(root_of(options), store.recordings, options.timeout)
    return kept(registry.provider(name, setting), name, setting, store.cache / JUDGEMENTS, anew=False)


def _row(one: Labelled, output: Output, evaluator: Evaluator) -> Row:
    seen = evaluator.seen(output)[0] if isinstance(evaluator, Transformed) else output
    vote = judge_in(evaluator).chosen(seen, one.case)
    return Row(one.where, one.line, one.label, vote.choice, vote.told)
