"""What promptfoo's assertions are called here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.exchange.listing import UncarriedError
from pytest_goldenprompt.exchange.promptfoo_values import written
from pytest_goldenprompt.formats.located import plain
from pytest_goldenprompt.formats.reader import load_yaml
from pytest_goldenprompt.model.values import JSON

_CODE = "it is code, which is never run here; the evaluator `python` takes a function of your own"
_GRADED = "a model grades it"
_MEANING = "it compares meaning by embeddings; the evaluator `similarity` compares letters"
_NONE = "there is no such evaluator"

_BLEU, _ROUGE, _EDITS, _TOOL_F1 = 0.5, 0.75, 5, 1

UNCARRIED = {
    **dict.fromkeys(("javascript", "python", "ruby", "webhook"), _CODE),
    **dict.fromkeys(
        (
            "agent-rubric", "answer-relevance", "classifier", "context-faithfulness", "context-recall",
            "context-relevance", "conversation-relevance", "factuality", "g-eval", "guardrails", "llm-rubric",
            "max-score", "model-graded-closedqa", "model-graded-factuality", "moderation", "pi", "search-rubric",
            "select-best", "trajectory:goal-success",
        ),
        _GRADED,
    ),
    **dict.fromkeys(("similar", "similar:cosine", "similar:dot", "similar:euclidean"), _MEANING),
    **dict.fromkeys(
        (
            "contains-html", "contains-sql", "contains-xml", "f-score", "finish-reason", "gleu", "human", "is-html",
            "is-sql", "is-valid-function-call", "is-valid-openai-function-call", "is-valid-openai-tools-call", "is-xml",
            "meteor", "perplexity", "perplexity-score", "skill-used", "trace-error-spans", "trace-span-count",
            "trace-span-duration", "trajectory:step-count", "trajectory:tool-args-match", "trajectory:tool-sequence",
            "trajectory:tool-used",
        ),
        _NONE,
    ),
}  # fmt: skip
"""Types of assertions that have no counterpart, and why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one assertion asks, its templates filled: `value`, and `threshold` where it is a number."""

    value: JSON
    threshold: float | None = None

    def text(self) -> str:
        """Give the value as the text that an answer is compared with."""
        if self.value is None or self.value == "" or isinstance(self.value, Mapping | list | tuple):
            raise UncarriedError("it has no text to look for")
        return written(self.value)

    def texts(self) -> list[JSON]:
        """Give the values of a list; a text is split at its commas."""
        items = self.value.split(",") if isinstance(self.value, str) else self.value
        if not isinstance(items, list | tuple) or not items:
            raise UncarriedError("it has no list of texts to look for")
        found: list[JSON] = [written(item).strip() if isinstance(self.value, str) else written(item) for item in items]
        if not all(found):
            raise UncarriedError("it looks for an empty text, which is everywhere")
        return found

    def limit(self, default: float | None = None) -> float:
        """Give the threshold; one that is missing, and has no default, cannot be carried."""
        found = default if self.threshold is None else self.threshold
        if found is None:
            raise UncarriedError("it has no threshold")
        return found


Entry = dict[str, JSON]
_SHORT = {"contains": "value", "ends-with": "value", "regex": "pattern", "starts-with": "value"}


def entry_of(kind: str, asked: Asked) -> JSON:
    """Give an assertion as an entry of `evaluators`; a type that is not in `KINDS` is an UncarriedError."""
    inverse, base = kind.startswith("not-"), kind.removeprefix("not-")
    if base not in KINDS:
        raise UncarriedError("an assertion that is not known here")
    entry = KINDS[base](asked)
    return brief(_inverted(entry) if inverse else entry)


def brief(entry: Entry) -> Entry:
    """Write an evaluator's only setting in its short form."""
    [(name, settings)] = entry.items()
    if isinstance(settings, Mapping) and len(settings) == 1:
        [(key, value)] = settings.items()
        if _SHORT.get(name) == key and isinstance(value, str):
            return {name: value}
    return entry


def _inverted(entry: Entry) -> Entry:
    [(name, settings)] = entry.items()
    looks = isinstance(settings, Mapping) and "all" not in settings
    if name in ("contains", "regex") and looks and isinstance(settings, Mapping):
        return {name: {**settings, "absent": True}}
    return {"refusal": False} if name == "refusal" else {"not": entry}


