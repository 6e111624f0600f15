"""What advice goes by: the dataset, the kind of task, and, where there is one, a probe of the base model."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...reward.rubric import Rubric
from ..dataset.content import Lengths
from ..dataset.distribution import Distribution
from ..dataset.report import DatasetReport
from ..dataset.tokens import BYTES_PER_TOKEN


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers behind the advice.

    Attributes:
        records: Of the training file; 0 where they are not known.
        validation_records: Of the validation file; 0 where there is none, or it is not known.
        prompt: Tokens of each training prompt, estimated; empty where they are not known.
        reference: Tokens of each reference answer as text, estimated.
        families: Of the rubric's reward functions.
        response_tokens: Of the base model's responses, as a probe counted them.
        truncated: Share of those, in [0, 1], that were cut off at the probe's limit.
        pass_rate: Share of those, in [0, 1], that earned the full reward.
        bytes_per_token: As the probe measured it on the prompts; the lengths above go by it then.
        validates: Whether there is a validation file.
    """

    records: int
    validation_records: int
    prompt: Distribution = field(default_factory=Distribution)
    reference: Distribution = field(default_factory=Distribution)
    families: frozenset[str] = frozenset()
    response_tokens: Distribution | None = None
    truncated: float | None = None
    pass_rate: float | None = None
    bytes_per_token: float | None = None
    validates: bool | None = None

    @property
    def has_validation(self) -> bool:
        return bool(self.validation_records) if self.validates is None else self.validates


def facts_of(report: DatasetReport, rubric: Rubric, probe: Mapping[str, Any] | None = None) -> Facts:
    """Read the facts.

    Args:
        report: Of the examined dataset.
        probe: The JSON of a probe of the same project.
    """
    lengths = report.content.lengths.get("train", Lengths())
    probe = probe or {}
    bytes_per_token = probe.get("bytesPerToken") or None
    scale = BYTES_PER_TOKEN / bytes_per_token if bytes_per_token else 1.0
    responses = distribution(probe.get("responseTokens") or {})
    return Facts(
        records=report.count("train"),
        validation_records=report.count("validation"),
        prompt=scaled(lengths.prompt, scale),
        reference=scaled(lengths.reference, scale),
        families=frozenset(rubric.families),
        response_tokens=responses if responses.total else None,
        truncated=probe.get("truncatedShare"),
        pass_rate=probe.get("passAt1"),
        bytes_per_token=bytes_per_token,
    )


def scaled(lengths: Distribution, factor: float) -> Distribution:
    """Every value times a factor, rounded up.

    >>> scaled(Distribution({3: 1, 10: 2}), 1.5).counts
    Counter({15: 2, 5: 1})
    """
    if factor == 1:
        return lengths
    counts = Counter[int]()
    for value, number in lengths.counts.items():
        counts[-int(-value * factor // 1)] += number
    return Distribution(counts)


def distribution(key_figures: Mapping[str, Any]) -> Distribution:
    """What a probe wrote of its responses' lengths; empty in a summary, which leaves them out.

    >>> distribution({"counts": [[4, 2], [9, 1]], "most": 9}).counts
    {4: 2, 9: 1}
    """
    return Distribution(dict(key_figures.get("counts") or ()))
