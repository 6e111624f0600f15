"""What a project may vary: ``projects/<name>.yaml``, validated once, seen as one stage at a time.

``python -m infra.config`` prints the JSON Schema that editors read (``projects/project.schema.json``).
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from .frozen import Frozen
from .project_file import ConfigError, read, render, shown
from .sections import (
    Alarms,
    DatasetChoice,
    HyperParameters,
    Judge,
    Prices,
    Probe,
    RewardEntry,
    Rollouts,
    Sandbox,
    Shadow,
    Waive,
    check_rubric,
)
from .stage_config import (
    LOCAL,
    MODEL_REGIONS,
    Email,
    Name,
    StageConfig,
    StageName,
    StageOverrides,
    Tags,
    Url,
)

__all__ = [
    "LOCAL",
    "MODEL_REGIONS",
    "ConfigError",
    "ProjectConfig",
    "StageConfig",
    "schema",
]

_LOCAL_DEFAULTS = {"model": "local.strategist", "account": "000000000000"}
_LOCAL_JUDGE = "local.judge"
_MERGED_BY_KEY = ("hyperParameters", "alarms", "tags", "waive", "judge", "sandbox", "probe", "prices", "rollouts")


class ProjectConfig(Frozen):
    """One project: a model, a dataset, a reward, and the stages it is deployed to."""

    name: Name
    """Same as the file's name without its ending."""
    model: str
    """Base model identifier, as ``CreateModelCustomizationJob`` takes it."""
    dataset: DatasetChoice
    """Folder below ``datasets/`` with ``train.jsonl`` and, if any, ``validation.jsonl`` and ``test.jsonl``; or S3."""
    references: Literal["required", "none"] = "required"
    """``none`` for a reward that never reads ``reference_answer``: records may then go without one."""
    reward: Annotated[list[RewardEntry], Field(min_length=1)]
    """The rubric: what a response is paid for."""
    judge: Judge = Judge()
    sandbox: Sandbox = Sandbox()
    waive: Waive = Field(default={})
    """Grader audit rules that do not hold for this project, each with its reason."""
    hyper_parameters: HyperParameters = HyperParameters()
    probe: Probe = Probe()
    prices: Prices = Prices()
    approval: Literal["none", "required"] = "none"
    """``required``: a new run starts only where the deploy names its digest (``-c approve=<first 12 digits>``)."""
    shadow: Shadow | None = None
    """A second rubric that never trains; whatever changes in it starts no run."""
    rollouts: Rollouts = Rollouts()
    alarms: Alarms = Alarms()
    notification_email: Email | None = None
    """Who hears of alarms and ended runs; SNS asks the address to confirm."""
    notification_url: Url | None = None
    """An HTTPS endpoint that hears of the same, a chat's for instance; it confirms its subscription itself."""
    on_delete: Literal["keep", "delete"] = "keep"
    """What happens to the custom model when the stack is destroyed."""
    attempt: Annotated[int, Field(ge=1)] = 1
    """Raise it to train unchanged inputs once more."""
    tags: Tags = Field(default={})
    stages: dict[StageName, StageOverrides] = Field(default={})

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
            "datasetFolder": self._file.resolve().parent.parent
            / "datasets"
            / (self.dataset if isinstance(self.dataset, str) else self.name),
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
