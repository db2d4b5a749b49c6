"""An evaluator that sees what transforms left of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pytest_goldenprompt.evaluators.evaluate import judges_asked, questions_of
from pytest_goldenprompt.evaluators.scores import form
from pytest_goldenprompt.evaluators.transforms import Transform, build_transform
from pytest_goldenprompt.model.contracts import Evaluator
from pytest_goldenprompt.model.dataset import Case, EvaluatorSpec
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.question import Judge, Question
from pytest_goldenprompt.model.result import Score


@dataclass(slots=True)
class Transformed:
    """Stands before an evaluator. Its version names the transforms and theirs, so that a change of either is seen."""

    evaluator: Evaluator
    transforms: tuple[Transform, ...]
    name: str = field(default="", init=False)
    version: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.name = self.evaluator.name
        steps = (f"{step.name}@{step.version}" for step in self.transforms)
        self.version = "+".join([self.evaluator.version, *steps])

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Give the evaluator's scores, then one of the form for each transform that had to take something off.

        What a function returned as data stays as it is, unless that is a text.
        """
        seen, forms = self.seen(output)
        return (*self.evaluator.evaluate(seen, case), *forms)

    def judges(self) -> Sequence[Judge]:
        """Give whom the evaluator will ask."""
        return judges_asked([self.evaluator])

    def questions(self, output: Output, case: Case) -> Sequence[Question]:
        """Ask of what transforms left of the answer."""
        return questions_of([self.evaluator], self.seen(output)[0], case)

    def check(self, case: Case) -> None:
        """Refuse a case that the evaluator refuses."""
        check = getattr(self.evaluator, "check", None)
        if check is not None:
            check(case)

    def seen(self, output: Output) -> tuple[Output, list[Score]]:
        """Give what the evaluator sees of an output, and the scores of its form."""
        forms: list[Score] = []
        text = output.value if isinstance(output.value, str) else output.text
        for step, problem, left in _steps(self.transforms, text):
            text = left
            if problem is not None:
                forms.append(form(step.name, not problem, problem, counts=step.strict))
        return replace(output, text=text, value=text if isinstance(output.value, str) else output.value), forms


def transformed(evaluator: Evaluator, spec: EvaluatorSpec) -> Evaluator:
    """Put the transforms that an entry of a dataset names before its evaluator."""
    steps = tuple(build_transform(step) for step in spec.transform)
    return Transformed(evaluator, steps) if steps else evaluator


def _steps(transforms: Sequence[Transform], text: str) -> Iterator[tuple[Transform, str | None, str]]:
    for step in transforms:
        taken = step.take(text)
        text = taken.text
        yield step, taken.problem, text
