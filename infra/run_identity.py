"""Whose run it is: the names that metrics, Lambdas and alarms share."""

from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch

from lambda_src.reward import metrics


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """One digest in one stage of a project.

    Attributes:
        run: First 12 digits of the digest.
    """

    project: str
    stage: str
    run: str

    @property
    def environment(self) -> dict[str, str]:
        """What Lambdas that publish metrics are told."""
        return {"RFT_PROJECT": self.project, "RFT_STAGE": self.stage}

    def metric(self, name: str, *, source: str, **options: Any) -> cloudwatch.Metric:
        """A metric of this run as ``source`` publishes it; ``options`` as in ``cloudwatch.MetricOptions``."""
        return cloudwatch.Metric(
            namespace=metrics.NAMESPACE,
            metric_name=name,
            dimensions_map={
                metrics.PROJECT: self.project,
                metrics.STAGE: self.stage,
                metrics.RUN: self.run,
                metrics.SOURCE: source,
            },
            **options,
        )
