"""What is checked: a stage of a project with its grader, or a file alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.config import ConfigError, ProjectConfig, StageConfig
from infra.planning import resolved
from infra.project_check import terms_of
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import Audit, Judges, audit
from lambda_src.run.dataset import DatasetReport, examine
from rft.checking import fix as check_fix
from rft.checking import pins as check_pins
from rft.checking.sources import DataPlace, places, shown, sources
from rft.local_grader import local_grader, notes


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked.

    Attributes:
        config: None for a file alone, which has no grader.
        files: The training file first.
        references: Whether every record needs a ``reference_answer``.
    """

    title: str
    config: StageConfig | None
    files: tuple[DataPlace, ...]
    references: bool

    @classmethod
    def of(cls, project: str | None, stage: str | None, data: str | None, *, references: bool) -> "Subject":
        """What the command line names.

        Args:
            data: Location of a file in place of the training file.

        Raises:
            ConfigError: There is no such project or stage, or nothing is named.
        """
        if project is None and (data is None or stage is not None):
            raise ConfigError("no project; expected one of projects/, or --data alone for a file without a grader")
        config = None if project is None else _stage(project, stage)
        named = [] if config is None else [config.project, f"stage {config.stage}"]
        return cls(
            title=", ".join([*named, *([] if data is None else [data])]),
            config=config,
            files=tuple(places(config, data)),
            references=references and (config is None or config.references == "required"),
        )

    @property
    def region(self) -> str | None:
        """Of its buckets; None for that of the environment."""
        return None if self.config is None else self.config.region

    @property
    def hyper_parameters(self) -> Mapping[str, Any]:
        """By the API's names; empty where none are known."""
        return {} if self.config is None else self.config.hyper_parameters.to_api()

    def fixed(self, copy: Path) -> tuple["Subject", dict[str, Any]]:
        """The same with a cleaned copy as its training file, and what the copy differs in.

        Raises:
            DatasetError: The copy cannot be made.
        """
        train, *others = self.files
        repaired = check_fix.cleaned(train, copy, self.region, references=self.references)
        return replace(self, files=(DataPlace("train", str(copy), str(copy)), *others)), repaired

    def examined(self) -> DatasetReport:
        """What is to be said of the records.

        Raises:
            DatasetError: A file cannot be read.
        """
        with shown("reading", in_bytes=True) as progress:
            report = examine(
                sources(self.files, self.region, progress),
                rubric=None if self.config is None else Rubric.from_config(self.config.rubric),
                hyper_parameters=self.hyper_parameters,
                references=self.references,
            )
        check_pins.compare(report, self.files)
        return report

    def resolved(self, report: DatasetReport) -> "Subject":
        """The same with the hyperparameters that ``auto`` stands for, given what was read."""
        return self if self.config is None else replace(self, config=resolved(self.config, report))

    def audited(self, report: DatasetReport, *, tried: int | None) -> Audit | None:
        """What is to be said of the grader; None where there is none.

        Args:
            tried: Records to try it on; None for as many as suits the rubric.
        """
        if self.config is None:
            return None
        rubric = Rubric.from_config(self.config.rubric)
        counts = {"records": report.count("train"), "validation_records": report.count("validation")}
        terms = terms_of(self.config, **counts, tried=tried, judges=Judges.STAND_IN)
        with local_grader(self.config.rubric) as grade, shown("grading") as progress:
            found = audit(grade, report["train"].sample, rubric, terms, progress=progress)
            return found.noted(*notes(rubric))


def _stage(project: str, stage: str | None) -> StageConfig:
    config = ProjectConfig.load(Path("projects") / f"{project}.yaml")
    return config.for_stage(stage or config.stage_names[0])
