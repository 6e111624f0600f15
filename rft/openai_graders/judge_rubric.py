"""A score_model grader as a rubric file for ``judge.score``."""

import re
from collections.abc import Iterator
from typing import Any, Final

from lambda_src.reward.rewards._judge import rubric as _judge_rubric
from lambda_src.reward.rewards._judge.rubric import JudgeRubricError
from lambda_src.reward.rewards._text.template import Place, TemplateError, parsed

from .definition import MARK, GraderError, ScoreModel

_MOST_MARKS: Final = 100
_MARKS: Final = 10
"""Steps of the scale where the definition's range has no whole numbers to mark with."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def write(grader: ScoreModel, name: str, where: str) -> str:
    """The TOML of the rubric.

    Raises:
        GraderError: A message asks for something that a judge is not shown.
    """
    shows: dict[str, None] = {}
    texts = [_named(text, f"{where}.input[{i}].content", shows) for i, (_, text) in enumerate(grader.messages)]
    if "response" not in shows:
        raise GraderError(f"{where}.input", "no {{ sample.output_text }}; expected it: what is marked has to be shown")
    low, high = scale(grader)
    instructions = "\n\n".join([*texts, _how(grader, low, high)])
    toml = "\n".join(
        [
            f"# {MARK}: a score_model grader.",
            f"instructions = {_multiline(instructions)}",
            f"scale = [{low}, {high}]",
            f"shows = [{', '.join(map(_quoted, shows))}]",
            "",
            "[[criteria]]",
            'name = "score"',
            f"description = {_quoted('The score that the instructions ask for, on this scale.')}",
            "",
        ]
    )
    try:
        _judge_rubric.parse(name, toml)
    except JudgeRubricError as error:
        raise GraderError(where, str(error)) from None
    return toml


def scale(grader: ScoreModel) -> tuple[int, int]:
    """Lowest and highest mark: the definition's range if its whole numbers are enough to tell responses apart."""
    low, high = grader.range
    if low.is_integer() and high.is_integer() and 1 < high - low <= _MOST_MARKS:
        return int(low), int(high)
    return 0, _MARKS


def notes(grader: ScoreModel) -> Iterator[str]:
    """What the judge does otherwise than the grader."""
    yield (
        f"a Bedrock model judges in place of {grader.model}: set judge.model in the project file, and check its marks "
        "on responses that people have marked"
    )
    yield "the messages are the rubric's instructions, the texts in their places are shown apart, as data"
    low, high = scale(grader)
    yield f"the judge marks with whole numbers from {low} to {high}; an answer that is none costs an error, not 0"
    if dropped := [key for key in grader.sampling if key not in options(grader, "")]:
        yield f"sampling_params {', '.join(dropped)} have no equivalent and are left out"


def options(grader: ScoreModel, rubric: str) -> dict[str, Any]:
    """Options of ``judge.score``; the model is the project's."""
    temperature = grader.sampling.get("temperature")
    sampled = {"temperature": temperature} if isinstance(temperature, int | float) and 0 <= temperature <= 1 else {}
    return {"rubric": rubric, **sampled}


def _named(text: str, where: str, shows: dict[str, None]) -> str:
    """A message with the names of what is shown in its places."""
    try:
        parts = parsed(text)
    except TemplateError as error:
        raise GraderError(where, str(error)) from None
    return "".join(part if isinstance(part, str) else _name(part, shows) for part in parts).strip()


def _name(place: Place, shows: dict[str, None]) -> str:
    first, *inner = place.steps if place.namespace == "item" else ("response", *place.steps[1:])
    name = "reference" if first == "reference_answer" and not inner else str(first)
    shows[name] = None
    way = ", ".join(str(step) for step in inner)
    return f"[{name}: {way}]" if way else f"[{name}]"


def _how(grader: ScoreModel, low: int, high: int) -> str:
    start, end = grader.range
    if (start, end) == (low, high):
        return "A name in square brackets stands for the part of the material that is called so."
    return (
        "A name in square brackets stands for the part of the material that is called so. Where a score from "
        f"{start:g} to {end:g} is spoken of, mark on the scale from {low} to {high}: {low} is a score of {start:g}, "
        f"{high} is a score of {end:g}, and so in between."
    )


def _multiline(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    escaped = _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped)
    return f'"""\n{escaped}\n"""'


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
