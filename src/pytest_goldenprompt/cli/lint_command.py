"""`goldenprompt lint`: what is wrong with prompts, datasets and policy, without a call; also the pre-commit hook."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from pytest_goldenprompt.authoring.findings import Finding, count
from pytest_goldenprompt.authoring.lint import lint
from pytest_goldenprompt.authoring.targets import targets
from pytest_goldenprompt.cli.place import now, root_of
from pytest_goldenprompt.model.many import uncollected
from pytest_goldenprompt.model.severity import Severity
from pytest_goldenprompt.model.values import JSON
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.reports.inert import one_line
from pytest_goldenprompt.store.place import find_root, is_root

SCHEMA = "goldenprompt.lint/1"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders to check (the whole library)")
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


@uncollected()
def run(options: argparse.Namespace) -> int:
    """Check and print; 1 where there is an error, with --strict also where there is a warning."""
    start = Path(options.folder).resolve()
    named = [Path(os.path.normpath(start / name)) for name in options.paths]
    chosen = targets(_root(options, named), named)
    findings = lint(chosen, Registry(imports=False).evaluator, now()[: len("YYYY-MM-DD")])
    print(_to_json(findings, chosen.number) if options.json else _to_text(findings, chosen.number))
    failing = [Severity.ERROR, *([Severity.WARNING] if options.strict else [])]
    return int(any(finding.severity in failing for finding in findings))


def _root(options: argparse.Namespace, named: list[Path]) -> Path:
    """Find the library of the named files, which a pre-commit hook names from the repository's top; else our own."""
    if named:
        folders = [path if path.is_dir() else path.parent for path in named]
        found = find_root(Path(os.path.commonpath(folders)))
        if is_root(found):
            return found
    return root_of(options)


def _to_text(findings: tuple[Finding, ...], files: int) -> str:
    lines = [
        one_line(f"{one.where}:{one.line}: {one.severity}: {one.what}{f' ({one.remedy})' * bool(one.remedy)}")
        + f" [{one.rule}]"
        for one in findings
    ]
    counted = [(count(findings, severity), severity) for severity in Severity]
    told = ", ".join(f"{number} {severity}{'s' * (number > 1)}" for number, severity in counted if number)
    lines.append(f"{told or 'nothing found'} in {files} file{'s' * (files != 1)}")
    return "\n".join(lines)


def _to_json(findings: tuple[Finding, ...], files: int) -> str:
    record: dict[str, JSON] = {
        "schema": SCHEMA,
        "files": files,
        **{f"{severity}s": count(findings, severity) for severity in Severity},
        "findings": [
            {
                "file": one.where,
                "line": one.line,
                "severity": one.severity,
                "rule": one.rule,
                "what": one.what,
                "remedy": one.remedy,
            }
            for one in findings
        ],
    }
    return json.dumps(record, indent=1, sort_keys=True, allow_nan=False)
