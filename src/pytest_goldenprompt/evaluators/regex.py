"""The answer matches a regular expression, or must not; a search ends after two seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.evaluators.limited import TookTooLong, checked_pattern, search
from pytest_goldenprompt.evaluators.scores import content, expected_text, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.values import JSON


@dataclass(slots=True)
class Regex:
    """Searches the answer as Python's `re` does; with `full` the whole answer has to match, outer white space aside."""

    pattern: str = ""
    full: bool = False
    ignore_case: bool = False
    absent: bool = False
    name: str = field(default="regex", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score 1 if the pattern, by default the case's `expected`, is found; a search that is stopped scores 0."""
        wanted = self.pattern or checked_pattern(self.name, expected_text(self.name, case))
        pattern, text = (rf"\A(?:{wanted})\Z", output.text.strip()) if self.full else (wanted, output.text)
        try:
            found = search(pattern, text, ignore_case=self.ignore_case) is not None
        except TookTooLong as slow:
            return (content(self.name, passed=False, reason=f"{slow}: {quoted(wanted)}"),)
        verb = "matches" if self.absent else "does not match"
        return (content(self.name, found is not self.absent, f"{verb} {quoted(wanted)}, found {quoted(output.text)}"),)

    def check(self, case: Case) -> None:
        """Refuse a case whose `expected` is no pattern where the settings give none."""
        if not self.pattern:
            checked_pattern(self.name, expected_text(self.name, case))


def build(settings: JSON) -> Regex:
    """Accept `pattern`, `full`, `ignore_case` and `absent`; a bare text is the pattern."""
    given = read_settings("regex", settings, ("pattern", "full", "ignore_case", "absent"), short="pattern")
    pattern = given.text("pattern") or ""
    if "pattern" in given and not pattern:
        raise given.wrong("pattern", "a regular expression")
    return Regex(
        checked_pattern("regex", pattern),
        given.flag("full", default=False),
        given.flag("ignore_case", default=False),
        given.flag("absent", default=False),
    )
