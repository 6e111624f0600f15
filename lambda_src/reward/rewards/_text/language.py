"""In which language a text is written: by script, and where languages share one, by its most frequent words.

Pieces of a sentence or 30 words are judged one by one. What tells nothing (names, numbers, fragments) is left out; a
longer piece without one frequent word of any language is in none. Of a long text both ends are read.

The libraries that do more cost a grader too much: ``simplemma`` 2.0.0 is 19 MB and loads for 0.1 to 3 s per language,
``eld`` 1.0.6 is 49 MB and from 2023, and the other detectors are compiled or need numpy.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from .language_words import CYRILLIC, CYRILLIC_LETTERS, LATIN, LETTERS, PERSIAN, SCRIPTS, Language

__all__ = ["Language", "share"]

Evidence = Mapping[str, tuple[tuple[str, float], ...]]
"""Languages that a word or letter speaks for, and how strongly."""

_FENCE: Final = re.compile(r"^[ \t]*+```[^\n]*+\n(?:(?![ \t]*+```)[^\n]*+\n)*+(?:[ \t]*+```[^\n]*+|\Z)", re.MULTILINE)
_PIECE: Final = re.compile(r"[^\W\d_]{1,20}|[.!?\n\u3002\uff01\uff1f]")
_WORDS: Final = 30  # of a piece, at most
_TELLING: Final = 8  # words without a frequent one that are no sentence of any language
_HALF: Final = 10_000  # characters that are read from each end of a longer text
_KANA: Final = re.compile("[\u3040-\u30ff]")
_STARTS: Final = [start for start, _, _ in SCRIPTS]
_LETTER: Final = 0.5  # what a letter is worth beside a word


def share(text: str, language: str) -> float:
    """Share of the text's letters that stand in pieces of the language; code blocks do not count.

    A text too short to tell is taken to be in any language of its script.

    >>> share("The cat sat on the mat. Le chat est sur la table.", "en")
    0.4722222222222222
    """
    own = foreign = fitting = 0
    if len(text) > 2 * _HALF:
        text = f"{text[:_HALF]}\n{text[-_HALF:]}"
    for words in _pieces(_FENCE.sub("", text)):
        for script, of_script in _by_script(words).items():
            letters = sum(map(len, of_script))
            spoken = _spoken(script, of_script)
            own += letters * (language in spoken)
            foreign += letters * (language not in spoken and bool(spoken))
            fitting += letters * (not spoken and script == _script_of(language))
    if own + foreign:
        return own / (own + foreign)
    return float(fitting > 0)


def _pieces(text: str) -> Iterator[list[str]]:
    piece: list[str] = []
    for word in _PIECE.findall(text):
        is_end = len(word) == 1 and not word.isalpha()
        if piece and (is_end or len(piece) == _WORDS):
            yield piece
            piece = []
        if not is_end:
            piece.append(word)
    if piece:
        yield piece


def _by_script(words: list[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        script = "latin" if word[0] < "\x7f" else _script(word)
        found.setdefault(script, []).append(word)
    if "ja" in found and "zh" in found:  # Japanese mixes both
        found["ja"] += found.pop("zh")
    return found


def _script(word: str) -> str:
    letter = ord(word[0])
    _, last, script = SCRIPTS[bisect_right(_STARTS, letter) - 1]
    if script == "zh" and _KANA.search(word):
        return "ja"
    return script if letter <= last else "unknown"


def _spoken(script: str, words: list[str]) -> set[str]:
    """The languages that a piece of one script may be in; empty if it does not tell."""
    if script == "arabic":
        return {"fa" if any(not PERSIAN.isdisjoint(word) for word in words) else "ar"}
    if script not in ("latin", "cyrillic"):
        return {script}
    scores: defaultdict[str, float] = defaultdict(float)
    for language, weight in _spoken_for(script, {word.lower() for word in words}):
        scores[language] += weight
    if not scores:
        return {"unknown"} if len(words) >= _TELLING else set()
    best = max(scores.values())
    return {language for language, score in scores.items() if score > best - 1e-9}


def _spoken_for(script: str, words: set[str]) -> Iterator[tuple[str, float]]:
    of_word, of_letter = _evidence(script)
    for word in words:
        yield from of_word.get(word, ())
        if not word.isascii():
            for letter in set(word):
                yield from of_letter.get(letter, ())


@cache
def _evidence(script: str) -> tuple[Evidence, Evidence]:
    words, letters = (LATIN, LETTERS) if script == "latin" else (CYRILLIC, CYRILLIC_LETTERS)
    return (
        _weighed({language: text.split() for language, text in words.items()}, 1.0),
        _weighed({language: list(text) for language, text in letters.items()}, _LETTER),
    )


def _weighed(marks: Mapping[str, list[str]], weight: float) -> Evidence:
    """A mark that several languages share speaks for each of them less."""
    of: dict[str, list[str]] = {}
    for language, its in marks.items():
        for mark in dict.fromkeys(its):
            of.setdefault(mark, []).append(language)
    return {mark: tuple((language, weight / len(all_)) for language in all_) for mark, all_ in of.items()}


def _script_of(language: str) -> str:
    if language in LATIN:
        return "latin"
    if language in CYRILLIC:
        return "cyrillic"
    return "arabic" if language in ("ar", "fa") else language
