"""OpenAI's grader definitions, as its reinforcement fine-tuning takes them.

https://developers.openai.com/api/docs/guides/graders and https://developers.openai.com/api/docs/api-reference/graders
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_OPERATIONS: Final = {"eq": "eq", "ne": "ne", "neq": "ne", "like": "like", "ilike": "ilike"}  # the guide says neq, too
_METRICS: Final = ("fuzzy_match", "bleu", "gleu", *(f"rouge_{n}" for n in range(1, 6)), "rouge_l")
_NO_METRICS: Final = {
    "cosine": "it compares embeddings and exists for evals only; use a score_model grader, or rouge_l",
    "meteor": "it needs WordNet, which a grader's Lambda does not hold; use gleu or rouge_l",
}
_ROLES: Final = ("system", "developer", "user", "assistant")
_IGNORED: Final = ("pass_threshold", "invalid_grade")
"""Keys of evals and of Azure that do not change a score."""
_PAIR: Final = 2

MARK: Final = "Imported by ``rft import-grader``"
"""Stands in the first lines of what was imported, and may be replaced by another import."""


class GraderError(ValueError):
    """A definition that cannot be imported; names the place by its JSON path."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")


@dataclass(frozen=True, slots=True)
class StringCheck:
    """Compares two texts, each a template."""

    text: str
    reference: str
    operation: str


@dataclass(frozen=True, slots=True)
class TextSimilarity:
    """How alike two texts are, each a template."""

    text: str
    reference: str
    metric: str


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """A model that gives a score.

    Attributes:
        messages: Role and text of each; texts are templates.
        range: Lowest and highest score.
    """

    messages: tuple[tuple[str, str], ...]
    model: str
    range: tuple[float, float]
    sampling: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PythonCode:
    """A function ``grade(sample, item)``."""

    source: str


Single = StringCheck | TextSimilarity | ScoreModel | PythonCode


@dataclass(frozen=True, slots=True)
class Multi:
    """Graders by name, and the formula that makes one number of theirs."""

    graders: Mapping[str, Single]
    formula: str


Grader = Single | Multi


