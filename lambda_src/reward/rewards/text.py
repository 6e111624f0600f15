"""Rewards for the form of a response, and for how it resembles a reference text.

None of the functions for form knows whether a response is right: add them in small weights, as gates or as penalties.
A policy that is paid for what is easy to count, and for nothing else, learns to fill lines with anything. What is
compared with the reference is the surface: words copied from the prompt resemble it, too. The audit of a project says
so before a job starts.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from ..options import OptionError
from ..rollout import Rollout
from ._text import language as _language
from ._text import pattern as _pattern
from ._text import similarity as _similarity
from ._text import template as _template
from ._text.language import Language
from ._text.similarity import Method

_PIECE: Final = 20  # letters of a word that count as one, so that a text without spaces has words, too
_MOST_PIECES: Final = 20_000

Operation = Literal["eq", "ne", "like", "ilike"]
Where = Literal["anywhere", "whole"]
Unit = Literal["words", "characters"]


def worked_steps(rollout: Rollout, *, steps: int = 12) -> float:
    r"""Share of ``steps`` lines that the response fills, whatever they say; exploitable by padding.

    >>> worked_steps(Rollout("a", "21 + 21 = 42\n\n#### 42"), steps=4)
    0.5
    """
    lines = sum(1 for line in rollout.response.splitlines() if line.strip())
    return min(lines / steps, 1.0)


def max_words(rollout: Rollout, *, words: int = 400) -> float:
    """1.0 for a response of one to ``words`` words, then falling as ``words`` per word written.

    >>> max_words(Rollout("a", "so it must be 42"), words=4)
    0.8
    """
    written = len(rollout.response.split())
    return min(words / written, 1.0) if written else 0.0


def length(rollout: Rollout, *, least: int = 1, most: int = 400, unit: Unit = "words", margin: float = 0.0) -> float:
    """1.0 for a response of ``least`` to ``most`` words or characters; 0.0 outside, and for an empty one.

    Args:
        margin: Share of a bound beyond it over which the value falls from 1 to 0; 0 for a strict bound.

    >>> length(Rollout("a", "one two three four five six"), most=4, margin=1.0)
    0.5
    """
    written = len(rollout.response.split()) if unit == "words" else len(rollout.response)
    outside = max((least - written) / least, (written - most) / most, 0.0)
    if not written or not outside:
        return float(written > 0)
    return max(1.0 - outside / margin, 0.0) if margin else 0.0


def repetition(rollout: Rollout, *, n: int = 3, share: float = 0.2) -> float:
    """1.0 while at most ``share`` of the runs of ``n`` words stood there before, falling to 0.0 when all of them do.

    Closes filling the length with the same over and over, also without spaces. An empty response is worth 0.0.

    >>> round(repetition(Rollout("a", "so it is, " * 40)), 3)
    0.032
    """
    response = rollout.response
    pieces = [word[i : i + _PIECE] for word in response.split() for i in range(0, len(word), _PIECE)][:_MOST_PIECES]
    runs = list(zip(*(pieces[i:] for i in range(n)), strict=False))
    if not runs:
        return float(bool(pieces))
    return min(len(set(runs)) / len(runs) / (1.0 - share), 1.0)


def contains(rollout: Rollout, *, texts: list[str], ignore_case: bool = False) -> float:
    """Share of ``texts`` that occur in the response; a list of them and nothing else is worth as much.

    >>> contains(Rollout("a", "Refund: yes. Reason: late."), texts=["Refund:", "Reason:", "Amount:", "reason:"])
    0.5
    """
    response = rollout.response.casefold() if ignore_case else rollout.response
    return sum((text.casefold() if ignore_case else text) in response for text in texts) / len(texts)


def marker(rollout: Rollout, *, marker: str, most: int = 1) -> float:
    r"""1.0 if a line begins with ``marker`` and something follows it there, and at most ``most`` lines begin so.

    Closes announcing an answer that is missing, and announcing several.

    >>> [marker(Rollout("a", text), marker="Answer:") for text in ("So\nAnswer: 4", "Answer:", "Answer: 4\nAnswer: 5")]
    [1.0, 0.0, 0.0]
    """
    lines = [line.strip() for line in rollout.response.splitlines()]
    marked = [line for line in lines if line.startswith(marker)]
    return float(0 < len(marked) <= most and all(line[len(marker) :].strip() for line in marked))


def matches(rollout: Rollout, *, pattern: str, where: Where = "anywhere") -> float:
    r"""1.0 if the regular expression occurs in the response, or is the whole of it.

    In time linear in the response, so look-around, back-references and the like are refused; see ``_text.pattern``.

    >>> matches(Rollout("a", "It is so.\nLabel: spam"), pattern=r"(?m)^Label: (spam|ham)$")
    1.0
    """
    compiled = _pattern.compiled(pattern)
    return float(compiled.is_in(rollout.response) if where == "anywhere" else compiled.is_whole(rollout.response))


def equals(
    rollout: Rollout, *, operation: Operation = "eq", text: str | None = None, reference: str | None = None
) -> float:
    """1.0 if the response compares with the reference as the operation says.

    ``eq``: they are equal; ``ne``: they are not; ``like``: the response contains the reference; ``ilike``: the same in
    any case. What contains the reference may contain everything else, too.

    Args:
        text: Template (see ``_text.template``) in place of the response.
        reference: Template in place of the reference answer.

    >>> equals(Rollout("a", "It is Paris.", reference="paris"), operation="ilike")
    1.0
    """
    pair = _pair(rollout, text, reference)
    return float(pair is not None and _OPERATIONS[operation](*pair))


def similarity(
    rollout: Rollout, *, method: Method = "rouge_l", text: str | None = None, reference: str | None = None
) -> float:
    """How alike the surfaces of response and reference are; each measure is defined in ``_text.similarity``.

    Args:
        text: Template in place of the response, as for ``equals``.
        reference: Template in place of the reference answer.

    >>> similarity(Rollout("a", "the dog barked at night", reference="the dog barked"), method="rouge_1")
    0.75
    """
    pair = _pair(rollout, text, reference)
    return 0.0 if pair is None else _similarity.similarity(*pair, method)


def language(rollout: Rollout, *, language: Language = "en") -> float:
    """Share of the response's letters that are written in a language; code blocks do not count.

    Words are recognised, not grammar. A text too short to tell counts as in any language of its script.

    >>> language(Rollout("a", "Ich weiß nicht, was das ist."), language="de")
    1.0
    """
    return _language.share(rollout.response, language)


def parsed(rollout: Rollout) -> bool:
    """Whether the response says anything."""
    return bool(rollout.response)


def check_options(function: str, options: Mapping[str, Any]) -> None:
    """Make sure that patterns and templates can be used and that bounds are in order, before anything is graded.

    Raises:
        OptionError: Names the option.
    """
    for name in ("text", "reference"):
        _require(name, options.get(name), _template.parsed)
    _require("pattern", options.get("pattern"), _pattern.compiled)
    if function == "length" and options.get("least", 1) > options.get("most", 400):
        raise OptionError("most", f"{options.get('most', 400)}; expected least ({options['least']}) or more")
    if options.get("share", 0) >= 1:
        raise OptionError("share", f"{options['share']}; expected a number below 1")
    texts = [*options.get("texts", ["-"]), options.get("marker", "-")]
    if len(texts) == 1 or not all(text.strip() for text in texts):
        raise OptionError("marker" if "marker" in options else "texts", "empty; expected a text")


def _require(name: str, value: str | None, read: Callable[[str], object]) -> None:
    if value is None:
        return
    try:
        read(value)
    except (_pattern.PatternError, _template.TemplateError) as error:
        raise OptionError(name, str(error)) from None


def _pair(rollout: Rollout, text: str | None, reference: str | None) -> tuple[str, str] | None:
    """What is compared; None if the response is not of the form that a template asks for."""
    given = rollout.response if text is None else _template.rendered(text, rollout)
    expected = rollout.expected() if reference is None else _template.rendered(reference, rollout)
    return None if given is None or expected is None else (given, expected)


_OPERATIONS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "eq": lambda text, reference: text == reference,
    "ne": lambda text, reference: text != reference,
    "like": lambda text, reference: reference in text,
    "ilike": lambda text, reference: reference.casefold() in text.casefold(),
}
