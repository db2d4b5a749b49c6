"""Samples of OpenAI Evals, alone or with the entry of the registry that says how they are judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.golden_set import DraftCase, Found, GoldenSet
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.opening import Place, loaded
from pytest_goldenprompt.exchange.prompt_files import prompt_file
from pytest_goldenprompt.exchange.records import records_of, turns_of
from pytest_goldenprompt.exchange.stems import slug
from pytest_goldenprompt.exchange.usable import Wishes
from pytest_goldenprompt.formats.fields import Fields
from pytest_goldenprompt.formats.json_text import load_json
from pytest_goldenprompt.formats.located import Table, plain, shown
from pytest_goldenprompt.formats.reader import Source
from pytest_goldenprompt.model.values import JSON

_HOW = {
    "evals.elsuite.basic.match:Match": "Match",
    "evals.elsuite.basic.includes:Includes": "Includes",
    "evals.elsuite.basic.fuzzy_match:FuzzyMatch": "FuzzyMatch",
    "evals.elsuite.basic.json_match:JsonMatch": "JsonMatch",
}
_SHOTS = ("few_shot_jsonl", "num_few_shot")
_FUZZY = "punctuation and articles count here, and the answer has to contain the ideal one, not the other way round"
_NO_CLASS = "no class says how they are judged: the answer equals the ideal one"
_INPUT = "input"


@dataclass(frozen=True, slots=True)
class _Judging:
    """How one eval judges: the class, and what its arguments say."""

    how: str = ""
    ignore_case: bool = False
    shots: Sequence[Mapping[str, JSON]] = ()


def read_openai_evals(place: Place, wishes: Wishes) -> Found:  # noqa: ARG001 - its classes say how samples are judged
    """Read a file of samples, or a YAML file of the registry with the samples that it names.

    What all samples begin with becomes the prompt, and their last message its input.
    """
    source, found = place.source(), Found()
    if not source.where.lower().endswith((".yaml", ".yml")):
        found.listing.change(source.where, 0, "the samples", _NO_CLASS)
        found.add(_set(slug(place.path.stem) or "samples", source, _Judging(), found))
        return found
    tree = loaded(source, source.where, (".yaml", ".yml"))
    if not isinstance(tree, Table):
        raise InputError(f"no registry, found {shown(tree)}; a map of evals is accepted", where=source.where, line=1)
    registry = Fields(tree, source.where, 1, "the registry")
    for name in tree:
        entry = Fields(registry.map(name) or {}, source.where, registry.line_of(name), f"the eval {name}")
        if entry.table.get("class") is not None:
            for golden in _registered(name, entry, place, found):
                found.add(golden)
    if not found.sets and not found.listing.left:
        raise InputError("no evals, found none with a `class`; at least one is accepted", where=source.where, line=1)
    return found


def _registered(name: str, entry: Fields, place: Place, found: Found) -> Iterator[GoldenSet]:
    """Read the samples of one entry; a class that is not known leaves them behind."""
    how, args = entry.text("class") or "", Fields(entry.map("args") or {}, entry.where, entry.line_of("args"), "args")
    if how not in _HOW:
        found.listing.leave(entry.where, entry.line_of("class"), f"the eval {name}", f"{how} is not known here")
        return
    samples = args.text("samples_jsonl")
    if samples is None:
        raise args.wrong("samples_jsonl", "the name of a file")
    source = _data(samples, args, "samples_jsonl", place)
    for key in args.table:
        if key not in ("samples_jsonl", "ignore_case", *_SHOTS):
            found.listing.leave(args.where, args.line_of(key), f"the argument {key}", "there is no such setting")
    judging = _Judging(_HOW[how], args.flag("ignore_case"), turns_of(_shots(args, place)) or ())
    yield _set(slug(name.partition(".")[0]) or "samples", source, judging, found)


def _data(name: str, args: Fields, key: str, place: Place) -> Source:
    """Read a data file beside the registry's file, or where the registry keeps it: in `data`, beside `evals`."""
    for folder in ("", "data/", "../data/"):
        if (place.path.parent / folder / name).is_file():
            return place.files.read(folder + name, args.where, args.line_of(key))
    return place.files.read(f"../data/{name}", args.where, args.line_of(key))


