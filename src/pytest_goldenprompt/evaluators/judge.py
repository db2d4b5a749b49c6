"""A model judges the answer by a rubric: one of several choices, each worth a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.evaluate import Unjudged
from pytest_goldenprompt.evaluators.scores import bounded
from pytest_goldenprompt.evaluators.settings import Settings, read_settings
from pytest_goldenprompt.evaluators.verdict import PROTOCOL, Rubric, is_told_apart, names_in, shown_values
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.limits import portable
from pytest_goldenprompt.model.output import Opinion, Output
from pytest_goldenprompt.model.question import Judge, Question
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON, digest_of

LONGEST = 100_000
"""Characters of an answer that a judge is shown; a longer one fails."""

LONGEST_CHOICE, MOST_VOTES, VERSION_LENGTH = 60, 99, 12
WAYS = ("majority", "mean")
_SETTINGS = (
    "rubric",
    "choices",
    "provider",
    "model",
    "parameters",
    "votes",
    "combine",
    "threshold",
    "system",
    "name",
)


@dataclass(frozen=True, slots=True)
class Vote:
    """What one vote came to: a choice with its reason, or why there is none."""

    choice: str | None
    told: str


@dataclass(slots=True)
class JudgedByModel:
    """Asks a model, as often as it has votes, and scores what it chose. Its version names all that its word depends on.

    A vote that is missing or cannot be read is no score, unless the others have decided whatever it would have said.
    """

    judge: Judge
    rubric: Rubric
    choices: Mapping[str, float]
    votes: int = 1
    combine: str = "majority"
    threshold: float = 0.5
    name: str = "judge"
    version: str = field(default="", init=False)

    def __post_init__(self) -> None:
        rule: JSON = [self.judge.identity, dict(self.choices), self.votes, self.combine, self.threshold]
        self.version = f"{PROTOCOL}:{digest_of(rule, VERSION_LENGTH)}"

    def judges(self) -> Sequence[Judge]:
        """Give the one that it asks."""
        return (self.judge,)

    def questions(self, output: Output, case: Case) -> Sequence[Question]:
        """Ask once, with several votes; an answer that is too long is not shown."""
        return () if len(output.whole) > LONGEST else (self._question(output, case),)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score the choice of most votes, of several with as many the one worth least; or the votes' mean score."""
        if len(output.whole) > LONGEST:
            told = f"{len(output.whole)} characters, too long to be judged"
            return (Score(self.name, 0.0, passed=False, reason=told),)
        votes = self._votes(output, case)
        value, told = self._mean(votes) if self.combine == "mean" else self._majority(votes)
        return (Score(self.name, value, value >= self.threshold, bounded(told)),)

    def chosen(self, output: Output, case: Case) -> Vote:
        """Give the choice of most votes, as `evaluate` takes it; none, and why, where there is no verdict."""
        try:
            return self._chosen(self._votes(output, case))
        except Unjudged as error:
            return Vote(None, str(error))

    def check(self, case: Case) -> None:
        """Refuse a case that lacks what the rubric names."""
        values = shown_values("", case)
        unknown = sorted(names_in(self.rubric.text) - values.keys())
        if unknown:
            raise InputError(
                f"`rubric` of `{self.name}` names {', '.join(unknown)}, which case {case.id!r} does not have; "
                f"accepted are {', '.join(values)}"
            )

    def _question(self, output: Output, case: Case) -> Question:
        return Question(self.judge, self.rubric.messages(output.whole, case), self.votes)

    def _votes(self, output: Output, case: Case) -> list[Vote]:
        opinions = output.opinions.get(self._question(output, case).digest(), ())
        if len(opinions) != self.votes:
            raise Unjudged(f"{self.name}: the judge was not asked")
        return [self._vote(opinion, output, case) for opinion in opinions]

    def _vote(self, opinion: Opinion, output: Output, case: Case) -> Vote:
        if opinion.error:
            return Vote(None, opinion.error)
        return Vote(*self.rubric.read(opinion.text, output.whole, case))

    def _majority(self, votes: Sequence[Vote]) -> tuple[float, str]:
        most = self._chosen(votes)
        choice = most.choice or ""
        share = f" ({sum(vote.choice == choice for vote in votes)} of {len(votes)} votes)" if len(votes) > 1 else ""
        return self.choices[choice], f"{choice}{share}: {most.told}"

    def _chosen(self, votes: Sequence[Vote]) -> Vote:
        counts = Counter(vote.choice for vote in votes if vote.choice is not None)
        most = sorted(self.choices, key=lambda choice: (-counts[choice], self.choices[choice]))
        missing = len(votes) - counts.total()
        if missing and counts[most[0]] - counts[most[1]] <= missing:
            raise self._unjudged(votes)
        return next(vote for vote in votes if vote.choice == most[0])

    def _mean(self, votes: Sequence[Vote]) -> tuple[float, str]:
        given = [self.choices[vote.choice] for vote in votes if vote.choice is not None]
        if len(given) < len(votes):
            raise self._unjudged(votes)
        value = sum(given) / len(given)
        worst = min(votes, key=lambda vote: self.choices[vote.choice or ""])
        return min(1.0, max(0.0, value)), f"{value:.3g} over {len(votes)} votes, {worst.choice}: {worst.told}"

    def _unjudged(self, votes: Sequence[Vote]) -> Unjudged:
        told = next(vote.told for vote in votes if vote.choice is None)
        missing = sum(vote.choice is None for vote in votes)
        share = f" ({missing} of {len(votes)} votes)" if len(votes) > 1 else ""
        return Unjudged(bounded(f"{self.name} gave no verdict{share}: {told}"))


