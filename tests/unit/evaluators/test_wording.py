"""Refusals, languages, latency, and how near an answer comes to a text."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators import cost, language, latency, refusal, similarity, text_metrics
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output

CASE = Case("c")
RUSSIAN = (
    "\u0417\u0430\u043a\u0430\u0437 \u0432 \u043f\u0443\u0442\u0438, \u0438 \u043c\u044b \u0435\u0433\u043e "
    "\u043d\u0435 \u0437\u0430\u0431\u044b\u043b\u0438, \u043a\u0430\u043a \u0438 \u0432\u0441\u0435"
)
CHINESE = "\u60a8\u7684\u8ba2\u5355\u5c06\u4e8e\u661f\u671f\u4e00\u9001\u8fbe\uff0c\u8bf7\u8010\u5fc3\u7b49\u5f85"


def judge(evaluator, text, expected=None, **output):
    (score,) = evaluator.evaluate(Output(text, **output), Case("c", {}, expected))
    return score


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("I'm sorry, but I can't help with that.", True),
        ("I cannot provide medical advice.", True),
        ("As an assistant, I am unable to share that.", True),
        ("I\u2019m afraid I can\u2019t do that.", True),
        ("I must decline.", True),
        ("Das kann ich leider nicht tun. Ich kann dabei nicht helfen.", True),
        ("Je ne peux pas vous aider.", True),
        ("Lo siento, no puedo ayudar con eso.", True),
        ("Of course, I can help you with that.", False),
        ("We cannot deliver before Monday.", False),
        ("Sorry for the delay! Your parcel arrives today.", False),
        ("x" * 1000 + " I can't help with that.", False),
        ("", False),
    ],
)
def test_a_refusal_is_known_by_how_it_begins(text, refuses):
    assert judge(refusal.build(True), text).passed is refuses
    assert judge(refusal.build({"refused": False}), text).passed is not refuses
    assert judge(refusal.build(None), text, refuses).passed


def test_a_refusal_is_known_by_the_providers_word_and_by_words_of_ones_own():
    assert judge(refusal.build(True), "", finish_reason="content_filter").passed
    assert judge(refusal.build({"refused": True, "phrases": ["Out of  SCOPE"]}), "That is out of scope.").passed


@pytest.mark.parametrize("expected", [None, "yes", 1])
def test_a_case_that_does_not_say_whether_to_refuse_is_refused(expected):
    with pytest.raises(InputError, match="accepted are true and false"):
        refusal.build(None).check(Case("c", {}, expected))
    refusal.build(False).check(CASE)
    with pytest.raises(InputError, match="can be looked for"):
        refusal.build({"phrases": [" "]})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Your order has been shipped and will arrive on Monday.", "en"),
        ("Ihre Bestellung ist unterwegs und wird am Montag bei Ihnen sein.", "de"),
        ("Votre commande est en route et vous la recevrez dans les deux jours.", "fr"),
        ("Su pedido está en camino y llegará el lunes por la mañana.", "es"),
        ("Il suo ordine è in viaggio e arriverà lunedì con il corriere.", "it"),
        ("O seu pedido está a caminho e chegará na segunda-feira.", "pt"),
        ("Uw bestelling is onderweg en wordt maandag bij u bezorgd.", "nl"),
        ("Din beställning är på väg och kommer att levereras på måndag.", "sv"),
        ("Pana zamówienie jest w drodze i dotrze do pana w poniedziałek.", "pl"),
        (RUSSIAN, "ru"),
        ("\u3054\u6ce8\u6587\u306f\u6708\u66dc\u65e5\u306b\u5c4a\u304d\u307e\u3059\u3002", "ja"),
        (CHINESE, "zh"),
        ("\uace0\uac1d\ub2d8\uc758 \uc8fc\ubb38\uc740 \uc6d4\uc694\uc77c\uc5d0 \ub3c4\ucc29\ud569\ub2c8\ub2e4", "ko"),
        ("\u6771\u4eac", None),
        ("Din ordre er på vej og vil ankomme på mandag med posten.", "da"),
        ("La seva comanda és en camí i arribarà el dilluns amb el correu.", "ca"),
        ("The answer is: die Katze ist da", None),
        ("OK", None),
        ("Refund", None),
        ("12345 !?", None),
        ("", None),
        (f"The order is here. {CHINESE}", None),
    ],
)
def test_a_language_is_told_or_nothing_is_said(text, told):
    assert language.told_language(text) == told
    for wanted in ("en", "de", "zh"):
        score = judge(language.build(wanted), text)
        assert score.passed is (told == wanted)
        assert score.passed or (told or "cannot be told") in score.reason


def test_a_language_that_cannot_be_told_is_refused():
    for build in (lambda: language.build("da"), lambda: language.build(None).check(Case("c", {}, "english"))):
        with pytest.raises(InputError, match="accepted are en, de"):
            build()
    with pytest.raises(InputError, match="needs a text"):
        language.build(None).check(CASE)
    assert judge(language.build(None), "This is the answer that you asked for.", "en").passed


def test_a_call_is_bounded_in_seconds_and_never_where_nobody_measured():
    assert judge(latency.build(2), "", latency=2.0).passed
    assert judge(latency.build({"max": 2}), "", latency=2.345).reason == "2.35 s, expected at most 2 s"
    with pytest.raises(InputError, match="nobody measured"):
        judge(latency.build(2), "")
    for bad in (None, 0, -1, "fast"):
        with pytest.raises(InputError):
            latency.build(bad)


def test_a_call_is_bounded_in_money_and_never_where_nobody_knows_it():
    assert judge(cost.build(0.002), "", cost=Decimal("0.002")).passed
    assert judge(cost.build({"max": 0}), "", cost=Decimal(0)).passed
    assert judge(cost.build(0.002), "", cost=Decimal("0.0021")).reason == "cost 0.0021, expected at most 0.002"
    with pytest.raises(InputError, match="not known"):
        judge(cost.build(2), "")
    for bad in (None, -1, "cheap"):
        with pytest.raises(InputError):
            cost.build(bad)


@pytest.fixture
def _rapidfuzz():
    pytest.importorskip("rapidfuzz")


@pytest.mark.usefixtures("_rapidfuzz")
def test_similarity_is_a_score_with_a_threshold():
    near = judge(similarity.build(None), "The parcel arrives Monday", "The parcel arrives on Monday")
    assert near.passed
    assert 0.8 < near.value < 1
    assert judge(similarity.build(0.99), "The parcel arrives Monday", "The parcel arrives on Monday").passed is False
    assert judge(similarity.build({"by": "words", "value": "b a"}), "a b").value == 1.0
    assert judge(similarity.build({"by": "part", "value": "parcel"}), "the parcel arrives").value == 1.0
    assert judge(similarity.build({"by": "word-set", "value": "a b"}), "a b b a").value == 1.0
    edited = judge(similarity.build({"value": "kitten", "edits": 3}), "sitting")
    assert edited.passed
    assert edited.value == pytest.approx(1 - 3 / 7)
    assert "3 edits, expected at most 2" in judge(similarity.build({"value": "kitten", "edits": 2}), "sitting").reason
    assert "too long to compare" in judge(similarity.build({"value": "x"}), "x" * 200_000).reason


@pytest.mark.usefixtures("_rapidfuzz")
def test_similarity_refuses_what_it_cannot_use():
    for settings, words in (({"by": "letters"}, "one of"), (0, "above 0"), (2, "above 0")):
        with pytest.raises(InputError, match=words):
            similarity.build(settings)
    with pytest.raises(InputError, match="needs a text"):
        similarity.build(None).check(CASE)
    similarity.build({"value": "x"}).check(CASE)


SENTENCE = "the cat sat on the mat and looked at the dog"


@pytest.mark.parametrize(
    ("package", "build"), [("sacrebleu", text_metrics.build_bleu), ("rouge_score", text_metrics.build_rouge)]
)
def test_shared_words_are_measured_against_the_best_reference(package, build):
    pytest.importorskip(package)
    assert judge(build(None), SENTENCE, SENTENCE).value == pytest.approx(1.0)
    assert judge(build({"any": ["nothing alike at all here", SENTENCE]}), SENTENCE).passed
    assert judge(build(None), SENTENCE, ["nothing", SENTENCE]).passed
    worse = judge(build({"value": SENTENCE, "threshold": 0.9}), "a dog barked in the yard for an hour")
    assert (worse.passed, worse.value < 0.5) == (False, True)
    assert "below 0.9" in worse.reason
    assert "too long" in judge(build({"value": SENTENCE}), "x " * 50_000).reason
    assert build(None).version.startswith("1(")
    for settings, words in (
        ({"kind": "meteor"}, "one of"),
        ({"value": "a", "any": ["b"]}, "found both"),
        ({"any": []}, "can be compared"),
        (1.5, "above 0"),
    ):
        with pytest.raises(InputError, match=words):
            build(settings)
    with pytest.raises(InputError, match="needs a text"):
        build(None).check(CASE)
    build({"value": "x"}).check(CASE)


@pytest.mark.parametrize("kind", ["bleu", "chrf"])
def test_bleu_has_its_relative(kind):
    pytest.importorskip("sacrebleu")
    assert judge(text_metrics.build_bleu({"kind": kind}), SENTENCE, SENTENCE).value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("package", "build", "extra"),
    [
        ("rapidfuzz", similarity.build, "similarity"),
        ("sacrebleu", text_metrics.build_bleu, "text-metrics"),
        ("rouge_score.rouge_scorer", text_metrics.build_rouge, "text-metrics"),
    ],
)
def test_a_package_that_is_not_there_is_one_error_with_the_line_that_installs_it(monkeypatch, package, build, extra):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf'pip install "pytest-goldenprompt\[{extra}\]"'):
        build(None)