def load(path: Path) -> tuple[Grader, str]:
    """Read a definition from a file, and say where it stands there: alone, or under ``grader`` as in a request.

    Raises:
        GraderError: It is none, or one that this project has no equivalent for.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise GraderError(str(path), f"{error.strerror}; expected a file with a grader definition") from None
    except (ValueError, RecursionError) as error:
        raise GraderError(str(path), f"not JSON ({error}); expected a grader definition") from None
    where = "$"
    if isinstance(content, dict) and isinstance(content.get("grader"), dict):
        content, where = content["grader"], "$.grader"
    where = f"{path}: {where}"
    return read(content, where), where


def read(given: object, where: str) -> Grader:
    """The definition that a JSON value holds.

    Raises:
        GraderError: As for ``load``.
    """
    if not isinstance(given, dict):
        raise GraderError(where, f"{_shown(given)}; expected an object with type")
    if given.get("type") == "multi":
        return _multi(given, where)
    return _single(given, where)


def _single(given: Mapping[str, Any], where: str) -> Single:
    match given.get("type"):
        case "string_check":
            _check_keys(given, where, "input", "reference", "operation")
            operation = given.get("operation")
            if operation not in _OPERATIONS:
                raise GraderError(f"{where}.operation", f"{_shown(operation)}; expected eq, ne, like or ilike")
            return StringCheck(_text(given, where, "input"), _text(given, where, "reference"), _OPERATIONS[operation])
        case "text_similarity":
            _check_keys(given, where, "input", "reference", "evaluation_metric")
            return TextSimilarity(_text(given, where, "input"), _text(given, where, "reference"), _metric(given, where))
        case "score_model":
            return _score_model(given, where)
        case "python":
            _check_keys(given, where, "source", "image_tag")
            return PythonCode(_text(given, where, "source"))
        case "multi":
            raise GraderError(f"{where}.type", "multi within multi; expected one of the others")
        case other:
            raise GraderError(
                f"{where}.type",
                f"{_shown(other)}; expected string_check, text_similarity, score_model, python or multi",
            )


def _multi(given: Mapping[str, Any], where: str) -> Multi:
    _check_keys(given, where, "graders", "calculate_output")
    graders = given.get("graders")
    if isinstance(graders, list):  # the reference shows a list, the guide an object
        places = {str(one.get("name")): f"[{i}]" for i, one in enumerate(graders) if isinstance(one, dict)}
        members = {str(one.get("name")): one for one in graders if isinstance(one, dict)}
        if len(members) < len(graders):
            raise GraderError(f"{where}.graders", "a list; expected an object with a different name for each")
    elif isinstance(graders, dict):
        places = {name: f".{name}" for name in graders}
        members = graders
    else:
        raise GraderError(f"{where}.graders", f"{_shown(graders)}; expected an object of graders by name")
    for name, one in members.items():
        place = f"{where}.graders{places[name]}"
        if not name.isidentifier():
            raise GraderError(place, f"the name {name!r} cannot stand in a formula; expected letters, digits and _")
        if not isinstance(one, dict):
            raise GraderError(place, f"{_shown(one)}; expected an object with type")
    found = {name: _single(one, f"{where}.graders{places[name]}") for name, one in members.items()}
    if not found:
        raise GraderError(f"{where}.graders", "empty; expected a grader or more")
    return Multi(found, _text(given, where, "calculate_output"))


def _score_model(given: Mapping[str, Any], where: str) -> ScoreModel:
    _check_keys(given, where, "input", "model", "range", "sampling_params")
    messages = given.get("input")
    if not isinstance(messages, list) or not messages:
        raise GraderError(f"{where}.input", f"{_shown(messages)}; expected a list of messages with role and content")
    sampling = given.get("sampling_params") or {}
    if not isinstance(sampling, dict):
        raise GraderError(f"{where}.sampling_params", f"{_shown(sampling)}; expected an object")
    return ScoreModel(
        messages=tuple(_message(message, f"{where}.input[{i}]") for i, message in enumerate(messages)),
        model=_text(given, where, "model"),
        range=_range(given.get("range", [0, 1]), f"{where}.range"),
        sampling=sampling,
    )


def _message(given: object, where: str) -> tuple[str, str]:
    if not isinstance(given, dict) or given.get("role") not in _ROLES:
        raise GraderError(where, f"{_shown(given)}; expected an object with role ({', '.join(_ROLES)}) and content")
    content = given.get("content")
    blocks = content if isinstance(content, list) else [content]
    texts = [block.get("text") if isinstance(block, dict) else block for block in blocks]
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise GraderError(f"{where}.content", f"{_shown(blocks[i])}; expected text: a judge is shown no images")
    return str(given["role"]), "\n".join(map(str, texts))


def _range(given: object, where: str) -> tuple[float, float]:
    if isinstance(given, list) and len(given) == _PAIR and all(type(bound) in (int, float) for bound in given):
        low, high = map(float, given)
        if low < high:
            return low, high
    raise GraderError(where, f"{_shown(given)}; expected two numbers, the lower first")


def _metric(given: Mapping[str, Any], where: str) -> str:
    metric = given.get("evaluation_metric")
    if metric not in _METRICS:
        why = _NO_METRICS.get(str(metric), f"expected one of {', '.join(_METRICS)}")
        raise GraderError(f"{where}.evaluation_metric", f"{_shown(metric)}; {why}")
    return str(metric)


def _text(given: Mapping[str, Any], where: str, key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        raise GraderError(f"{where}.{key}", f"{_shown(value)}; expected a text")
    return value


def _check_keys(given: Mapping[str, Any], where: str, *known: str) -> None:
    for key in given:
        if key not in (*known, *_IGNORED, "type", "name"):
            raise GraderError(f"{where}.{key}", f"unknown key; expected type, name, {', '.join(known)}")


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - what fits a line
