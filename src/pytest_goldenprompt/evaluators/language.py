"""The answer is written in a language, told by its script and its commonest words, and never guessed."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.evaluators.scores import content, expected_text, quoted
from pytest_goldenprompt.evaluators.settings import read_settings
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.output import Output
from pytest_goldenprompt.model.result import Score
from pytest_goldenprompt.model.suggest import did_you_mean
from pytest_goldenprompt.model.values import JSON

LOOKED_AT = 20_000
"""Characters at the beginning of an answer that are looked at."""

LEAST_SHARE = 0.6
"""Share of the letters that the script must have."""

LEAST_LETTERS = 10
"""Letters of a script that one language has to itself; a Japanese name may be written in Chinese characters alone."""

LEAST_WORDS = 2.0
"""Common words of a language that must be found, and half as many again as of any other language.

A word that several languages have counts as one between them.
"""

_OWN_SCRIPT = {
    "ja": "\u3040-\u30ff",
    "zh": "\u4e00-\u9fff\u3400-\u4dbf",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff",
    "th": "\u0e00-\u0e7f",
}
_SCRIPTS = {**_OWN_SCRIPT, "latin": "A-Za-z\u00c0-\u024f", "cyrillic": "\u0400-\u04ff"}
_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_ANY_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

_COMMON = {
    "latin": {
        "en": "the and of to is in that it for you was with are this have be on not as your we will can from has at by",
        "de": "der die und das ist nicht ein eine ich sie zu mit den es auf für von im sich wir wird sind haben bei am",
        "fr": "le la les et est des une un que pas pour dans vous qui je sur avec au du il nous sont votre ce cette",
        "es": "el la los las que y es en un una por para con no se su del al lo como está más pero ha este son usted",
        "it": "il la che di è un una per non con sono gli del della si le ha questo nel anche più come alla ma i",
        "pt": "o a os as que e é um uma para com não do da em por se dos das no na você está mais como foi seu ao",
        "nl": "de het een en van is dat niet ik op te zijn voor met die je er aan ook maar wij u uw naar wordt bij",
        "sv": "och att det som en är på för av med inte den jag till har de om ett vi kan från du var eller så",
        "pl": "i w nie na to się z do że jest jak o po ale co za od tak są dla przez być pan czy ich lub",
        "ca": "el la els les que i és en un una per amb no es del al com més però ha aquest són de què seva",
        "da": "og at det som en er på for af med ikke den jeg til har de om et vi kan fra du var eller så",
    },
    "cyrillic": {
        "ru": "и в не на что с это как но он по из за вы так к от для мы все был она мне если или же при есть",
        "uk": "і в не на що з це як але він за ви так до від для ми все був вона є або та у його які про щоб",
        "bg": "и в не на че с е да се от за са като това по при но как или към най бъде има си ги много ви ще",
    },
}
_NEAR = frozenset({"bg", "ca", "da"})
"""Languages that are known only so that they are not taken for their neighbours; they have nearer ones themselves."""

_KNOWN = {
    script: {language: frozenset(words.split()) for language, words in listed.items()}
    for script, listed in _COMMON.items()
}
LANGUAGES = (*(language for listed in _COMMON.values() for language in listed if language not in _NEAR), *_OWN_SCRIPT)
"""Codes of the languages that can be told (ISO 639-1)."""


@dataclass(slots=True)
class Language:
    """Tells one language, or that none can be told; `value` is the one that is asked for."""

    value: str = ""
    name: str = field(default="language", init=False)
    version: str = field(default="1", init=False)

    def evaluate(self, output: Output, case: Case) -> Sequence[Score]:
        """Score 1 if the answer is in the language, by default the case's `expected`."""
        wanted = self._wanted(case)
        found = told_language(output.text)
        told = f"found {found}" if found else "which cannot be told"
        return (content(self.name, found == wanted, f"expected {wanted}, {told}: {quoted(output.text)}"),)

    def check(self, case: Case) -> None:
        """Refuse a case that asks for a language that cannot be told."""
        self._wanted(case)

    def _wanted(self, case: Case) -> str:
        return self.value or _checked(expected_text(self.name, case), f"`expected` of case {case.id!r}")


def told_language(text: str) -> str | None:
    """Give the code of the language of a text; None where script and common words do not tell."""
    text = text[:LOOKED_AT]
    letters = {script: len(pattern.findall(text)) for script, pattern in _LETTERS.items()}
    if letters["ja"]:  # Japanese is written in Chinese characters too, and Chinese never in kana
        letters["ja"] += letters.pop("zh")
    script = max(letters, key=lambda name: letters[name])
    if letters[script] < LEAST_SHARE * max(1, len(_ANY_LETTER.findall(text))):
        return None
    if script in _KNOWN:
        return _by_words(text, _KNOWN[script])
    return script if letters[script] >= LEAST_LETTERS else None


def build(settings: JSON) -> Language:
    """Accept `value`, the code of a language; a bare text is it."""
    given = read_settings("language", settings, ("value",), short="value")
    value = given.text("value")
    return Language("" if value is None else _checked(value, "`value` of `language`"))


def _by_words(text: str, known: Mapping[str, frozenset[str]]) -> str | None:
    words = Counter(_WORD.findall(text.casefold()))
    owners = Counter(word for common in known.values() for word in common)
    hits = {
        language: math.fsum(words[word] / owners[word] for word in common if word in words)
        for language, common in known.items()
    }
    first, second = sorted(hits, key=lambda language: (-hits[language], language))[:2]
    clear = hits[first] >= LEAST_WORDS and 2 * hits[first] >= 3 * hits[second]
    return first if clear else None


def _checked(code: str, what: str) -> str:
    if code not in LANGUAGES:
        raise InputError(
            f"{what} is no language that can be told, found {quoted(code)}{did_you_mean(code, LANGUAGES)}; "
            f"accepted are {', '.join(LANGUAGES)}"
        )
    return code
