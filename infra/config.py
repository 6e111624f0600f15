"""What a project may vary: ``projects/<name>.yaml``, validated once, seen as one stage at a time.

``python -m infra.config`` prints the JSON Schema that editors read (``projects/project.schema.json``).
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from lambda_src.reward.rubric import Rubric, RubricError

from .project_file import ConfigError, read, render, shown

__all__ = [
    "LOCAL",
    "MODEL_REGIONS",
    "Alarms",
    "ConfigError",
    "HyperParameters",
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

_LOCAL_DEFAULTS = {"model": "local.tiny-lm", "account": "000000000000"}
_MERGED_BY_KEY = ("hyperParameters", "alarms", "tags", "waive")

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
_Rule = Literal["reference-earns-full-reward", "wrong-answer-earns-less"]
_Waive = dict[_Rule, Annotated[str, Field(min_length=10)]]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        known = [field.alias for field in cls.model_fields.values()]
        for key in data if isinstance(data, dict) else ():
            if key not in known:
                text = "unknown key; expected one of {known}"
                raise PydanticCustomError("unknown_key", text, {"key": str(key), "known": ", ".join(map(str, known))})
        return data


class HyperParameters(_Frozen):
    """Bedrock's ``rftConfig.hyperParameters``; what is left out keeps the service's default.

    Bounds are those of the ``RFTHyperParameters`` API type (botocore 1.44.5), which botocore itself does not
    check at the upper end.
    """

    epoch_count: Annotated[int, Field(ge=1, le=50)] | None = None
    """Passes over the training file."""
    batch_size: Annotated[int, Field(ge=16, le=512)] | None = None
    """Prompts per training step."""
    learning_rate: Annotated[float, Field(ge=1e-7, le=1e-3)] | None = None
    max_prompt_length: Annotated[int, Field(ge=1)] | None = None
    """Tokens; the service drops longer prompts."""
    training_sample_per_prompt: Annotated[int, Field(ge=2, le=16)] | None = None
    """Responses sampled for each prompt: the size of a group that is compared with itself."""
    inference_max_tokens: Annotated[int, Field(ge=1)] | None = None
    """Upper bound on one response, in tokens."""
    reasoning_effort: Literal["low", "medium", "high"] | None = None
    eval_interval: Annotated[int, Field(ge=1, le=100)] | None = None
    """Training steps between two evaluations on the validation file."""

    def to_api(self) -> dict[str, Any]:
        """The API structure itself: names are the API's, what was left out is absent."""
        return self.model_dump(by_alias=True, exclude_none=True)


class RewardEntry(_Frozen):
    """One weighted reward function of the rubric."""

    function: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
    """``family.function`` in ``lambda_src/reward/rewards``."""
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Share of the reward; weights are divided by their sum."""
    options: dict[str, Any] = {}
    """Keyword arguments of the function."""


class Alarms(_Frozen):
    """Where each alarm of a run goes off."""

    entropy_collapse: Annotated[float, Field(gt=0, le=1)] = 0.6
    """Fall of the policy's entropy, as a share of the run's own first steps."""
    length_spike: Annotated[float, Field(gt=1)] = 2.0
    """Length of the responses, as a multiple of the run's own first steps."""
    grader_duration_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Slowest grader batch, as a share of the grader's time-out."""
    job_hours: Annotated[float, Field(gt=0)] = 24
    """Age of a running job that counts as stuck, in hours."""


class StageOverrides(_Frozen):
    """Where a stage lives, and what it does differently from the project."""

    account: _Account | None = None
    """Twelve digits in quotes; without it, the account of the credentials that deploy."""
    region: _Region | None = None
    model: str | None = None
    reward: list[RewardEntry] | None = None
    waive: _Waive = {}
    hyper_parameters: HyperParameters = HyperParameters()
    """Merged key by key; ``null`` returns one to the service's default."""
    alarms: Alarms = Alarms()
    notification_email: _Email | None = None
    on_delete: Literal["keep", "delete"] | None = None
    attempt: Annotated[int, Field(ge=1)] | None = None
    tags: _Tags = {}


