"""The options: one table from which the command line, the ini file and the settings are made."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from pytest_goldenprompt.store.url import DEFAULT_STORE, choose_store

REPLAY_MODES = ("none", "once", "new", "all")
REPORT_KINDS = ("json", "html", "markdown", "summary", "ctrf", "attestation", "openmetrics", "genai", "otel")


@dataclass(frozen=True)
class Option:
    """One option: its name on the command line and, with underscores, in the ini file; None as ini default: unset."""

    name: str
    metavar: str
    help: str
    default: Any = None
    kind: Literal["string", "int", "float", "bool"] = "string"
    choices: tuple[str, ...] | None = None

    @property
    def ini(self) -> str:
        """Give the name in the ini file."""
        return self.name.replace("-", "_")


OPTIONS = (
    Option(
        "golden-baseline",
        "REF",
        "last-month, YYYY-MM, a run id, anchor, git:REVISION or a path",
        "last-month",
    ),
    Option("golden-store", "URL", f"where run records are kept, such as {DEFAULT_STORE}"),
    Option("golden-provider", "NAME", "ask this provider whatever the files say, such as openai:MODEL or replay"),
    Option("golden-judge", "NAME", "whom `judge` evaluators ask that name no provider, such as openai:MODEL"),
    Option("golden-repeats", "N", "calls a case in this run; 0 takes the policy's", 0, "int"),
    Option("golden-concurrency", "N", "calls in flight, over all workers", 16, "int"),
    Option("golden-timeout", "SECONDS", "seconds a call may take", 60.0, "float"),
    Option("golden-budget", "AMOUNT", "money this run may cost, by the prices in goldenprompt.toml", 0.0, "float"),
    Option("golden-max-calls", "N", "calls this run may make, attempts counted", 0, "int"),
    Option("golden-deadline", "SECONDS", "seconds from the start after which nothing is called", 0.0, "float"),
    Option("golden-month", "YYYY-MM", "record or judge for an earlier month"),
    Option("golden-replay", "MODE", "recorded answers: none, once, new or all", None, "string", REPLAY_MODES),
)


def add_options(parser: pytest.Parser) -> None:
    """Register all options in one group; without `--golden` none of them does anything."""
    group = parser.getgroup("goldenprompt", "golden datasets of prompts")
    group.addoption("--golden", action="store_true", help="run golden datasets, compare with the stored run, gate")
    group.addoption("--golden-only", action="store_true", help="the same, and nothing but golden datasets")
    group.addoption("--golden-record", action="store_true", help="the monthly job: store this run as the month's")
    group.addoption(
        "--golden-tag",
        action="append",
        default=[],
        metavar="TAG",
        help="run the cases that have this tag, or another so named",
    )
    group.addoption("--golden-shard", metavar="I/N", help="run the I-th of N equal parts, for `goldenprompt merge`")
    group.addoption("--golden-changed", action="store_true", help="call only what changed since the stored run")
    group.addoption("--golden-merge", action="append", default=[], metavar="FOLDER", help="merge shards of a run")
    group.addoption(
        "--golden-batch",
        action="store_true",
        help="hand requests over to providers that take batches; the same command collects them later",
    )
    group.addoption("--golden-strict", action="store_true", help="partial and inconclusive runs fail")
    group.addoption(
        "--golden-report", action="append", default=[], metavar="KIND=PATH", help="write a report, such as json=PATH"
    )
    for option in OPTIONS:
        kind = {"int": int, "float": float}.get(option.kind, str)
        group.addoption(f"--{option.name}", metavar=option.metavar, type=kind, choices=option.choices, help=option.help)
        parser.addini(option.ini, option.help, type=option.kind, default=option.default)
    parser.addini("golden_paths", "folders with golden datasets, added when no path is typed", type="args", default=[])
    parser.addini("golden_strict", "partial and inconclusive runs fail", type="bool", default=False)
    parser.addini("golden_junit_properties", "JUnit files hold properties of cases", type="bool", default=True)
    parser.addini("golden_report", "reports to write, KIND=PATH a line", type="linelist", default=[])


def is_active(config: pytest.Config) -> bool:
    """Say whether this session runs golden datasets at all."""
    return any(config.getoption(name) for name in ("--golden", "--golden-only", "--golden-record", "--golden-merge"))


def refuse_idle(config: pytest.Config) -> None:
    """Refuse options of ours that were typed without one that runs golden datasets: nobody types them to no effect."""
    idle = [word for word in config.invocation_params.args if str(word).startswith("--golden")]
    if idle:
        raise pytest.UsageError(f"{idle[0]} does nothing by itself; add --golden")


@dataclass(frozen=True)
class Settings:
    """What the command line, the ini file and the environment say, in this order of weight."""

    root: Path
    baseline: str
    store: str
    provider: str | None
    default_provider: str | None
    judge: str | None
    repeats: int
    concurrency: int
    timeout: float
    budget: float | None
    max_calls: int | None
    deadline: float | None
    month: str | None
    replay: str | None
    record: bool
    batch: bool
    only: bool
    strict: bool
    in_ci: bool
    reports: tuple[tuple[str, Path], ...]
    paths: tuple[str, ...]
    shard: tuple[int, int] | None = None
    properties: bool = True
    """Whether reports of pytest's own carry properties of cases and gates."""


