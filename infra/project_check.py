"""What is wrong with a project's data or reward, found before anything reaches AWS."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rollout import batch
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import Audit, Grade, Job, Judges, Limits, Prices, Terms, audit, audit_records, without_judges
from lambda_src.run.dataset import DatasetReport, Source, examine

from .config import StageConfig
from .planning import resolved

_RECORDS = 4
_SECONDS = 5.0  # for a rubric that runs code; others need a tenth of a second
_SHOWN = 3  # examples of each rule that failed
_JUDGES_ALONE = "only judges pay here; they are asked by rft check and in the deploy's preflight"


class GraderError(ValueError):
    """The reward pays for the wrong thing; lists the findings."""


@dataclass(frozen=True, slots=True)
class ProjectCheck:
    """What was looked at, and is sound.

    Attributes:
        dataset: None where the files lie in S3; the deploy's preflight looks at those.
        audit: Of the grader, on few records; None where there are none to try it on.
    """

    dataset: DatasetReport | None = None
    audit: Audit | None = None


def require_sound(config: StageConfig) -> ProjectCheck:
    """Check the records and try the grader on a few of them, judges aside: they cost money, and are asked in a deploy.

    Raises:
        DatasetError: A record cannot be used.
        GraderError: A rule of the grader audit fails.
    """
    if not config.data_files:
        return ProjectCheck()
    report = examined(config).require()
    found = _audited(config, report)
    if not found.passed:
        shown = "".join(f"\n  {line}" for line in found.complaints(_SHOWN))
        raise GraderError(
            f"project {config.project}, stage {config.stage}: the reward is not sound; correct it or the records, or "
            f"waive the rule with a reason (rft check {config.project} shows more){shown}"
        )
    return ProjectCheck(report, found)


def examined(config: StageConfig) -> DatasetReport:
    """Everything that is to be said of a stage's files; looked at once for all stages with the same reward.

    Lengths are not compared with the hyperparameters here: the plan does that.
    """
    files = tuple(_File.of(config, part, path) for part, path in config.data_files.items())
    return _examined(files, json.dumps(config.rubric), references=config.references == "required")


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


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is now: one that has changed is another."""

    part: str
    name: str
    path: Path
    bytes: int
    modified_ns: int

    @classmethod
    def of(cls, config: StageConfig, part: str, path: Path) -> "_File":
        state = path.stat()
        return cls(part, f"datasets/{config.dataset}/{part}.jsonl", path, state.st_size, state.st_mtime_ns)


@cache
def _examined(files: tuple[_File, ...], rubric: str, *, references: bool) -> DatasetReport:
    sources = [Source(file.part, file.name, file.path) for file in files]
    return examine(sources, rubric=Rubric.from_config(json.loads(rubric)), references=references)


def _audited(config: StageConfig, report: DatasetReport) -> Audit:
    rubric = Rubric.from_config(config.rubric)
    asked = without_judges(rubric)
    sample = report["train"].sample
    untried = _JUDGES_ALONE if asked is None else _code_obstacle(asked)
    if asked is None or untried is not None:
        return audit_records(sample, rubric, _RECORDS, str(untried))
    config = resolved(config, report)
    size = {"records": report.count("train"), "validation_records": report.count("validation")}
    terms = terms_of(config, **size, tried=_RECORDS, judges=Judges.LEFT_OUT)
    return audit(_graded_by(asked), sample, rubric, terms, deadline=Deadline.after(_SECONDS))


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
