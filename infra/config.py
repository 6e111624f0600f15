"""What a project may vary: ``projects/<name>.yaml``, validated once, seen as one stage at a time.

``python -m infra.config`` prints the JSON Schema that editors read (``projects/project.schema.json``).
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from lambda_src.reward.rubric import Rubric

from .project_file import ConfigError, read, render, shown
from .sections import (
    Alarms,
    Frozen,
    HyperParameters,
    Judge,
    RewardEntry,
    Sandbox,
    Waive,
    check_rubric,
    rubric_of,
    wrong,
)

__all__ = [
    "LOCAL",
    "MODEL_REGIONS",
    "ConfigError",
    "ProjectConfig",
    "StageConfig",
    "schema",
]

LOCAL = "local"
"""The stage of the rehearsal; every project has it."""

MODEL_REGIONS: Mapping[str, tuple[str, ...]] = {"amazon.nova-2-lite-v1:0:256k": ("us-east-1",)}
"""What ``CreateModelCustomizationJob`` can reinforcement fine-tune, and where.

https://docs.aws.amazon.com/bedrock/latest/userguide/reinforcement-fine-tuning.html, read in November 2026.
"""

_LOCAL_DEFAULTS = {"model": "local.strategist", "account": "000000000000"}
_LOCAL_JUDGE = "local.judge"
_MERGED_BY_KEY = ("hyperParameters", "alarms", "tags", "waive", "judge", "sandbox")

_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=24)]  # part of the model's name
_StageName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]  # no hyphen: <project>-<stage> is unique
_Account = Annotated[str, Field(pattern=r"^\d{12}$")]
_Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
_Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


def _not_reserved(key: str) -> str:
    if key.startswith(("aws:", "rft:")):
        raise PydanticCustomError("reserved", "keys beginning with aws: and rft: are taken; expected another one")
    return key


_TagKey = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\s._:/=+@-]+$", max_length=128), AfterValidator(_not_reserved)]
_TagValue = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\s._:/=+@-]*$", max_length=256)]
_Tags = Annotated[dict[_TagKey, _TagValue], Field(max_length=40)]
"""Characters that Bedrock takes, and fewer than its 50 tags, because some are ours.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Tag.html
"""


class StageOverrides(Frozen):
    """Where a stage lives, and what it does differently from the project."""

    account: _Account | None = None
    """Twelve digits in quotes; without it, the account of the credentials that deploy."""
    region: _Region | None = None
    model: str | None = None
    reward: list[RewardEntry] | None = None
    judge: Judge = Judge()
    sandbox: Sandbox = Sandbox()
    waive: Waive = Field(default={})
    hyper_parameters: HyperParameters = HyperParameters()
    """Merged key by key; ``null`` returns one to the service's default."""
    alarms: Alarms = Alarms()
    notification_email: _Email | None = None
    on_delete: Literal["keep", "delete"] | None = None
    attempt: Annotated[int, Field(ge=1)] | None = None
    tags: _Tags = Field(default={})


class StageConfig(Frozen):
    """One project in one stage, merged: all that a stack knows of the configuration."""

    project: _Name
    stage: _StageName
    account: _Account | None = None
    region: _Region = "us-east-1"
    model: str
    dataset: str
    dataset_folder: Path
    reward: Annotated[list[RewardEntry], Field(min_length=1)]
    judge: Judge = Judge()
    sandbox: Sandbox = Sandbox()
    waive: Waive = Field(default={})
    hyper_parameters: HyperParameters = HyperParameters()
    alarms: Alarms = Alarms()
    notification_email: _Email | None = None
    on_delete: Literal["keep", "delete"] = "keep"
    attempt: int = 1
    tags: _Tags = Field(default={})

    @property
    def train_file(self) -> Path:
        return self.dataset_folder / "train.jsonl"

    @property
    def validation_file(self) -> Path | None:
        """The validation records, where the dataset has some."""
        file = self.dataset_folder / "validation.jsonl"
        return file if file.is_file() else None

    @property
    def rubric(self) -> list[dict[str, Any]]:
        """The reward as ``Rubric.from_config`` takes it, with the judge's model among the options that need it."""
        return rubric_of(self.reward, self.judge)

    @property
    def asks_judge(self) -> bool:
        """Whether the reward asks another model."""
        return "judge" in Rubric.from_config(self.rubric).families

    @property
    def runs_code(self) -> bool:
        """Whether the reward runs what the model has written."""
        return "code" in Rubric.from_config(self.rubric).families

    @model_validator(mode="after")
    def _reward_is_a_rubric(self) -> Self:
        check_rubric(self.reward, self.judge)
        return self

    @model_validator(mode="after")
    def _model_exists_where_the_stage_is(self) -> Self:
        if self.model.startswith("local.") != (self.stage == LOCAL):
            raise wrong("model", self.model, f"local.* models exist on stage '{LOCAL}' and nowhere else")
        if self.stage != LOCAL and self.model not in MODEL_REGIONS:
            raise wrong("model", self.model, f"expected one of {', '.join(MODEL_REGIONS)}")
        regions = MODEL_REGIONS.get(self.model, (self.region,))
        if self.region not in regions:
            raise wrong("region", self.region, f"{self.model} can be fine-tuned in {', '.join(regions)} only")
        return self

    @model_validator(mode="after")
    def _training_file_exists(self) -> Self:
        if not self.train_file.is_file():
            raise wrong("dataset", self.dataset, f"no file {self.train_file}; training records are expected there")
        return self


