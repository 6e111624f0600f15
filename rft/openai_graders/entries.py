"""Graders that need nothing but an entry of the rubric: string checks and text similarity."""

from typing import Any, Final

from lambda_src.reward.criterion import Criterion, RubricError

from .definition import GraderError, StringCheck, TextSimilarity

_RESPONSE: Final = "{{sample.output_text}}"
_REFERENCE: Final = "{{item.reference_answer}}"
_METHODS: Final = {"fuzzy_match": "ratio"}  # others have the same name
_INVERSE: Final = {"eq": "ne", "ne": "eq"}


def string_check(grader: StringCheck, where: str, *, is_inverse: bool = False) -> dict[str, Any]:
    """The entry without its role.

    Args:
        is_inverse: Whether to pay for the opposite, which ``eq`` and ``ne`` have.
    """
    operation = _INVERSE.get(grader.operation) if is_inverse else grader.operation
    if operation is None:
        raise GraderError(where, f"{grader.operation} counts against the score, and its opposite is no operation")
    options = {} if operation == "eq" else {"operation": operation}
    return _checked("text.equals", options | _templates(grader), where)


def text_similarity(grader: TextSimilarity, where: str) -> dict[str, Any]:
    """The entry without its role."""
    method = _METHODS.get(grader.metric, grader.metric)
    return _checked("text.similarity", {"method": method} | _templates(grader), where)


def _templates(grader: StringCheck | TextSimilarity) -> dict[str, str]:
    """Only those that say something else than the reward function does by itself."""
    given = {"text": (grader.text, _RESPONSE), "reference": (grader.reference, _REFERENCE)}
    return {name: text for name, (text, plain) in given.items() if text.replace(" ", "") != plain}


def _checked(function: str, options: dict[str, str], where: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"function": function} | ({"options": options} if options else {})
    try:
        Criterion.of(where, entry | {"weight": 1})
    except RubricError as error:
        raise GraderError(where, _in_words_of_the_definition(str(error).removeprefix(f"{where}."))) from None
    return entry


def _in_words_of_the_definition(message: str) -> str:
    return message.replace("options.text", "input").replace("options.reference", "reference")
