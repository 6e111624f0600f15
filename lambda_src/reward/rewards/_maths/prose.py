"""Answers told without a marker: "the answer is n", a last line that is nothing but n, a concluding sentence.

These are looked for in this order, and the first place that holds a number counts. A number that is merely mentioned,
doubted, denied or another's is no answer; where a text can be read either way, it states none.
"""

import re
from itertools import pairwise
from typing import Final

from . import wording as _wording
from .notation import clean
from .numbers import POINT, Notation, Number, mentioned, result, stated, undressed
from .statement import MOST, WIDEST, Statement

_MOST_WORDS_ALONE: Final = 4
_MOST_WORDS_OF_A_RESPONSE: Final = 12  # that is one sentence and nothing else
_MOST_WORDS_OF_A_HEADING: Final = 2  # beside "answer"
_MOST_LABEL: Final = 40  # characters
_TAIL: Final = 600  # characters in which a concluding sentence may stand
_MOST_CHATTER: Final = 2  # sentences behind it
_SHORTEST: Final = len("answer: 1")
_RETRACTION: Final = 200  # characters behind an answer that may take it back


def phrased(text: str, notation: Notation, start: int = 0) -> list[Statement]:
    """What the text calls an answer, in order."""
    found = []
    for place, limit in pairwise([*_named(text, start), len(text)]):
        separator = _wording.IS.match(text, place, limit) or _wording.BELOW.match(text, place, limit)
        before = _sentence_before(text, place)
        if separator is None or _wording.NOT_MINE.search(before):
            continue
        is_heading = separator.re is _wording.BELOW
        if is_heading and len(before.split()) > _MOST_WORDS_OF_A_HEADING:
            continue
        begin = separator.end()
        line = _wording.TAG.split(text[begin : min(begin + WIDEST, limit)].lstrip().partition("\n")[0], maxsplit=1)[0]
        end = _wording.SENTENCE_END.search(line)
        said = line[: end.start()] if end else line
        begin = text.index(line, begin)
        numbers = bare(line, notation) if is_heading else _said(said, text[begin + len(said) + 1 :], notation)
        if numbers:
            found.append(Statement(numbers, said, begin + len(said)))
    return found


def alone(text: str, notation: Notation) -> list[Statement]:
    """The last line that is no chatter, if it is nothing but a number, labelled or the result of an equation."""
    tail = text[-WIDEST:]
    for _ in range(_MOST_CHATTER + 1):
        tail = tail[: _trailing(tail)]
        before, _, line = tail.rpartition("\n")
        numbers = _alone(line, notation)
        if numbers:
            return [Statement(numbers, line, len(text))]
        if not before or not _wording.CHATTER.search(line):
            return []
        tail = before
    return []


def concluded(text: str, notation: Notation) -> list[Statement]:
    """The number of the last sentence, if that draws a conclusion, ends a calculation or is the whole response."""
    tail = text[-_TAIL:]
    tail = tail[: _trailing(tail)]
    sentences = [sentence for sentence in _wording.BETWEEN.split(tail) if sentence.strip("*_#> ")]
    for behind, last in enumerate(reversed(sentences[-_MOST_CHATTER - 1 :])):
        has_number = _wording.HAS_NUMBER.search(last) is not None
        is_first = len(sentences) == 1 + behind
        if not (is_first and not has_number) and _wording.CHATTER.search(last):
            continue
        is_all = is_first and len(last.split()) <= _MOST_WORDS_OF_A_RESPONSE
        numbers = _conclusion(last, tail, notation, is_all=is_all) if has_number else ()
        return [Statement(numbers, last, len(text))] if numbers else []
    return []


def sentence(text: str, notation: Notation) -> tuple[Number, ...]:
    """The only number of a sentence, or the only bold one, if nothing puts it in doubt.

    >>> from .numbers import POINT
    >>> sentence("Janet makes $18 every day", POINT), sentence("people often say 18", POINT)
    ((18,), ())
    """
    if _is_doubted(text):
        return ()
    cleaned = clean(text, decimal_comma=notation.decimal_comma)
    if not _wording.OPEN.isdisjoint(cleaned.rpartition("=")[2]):
        return ()
    bold = [stated(part, notation) for part in _wording.BOLD.findall(text)]
    if len(bold) == 1 and len(bold[0]) == 1:
        return bold[0]
    numbers = mentioned(cleaned, notation)
    return tuple(numbers) if len(numbers) == 1 else ()


