"""What a record expects of code: cases, or tests in Python.

``{"function": name, "cases": [{"args": [...], "kwargs": {...}, "expected": value}, ...]}`` calls a function,
``{"cases": [{"stdin": text, "expected": text}, ...]}`` runs a program and ``{"tests": source}`` runs tests; in a case,
``"raises": name`` may stand for ``expected``. What is expected never leaves this process, tests apart.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...rollout import RecordError, Rollout

MOST_CASES: Final = 1000
_RELATIVE: Final = 1e-9
_ABSOLUTE: Final = 1e-12
_PASSED: Final = {"expected": True}


@dataclass(frozen=True, slots=True)
class Reference:
    """What code is tried on and what is to come out.

    Attributes:
        item: For the sandbox, the code left out.
        expectations: One for each case, with the key ``expected``, ``printed`` or ``raises``; None if the tests say
            how many there are.
    """

    item: Mapping[str, Any]
    expectations: tuple[Mapping[str, Any], ...] | None

    @classmethod
    def of(cls, rollout: Rollout) -> "Reference":
        """Read a record's reference.

        Raises:
            RecordError: It has none, or one of another form.
        """
        where = f"rollout {rollout.id}: reference_answer"
        reference = rollout.fields.get("reference_answer")
        if not isinstance(reference, Mapping):
            raise RecordError(f"{where}: {type(reference).__name__}; expected an object with cases or tests")
        if isinstance(tests := reference.get("tests"), str):
            return cls({"tests": tests}, None)
        function, cases = reference.get("function"), reference.get("cases")
        if not isinstance(cases, list) or not 1 <= len(cases) <= MOST_CASES:
            raise RecordError(f"{where}.cases: {str(cases)[:80]}; expected 1 to {MOST_CASES} cases, or tests as a text")
        if function is not None and not isinstance(function, str):
            raise RecordError(f"{where}.function: {function!r}; expected the name of a function")
        pairs = [_case(f"{where}.cases[{i}]", function, case) for i, case in enumerate(cases)]
        named = {} if function is None else {"function": function}
        return cls(named | {"cases": [asked for asked, _ in pairs]}, tuple(expected for _, expected in pairs))

    def passed(self, outcomes: list[Mapping[str, Any]]) -> list[bool]:
        """Which cases came out as expected."""
        expectations = self.expectations or [_PASSED] * len(outcomes)
        return [_is_met(expected, outcome) for expected, outcome in zip(expectations, outcomes, strict=True)]


def _case(where: str, function: str | None, case: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is asked, and what is expected."""
    inputs = {"stdin": str} if function is None else {"args": list, "kwargs": dict}
    first = next(iter(inputs))
    if not isinstance(case, Mapping) or first not in case:
        raise RecordError(f"{where}: {str(case)[:80]}; expected an object with {first}")
    for key, kind in inputs.items():
        if not isinstance(case.get(key, kind()), kind):
            raise RecordError(f"{where}.{key}: {str(case[key])[:80]}; expected a {kind.__name__}")
    answers = {key: case[key] for key in ("expected", "raises") if key in case}
    if len(answers) != 1 or not isinstance(answers.get("raises", ""), str):
        raise RecordError(f"{where}: {str(case)[:80]}; expected either expected or, with an exception's name, raises")
    if function is None and "expected" in answers:
        if not isinstance(answers["expected"], str):
            raise RecordError(f"{where}.expected: {answers['expected']!r}; expected a text")
        answers = {"printed": answers["expected"]}
    return {key: case[key] for key in inputs if key in case}, answers


def _is_met(expected: Mapping[str, Any], outcome: Mapping[str, Any]) -> bool:
    match expected:
        case {"raises": name}:
            return bool(outcome.get("error") == name)
        case {"printed": text}:
            return _trimmed(outcome.get("value")) == _trimmed(text)
    return "value" in outcome and same(outcome["value"], expected["expected"])


def _trimmed(text: object) -> list[str] | None:
    """Lines without the space at their ends, and without empty ones at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()] if isinstance(text, str) else None


def same(given: object, expected: object) -> bool:
    """Whether two JSON values are equal, types included.

    ``True`` is not 1, and 4.0 is not 4. Where 4.0 is expected, 4 will do, and the last digits of a number with a
    point are left to the order of additions.

    >>> same({"b": [1], "a": 0.3}, {"a": 0.1 + 0.2, "b": [1]}), same(1, True), same(4.0, 4), same(4, 4.0)
    (True, False, False, True)
    """
    match expected:
        case dict():
            return (
                isinstance(given, dict)
                and given.keys() == expected.keys()
                and all(same(given[key], value) for key, value in expected.items())
            )
        case list():
            return (
                isinstance(given, list)
                and len(given) == len(expected)
                and all(same(one, other) for one, other in zip(given, expected, strict=True))
            )
        case float():
            return _is_close(given, expected)
    return type(given) is type(expected) and given == expected


def _is_close(given: object, expected: float) -> bool:
    if not isinstance(given, int | float) or isinstance(given, bool):
        return False
    try:
        return math.isclose(given, expected, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    except OverflowError:  # a whole number beyond all floats
        return False
