from __future__ import annotations

import pytest

from pytest_goldenprompt.engine.plan import plan_prompt, unreadable, with_provider
from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.registry import Registry

PROMPT = "Answer: {{text}}\n"
ROWS = """
messages:
  - role: user
    content: "Say {{word}}"
model: openai/gpt-4o-mini
testData:
  - word: yes please
    expected: yes please
evaluators:
  - name: says it
    string:
      contains: "{{expected}}"
"""


@pytest.fixture
def plan(tmp_path):
    """Write a prompt `p` with its dataset, and plan it."""

    def make(dataset, prompt=PROMPT, name="p.golden.yaml", chosen=lambda named: named or "echo"):
        if prompt is not None:
            (tmp_path / "p.prompt.md").write_text(prompt)
        (tmp_path / name).write_text(dataset)
        return plan_prompt(tmp_path, tmp_path / name, Registry().evaluator, chosen)

    return make


def one_case(line, header=""):
    return f"{header}cases:\n  - {{id: a, inputs: {{text: hi}}, {line}}}\n"


def names(planned):
    return [evaluator.name for evaluator in planned.cases[0].evaluators]


@pytest.mark.parametrize(
    ("expected", "name"),
    [("'yes'", "exact"), ("'3'", "exact"), ("3", "json"), ("false", "json"), ("{a: 1}", "json"), ("[]", "json")],
)
def test_text_is_compared_exactly_and_any_other_value_as_json(plan, expected, name):
    assert names(plan(one_case(f"expected: {expected}"))) == [name]


def test_a_datasets_evaluators_take_the_place_of_the_default_and_its_own_come_last(plan):
    planned = plan(one_case("expected: hi, evaluators: [exact]", "evaluators: [contains]\n"))
    assert names(planned) == ["contains", "exact"]
    assert [name.partition("@")[0] for name in planned.facts.evaluators] == ["contains", "exact"]


@pytest.mark.parametrize("line", ["tags: [x]", "expected: null", "evaluators: []"])
def test_a_case_with_nothing_to_check_is_refused_with_its_line(plan, line):
    with pytest.raises(InputError) as refused:
        plan(f"# a comment\n\n{one_case(line)}")
    assert str(refused.value).startswith("p.golden.yaml:4: case 'a' has nothing to check")


def test_an_unknown_evaluator_is_told_with_its_own_line_and_the_nearest_name(plan):
    header = "evaluators:\n  - contains\n  - exat\n"
    with pytest.raises(InputError) as refused:
        plan(one_case("expected: hi", header))
    assert str(refused.value).startswith("p.golden.yaml:3: no such evaluator, found 'exat', did you mean `exact`?")


def test_wrong_settings_of_an_evaluator_are_told_with_its_own_line(plan):
    header = "evaluators:\n  - exact\n  - length: {mox: 3}\n"
    with pytest.raises(InputError) as refused:
        plan(one_case("expected: hi", header))
    assert str(refused.value).startswith("p.golden.yaml:3: ")
    assert "mox" in str(refused.value)


def test_an_expectation_that_an_evaluator_cannot_use_is_told_with_the_cases_line(plan):
    header = "evaluators:\n  - choice: [red, green]\n"
    with pytest.raises(InputError) as refused:
        plan(one_case("expected: blue", header))
    assert str(refused.value).startswith("p.golden.yaml:4: ")
    assert "blue" in str(refused.value)


def test_an_input_that_the_prompt_does_not_use_is_refused_unless_the_provider_takes_inputs_by_name(plan):
    dataset = one_case("expected: hi").replace("text: hi", "text: hi, extra: 1")
    with pytest.raises(InputError, match=r"p\.golden\.yaml:2: inputs that the prompt does not use, found 'extra'"):
        plan(dataset)
    assert len(plan(dataset, chosen=lambda _: "python:m:f").cases) == 1


def test_a_placeholder_without_an_input_is_told_with_the_prompts_line(plan):
    with pytest.raises(InputError, match=r"p\.prompt\.md:2: unknown name in the template, found 'nmae'"):
        plan(one_case("expected: hi"), prompt="Hello {{text}}\nDear {{nmae}}\n")


def test_a_retired_dataset_has_no_cases_and_is_not_held_to_the_prompt_of_today(plan):
    planned = plan(one_case("expected: hi", "status: retired\n"), prompt="Nothing to fill in\n")
    assert (planned.cases, planned.facts.retired, planned.facts.draft) == ((), True, False)


def test_a_draft_has_cases_without_a_say(plan):
    planned = plan(one_case("expected: hi", "status: draft\n"))
    assert (len(planned.cases), planned.facts.retired, planned.facts.draft) == (1, False, True)


@pytest.mark.parametrize(
    ("of_dataset", "of_prompt", "told"),
    [("echo", "openai:m", "echo"), (None, "openai:m", "openai:m"), ("echo", None, "echo"), (None, None, None)],
)
def test_the_datasets_provider_is_over_the_prompts_and_who_runs_it_decides(plan, of_dataset, of_prompt, told):
    asked = []

    def choose(named):
        asked.append(named)
        return "local:/models/big model.gguf"

    header = f"provider: {of_dataset}\n" if of_dataset else ""
    front = f"---\nprovider: {of_prompt}\n---\n" if of_prompt else ""
    planned = plan(one_case("expected: hi", header), prompt=front + PROMPT, chosen=choose)
    assert asked == [told]
    assert (planned.provider, planned.facts.provider) == ("local:/models/big model.gguf", "local:big model.gguf")


