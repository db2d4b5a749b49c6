"""What one process knows of the library it runs: plans, providers, policy, and the stored run to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from pytest_goldenprompt.engine.asking import with_judges
from pytest_goldenprompt.engine.grade import Graded
from pytest_goldenprompt.engine.plan import PlannedPrompt, plan_prompt, unreadable
from pytest_goldenprompt.engine.traffic import Traffic
from pytest_goldenprompt.errors import InputError, NoPromptError
from pytest_goldenprompt.formats.pairing import misplaced
from pytest_goldenprompt.judge import certain
from pytest_goldenprompt.judge.copies import surely
from pytest_goldenprompt.judge.waivers import alone, in_force
from pytest_goldenprompt.model.contracts import Provider, ProviderSetting
from pytest_goldenprompt.model.limits import Spend, Terms, portable
from pytest_goldenprompt.model.policy import Policy
from pytest_goldenprompt.model.record import PromptFacts
from pytest_goldenprompt.model.result import CaseResult
from pytest_goldenprompt.model.upkeep import Upkeep
from pytest_goldenprompt.model.verdict import CaseOutcome, Outcome
from pytest_goldenprompt.plugin.asked import asked_provider, unpriced
from pytest_goldenprompt.plugin.batching import Batches
from pytest_goldenprompt.plugin.carrying import Carrying, Nothing
from pytest_goldenprompt.plugin.options import Settings
from pytest_goldenprompt.plugin.resuming import Resuming
from pytest_goldenprompt.plugin.stored_run import Reference
from pytest_goldenprompt.providers.python_test import NAME as PYTHON_TEST
from pytest_goldenprompt.providers.recording import JUDGEMENTS, Recorder, kept
from pytest_goldenprompt.registry import Registry
from pytest_goldenprompt.store.store import Store


class Tests(Protocol):
    """What can call Python tests again."""

    def again(self, shown: Sequence[CaseResult], repeats: int) -> Iterator[Graded]:
        """Call for each case until it has so many observations, and give it with all its calls, old and new."""


@dataclass
class Library:
    """Plans and providers of one process, each made once."""

    settings: Settings
    registry: Registry
    policy: Policy
    store: Store
    reference: Reference
    today: str = ""
    proposed: Policy | None = None
    """The checkout's own policy, where another revision's is judged by."""
    terms: Terms = field(default_factory=Terms)
    upkeep: Upkeep = field(default_factory=Upkeep)
    traffic: Traffic = field(default_factory=Traffic)
    """What this process knows of the models it calls, and what it may spend."""
    resuming: Resuming | None = None
    """What the process that concludes the run goes on with; None where nothing is called."""
    carrying: Carrying = field(default_factory=Nothing)
    """Where results come from that need no call."""
    batches: Batches | None = None
    """What is handed over in batches; collected under --golden-batch, and None where nothing is called."""
    tests: Tests | None = None
    """What calls Python tests again, where the run is concluded."""
    unpriced: bool = False
    """Whether a budget is set that cannot be kept, as a prompt's calls have no price."""
    planned: dict[str, PlannedPrompt] = field(default_factory=dict)
    unreadable: dict[str, PromptFacts] = field(default_factory=dict)
    promptless: set[str] = field(default_factory=set)
    """Datasets among the unreadable that only a Python test can run."""
    tested: set[str] = field(default_factory=set)
    """Datasets that a Python test uses."""
    test_files: set[str] = field(default_factory=set)
    """Files of which Python tests were collected."""
    _providers: dict[str, Provider] = field(default_factory=dict)
    _judges: dict[str, Provider] = field(default_factory=dict)
    _yardstick: certain.Yardstick | None = None

    def plan(self, path: Path) -> PlannedPrompt | None:
        """Plan a dataset; None where the file holds no cases, and where it cannot be read, which is noted."""
        relative, formats = path.relative_to(self.settings.root).as_posix(), self.registry.formats
        if relative not in self.planned and relative not in self.unreadable:
            try:
                planned = self._plan(path)
                if planned is not None:
                    self._refuse_twin(planned.facts)
                    self.planned[relative] = planned
            except InputError as error:
                if isinstance(error, NoPromptError):
                    self.promptless.add(relative)
                self.unreadable[relative] = unreadable(self.settings.root, path, error, formats)
        return self.planned.get(relative)

    def errors(self) -> Iterator[PromptFacts]:
        """Give what cannot be run, each with its error; that a dataset has no prompt is none where a test uses it."""
        fine = self.promptless & self.tested
        yield from (facts for name, facts in self.unreadable.items() if name not in fine)

    def note_misplaced(self) -> None:
        """Note folders that are named like datasets: pytest never hands them over, so that they would be left out."""
        root, formats = self.settings.root, self.registry.formats
        for path in misplaced(root, [Path(name) for name in self.settings.paths] or [Path()], formats):
            error = InputError(
                "no golden dataset, found a folder without cases; a file, or a folder of them, is accepted"
            )
            self.unreadable.setdefault(path.relative_to(root).as_posix(), unreadable(root, path, error, formats))

    def provider(self, name: str) -> Provider:
        """Give the provider of a name, wrapped for replay where that was asked for."""
        if name not in self._providers:
            self._providers[name] = self._provider(name)
        return self._providers[name]

    def judge(self, name: str) -> Provider:
        """Give the provider of a judge; what it said of an answer before, it is not asked again in a check."""
        if name not in self._judges:
            self._judges[name] = self._judge(name)
        return self._judges[name]

    def repeats(self, facts: PromptFacts) -> int:
        """Give the calls a case of this prompt: the policy's, unless typed; one where repeating shows nothing."""
        if self.settings.repeats:
            return self.settings.repeats
        if facts.deterministic:
            return 1
        return self.policy.baseline_repeats if self.settings.record else self.policy.repeats

    def judge_alone(self, facts: PromptFacts, result: CaseResult) -> tuple[CaseOutcome, bool]:
        """Say how a case stands by itself, before the others are known, and whether its item fails.

        An item does not fail by repeats that may turn out to be copies once the others are known.
        """
        outcome, red = self._judge_alone(facts, result)
        sure = surely(facts, result)
        return self._judge_alone(facts, sure) if red and sure is not result else (outcome, red)

    def _judge_alone(self, facts: PromptFacts, result: CaseResult) -> tuple[CaseOutcome, bool]:
        if self._yardstick is None:
            planned = sum(len(prompt.cases) for prompt in self.planned.values())
            self._yardstick = certain.yardstick(self.reference.baseline, self.policy, planned)
        waived, excused = self._waived(result)
        outcome = certain.outcome(self._yardstick, facts, result, waived=waived)
        if (excused and outcome.outcome is Outcome.REGRESSED) or self._waits_for_more(facts, outcome):
            return replace(outcome, outcome=Outcome.SUSPECT), False
        return outcome, certain.red(self._yardstick, facts, outcome)

    def _waived(self, result: CaseResult) -> tuple[bool, bool]:
        """Say whether a waiver sets a case aside, and whether one excuses what is found of its whole prompt."""
        if not self.policy.waivers:
            return False, False
        waivers = in_force(self.policy.waivers, self.today)
        return alone(waivers, self.reference.case(result.prompt_id, result.case_id), result)

    def _waits_for_more(self, facts: PromptFacts, outcome: CaseOutcome) -> bool:
        """Say whether a case looks certainly worse by its p-value alone, and will be run again before that is said."""
        by_luck = outcome.outcome is Outcome.REGRESSED and outcome.p is not None
        sure = outcome.must_pass and not outcome.passed
        more = outcome.k1 < self.policy.confirm_repeats and self.can_confirm(facts)
        return by_luck and not sure and more

    def can_confirm(self, facts: PromptFacts) -> bool:
        """Say whether asking again tells anything: there is luck, and the answers are live ones and no copies."""
        if facts.provider == PYTHON_TEST:  # its answers are never recorded ones
            return not facts.deterministic and not facts.copied
        live = facts.provider.partition(":")[0] != "replay" and self.settings.replay not in {"none", "once"}
        return live and not facts.deterministic and not facts.copied

    @property
    def spent(self) -> dict[str, Spend]:
        """Give what the run called and spent so far, by model."""
        return self.traffic.purse.spent

    def renew_providers(self) -> None:
        """Forget the providers that an engine closed; each is built anew when it is asked for."""
        self._providers.clear()
        self._judges.clear()

    def _plan(self, path: Path) -> PlannedPrompt | None:
        root, registry = self.settings.root, self.registry
        planned = plan_prompt(root, path, registry.evaluator, partial(asked_provider, self.settings), registry.formats)
        if planned is None:
            return None
        if planned.facts.retired:
            return planned
        price = self.terms.price_of(planned.asked)
        planned = replace(planned, facts=self.with_bar(planned.facts), price=price)
        self._refuse_unpriced(planned)
        return with_judges(self.carrying.planned(planned, self.provider), self.judge)

    def _refuse_unpriced(self, planned: PlannedPrompt) -> None:
        """Refuse a prompt whose calls could cost any amount where a budget is set."""
        if self.settings.budget is None or self.settings.replay == "none":
            return
        judges = {one.identity: (one.asked, one.parameters) for one in planned.judges}
        for asked, parameters in ((planned.asked, planned.parameters), *judges.values()):
            if told := unpriced(self.terms, asked, parameters):
                self.unpriced = True
                raise told

    def with_bar(self, facts: PromptFacts) -> PromptFacts:
        """Have every case of a prompt without history pass, unless its dataset or the first run says otherwise."""
        unsaid = facts.min_pass_rate is None and not self.reference.first
        return replace(facts, min_pass_rate=1.0) if unsaid else facts

    def _refuse_twin(self, facts: PromptFacts) -> None:
        """Refuse a second dataset of a prompt: its cases would take the place of the first one's."""
        twin = next((one.facts.dataset for one in self.planned.values() if one.facts.id == facts.id), None)
        if twin is not None:
            raise InputError(
                f"two golden datasets for one prompt, found {twin} too; one is accepted",
                remedy="put their cases into one file, or give one of them another name and name its `prompt`",
            )

    def _provider(self, name: str) -> Provider:
        settings = self.settings
        setting = ProviderSetting(settings.root, self.store.recordings, settings.timeout)
        build: Callable[[], Provider] = lambda: self.registry.provider(name, setting)  # noqa: E731 - built late or never
        if settings.replay is None or settings.record or name.partition(":")[0] == "replay":
            return build()
        if settings.replay == "none":
            return self.registry.provider("replay", setting)
        return Recorder(build(), settings.replay, portable(name), setting)

    def _judge(self, name: str) -> Provider:
        """Make a judge's provider: recorded like any other, else with what it said before kept in the store's cache.

        A run that is recorded asks anew, as it is what later ones are compared with.
        """
        settings = self.settings
        live = self.provider(name)
        if settings.replay is not None and not settings.record:
            return live
        setting = ProviderSetting(settings.root, self.store.recordings, settings.timeout)
        return kept(live, name, setting, self.store.cache / JUDGEMENTS, anew=settings.record)