def _is_doubted(text: str) -> bool:
    left, equals, right = text.rpartition("=")
    if not equals:
        return _wording.DOUBT.search(text) is not None
    return _wording.DENIAL.search(left) is not None or _wording.DOUBT.search(right.replace(" than ", " ")) is not None


def bare(text: str, notation: Notation) -> tuple[Number, ...]:
    """The number of a line that holds nothing else but its unit."""
    return stated(text, notation) if is_bare(text) else ()


def is_bare(text: str) -> bool:
    return (
        len(text.split()) <= _MOST_WORDS_ALONE and not _wording.NUMBERED.match(text) and not _wording.DOUBT.search(text)
    )


def is_retracted(text: str, end: int) -> bool:
    """Whether what follows an answer takes it back without giving another."""
    if end >= len(text) - 1:
        return False
    behind = text[end : end + _RETRACTION]
    return bool(_wording.DENIED.match(behind) or _wording.RETRACTED.search(behind))


def _named(text: str, start: int) -> list[int]:
    """Where the word "answer" ends, in order, the last ones of the text."""
    places: list[int] = []
    if len(text) - start < _SHORTEST:
        return places
    for spelling in ("nswer", "NSWER", "ns:", "NS:"):
        at = len(text)
        for _ in range(MOST):
            at = text.rfind(spelling, start, at)
            if at < 0:
                break
            if text[at - 1 : at] in ("a", "A") and not text[max(at - 2, 0) : at - 1].isalpha():
                places.append(at + len(spelling.rstrip(":")))
    return sorted(places)[-MOST:]


def _sentence_before(text: str, end: int) -> str:
    before = text[max(end - 86, 0) : end - 6]  # 80 characters before the word itself
    return re.split(r"[.!?:;\n]", before)[-1]


def _said(said: str, behind: str, notation: Notation) -> tuple[Number, ...]:
    """What is called the answer: a number, or a sentence at the end; a worked solution may begin so, too."""
    but = _wording.BUT.match(said)
    said = said[but.end() :] if but else said
    return stated(said, notation) or (sentence(said, notation) if _is_chatter(behind) else ())


def _is_chatter(text: str) -> bool:
    if len(text) > WIDEST:
        return False
    sentences = _wording.BETWEEN.split(text[: _trailing(text)])
    return all(_wording.CHATTER.search(one) for one in sentences)


def _conclusion(last: str, tail: str, notation: Notation, *, is_all: bool) -> tuple[Number, ...]:
    if is_all or _wording.CONCLUSION.match(last) or "=" in last or _wording.BOLD.search(last):
        return sentence(last, notation)
    if _wording.VERB.search(last) and not _wording.IGNORANCE.search(tail):
        return sentence(last, notation)
    _, equals, after = tail.rpartition("=")
    numbers = sentence(last, notation) if equals else ()
    return numbers if numbers and stated(after[:40].partition("\n")[0], notation) == numbers else ()


def _alone(line: str, notation: Notation) -> tuple[Number, ...]:
    number = undressed(line) if notation is POINT else None
    if number is not None:
        return (number,)
    line = _wording.LEADING.sub("", line, count=1)
    if "|" in line or _wording.NUMBERED.match(line):
        return ()
    label, colon, said = line.rpartition(":")
    if colon and (len(label) > _MOST_LABEL or _wording.HAS_NUMBER.search(label) or _wording.DOUBT.search(label)):
        return ()
    return bare(result(said), notation)


def _trailing(tail: str) -> int:
    """Where fences, closing tags and tokens begin that end a response."""
    end = len(tail)
    while True:
        shorter = len(tail[:end].rstrip())
        token = _wording.TOKEN.search(tail, max(shorter - _wording.LONGEST_TOKEN, 0), shorter)
        if token is None:
            return shorter
        end = token.start()