def _equals(asked: Asked) -> Entry:
    if isinstance(asked.value, Mapping | list | tuple):
        return {"exact": {"value": asked.value}}
    return {"exact": {"value": "" if asked.value is None else written(asked.value), "strip": False}}


def _contains(key: str, *, ignore_case: bool) -> Callable[[Asked], Entry]:
    def entry(asked: Asked) -> Entry:
        settings: Entry = {key: asked.text() if key == "value" else asked.texts()}
        return {"contains": {**settings, "ignore_case": True} if ignore_case else settings}

    return entry


def _json(extract: str) -> Callable[[Asked], Entry]:
    def entry(asked: Asked) -> Entry:
        settings: Entry = {} if extract == "strict" else {"extract": extract}
        if asked.value in (None, ""):
            return {"json": settings or None}
        return {"json-schema": {"schema": _schema(asked.value), **settings}}

    return entry


def _schema(value: JSON) -> JSON:
    if not isinstance(value, str):
        return value
    try:
        found: JSON = plain(load_yaml(value, "the schema"))
    except InputError as error:
        raise UncarriedError(f"its schema cannot be read, {error}") from None
    return found


def _words(asked: Asked) -> Entry:
    value = asked.value
    low, high = (value.get("min"), value.get("max")) if isinstance(value, Mapping) else (value, value)
    bounds = {"min_words": low, "max_words": high}
    return {"length": {key: _number(bound) for key, bound in bounds.items() if bound is not None}}


def _number(value: JSON) -> JSON:
    if not isinstance(value, str):
        return value
    try:
        number = float(value)
    except ValueError:
        raise UncarriedError("it has no number to compare with") from None
    return int(number) if number.is_integer() else number


def _metric(name: str, default: float, settings: Entry) -> Callable[[Asked], Entry]:
    def entry(asked: Asked) -> Entry:
        several = isinstance(asked.value, list | tuple)
        value: Entry = {"any": asked.texts()} if several else {"value": asked.text()}
        return {name: {**value, "threshold": asked.limit(default), **settings}}

    return entry


def _tools(asked: Asked) -> Entry:
    if asked.limit(_TOOL_F1) != _TOOL_F1:
        raise UncarriedError("a share of the tools is enough for it; `tool-calls` asks for all")
    return {"tool-calls": {"calls": asked.texts(), "order": False}}


def _seconds(asked: Asked) -> Entry:
    seconds = asked.limit() / 1000
    return {"latency": int(seconds) if seconds == int(seconds) else seconds}


KINDS: dict[str, Callable[[Asked], Entry]] = {
    "bleu": _metric("bleu", _BLEU, {}),
    "contains": _contains("value", ignore_case=False),
    "contains-all": _contains("all", ignore_case=False),
    "contains-any": _contains("any", ignore_case=False),
    "contains-json": _json("any"),
    "cost": lambda asked: {"cost": asked.limit()},
    "ends-with": lambda asked: {"ends-with": {"value": asked.text()}},
    "equals": _equals,
    "icontains": _contains("value", ignore_case=True),
    "icontains-all": _contains("all", ignore_case=True),
    "icontains-any": _contains("any", ignore_case=True),
    "is-json": _json("strict"),
    "is-refusal": lambda asked: {"refusal": True},  # noqa: ARG005 - it has neither value nor threshold
    "latency": _seconds,
    "levenshtein": lambda asked: {"similarity": {"value": asked.text(), "edits": asked.limit(_EDITS)}},
    "regex": lambda asked: {"regex": {"pattern": asked.text()}},
    "rouge-n": _metric("rouge", _ROUGE, {"kind": "rouge1"}),
    "starts-with": lambda asked: {"starts-with": {"value": asked.text()}},
    "tool-call-f1": _tools,
    "word-count": _words,
}
"""How each type of assertion becomes an evaluator."""

DIFFERENCES = {
    "bleu": "sacrebleu counts it here, whose figures differ a little",
    "cost": "it is in the currency of your prices here",
    "ends-with": "white space around the answer does not matter here",
    "is-refusal": "other phrases are known as refusals here",
    "levenshtein": "white space around the answer does not matter here",
    "rouge-n": "rouge-score counts it here, whose figures differ a little",
    "starts-with": "white space around the answer does not matter here",
}
"""What is a little different in our counterpart."""
