"""A response of the base model and what it earned: a line of ``rollouts.jsonl``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ...reward.telemetry import PREFLIGHT_ID
from ..chat_record import item
from .conversation import Reply
from .prompts import Prompt

_ID: Final = f"{PREFLIGHT_ID}probe"


@dataclass(frozen=True, slots=True)
class Rollout:
    """One response.

    Attributes:
        number: Among those to the same prompt, from 0.
        reward: In [0, 1]; None where the grader could not grade it.
        parts: What each part of the rubric gave, by name.
        error: Why the grader could not grade it.
    """

    prompt: Prompt
    number: int
    reply: Reply
    reward: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    error: str = ""

    @property
    def id(self) -> str:
        return identity(self.prompt, self.number)

    def item(self) -> dict[str, Any]:
        """As Bedrock sends it to a grader."""
        return item(self.prompt.record, self.id, self.reply.text)

    def to_json(self) -> dict[str, Any]:
        """The item, and all that is known of it; ``rft score`` grades it again."""
        known: dict[str, Any] = {
            **self.item(),
            "prompt": self.prompt.id,
            "reward": self.reward,
            "parts": dict(self.parts),
            "tokens": self.reply.output_tokens,
            "inputTokens": self.reply.input_tokens,
            "stopReason": self.reply.stop_reason,
            "seconds": round(self.reply.seconds, 3),
        }
        if self.reply.reasoning:
            known["reasoning"] = self.reply.reasoning
        if self.error:
            known["error"] = self.error
        return known

    @classmethod
    def from_json(cls, line: Mapping[str, Any], prompts: Mapping[str, Prompt]) -> "Rollout | None":
        """Read a line back; None where it answers none of these prompts as they are.

        Args:
            prompts: By id.
        """
        prompt = prompts.get(line["prompt"])
        if prompt is None:
            return None
        reply = Reply(
            text=line["messages"][-1]["content"],
            reasoning=line.get("reasoning", ""),
            input_tokens=line.get("inputTokens"),
            output_tokens=line["tokens"],
            stop_reason=line["stopReason"],
            seconds=line["seconds"],
        )
        number = int(line["id"].rpartition("/")[2])
        read = cls(prompt, number, reply, line["reward"], line["parts"], line.get("error", ""))
        return read if read.item() == {key: line[key] for key in ("id", "messages", "metadata")} else None


def identity(prompt: Prompt, number: int) -> str:
    """Id of the response to a prompt that has this number."""
    return f"{_ID}/{prompt.id}/{number}"
