"""What a probe found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from ..dataset.distribution import Distribution
from .drop import Drop
from .estimates import Interval
from .verdict import Capability, Verdict

_SHOWN_NOTES: Final = 3
_LONGEST: Final = 300  # characters of a text in the summary


@dataclass(frozen=True, slots=True)
class PromptResult:
    """What the responses to one prompt earned.

    Attributes:
        line: Of the training file, counted from 1.
        spread: Standard deviation of the rewards; 0 for a single response.
        tokens: Of a response, on average.
        truncated: How many responses did not end within the limit.
    """

    id: str
    line: int
    mean: float
    least: float
    most: float
    spread: float
    tokens: float
    truncated: int


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe; all shares are in [0, 1], all lengths are in tokens.

    Attributes:
        prompts: Asked for at least one response.
        responses: Graded.
        reward: Mean over prompts, with its interval.
        pass_at_1: Probability that a response earns the full reward.
        pass_at_n: That one of ``samples`` does; both are None where no prompt has so many graded ones.
        floor: What a response earns that does not answer its prompt; 0 if nothing is known of it.
        positive_share: Of the responses, those that earn more than the floor.
        zero_share: Of the prompts, those whose responses all earn nothing.
        one_share: All earn the full reward.
        flat_share: All earn the same; of the prompts with at least two.
        spread: Mean standard deviation among the responses to a prompt.
        bytes_per_token: Of the prompts, what the model's template adds included; None where the service counts none.
        usage: ``inputTokens`` and ``outputTokens`` of all that was sampled, graded or not.
        reward_histogram: How many rewards lie in each twentieth of [0, 1]; 1 is in the last.
        drop: Probed records that may be dropped.
        failed: Responses that could not be sampled or graded.
        notes: What to know about how it was done, one sentence each.
    """

    model: str
    prompts: int
    samples: int
    temperature: float
    max_tokens: int
    responses: int
    reward: Interval
    pass_at_1: float | None
    pass_at_n: float | None
    floor: float
    positive_share: float
    zero_share: float
    one_share: float
    flat_share: float
    spread: float
    response_tokens: Distribution
    truncated_share: float
    bytes_per_token: float | None
    usage: Mapping[str, int]
    reward_histogram: tuple[int, ...]
    verdict: Verdict
    drop: tuple[Drop, ...] = ()
    per_prompt: tuple[PromptResult, ...] = ()
    failed: int = 0
    notes: tuple[str, ...] = field(default=())

    def noted(self, *notes: str) -> "Probe":
        """This probe with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def to_json(self) -> dict[str, Any]:
        """Everything, so that ``from_json`` can read it back."""
        counts = sorted(self.response_tokens.counts.items())
        return {
            "model": self.model,
            "prompts": self.prompts,
            "samples": self.samples,
            "temperature": self.temperature,
            "maxTokens": self.max_tokens,
            "responses": self.responses,
            "reward": asdict(self.reward),
            "passAt1": self.pass_at_1,
            "passAtN": self.pass_at_n,
            "floor": self.floor,
            "positiveShare": self.positive_share,
            "zeroShare": self.zero_share,
            "oneShare": self.one_share,
            "flatShare": self.flat_share,
            "spread": self.spread,
            "responseTokens": self.response_tokens.to_json() | {"counts": [list(each) for each in counts]},
            "truncatedShare": self.truncated_share,
            "bytesPerToken": self.bytes_per_token,
            "usage": dict(self.usage),
            "rewardHistogram": list(self.reward_histogram),
            "verdict": {
                "name": str(self.verdict.name),
                "reason": self.verdict.reason,
                "advice": self.verdict.advice,
            },
            "drop": [asdict(each) for each in self.drop],
            "perPrompt": [asdict(each) for each in self.per_prompt],
            "failed": self.failed,
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Probe":
        """Read what ``to_json`` wrote.

        Raises:
            KeyError: Something is missing, as it is in a summary.
        """
        verdict = found["verdict"]
        return cls(
            model=found["model"],
            prompts=found["prompts"],
            samples=found["samples"],
            temperature=found["temperature"],
            max_tokens=found["maxTokens"],
            responses=found["responses"],
            reward=Interval(**found["reward"]),
            pass_at_1=found["passAt1"],
            pass_at_n=found["passAtN"],
            floor=found["floor"],
            positive_share=found["positiveShare"],
            zero_share=found["zeroShare"],
            one_share=found["oneShare"],
            flat_share=found["flatShare"],
            spread=found["spread"],
            response_tokens=Distribution(dict(found["responseTokens"]["counts"])),
            truncated_share=found["truncatedShare"],
            bytes_per_token=found["bytesPerToken"],
            usage=found["usage"],
            reward_histogram=tuple(found["rewardHistogram"]),
            verdict=Verdict(Capability(verdict["name"]), verdict["reason"], verdict["advice"]),
            drop=tuple(Drop(**each) for each in found["drop"]),
            per_prompt=tuple(PromptResult(**each) for each in found["perPrompt"]),
            failed=found["failed"],
            notes=tuple(found["notes"]),
        )

    def summary(self) -> dict[str, Any]:
        """The same without what grows with prompts and lengths: about 2 kB, to travel with a run."""
        full = self.to_json()
        tokens = {name: value for name, value in full["responseTokens"].items() if name not in ("counts", "histogram")}
        return {
            **{name: _short(value) for name, value in full.items() if name not in ("drop", "perPrompt")},
            "responseTokens": _short(tokens),
            "notes": _short(full["notes"][:_SHOWN_NOTES]),
        }


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 3]}..."
    if isinstance(value, Mapping):
        return {name: _short(each) for name, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, list) else value
