"""Which parts of a rubric read the reference answer, so that a dataset without any is refused before it is paid for.

Kept beside the reward functions and not among them: what is said here changes no score, and so no run's digest.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from .criterion import Call, family_module
from .rewards._judge.rubric import load
from .rewards._text.template import parsed
from .rubric import Rubric

LOGGED_RESPONSE: Final = "logged_response"
"""Field of a record in place of a reference: what a model answered once, which nobody has said is right."""

_HOOK: Final = "REFERENCE_FREE"
"""Where a family that is not in the library names its functions that need no reference answer."""

_JUDGED: Final = ("reference", "reference_answer")
_FIELD: Final = "reference_answer"


def needs_reference(rubric: Rubric) -> list[str]:
    """Names of the criteria that cannot grade a record without ``reference_answer``.

    >>> entries = [{"function": "maths.final_answer", "weight": 1}, {"function": "text.max_words", "penalty": 0.1}]
    >>> needs_reference(Rubric.from_config(entries))
    ['maths.final_answer']
    """
    return [criterion.name for criterion in rubric.criteria if any(map(call_needs_reference, criterion.calls))]


def call_needs_reference(call: Call) -> bool:
    """Whether a reward function with its options cannot grade without; one that nobody has told of is taken to."""
    by_options = _BY_OPTIONS.get(call.name)
    if by_options is not None:
        return by_options(call.options)
    return call.name not in _NEVER and call.function.__name__ not in getattr(family_module(call.family), _HOOK, ())


def _compared(options: Mapping[str, Any]) -> bool:
    """The reference answer itself, unless a template stands in its place that does without."""
    given = [options.get("text"), options.get("reference")]
    return options.get("reference") is None or any(_reads_reference(template) for template in given if template)


def _reads_reference(template: str) -> bool:
    places = [part for part in parsed(template) if not isinstance(part, str)]
    return any(place.namespace == "item" and place.steps[0] == _FIELD for place in places)


def _judged(options: Mapping[str, Any]) -> bool:
    """Whether the judge's rubric shows it, or compares with it."""
    task = load(options["rubric"])
    return any(name in _JUDGED for name in (*task.shows, task.against))


_BY_OPTIONS: Final[Mapping[str, Callable[[Mapping[str, Any]], bool]]] = {
    "judge.score": _judged,
    "text.equals": _compared,
    "text.similarity": _compared,
}
_NEVER: Final = frozenset(
    {
        "agent.no_loop",
        "agent.steps_valid",
        "code.lint",
        "extraction.only_json",
        "extraction.valid",
        "maths.one_final_answer",
        "maths.steps",
        "text.contains",
        "text.language",
        "text.length",
        "text.marker",
        "text.matches",
        "text.max_words",
        "text.repetition",
        "text.worked_steps",
        "tools.known",
        "tools.parses",
        "tools.valid",
    }
)
