"""A run before it starts: what it is told, how large it is, how long, what for, and what would start it."""

from dataclasses import dataclass
from typing import Any

from ..advice import Advice, Facts
from ..run_name import RUN_DIGITS
from .changes import Intended
from .cost import Cost
from .duration import Duration
from .order import Order
from .start import Asked, Permit, Start
from .summary import line, lines


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one project and stage.

    Attributes:
        facts: What is known of the data; 0 records where they lie in S3 and the project does not say how many.
        dropped: Share of the training prompts, in [0, 1], that are longer than allowed, by estimate.
    """

    project: str
    stage: str
    intended: Intended
    facts: Facts
    advice: Advice
    order: Order
    duration: Duration
    cost: Cost
    start: Start
    dropped: float = 0.0

    @classmethod
    def of(
        cls,
        *,
        project: str,
        stage: str,
        intended: Intended,
        facts: Facts,
        advice: Advice,
        order: Order,
        asked: Asked,
        permit: Permit,
    ) -> "Plan":
        """Put it together.

        Args:
            order: Its job counts the prompts that are kept.
            asked: What is known of the deployed stack.
            permit: What the deploy's context says.
        """
        return cls(
            project=project,
            stage=stage,
            intended=intended,
            facts=facts,
            advice=advice,
            order=order,
            duration=Duration.of(order),
            cost=Cost.of(order),
            start=Start.of(intended, asked, permit),
            dropped=1 - order.job.records / facts.records if facts.records else 0.0,
        )

    @property
    def name(self) -> str:
        """The stack's."""
        return f"{self.project}-{self.stage}"

    @property
    def run(self) -> str:
        """First 12 digits of the digest."""
        return self.intended.digest[:RUN_DIGITS]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Of the hyperparameters; none for a local model, which the advice is not for."""
        return () if self.order.local else self.advice.warnings

    def lines(self) -> list[str]:
        """The summary: about ten lines, the first of them with the stack's name."""
        return lines(self)

    def line(self) -> str:
        """The same in one line."""
        return line(self)

    def to_json(self) -> dict[str, Any]:
        """Everything."""
        job = self.order.job
        return {
            "project": self.project,
            "stage": self.stage,
            "region": self.order.prices.region,
            "model": self.intended.model,
            "local": self.order.local,
            "run": self.run,
            "digest": self.intended.digest,
            "attempt": self.intended.attempt,
            "start": self.start.to_json(),
            "hyperParameters": dict(self.intended.hyper_parameters),
            "advice": self.advice.to_json(),
            "warnings": list(self.warnings),
            "records": {
                "train": self.facts.records or None,
                "validation": self.facts.validation_records,
                "droppedShare": self.dropped,
            },
            "job": {
                "steps": job.steps,
                "stepsPerEpoch": job.steps_per_epoch,
                "validations": job.validations,
                "rollouts": job.rollouts,
                "graderCalls": job.grader_calls,
            }
            if job.records
            else None,
            "time": self.duration.to_json(),
            "cost": self.cost.to_json(),
        }