def build(settings: JSON, otherwise: str = "") -> JudgedByModel:
    """Accept the settings of a judge; `otherwise` is whom to ask where they name no provider."""
    given = read_settings("judge", settings, _SETTINGS, short="rubric")
    text, choices = (given.text("rubric") or "").strip(), _choices(given)
    if not text:
        raise given.wrong("rubric", "a text that says what is judged")
    provider = given.text("provider") or otherwise
    if not provider:
        raise InputError(
            "no provider for `judge`: neither its `provider` nor `golden_judge` names one",
            remedy="write `provider: openai:MODEL` among its settings, or pass --golden-judge",
        )
    threshold = given.number("threshold", default=0.5)
    if not 0 < threshold <= 1:
        raise given.wrong("threshold", "a number above 0, up to 1")
    system, model, parameters = given.text("system") or "", given.text("model"), _parameters(given)
    told: JSON = [PROTOCOL, text, system, list(choices), portable(provider), model, parameters]
    judge = Judge(provider, model, parameters, digest_of(told, VERSION_LENGTH))
    rubric = Rubric(text, tuple(choices), system, judge.identity)
    combine, name = given.one_of("combine", WAYS, "majority"), bounded(given.text("name") or "", LONGEST_CHOICE)
    return JudgedByModel(
        judge, rubric, choices, _votes(given), combine, threshold, f"judge:{name}" if name else "judge"
    )


def _choices(given: Settings) -> Mapping[str, float]:
    """Read the choices, each with its score."""
    listed = given.given.get("choices")
    accepted = f"a map of two choices or more (up to {LONGEST_CHOICE} characters each, all different) to scores in 0..1"
    if not isinstance(listed, Mapping) or len(listed) < 2:  # noqa: PLR2004 - one choice is none
        raise given.wrong("choices", accepted)
    choices = {str(choice): score for choice, score in listed.items()}
    scores = [score for score in choices.values() if isinstance(score, int | float) and not isinstance(score, bool)]
    sound = len(scores) == len(listed) and all(0 <= score <= 1 for score in scores)
    short = all(len(choice) <= LONGEST_CHOICE and choice.isprintable() for choice in choices)
    if not (sound and short and is_told_apart(tuple(choices))):
        raise given.wrong("choices", accepted)
    return {choice: float(score) for choice, score in zip(choices, scores, strict=True)}


def _parameters(given: Settings) -> Mapping[str, JSON]:
    parameters = given.given.get("parameters", {})
    if not isinstance(parameters, Mapping) or not all(isinstance(name, str) for name in parameters):
        raise given.wrong("parameters", "a map of sampling parameters")
    return dict(parameters)


def _votes(given: Settings) -> int:
    votes = given.given.get("votes", 1)
    if isinstance(votes, bool) or not isinstance(votes, int) or not 1 <= votes <= MOST_VOTES or votes % 2 == 0:
        raise given.wrong("votes", f"an odd number up to {MOST_VOTES}")
    return votes