def test_a_dataset_without_a_prompt_file_lives_in_code(plan):
    planned = plan(one_case("expected: hi", "provider: python:m:f\n"), prompt=None)
    assert planned.prompt is None
    request = planned.request(planned.cases[0], 3)
    assert (request.prompt_id, request.case_id, request.repeat) == ("p", "a", 3)
    assert (request.messages, request.inputs, request.parameters) == ((), {"text": "hi"}, {})


def test_a_prompt_with_rows_is_its_own_dataset_and_one_without_is_none(plan, tmp_path):
    (tmp_path / "own.prompt.yml").write_text(ROWS)
    planned = plan_prompt(tmp_path, tmp_path / "own.prompt.yml", Registry().evaluator, lambda _: "echo")
    assert (planned.facts.id, planned.facts.dataset, len(planned.cases)) == ("own", "own.prompt.yml", 1)
    assert planned.cases[0].messages[0].content == "Say yes please"
    (tmp_path / "bare.prompt.yml").write_text(ROWS.partition("testData")[0])
    assert plan_prompt(tmp_path, tmp_path / "bare.prompt.yml", Registry().evaluator, lambda _: "echo") is None


def test_the_facts_hold_digests_people_and_the_bar(plan):
    front = "---\nmodel: m-1\ntemperature: 0\nowner: writers\n---\n"
    facts = plan(one_case("expected: hi", "owner: keepers\nmin_pass_rate: 0.5\n"), prompt=front + PROMPT).facts
    assert (facts.id, facts.dataset, facts.path) == ("p", "p.golden.yaml", "p.prompt.md")
    assert (facts.owner, facts.model, facts.min_pass_rate) == ("keepers", "m-1", 0.5)
    assert len(facts.digest) == len(facts.dataset_digest) == len(facts.parameters_digest) == 64


@pytest.mark.parametrize(
    ("front", "asked"),
    [
        ("temperature: 0.8", 0.8),
        ("temperature: 0", 0.0),
        ("temperature: 1", 1.0),
        ("max_tokens: 5", None),
        ("parameters: {temperature: true}", None),
        ("parameters: {temperature: warm}", None),
    ],
)
def test_the_facts_say_what_temperature_is_asked_for(plan, front, asked):
    assert plan(one_case("expected: hi"), prompt=f"---\n{front}\n---\n{PROMPT}").facts.temperature == asked


def test_the_same_files_make_the_same_plan_and_another_expectation_another_case(plan):
    first, same, other = (plan(one_case(f"expected: {word}")) for word in ("hi", "hi", "ho"))
    assert first.cases[0].digest == same.cases[0].digest != other.cases[0].digest
    assert first.facts == same.facts


@pytest.mark.parametrize("sure", [True, False])
def test_a_prompt_is_deterministic_where_the_provider_vouches_for_every_case(plan, sure):
    class Provider:
        def is_deterministic(self, request):
            return sure or request.case_id == "a"

    both = "cases:\n  - {id: a, inputs: {text: x}, expected: x}\n  - {id: b, inputs: {text: x}, expected: x}\n"
    assert with_provider(plan(both), Provider()).facts.deterministic is sure


@pytest.mark.parametrize(
    ("name", "version", "noted"),
    [("openai:m", "http://a", True), ("openai:m", "", False), ("openai:m", None, False), ("python:m:f", "a", False)],
)
def test_a_providers_version_is_noted_as_a_digest_where_it_is_not_that_of_one_process(plan, name, version, noted):
    class Provider:
        def __init__(self, version):
            if version is not None:
                self.version = version

        def is_deterministic(self, request):
            return False

    planned = plan(one_case("expected: hi"), chosen=lambda named: name)
    told = with_provider(planned, Provider(version)).facts.provider_version
    assert (bool(told), "http" in told) == (noted, False)
    assert not noted or told != with_provider(planned, Provider("http://b")).facts.provider_version


def test_a_prompt_without_cases_is_not_deterministic(plan):
    class Provider:
        def is_deterministic(self, request):
            return True

    planned = plan(one_case("expected: hi", "status: retired\n"))
    assert not with_provider(planned, Provider()).facts.deterministic


def test_an_unreadable_dataset_keeps_its_name_and_tells_its_line(tmp_path):
    facts = unreadable(tmp_path, tmp_path / "sub" / "p.golden.yaml", InputError("wrong", line=3))
    assert (facts.id, facts.dataset, facts.error) == ("sub/p", "sub/p.golden.yaml", "sub/p.golden.yaml:3: wrong")


def test_metadata_is_kept_with_the_case_and_no_part_of_what_defines_it(plan):
    plain = plan(one_case("expected: x"))
    kept = plan(one_case("expected: x, metadata: {from: ticket 7}"))
    assert kept.cases[0].case.metadata == {"from": "ticket 7"}
    assert kept.cases[0].digest == plain.cases[0].digest
