"""What is wrong with a project's data or reward, found before anything reaches AWS."""

from collections.abc import Mapping, Sequence
from typing import Any

from lambda_src.reward.rollout import batch
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import audit
from lambda_src.run.dataset import check

from .config import StageConfig

_SHOWN = 5  # findings


class GraderError(ValueError):
    """The reward pays for the wrong thing; lists the findings."""


def require_sound(config: StageConfig) -> None:
    """Check the records and try the grader on a sample of them.

    Raises:
        DatasetError: A record cannot be used.
        GraderError: A reference answer earns less than the full reward, or a wrong one as much.
    """
    report = check(config.train_file, _name(config, "train")).require()
    if config.validation_file is not None:
        check(config.validation_file, _name(config, "validation"), min_records=1).require()
    rubric = Rubric.from_config(config.rubric)

    def grade(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [score.to_response() for score in rubric.grade(batch(items))]

    findings = audit(grade, report.sample, rubric, {str(rule): why for rule, why in config.waive.items()})
    if findings:
        shown = "".join(f"\n  {finding.rule}: {finding.message}" for finding in findings[:_SHOWN])
        more = f"\n  ... and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
        raise GraderError(
            f"project {config.project}, stage {config.stage}: the reward fails on {len(findings)} of its own records; "
            f"correct it or them, or waive the rule with a reason{shown}{more}"
        )


def _name(config: StageConfig, part: str) -> str:
    return f"datasets/{config.dataset}/{part}.jsonl"
