"""Elements of form that a grader may want of a response, how to take them away, and how prompts ask for them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ....reward.rubric import Rubric

_BOX: Final = re.compile(r"\$?\\boxed\{((?:[^{}]|\{[^{}]*\}){0,300})\}\$?")
_FENCE: Final = re.compile(r"^```(\w*)[ \t]*$\n?", re.MULTILINE)
_TAG: Final = re.compile(r"<(\w{1,30})>[\s\S]*?</\1>")
_ANY_TAG: Final = re.compile(r"</?\w{1,30}>")
_BEFORE: Final = "Here is what I found."
_BEHIND: Final = "I hope this helps. Let me know if you have any other questions."
_MARKER: Final = "####"
_SHOWN: Final = 20  # characters of a marker


@dataclass(frozen=True, slots=True)
class Form:
    """An element of form.

    Attributes:
        wants: In words, to follow "the grader wants".
        cues: What prompts that ask for it hold, one at least; folded.
        ask: A sentence that asks for it.
        without: The response without the element; the same response where it has none.
        is_place: Whether it tells where in a response the answer is; graders may know several ways to tell.
    """

    wants: str
    cues: tuple[bytes, ...]
    ask: str
    without: Callable[[str], str]
    is_place: bool = False

    def is_asked(self, prompt: bytes) -> bool:
        """Whether a prompt, folded, mentions it."""
        return any(cue in prompt for cue in self.cues)


def forms(response: str, rubric: Rubric) -> Iterator[Form]:
    """The elements of a response, each of which the grader may or may not want.

    Args:
        rubric: For markers that it names.
    """
    for marker in dict.fromkeys([_MARKER, *_markers(rubric)]):
        if marker in response:
            yield _marker(marker)
    if _BOX.search(response):
        yield Form(
            "the answer in \\boxed{}",
            (b"boxed",),
            "Put the final answer in \\boxed{}.",
            lambda text: _BOX.sub(lambda match: match[1], text),
            is_place=True,
        )
    if fence := _FENCE.search(response):
        yield _fence(fence[1])
    for name in dict.fromkeys(_TAG.findall(response)):
        yield _tag(name)
    if _without_json(response) != response:
        shown = (b"json", b'{"', b"{'")  # an example asks for it, too
        yield Form("the answer as JSON", shown, "Answer with one JSON object.", _without_json)
    yield Form(
        "nothing around the answer",
        (b"only", b"nothing else", b"nothing but", b"no other", b"without any", b"no explanation", b"just the"),
        "Answer with nothing else.",
        lambda text: f"{_BEFORE}\n\n{text}\n\n{_BEHIND}",
    )


def placed_otherwise(response: str, rubric: Rubric) -> Iterator[str]:
    """The response with other ways to tell where the answer is, if it ends in one behind ``####``."""
    before, marker, answer = response.rpartition(_MARKER)
    if marker:
        yield f"{before}\\boxed{{{answer.strip()}}}"
        yield f"{before}<answer>{answer.strip()}</answer>"
        yield from (f"{before}{own}{answer}" for own in _markers(rubric))


def _markers(rubric: Rubric) -> list[str]:
    """Texts that the rubric's options name as what stands before the answer."""
    calls = (call for criterion in rubric.criteria for call in criterion.calls)
    return [marker for call in calls if isinstance(marker := call.options.get("marker"), str)]


def _marker(marker: str) -> Form:
    return Form(
        f"{marker[:_SHOWN]} before the final answer",
        (marker.lower().encode(),),
        f"Put the final answer after {marker}.",
        lambda text: text.replace(f"{marker} ", "").replace(marker, ""),
        is_place=True,
    )


def _fence(language: str) -> Form:
    return Form(
        f"the answer in a ```{language} block",
        (b"```", b"code block", b"code fence", b"fenced", b"markdown block"),
        f"Answer with one ```{language} block.",
        lambda text: _FENCE.sub("", text),
        is_place=True,
    )


def _tag(name: str) -> Form:
    return Form(
        f"<{name}> tags",
        (f"<{name}".lower().encode(), f"{name} tag".lower().encode()),
        f"Write the answer in <{name}> tags.",
        lambda text: re.sub(rf"</?{name}>", "", text),
        is_place=True,
    )


def _without_json(text: str) -> str:
    """The values of JSON objects or lists as lines of prose; the text itself where it is no JSON, tags aside."""
    body = _FENCE.sub("", _ANY_TAG.sub("", text)).strip()
    values = _values([body]) or _values(body.splitlines())
    return "\n".join(line for value in values for line in _lines(value)) or text


def _values(texts: Sequence[str]) -> list[Any]:
    """What the texts are as JSON; nothing unless all of them are objects or lists."""
    try:
        values = [json.loads(text) for text in texts]
    except ValueError:
        return []
    return values if all(isinstance(value, Mapping | list) for value in values) else []


def _lines(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _lines(part, f"{name} {key}".strip())
    elif isinstance(value, list):
        for part in value:
            yield from _lines(part, name)
    else:
        yield f"{name}: {value}"
