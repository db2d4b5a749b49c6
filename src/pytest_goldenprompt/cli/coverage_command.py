"""`goldenprompt coverage`: what production asks and the golden dataset lacks, and which inputs to make cases of."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from pytest_goldenprompt.authoring.places import Place, find_place
from pytest_goldenprompt.authoring.production import golden_of, golden_set, only_place, production_of
from pytest_goldenprompt.cli.added import Adding, source_of
from pytest_goldenprompt.cli.place import root_of
from pytest_goldenprompt.cli.repeated import to_json
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.examples import Example, read_examples
from pytest_goldenprompt.judge.coverage import Coverage, cover
from pytest_goldenprompt.model.values import digest_of, digest_of_bytes
from pytest_goldenprompt.reports.coverage import Input, Subject, coverage_record, coverage_text
from pytest_goldenprompt.store.lock import alone_in

READING, MOST_READING = 10, 100
MOST_INPUTS = 500
"""Inputs that are compared; more of them hardly tell more, and are drawn from."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="PRODUCTION", help="JSON Lines or traces of what was asked (- for stdin)")
    parser.add_argument("--prompt", metavar="ID", help="a prompt's id, its file or its golden dataset (the only one)")
    parser.add_argument(
        "--read", type=int, default=READING, metavar="N", help=f"inputs to list that should be read ({READING})"
    )
    parser.add_argument("--draft", action="store_true", help="write these inputs as candidates, for review")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Compare and print; 1 where a gap was found, or the prompt has no golden case at all."""
    if not 0 <= options.read <= MOST_READING:
        raise InputError(f"0 to {MOST_READING} inputs are accepted, found {options.read}", where="--read")
    root, start = root_of(options), Path(options.folder).resolve()
    place = only_place(root) if options.prompt is None else find_place(root, start, options.prompt)
    source = source_of(start, options.file)
    prompt = place.read_prompt()
    dataset = golden_set(place, prompt)
    seed = digest_of([digest_of_bytes(source.text.encode("utf-8", "surrogatepass")), dataset.digest])
    production = production_of(read_examples(source), prompt, MOST_INPUTS, seed)
    asked = production.asked
    found = cover(golden_of(dataset.cases), asked, seed, options.read)
    subject = Subject(
        place.id,
        tuple(case.id for case in dataset.cases),
        tuple(Input(one.where, one.line, was.text) for one, was in zip(production.examples, asked, strict=True)),
        production.given,
        tuple(str(error) for error in production.strangers),
    )
    print(to_json(coverage_record(found, subject)) if options.json else coverage_text(found, subject))
    if options.draft:
        _draft(place, found, production.examples, as_json=options.json)
    return int(not found.is_covered)


def _draft(place: Place, found: Coverage, examples: tuple[Example, ...], *, as_json: bool) -> None:
    """Write what is to be read as candidates; in a report for programs this is said aside."""
    chosen = [replace(examples[one.place], whole=None) for one in found.reading]
    with alone_in(place.root):  # another process would write over what is read here
        Adding(place, told=sys.stderr if as_json else None).add(chosen)
