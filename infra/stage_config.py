"""One project as one stage deploys it, and what a stage may do differently."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from lambda_src.reward.references import needs_reference
from lambda_src.reward.rubric import Rubric
from lambda_src.run.dataset import PARTS

from .frozen import Expected, Frozen
from .sections import (
    Alarms,
    DataFile,
    HyperParameters,
    Judge,
    Prices,
    Probe,
    RewardEntry,
    Rollouts,
    S3Dataset,
    Sandbox,
    Shadow,
    Waive,
    check_rubric,
    rubric_of,
    wrong,
)

LOCAL = "local"
"""The stage of the rehearsal; every project has it."""

MODEL_REGIONS: Mapping[str, tuple[str, ...]] = {"amazon.nova-2-lite-v1:0:256k": ("us-east-1",)}
"""What ``CreateModelCustomizationJob`` can reinforcement fine-tune, and where.

https://docs.aws.amazon.com/bedrock/latest/userguide/reinforcement-fine-tuning.html, read in November 2026.
"""

PROBE_MODELS: Mapping[str, str] = {"amazon.nova-2-lite-v1:0:256k": "us.amazon.nova-2-lite-v1:0"}
"""What the Converse API serves as the base model, where that has another id.

https://docs.aws.amazon.com/nova/latest/nova2-userguide/core-inference.html
"""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=24)]  # part of the model's name
StageName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]  # no hyphen: <project>-<stage> is unique
Account = Annotated[str, Field(pattern=r"^\d{12}$"), Expected("expected twelve digits in quotes")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$"), Expected("expected a region, such as us-east-1")]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), Expected("expected an e-mail address")]

Url = Annotated[str, Field(pattern=r"^https://[^\s/]+\.[^\s/]+(/\S*)?$"), Expected("expected https://…")]


def _not_reserved(key: str) -> str:
    if key.startswith(("aws:", "rft:")):
        raise PydanticCustomError("reserved", "keys beginning with aws: and rft: are taken; expected another one")
    return key


_TagKey = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\s._:/=+@-]+$", max_length=128), AfterValidator(_not_reserved)]
_TagValue = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\s._:/=+@-]*$", max_length=256)]
Tags = Annotated[dict[_TagKey, _TagValue], Field(max_length=40)]
"""Characters that Bedrock takes, and fewer than its 50 tags, because some are ours.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Tag.html
"""


class StageOverrides(Frozen):
    """Where a stage lives, and what it does differently from the project."""

    account: Account | None = None
    """Twelve digits in quotes; without it, the account of the credentials that deploy."""
    region: Region | None = None
    model: str | None = None
    dataset: S3Dataset | None = None
    """The same records, where they lie in this stage's account."""
    reward: list[RewardEntry] | None = None
    judge: Judge = Judge()
    sandbox: Sandbox = Sandbox()
    waive: Waive = Field(default={})
    hyper_parameters: HyperParameters = HyperParameters()
    """Merged key by key; ``null`` returns one to the service's default."""
    probe: Probe = Probe()
    prices: Prices = Prices()
    approval: Literal["none", "required"] | None = None
    shadow: Shadow | None = None
    rollouts: Rollouts = Rollouts()
    alarms: Alarms = Alarms()
    notification_email: Email | None = None
    notification_url: Url | None = None
    on_delete: Literal["keep", "delete"] | None = None
    attempt: Annotated[int, Field(ge=1)] | None = None
    tags: Tags = Field(default={})


