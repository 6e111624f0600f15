"""The contract with Bedrock: a batch of rollouts in, one score per rollout out.

The only module that knows the payload's keys. What the service's pages show differs between the two
training paths, so every documented place of the reference answer and form of the content is read:
https://docs.aws.amazon.com/bedrock/latest/userguide/reward-functions.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_RESPONSE_ROLES: Final = ("assistant", "nova_assistant")
_REFERENCE_KEYS: Final = ("final_answer", "answer", "ground_truth", "text")
_PAYLOAD_KEYS: Final = ("id", "messages", "metadata")
_MOST_CHARACTERS: Final = 100_000  # of a response; no model is allowed to write as much
_CUT: Final = "\n[...]\n"
_THINKING_TAG: Final = re.compile(r"(</?think(?:ing)?>)", re.IGNORECASE)


class PayloadError(ValueError):
    """The event is no batch at all, so there is no item to charge it to."""


class RecordError(ValueError):
    """One item cannot be graded, however often it is tried."""


class TransientError(RuntimeError):
    """The batch cannot be graded now; Bedrock is to try again."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One sampled response and what it is compared with.

    Attributes:
        id: Echoed to Bedrock as it came.
        response: The last answer of the model, its thinking left out; what is longer than 100,000 characters lacks its
            middle.
        reference: The expected final answer as text; None if the record has none.
        prompt: Everything said before the response.
        fields: Everything else the record holds, ``reference_answer`` in its own form included.
    """

    id: str
    response: str
    reference: str | None = None
    prompt: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_event(cls, item: object) -> "Rollout":
        """Read one item of Bedrock's batch.

        Raises:
            RecordError: The item is no object or holds no response.
        """
        record = _record(item)
        messages = [message for message in record["messages"] if isinstance(message, Mapping)]
        answered = [i for i, message in enumerate(messages) if message.get("role") in _RESPONSE_ROLES]
        if not answered:
            roles = " or ".join(_RESPONSE_ROLES)
            raise RecordError(f"rollout {item_id(record) or '?'}: no response; expected a message with role {roles}")
        fields = _fields(record)
        return cls(
            id=item_id(record),
            response=_capped(without_thinking(_text(messages[answered[-1]].get("content")))),
            reference=reference_text(fields.get("reference_answer")),
            prompt="\n\n".join(_text(message.get("content")) for message in messages[: answered[-1]]),
            fields=fields,
        )

    def expected(self) -> str:
        """The reference answer, for a reward function that cannot do without.

        Raises:
            RecordError: The record has none.
        """
        if self.reference is None:
            keys = ", ".join(_REFERENCE_KEYS)
            raise RecordError(
                f"rollout {self.id}: no reference answer; expected reference_answer in the item or its metadata: "
                f"a string, a number or an object with one of {keys} (found {sorted(self.fields)})"
            )
        return self.reference


@dataclass(frozen=True, slots=True)
class Score:
    """What a rollout earned.

    Attributes:
        reward: In [0, 1].
        parts: What each criterion gave, in [0, 1], by name; without those that a closed gate made pointless.
        parsed: Whether the response held an answer at all, right or wrong.
        error: Why the rollout could not be graded, in which case its reward is the lowest.
        failed: The criterion that could not grade it; None where the payload itself was unreadable.
        reasons: What judges said, by criterion.
        metrics: Numbers beside the reward, by name.
    """

    rollout: Rollout
    reward: float
    parts: Mapping[str, float] = field(default_factory=dict)
    parsed: bool = True
    error: str | None = None
    failed: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.rollout.id

    def to_response(self) -> dict[str, Any]:
        """The item of Bedrock's answer for this rollout."""
        rewards = [{"name": name, "value": value, "type": "Reward"} for name, value in self.parts.items()]
        metrics = [{"name": name, "value": value, "type": "Metric"} for name, value in self.metrics.items()]
        return {"id": self.id, "aggregate_reward_score": self.reward, "metrics_list": [*rewards, *metrics]}


def batch(event: object) -> list[Any]:
    """The items of an invocation: a list, ``{"trajectories": [...]}`` or a single item.

    Raises:
        PayloadError: The event is none of these.
    """
    if isinstance(event, Mapping):
        event = event.get("trajectories", [event])
    if not isinstance(event, list):
        raise PayloadError(f"event: {type(event).__name__}; expected a JSON array of rollouts")
    return event


def item_id(item: object) -> str:
    """The id of an item, however broken the rest of it is; empty if it has none."""
    identity: str = item.get("id", "") if isinstance(item, Mapping) else ""
    return identity


def reference_text(reference: object) -> str | None:
    """The expected final answer in any form that a record may hold it in.

    >>> reference_text({"final_answer": 0, "solution": "2 - 2 = 0"})
    '0'
    """
    if isinstance(reference, Mapping):
        given = [reference[key] for key in _REFERENCE_KEYS if reference.get(key) is not None]
        reference = given[0] if given else None
    if isinstance(reference, bool) or not isinstance(reference, str | int | float):
        return None
    return str(reference).strip() or None


def without_thinking(text: str) -> str:
    """The text outside ``<think>`` sections, one that was never opened or never closed included.

    >>> without_thinking("Is it 17?</think>It is <think>really?</think>18.<think>Or")
    'It is 18.'
    """
    spoken: list[str] = []
    thinking = False
    for piece in _THINKING_TAG.split(text):
        is_tag = piece[:1] == "<" and _THINKING_TAG.fullmatch(piece) is not None
        if is_tag and piece[1] == "/" and not thinking:
            spoken.clear()
        if is_tag:
            thinking = piece[1] != "/"
        elif not thinking:
            spoken.append(piece)
    return "".join(spoken).strip()


def _capped(text: str) -> str:
    """Both ends of a text that is too long: reward functions are to cost little whatever a model writes."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    half = (_MOST_CHARACTERS - len(_CUT)) // 2
    return text[:half] + _CUT + text[-half:]


def _record(item: object) -> Mapping[str, Any]:
    if not isinstance(item, Mapping) or not isinstance(item.get("messages"), list):
        raise RecordError(f"rollout {item_id(item) or '?'}: no messages; expected an object {{id, messages, metadata}}")
    return item


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata over what lies beside it: the pages disagree on where a record's own keys are."""
    beside = {key: value for key, value in record.items() if key not in _PAYLOAD_KEYS}
    metadata = record.get("metadata")
    if not isinstance(metadata, Mapping):
        return beside
    return beside | {key: value for key, value in metadata.items() if value is not None}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(_text_blocks(content)) if isinstance(content, list) else ""


def _text_blocks(content: list[object]) -> Iterator[str]:
    """Text of the blocks that are part of the answer; reasoning blocks have another type or no text."""
    for block in content:
        if isinstance(block, str):
            yield block
        elif isinstance(block, Mapping) and block.get("type", "text") in ("text", "output_text"):
            text = block.get("text")
            if isinstance(text, str):
                yield text