class StageConfig(_Frozen):
    """One project in one stage, merged: all that a stack knows of the configuration."""

    project: _Name
    stage: _StageName
    account: _Account | None = None
    region: _Region = "us-east-1"
    model: str
    dataset: str
    dataset_folder: Path
    reward: Annotated[list[RewardEntry], Field(min_length=1)]
    waive: _Waive = {}
    hyper_parameters: HyperParameters = HyperParameters()
    alarms: Alarms = Alarms()
    notification_email: _Email | None = None
    on_delete: Literal["keep", "delete"] = "keep"
    attempt: int = 1
    tags: _Tags = {}

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
        """The reward as ``Rubric.from_config`` takes it, every key spelled out."""
        return [entry.model_dump(by_alias=True) for entry in self.reward]

    @field_validator("reward")
    @classmethod
    def _reward_is_a_rubric(cls, reward: list[RewardEntry]) -> list[RewardEntry]:
        _check_rubric(reward)
        return reward

    @model_validator(mode="after")
    def _model_exists_where_the_stage_is(self) -> Self:
        if self.model.startswith("local.") != (self.stage == LOCAL):
            raise _wrong("model", self.model, f"local.* models exist on stage '{LOCAL}' and nowhere else")
        if self.stage != LOCAL and self.model not in MODEL_REGIONS:
            raise _wrong("model", self.model, f"expected one of {', '.join(MODEL_REGIONS)}")
        regions = MODEL_REGIONS.get(self.model, (self.region,))
        if self.region not in regions:
            raise _wrong("region", self.region, f"{self.model} can be fine-tuned in {', '.join(regions)} only")
        return self

    @model_validator(mode="after")
    def _training_file_exists(self) -> Self:
        if not self.train_file.is_file():
            raise _wrong("dataset", self.dataset, f"no file {self.train_file}; training records are expected there")
        return self


class ProjectConfig(_Frozen):
    """One project: a model, a dataset, a reward, and the stages it is deployed to."""

    name: _Name
    """Same as the file's name without its ending."""
    model: str
    """Base model identifier, as ``CreateModelCustomizationJob`` takes it."""
    dataset: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    """Folder below ``datasets/`` with ``train.jsonl`` and, if any, ``validation.jsonl`` and ``test.jsonl``."""
    reward: Annotated[list[RewardEntry], Field(min_length=1)]
    """The rubric: what a response is paid for."""
    waive: _Waive = {}
    """Grader audit rules that do not hold for this project, each with its reason."""
    hyper_parameters: HyperParameters = HyperParameters()
    alarms: Alarms = Alarms()
    notification_email: _Email | None = None
    """Who hears of alarms and ended runs; SNS asks the address to confirm."""
    on_delete: Literal["keep", "delete"] = "keep"
    """What happens to the custom model when the stack is destroyed."""
    attempt: Annotated[int, Field(ge=1)] = 1
    """Raise it to train unchanged inputs once more."""
    tags: _Tags = {}
    stages: dict[_StageName, StageOverrides] = {}

    _file: Path = Path()

    @field_validator("reward")
    @classmethod
    def _reward_is_a_rubric(cls, reward: list[RewardEntry]) -> list[RewardEntry]:
        _check_rubric(reward)
        return reward

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
        merged = _merge(own, {**(_LOCAL_DEFAULTS if stage == LOCAL else {}), **overrides}) | identity
        try:
            return StageConfig.model_validate(merged)
        except ValidationError as error:
            raise ConfigError(render(self._file, error, prefix=f"stage {stage}: ")) from None


def _merge(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    by_key = {key: {**base.get(key, {}), **overrides[key]} for key in _MERGED_BY_KEY if key in overrides}
    return {**base, **{key: value for key, value in overrides.items() if value is not None}, **by_key}


def _check_rubric(reward: list[RewardEntry]) -> None:
    try:
        Rubric.from_config([entry.model_dump(by_alias=True) for entry in reward])
    except RubricError as error:
        raise PydanticCustomError("rubric", "{reason}", {"reason": str(error)}) from None


def _wrong(key: str, value: str, expected: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "{expected}", {"key": key, "value": value, "expected": expected})


def schema() -> str:
    """JSON Schema of a project file."""
    return json.dumps(ProjectConfig.model_json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
