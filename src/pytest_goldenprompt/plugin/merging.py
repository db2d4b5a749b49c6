"""`--golden-merge`: the shards of a run become the run; only what looks worse is asked again, as one machine would."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.engine.plan import PlannedPrompt
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.git import git
from pytest_goldenprompt.judge.shards import ALIKE, differing, joined, name_of
from pytest_goldenprompt.model.contracts import Provider
from pytest_goldenprompt.model.limits import Spend
from pytest_goldenprompt.model.record import PromptFacts, RunKind, RunRecord
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.values import canonical
from pytest_goldenprompt.plugin.carrying import as_graded
from pytest_goldenprompt.plugin.facts import Facts
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.plugin.stored_run import Reference
from pytest_goldenprompt.reports.spend import spent_of
from pytest_goldenprompt.store.shards import Shard, find_shards, read_shard, shards_of
from pytest_goldenprompt.store.store import Store

OPTION = "--golden-merge"
NO_STORE = ":(top,exclude,glob)**/.goldenprompt/**"
HERE = "merge where the files are those that the shards ran on, with the same options"


@dataclass
class Merged:
    """The run that its shards make together, and what of it was taken so far."""

    record: RunRecord
    texts: Mapping[str, str]
    references: Mapping[str, Any]
    """What each shard was compared with, as verdict records tell it."""
    spent: Sequence[Mapping[str, Spend]]
    folders: Sequence[Path] = ()
    """Where the shards were found."""
    results: dict[tuple[str, str], Graded] = field(default_factory=dict)
    _facts: Mapping[str, PromptFacts] = field(default_factory=dict)
    _cases: Mapping[tuple[str, str], CaseResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._facts = {facts.id: facts for facts in self.record.prompts}
        self._cases = {(case.prompt_id, case.case_id): case for case in self.record.cases}

    @property
    def started(self) -> datetime:
        """Give the moment when the first shard began."""
        return datetime.fromisoformat(self.record.started).astimezone(UTC)

    def planned(self, planned: PlannedPrompt, provider: Callable[[str], Provider]) -> PlannedPrompt:
        """Take all results of a prompt; one that the shards did not run as it is here is an InputError.

        No provider is needed as long as nothing is asked again.
        """
        del provider
        facts = self._facts.get(planned.facts.id)
        if facts is None or facts.error:
            raise InputError("no shard ran it, found it here", remedy=HERE)
        here = replace(planned.facts, deterministic=facts.deterministic, provider_version=facts.provider_version)
        cases = [(case, self._cases.get((facts.id, case.case.id))) for case in planned.cases]
        odd = differing(here, facts) or next((case.case.id for case, one in cases if _is_other(case.digest, one)), "")
        if odd:
            raise InputError(f"not what the shards ran, found another {odd}", remedy=HERE)
        for _, one in cases:
            if one is not None:
                self.results[one.prompt_id, one.case_id] = as_graded(one, facts, self.texts)
        return replace(planned, facts=here)

    def absent(self, prompts: Collection[str]) -> tuple[str, ...]:
        """Say which prompts the shards ran that are not here."""
        return tuple(f"{name}, which the shards ran, is not here" for name in sorted(self._facts.keys() - prompts))


def _is_other(digest: str, result: CaseResult | None) -> bool:
    return result is None or result.digest != digest


def read_merged(config: pytest.Config, store: Store) -> Merged | None:
    """Read and join the shards that were named, or those of this store; None where none are to be merged."""
    named: list[str] | None = config.getoption(OPTION)
    if not named:
        return None
    if config.getoption("--golden-shard") is not None:
        raise pytest.UsageError(f"{OPTION} and --golden-shard: one of them is accepted")
    folders = [config.invocation_params.dir / name if name else shards_of(store) for name in named]
    shards = [read_shard(home) for home in find_shards(folders)]
    record = joined([shard.record for shard in shards])
    _refuse_other_references(shards)
    texts = {digest: text for shard in shards for digest, text in shard.texts.items()}
    spent = [spent_of(shard.verdict.get("spend")) for shard in shards]
    references = {name: shards[0].verdict.get(name) for name in ("baseline", "anchor")}
    return Merged(record, texts, references, spent, folders)


def of_shards(settings: Settings, merged: Merged) -> Settings:
    """Give the settings of the run that the shards are of: a recording one, or a check, of their month."""
    recording = merged.record.kind is RunKind.RECORDING
    if settings.record and not recording:
        raise pytest.UsageError("--golden-record: shards of a recording run are accepted, found such of a check")
    return replace(settings, record=recording, month=merged.record.month)


def refuse_other_ground(merged: Merged, facts: Facts, found: Reference, root: Path) -> None:
    """Refuse to merge where something else is run, compared with, or judged by, than the shards were."""
    for name, what in ALIKE.items():
        there, here = canonical(getattr(merged.record, name)), canonical(getattr(facts, name))
        if name != "dirty" and there != here:  # as JSON, in which lists and tuples are the same
            both = f"{there} there and {here} here"
            raise InputError(f"the shards differ from this run in their {what}, found {both}", remedy=HERE)
    if merged.record.dirty is False and (edited := _edited(root)):
        raise InputError(f"the shards ran on committed files, found {edited} changed since", remedy=HERE)
    for name, reference in {"baseline": found.facts, "anchor": found.anchor}.items():
        then, now = _named(merged.references[name]), reference and (reference.id, list(reference.pooled))
        if then != now:
            told = [one[0] if one else "none" for one in (then, now)]
            raise InputError(
                f"the shards were compared with another {name}, found run {told[0]} there and {told[1]} here",
                remedy=HERE,
            )


def adopt(merged: Merged, facts: Facts, root: Path) -> None:
    """Let a run's facts be those of its shards, as far as they are not the same here."""
    facts.started, facts.stopped = merged.started, merged.record.stopped
    facts.dirty = merged.record.dirty if merged.record.dirty is not False else _has_new(root, merged.folders)
    facts.info.update(merged.record.info)


def _edited(root: Path) -> str:
    """Name a file that git knows and that is not as it was committed; empty where there is none."""
    changed = git(root, "diff", "--name-only", "-z", "HEAD", "--", ":/", NO_STORE)
    return "files that git cannot list" if changed is None else changed.decode("utf-8", "replace").partition("\0")[0]


def _has_new(root: Path, besides: Sequence[Path]) -> bool:
    """Say whether there are files that git does not know, besides those in some folders."""
    told = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ":/", NO_STORE)
    new = ["?"] if told is None else os.fsdecode(told).split("\0")[:-1]
    folders = [folder.resolve() for folder in besides]
    return any(not any((root / name).resolve().is_relative_to(one) for one in folders) for name in new)


def _named(plain: Any) -> tuple[str, list[str]] | None:
    return None if plain is None else (plain["id"], list(plain["pooled"]))


def _refuse_other_references(shards: Sequence[Shard]) -> None:
    for name in ("baseline", "anchor"):
        compared = {shard.record.shard: shard.verdict.get(name) for shard in shards}
        first, *others = compared
        for other in others:
            if _told(compared[first]) != _told(compared[other]):
                both = f"{name_of(first or ())} and {name_of(other or ())}"
                raise InputError(f"{both} were compared with another {name}; shards of one run are accepted")


def _told(plain: Any) -> Any:
    """Leave out of a reference how old it was."""
    return plain and {name: value for name, value in plain.items() if name != "age_days"}