class ProjectConfig(Frozen):
    """One project: a model, a dataset, a reward, and the stages it is deployed to."""

    name: _Name
    """Same as the file's name without its ending."""
    model: str
    """Base model identifier, as ``CreateModelCustomizationJob`` takes it."""
    dataset: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    """Folder below ``datasets/`` with ``train.jsonl`` and, if any, ``validation.jsonl`` and ``test.jsonl``."""
    reward: Annotated[list[RewardEntry], Field(min_length=1)]
    """The rubric: what a response is paid for."""
    judge: Judge = Judge()
    sandbox: Sandbox = Sandbox()
    waive: Waive = Field(default={})
    """Grader audit rules that do not hold for this project, each with its reason."""
    hyper_parameters: HyperParameters = HyperParameters()
    alarms: Alarms = Alarms()
    notification_email: _Email | None = None
    """Who hears of alarms and ended runs; SNS asks the address to confirm."""
    on_delete: Literal["keep", "delete"] = "keep"
    """What happens to the custom model when the stack is destroyed."""
    attempt: Annotated[int, Field(ge=1)] = 1
    """Raise it to train unchanged inputs once more."""
    tags: _Tags = Field(default={})
    stages: dict[_StageName, StageOverrides] = Field(default={})

    _file: Path = Path()

    @model_validator(mode="after")
    def _reward_is_a_rubric(self) -> Self:
        check_rubric(self.reward, self.judge)
        return self

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read one project file; datasets are looked for beside its folder.

        Raises:
            ConfigError: The file is missing, not YAML, or not a project.
        """
        try:
            config = cls.model_validate(read(path))
        except ValidationError as error:
            raise ConfigError(render(path, error)) from None
        if config.name != path.stem:
            raise ConfigError(f"{shown(path)}: name = {config.name!r}: expected {path.stem!r}, as the file is called")
        config._file = path
        return config

    @property
    def stage_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.stages, LOCAL)))

    def for_stage(self, stage: str) -> StageConfig:
        """The project as this stage deploys it.

        Raises:
            ConfigError: The stage is unknown, or what it merges to cannot work.
        """
        if stage not in self.stage_names:
            known = ", ".join(self.stage_names)
            raise ConfigError(f"{shown(self._file)}: stage {stage!r} is unknown; expected one of {known}")
        own = self.model_dump(by_alias=True, exclude_unset=True, exclude={"name", "stages"})
        overrides = self.stages.get(stage, StageOverrides()).model_dump(by_alias=True, exclude_unset=True)
        identity = {
            "project": self.name,
            "stage": stage,
            "datasetFolder": self._file.resolve().parent.parent / "datasets" / self.dataset,
        }
        merged = _merge(own, _with_local_defaults(overrides) if stage == LOCAL else overrides) | identity
        try:
            return StageConfig.model_validate(merged)
        except ValidationError as error:
            raise ConfigError(render(self._file, error, prefix=f"stage {stage}: ")) from None


def _merge(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    by_key = {key: {**base.get(key, {}), **overrides[key]} for key in _MERGED_BY_KEY if key in overrides}
    return {**base, **{key: value for key, value in overrides.items() if value is not None}, **by_key}


def _with_local_defaults(overrides: Mapping[str, Any]) -> dict[str, Any]:
    return {**_LOCAL_DEFAULTS, **overrides, "judge": {"model": _LOCAL_JUDGE, **overrides.get("judge", {})}}


def schema() -> str:
    """JSON Schema of a project file."""
    return json.dumps(ProjectConfig.model_json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