def _shots(args: Fields, place: Place) -> list[JSON]:
    """Give the messages that stand before the last one of every sample."""
    count = args.whole("num_few_shot", 0, 1000) or 0
    name = args.text("few_shot_jsonl")
    if not count or name is None:
        return []
    records = records_of(_data(name, args, "few_shot_jsonl", place), "example")
    return [turn for record in records[:count] for _, turn in record.items("sample")]


def _set(stem: str, source: Source, judging: _Judging, found: Found) -> GoldenSet:
    samples = [_sample(record, judging, found) for record in records_of(source, "sample")]
    talks = [turns for turns, _ in samples]
    shared = _shared(talks)
    golden = GoldenSet(stem, [case for _, case in samples])
    if shared is None:
        for turns, case in samples:
            case.messages = turns
        return golden
    content: JSON = [*shared, {"role": "user", "content": "{{input}}"}] if shared else "{{input}}"
    for turns, case in samples:
        case.inputs = {_INPUT: turns[-1]["content"]}
    try:
        file = prompt_file(content, {})
    except UncarriedError as error:
        found.listing.leave(source.where, 1, "the prompt", str(error))
        return golden
    golden.prompt = (file.ending, file.text)
    return golden


def _shared(talks: Sequence[Sequence[Mapping[str, JSON]]]) -> list[Mapping[str, JSON]] | None:
    """Give the messages that all samples have before a last one of the user; None where they differ."""
    first = list(talks[0][:-1])
    alike = all(list(turns[:-1]) == first and turns[-1]["role"] == "user" for turns in talks)
    marked = any("{" in str(turn["content"]) for turn in first)
    return first if alike and not marked else None


def _sample(record: Fields, judging: _Judging, found: Found) -> tuple[list[Mapping[str, JSON]], DraftCase]:
    written = plain(record.table.get("input"))
    turns = [{"role": "user", "content": written}] if isinstance(written, str) and written else turns_of(written)
    if turns is None:
        raise record.wrong("input", "text, or a list of messages with text,")
    for key in record.table:
        if key not in ("input", "ideal", "metadata"):
            found.listing.leave(record.where, record.line_of(key), f"the key {key}", "samples have no such key here")
    metadata = plain(record.table.get("metadata"))
    case = DraftCase(record.where, record.line, metadata=metadata if isinstance(metadata, Mapping) else {})
    _judge(case, record, judging, found)
    return [*turns[:-1], *judging.shots, turns[-1]], case


def _judge(case: DraftCase, record: Fields, judging: _Judging, found: Found) -> None:
    """Give a case its ideal answers, and the check of its class."""
    ideal = plain(record.table.get("ideal"))
    ideals = ideal if isinstance(ideal, list) else [ideal]
    if not ideals or not all(isinstance(one, str) and one for one in ideals):
        raise record.wrong("ideal", "text, or a list of texts,")
    how = judging.how
    if how == "JsonMatch":
        values = [plain(load_json(one, record.where)) for one in ideals]
        case.evaluators = ["json"] if len(values) == 1 else [{"exact": {"any": values}}]
        case.expected = values[0] if len(values) == 1 else None
        return
    name = {"Match": "starts-with", "Includes": "contains", "FuzzyMatch": "contains"}.get(how, "exact")
    folded = judging.ignore_case or how == "FuzzyMatch"
    more: dict[str, JSON] = {"ignore_case": True} if folded else {}
    if how == "FuzzyMatch":
        found.listing.change(record.where, 0, "the class FuzzyMatch", _FUZZY)
    if len(ideals) == 1:
        case.expected = ideals[0]
        case.evaluators = [{name: more} if more else name]
    elif name == "starts-with":
        case.evaluators = [{"any": [{name: {"value": one, **more}} for one in ideals]}]
    else:
        case.evaluators = [{name: {"any": ideals, **more}}]
