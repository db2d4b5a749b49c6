"""`goldenprompt show`: a stored run, a prompt of it, or a case with every output."""

from __future__ import annotations

import argparse
import sys

from pytest_goldenprompt.cli.judged import judged_run, print_lines
from pytest_goldenprompt.cli.place import root_of, store_of
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.verdict import PromptVerdict
from pytest_goldenprompt.reports.detail import case_detail, prompt_detail
from pytest_goldenprompt.reports.terminal import Line, summary
from pytest_goldenprompt.reports.view import RunView


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("place", metavar="RUN[/PROMPT[/CASE]]", help="a run's id or `last`, a prompt, a case")


def run(options: argparse.Namespace) -> int:
    """Print what was asked for."""
    name, _, rest = options.place.partition("/")
    view = judged_run(store_of(options), root_of(options), name)
    lines = list(summary(view)) if not rest else _part(view, rest)
    print_lines(lines, colour=sys.stdout.isatty())
    return 0


def _part(view: RunView, place: str) -> list[Line]:
    """Find a prompt, or the case of one; where one prompt's id begins another's, the longest that fits is meant."""
    fitting = [prompt for prompt in view.verdict.prompts if f"{place}/".startswith(f"{prompt.id}/")]
    fitting.sort(key=lambda prompt: -len(prompt.id))
    for prompt in fitting:
        if place == prompt.id:
            return list(prompt_detail(view, prompt))
        found = [one for one in prompt.outcomes if one.case_id == place.removeprefix(f"{prompt.id}/")]
        if found:
            return list(case_detail(view.case(prompt.id, found[0])))
    if fitting:
        raise _no_such_case(fitting[0], place.removeprefix(f"{fitting[0].id}/"))
    known = [prompt.id for prompt in view.verdict.prompts]
    raise InputError(f"no such prompt in run {view.record.id}, found {place!r}{did_you_mean(place, known)}")


def _no_such_case(prompt: PromptVerdict, case_id: str) -> InputError:
    known = [one.case_id for one in prompt.outcomes]
    return InputError(f"no such case in {prompt.id}, found {case_id!r}{did_you_mean(case_id, known)}")
