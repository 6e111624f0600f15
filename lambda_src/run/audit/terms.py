"""What an audit goes by: the project's waivers, its job, and how exact its rewards can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from ...reward.references import call_needs_reference
from ...reward.rubric import Rubric
from . import rules
from .cost import Prices
from .exploits import MOST_EXTRA
from .job import Job
from .latency import Limits
from .worth import FULL_REWARD, TOLERANCE

_JUDGE: Final = "judge"


class Judges(Enum):
    """Who answers for the models that a rubric asks.

    Attributes:
        ASKED: They do.
        STAND_IN: Something quicker and simpler in their place.
        LEFT_OUT: Nobody; the grader at hand is ``without_judges``.
    """

    ASKED = auto()
    STAND_IN = auto()
    LEFT_OUT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an audit goes by.

    Attributes:
        waive: Rules that may fail, each with its reason.
        records: How many records are tried; None for as many as suits what the rubric asks.
        judges: Who answers for the models that the rubric asks; without them, some rules cannot be tried.
    """

    waive: Mapping[str, str] = field(default_factory=dict)
    job: Job = field(default_factory=Job)
    limits: Limits = field(default_factory=Limits)
    prices: Prices = field(default_factory=Prices)
    records: int | None = None
    judges: Judges = Judges.ASKED

    def __post_init__(self) -> None:
        """Check the waivers.

        Raises:
            ValueError: One names a rule that does not exist, or gives no reason.
        """
        for rule, reason in self.waive.items():
            if rule not in rules.RULES:
                raise ValueError(f"waive.{rule}: no such rule; expected one of {', '.join(rules.RULES)}")
            if not str(reason).strip():
                raise ValueError(
                    f"waive.{rule}: no reason; expected one sentence that says why the rule does not apply"
                )


@dataclass(frozen=True, slots=True)
class Exactness:
    """What may be expected of rewards; a model that judges is not exact.

    Attributes:
        full: What a right answer earns at least.
        dressed: By how much a dressed right answer may earn more than the plain one.
        repeat: By how much the rewards of one response may differ on average; None for not at all.
    """

    full: float = FULL_REWARD
    dressed: float = TOLERANCE
    repeat: float | None = None

    @classmethod
    def of(cls, rubric: Rubric, terms: Terms) -> "Exactness":
        judged = asks_judge(rubric) and terms.judges is not Judges.LEFT_OUT
        return cls(full=0.8, dressed=MOST_EXTRA, repeat=0.1) if judged else cls()


def asks_judge(rubric: Rubric) -> bool:
    """Whether any of its criteria asks a model."""
    return _JUDGE in rubric.families


def judges_without_reference(rubric: Rubric) -> bool:
    """Whether a model is to judge responses that it is shown no reference for."""
    calls = (call for criterion in rubric.criteria for call in criterion.calls)
    return any(call.family == _JUDGE and not call_needs_reference(call) for call in calls)


def without_judges(rubric: Rubric) -> Rubric | None:
    """The rubric without the criteria that ask a model; None if it would pay for nothing then."""
    kept = tuple(c for c in rubric.criteria if not any(call.family == _JUDGE for call in c.calls))
    return Rubric(kept) if any(criterion.weight for criterion in kept) else None