def read_settings(config: pytest.Config, root: Path) -> Settings:
    """Collect the settings; a wrong one is a usage error of pytest (exit 4)."""
    typed = {option.ini: config.getoption(f"--{option.name}") for option in OPTIONS}
    value = {name: config.getini(name) if given is None else given for name, given in typed.items()}
    _refuse_wrong(config, typed, value)
    return Settings(
        root=root,
        baseline=value["golden_baseline"],
        store=choose_store(typed["golden_store"], config.getini("golden_store"), os.environ),
        provider=typed["golden_provider"],
        default_provider=config.getini("golden_provider"),
        judge=value["golden_judge"],
        repeats=value["golden_repeats"],
        concurrency=value["golden_concurrency"],
        timeout=value["golden_timeout"],
        budget=value["golden_budget"] or None,
        max_calls=value["golden_max_calls"] or None,
        deadline=value["golden_deadline"] or None,
        month=value["golden_month"],
        replay=value["golden_replay"],
        record=config.getoption("--golden-record"),
        batch=config.getoption("--golden-batch"),
        only=config.getoption("--golden-only"),
        strict=config.getoption("--golden-strict") or config.getini("golden_strict"),
        # Some systems write their own name into it, so that whatever is no plain "no" counts.
        in_ci=os.environ.get("CI", "").lower() not in {"", "0", "false", "no"},
        reports=tuple(_report(config, text) for text in _reports(config)),
        paths=tuple(config.getini("golden_paths")),
        properties=config.getini("golden_junit_properties"),
    )


def _refuse_wrong(config: pytest.Config, typed: Mapping[str, Any], value: Mapping[str, Any]) -> None:
    for name in ("golden_concurrency", "golden_timeout"):
        if value[name] <= 0:
            raise pytest.UsageError(f"--{name.replace('_', '-')}: more than zero is accepted, found {value[name]}")
    for name in ("golden_budget", "golden_max_calls", "golden_deadline"):  # 0 in the ini file is none
        if typed[name] == 0 or not 0 <= value[name] < math.inf:
            raise pytest.UsageError(f"--{name.replace('_', '-')}: more than zero is accepted, found {value[name]}")
    if value["golden_repeats"] < 0:
        raise pytest.UsageError(f"--golden-repeats: a count is accepted, found {value['golden_repeats']}")
    if value["golden_replay"] not in (None, *REPLAY_MODES):
        raise pytest.UsageError(f"golden_replay: accepted are none, once, new, all; found {value['golden_replay']!r}")
    if config.getoption("--golden-batch") and value["golden_replay"] and not config.getoption("--golden-record"):
        raise pytest.UsageError(
            f"--golden-batch asks live, found --golden-replay {value['golden_replay']}; leave one out"
        )


def _reports(config: pytest.Config) -> list[str]:
    return list(config.getoption("--golden-report")) or list(config.getini("golden_report"))


def _report(config: pytest.Config, text: str) -> tuple[str, Path]:
    kind, separator, path = text.partition("=")
    if not separator or not path:
        raise pytest.UsageError(f"--golden-report: KIND=PATH is accepted, found {text!r}; such as json=verdict.json")
    if kind not in REPORT_KINDS:
        raise pytest.UsageError(f"--golden-report: no such kind, found {kind!r}; known are {', '.join(REPORT_KINDS)}")
    return kind, config.invocation_params.dir / path
