"""A golden dataset in the making: what an import has found, before it is written in our own format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.exchange.listing import Listing
from pytest_goldenprompt.formats.cases import GATE, LONGEST_ID, derived_id
from pytest_goldenprompt.formats.fields import is_name
from pytest_goldenprompt.formats.yaml_text import to_yaml
from pytest_goldenprompt.model.prompt import Message
from pytest_goldenprompt.model.values import JSON, canonical

LARGE = 200
"""Cases beyond which a dataset is written as JSON Lines, one case a line."""


@dataclass(slots=True)
class DraftCase:
    """One case with the place that it came from. `evaluators` and `transform` are entries as a dataset has them."""

    where: str
    line: int
    inputs: Mapping[str, JSON] = field(default_factory=dict)
    id: str = ""
    expected: JSON = None
    tags: tuple[str, ...] = ()
    transform: list[JSON] = field(default_factory=list)
    evaluators: list[JSON] = field(default_factory=list)
    messages: Sequence[Mapping[str, JSON]] = ()
    metadata: Mapping[str, JSON] = field(default_factory=dict)

    def derived_id(self) -> str:
        """Give the id that the case has where none is written."""
        turns = tuple(Message(str(turn["role"]), str(turn["content"])) for turn in self.messages)
        return derived_id(self.inputs, turns)

    def table(self) -> dict[str, JSON]:
        """Give the case as a dataset writes it."""
        found: dict[str, JSON] = {"id": self.id} if self.id else {}
        found["inputs"] = dict(self.inputs)
        if self.expected is not None:
            found["expected"] = self.expected
        rest: dict[str, JSON] = {
            "messages": list(self.messages),
            "tags": list(self.tags),
            "transform": self.transform,
            "evaluators": self.evaluators,
            "metadata": dict(self.metadata),
        }
        return {**found, **{key: value for key, value in rest.items() if value}}


@dataclass(slots=True)
class GoldenSet:
    """A dataset and its prompt: `prompt` is the ending and the text of the prompt's file, None where it has none."""

    stem: str
    cases: list[DraftCase]
    header: dict[str, JSON] = field(default_factory=dict)
    prompt: tuple[str, str] | None = None

    def files(self) -> dict[str, str]:
        """Give the files by name: the dataset, in JSON Lines where it is large or no YAML holds it, and the prompt."""
        found = {}
        if self.prompt is not None:
            found[self.stem + self.prompt[0]] = self.prompt[1]
        tables = [case.table() for case in self.cases]
        if len(tables) <= LARGE:
            try:
                return {f"{self.stem}.golden.yaml": to_yaml({**self.header, "cases": tables}), **found}
            except ValueError:
                pass
        lines = [self.header, *tables] if self.header else tables
        return {f"{self.stem}.golden.jsonl": "".join(f"{_json(line)}\n" for line in lines), **found}


@dataclass(slots=True)
class Found:
    """All that an import found."""

    sets: list[GoldenSet] = field(default_factory=list)
    listing: Listing = field(default_factory=Listing)

    def add(self, golden: GoldenSet) -> None:
        """Take a set, under a name that no other has."""
        taken, stem, count = {one.stem for one in self.sets}, golden.stem, 1
        while golden.stem in taken:
            count += 1
            golden.stem = f"{stem}-{count}"
        self.sets.append(golden)


def finish(golden: GoldenSet, evaluators: Sequence[JSON], listing: Listing) -> None:
    """Make a set ready to be written: a check for each case, an id for each, and what all share in the header.

    `evaluators` are checks for every case, before those that a case has. A case without any check is left out.
    """
    kept = []
    for case in golden.cases:
        if evaluators or _is_checked(case):
            kept.append(case)
        else:
            why = "it has no check that could be carried, and would pass whatever the answer is"
            listing.leave(case.where, case.line, f"the case {case.id or 'here'}", why)
    golden.cases = _named(kept, listing)
    for key in ("transform", "evaluators"):
        shared = _shared([getattr(case, key) for case in golden.cases])
        for case in golden.cases:
            setattr(case, key, getattr(case, key)[len(shared) :])
        own = [*evaluators, *shared] if key == "evaluators" else shared
        if own:
            golden.header[key] = own


def looks_at_answers(entry: JSON) -> bool:
    """Say whether an entry of `evaluators` looks at what is said, and not only at what the call took."""
    [(name, settings)] = entry.items() if isinstance(entry, Mapping) else [(entry, None)]
    parts = settings.get("evaluators") if isinstance(settings, Mapping) else settings
    if name in ("all", "any", "weighted") and isinstance(parts, list):
        return any(map(looks_at_answers, parts))
    return name not in ("latency", "cost")


def _is_checked(case: DraftCase) -> bool:
    """Say whether there is a check; where one was left behind, that is one of what is said."""
    if not case.evaluators:
        return case.expected is not None
    return "not_carried" not in case.metadata or any(map(looks_at_answers, case.evaluators))


def usable_id(text: str) -> str:
    """Give a text as an id, or nothing where it cannot be one."""
    usable = is_name(text) and "::" not in text and len(text) <= LONGEST_ID and text != GATE
    return text if usable else ""


def _named(cases: Iterable[DraftCase], listing: Listing) -> list[DraftCase]:
    """Give each case an id that no other has; a case that is there twice in every respect is taken once."""
    listed = list(cases)
    kept: list[DraftCase] = []
    seen: dict[str, set[str]] = {}
    count: Counter[str] = Counter()
    written = {case.id for case in listed}
    for case in listed:
        name, content = case.id or case.derived_id(), canonical(case.table())
        if content in seen.setdefault(name, set()):
            listing.change(case.where, case.line, f"the case {name}", "it is there twice, and taken once")
            continue
        seen[name].add(content)
        count[name] += 1
        if count[name] > 1:
            while (twin := f"{name[: LONGEST_ID - 12]}-{count[name]}") in seen or twin in written:
                count[name] += 1
            seen[twin] = {content}
            case.id = twin
        kept.append(case)
    return kept


def _shared(lists: Sequence[Sequence[JSON]]) -> list[JSON]:
    """Give what all lists begin with, where there are several."""
    shared: list[JSON] = []
    if len(lists) > 1:
        for entries in zip(*lists, strict=False):
            if len({canonical(entry) for entry in entries}) > 1:
                break
            shared.append(entries[0])
    return shared


def _json(value: JSON) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)
    return text
