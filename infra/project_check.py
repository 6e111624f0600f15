"""What is wrong with a project's data or reward, found before anything reaches AWS."""

from collections.abc import Mapping, Sequence
from typing import Any

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rollout import batch
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import Audit, Grade, Job, Judges, Limits, Prices, Terms, audit, audit_records, without_judges
from lambda_src.run.dataset import check

from .config import StageConfig

_RECORDS = 4
_SECONDS = 5.0  # for a rubric that runs code; others need a tenth of a second
_SHOWN = 3  # examples of each rule that failed
_JUDGES_ALONE = "only judges pay here; they are asked by rft check and in the deploy's preflight"


class GraderError(ValueError):
    """The reward pays for the wrong thing; lists the findings."""


def require_sound(config: StageConfig) -> Audit:
    """Check the records and try the grader on a few of them, judges aside: they cost money, and are asked in a deploy.

    Raises:
        DatasetError: A record cannot be used.
        GraderError: A rule of the grader audit fails.
    """
    train = check(config.train_file, _name(config, "train")).require()
    validation = 0
    if config.validation_file is not None:
        validation = check(config.validation_file, _name(config, "validation"), min_records=1).require().count
    rubric = Rubric.from_config(config.rubric)
    asked = without_judges(rubric)
    untried = _JUDGES_ALONE if asked is None else _code_obstacle(asked)
    terms = terms_of(config, records=train.count, validation_records=validation, tried=_RECORDS, judges=Judges.LEFT_OUT)
    if asked is None or untried is not None:
        found = audit_records(train.sample, rubric, _RECORDS, str(untried))
    else:
        found = audit(_graded_by(asked), train.sample, rubric, terms, deadline=Deadline.after(_SECONDS))
    if not found.passed:
        shown = "".join(f"\n  {line}" for line in found.complaints(_SHOWN))
        raise GraderError(
            f"project {config.project}, stage {config.stage}: the reward is not sound; correct it or the records, or "
            f"waive the rule with a reason (rft check {config.project} shows more){shown}"
        )
    return found


def terms_of(config: StageConfig, *, records: int, validation_records: int, tried: int | None, judges: Judges) -> Terms:
    """What a stage's audit goes by.

    Args:
        tried: Records to try; None for as many as suits the rubric.
    """
    return Terms(
        waive={str(rule): why for rule, why in config.waive.items()},
        job=Job.of(config.hyper_parameters.to_api(), records=records, validation_records=validation_records),
        limits=Limits.of(config.alarms.model_dump(by_alias=True)),
        prices=Prices.of(config.judge.model_dump(by_alias=True)),
        records=tried,
        judges=judges,
    )


def _code_obstacle(rubric: Rubric) -> str | None:
    """Why what the rubric runs cannot be run here; None where it can, or where it runs nothing."""
    if "code" not in rubric.families:
        return None
    from lambda_src.sandbox.runner import obstacle  # noqa: PLC0415 - for projects that run code alone

    why = obstacle()
    return None if why is None else f"{why}; the deploy's preflight tries the deployed sandbox"


def _graded_by(rubric: Rubric) -> Grade:
    def grade(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [score.to_response() | {"error": score.error} for score in rubric.grade(batch(items))]

    return grade


def _name(config: StageConfig, part: str) -> str:
    return f"datasets/{config.dataset}/{part}.jsonl"