class StageConfig(Frozen):
    """One project in one stage, merged: all that a stack knows of the configuration."""

    project: Name
    stage: StageName
    account: Account | None = None
    region: Region = "us-east-1"
    model: str
    dataset: str | S3Dataset
    dataset_folder: Path
    references: Literal["required", "none"] = "required"
    reward: Annotated[list[RewardEntry], Field(min_length=1)]
    judge: Judge = Judge()
    sandbox: Sandbox = Sandbox()
    waive: Waive = Field(default={})
    hyper_parameters: HyperParameters = HyperParameters()
    probe: Probe = Probe()
    prices: Prices = Prices()
    approval: Literal["none", "required"] = "none"
    shadow: Shadow | None = None
    """A rubric that never trains; whatever changes in it starts no run."""
    rollouts: Rollouts = Rollouts()
    alarms: Alarms = Alarms()
    notification_email: Email | None = None
    notification_url: Url | None = None
    """An HTTPS endpoint that takes notifications of SNS: a chat's, for instance."""
    on_delete: Literal["keep", "delete"] = "keep"
    attempt: int = 1
    tags: Tags = Field(default={})

    @property
    def data_files(self) -> dict[str, Path]:
        """Train, validation and test file by part, as far as there are any; none where they are in S3."""
        if isinstance(self.dataset, S3Dataset):
            return {}
        files = {part: self.dataset_folder / f"{part}.jsonl" for part in PARTS}
        return {part: file for part, file in files.items() if file.is_file()}

    @property
    def s3_files(self) -> dict[str, DataFile]:
        """The same, where they are in S3."""
        if isinstance(self.dataset, str):
            return {}
        files = {part: getattr(self.dataset, part) for part in PARTS}
        return {part: file for part, file in files.items() if file is not None}

    @property
    def run_files(self) -> dict[str, Path | str]:
        """What a run reads, as ``digest_inputs`` takes it: train and validation file, or the hashes that pin them."""
        files = self.data_files | {part: file.sha256 for part, file in self.s3_files.items()}
        return {part: file for part, file in files.items() if part != "test"}

    @property
    def probe_model(self) -> str:
        """What the Converse API serves as the base model."""
        return self.probe.model or PROBE_MODELS.get(self.model, self.model)

    @property
    def train_file(self) -> Path:
        return self.dataset_folder / "train.jsonl"

    @property
    def validation_file(self) -> Path | None:
        """The validation records, where the dataset has some on this machine."""
        return self.data_files.get("validation")

    @property
    def rubric(self) -> list[dict[str, Any]]:
        """The reward as ``Rubric.from_config`` takes it, with the judge's model among the options that need it."""
        return rubric_of(self.reward, self.judge)

    @property
    def shadow_rubric(self) -> list[dict[str, Any]] | None:
        """The shadow's reward in the same form; None without a shadow."""
        return None if self.shadow is None else rubric_of(self.shadow.reward, self.judge)

    @property
    def asks_judge(self) -> bool:
        """Whether the reward asks another model."""
        return "judge" in Rubric.from_config(self.rubric).families

    @property
    def runs_code(self) -> bool:
        """Whether the reward, or its shadow, runs what the model has written."""
        return any("code" in Rubric.from_config(rubric).families for _, rubric in self._rubrics)

    @property
    def _rubrics(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The reward's and the shadow's, as far as there are any, by where the project file has them."""
        shadow = self.shadow_rubric
        return [("reward", self.rubric), *([] if shadow is None else [("shadow.reward", shadow)])]

    @model_validator(mode="after")
    def _reward_is_a_rubric(self) -> Self:
        check_rubric(self.reward, self.judge)
        return self

    @model_validator(mode="after")
    def _shadow_has_something_to_grade(self) -> Self:
        if self.shadow is None:
            return self
        check_rubric(self.shadow.reward, self.judge, "shadow.reward")
        if not self.rollouts.keep:
            raise wrong("rollouts.keep", "0", "the shadow grades rollouts that are kept; expected more than 0")
        if self.shadow_rubric == self.rubric:
            raise wrong("shadow.reward", "the project's reward", "expected a rubric that is independent of it")
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
        if isinstance(self.dataset, str) and not self.train_file.is_file():
            raise wrong("dataset", self.dataset, f"no file {self.train_file}; training records are expected there")
        return self

    @model_validator(mode="after")
    def _references_are_there_for_who_reads_them(self) -> Self:
        for place, rubric in self._rubrics if self.references == "none" else ():
            needing = needs_reference(Rubric.from_config(rubric))
            if needing:
                what = f"the {place} reads reference_answer ({', '.join(needing)})"
                raise wrong("references", "none", f"{what}; expected 'required', or a reward that does without")
        return self

    @model_validator(mode="after")
    def _advice_has_records_to_look_at(self) -> Self:
        if self.hyper_parameters.auto and isinstance(self.dataset, S3Dataset):
            raise wrong(
                "hyperParameters",
                "auto",
                "advice needs the records on this machine, and they are in S3; expected values: "
                f"`rft plan {self.project}` prints some to write down here",
            )
        return self
