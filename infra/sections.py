"""The sections of a project file, each with the bounds of the API that it is for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from lambda_src.reward.rubric import Rubric, RubricError
from lambda_src.run.audit import RULES
from lambda_src.run.detectors import (
    WATCHED,
    degenerate_groups,
    entropy_collapse,
    entropy_flat,
    grader_faults,
    grader_latency,
    gradient_drift,
    gradient_spike,
    length_spike,
    overfitting,
    reward_instability,
    reward_plateau,
    shadow_divergence,
    truncation,
    verbosity,
)

from .frozen import Expected, Frozen

_JUDGE_FAMILY = "judge."
_BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_OBJECT_KEY = r"[a-zA-Z0-9!_.'()=+@:,/-]*[a-zA-Z0-9!_.'()=+@:,-]"
_FOLDER, _IN_S3 = "[folder]", "[key]"
"""Parts of a location that nobody has written, in brackets as pydantic has them; messages leave them out."""


def _known_rule(rule: str) -> str:
    if rule not in RULES:
        text = "no such rule; expected one of {rules}"
        raise PydanticCustomError("rule", text, {"rules": ", ".join(RULES)})
    return rule


_Rule = Annotated[str, AfterValidator(_known_rule), Field(json_schema_extra={"enum": list(RULES)})]
Waive = dict[_Rule, Annotated[str, Field(min_length=10)]]
"""Rules of the grader audit that do not hold, each with its reason."""


class HyperParameters(Frozen):
    """Bedrock's ``rftConfig.hyperParameters``; what is left out keeps the service's default, or is advised by the data.

    ``auto`` in place of the whole section is ``{auto: true}``. Bounds are those of the ``RFTHyperParameters`` API type
    (botocore 1.44.5), which botocore itself does not check at the upper end.
    """

    auto: bool = False
    """Whether what is left out is advised from the data (``rft plan`` says how); else it is the service's default."""
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

    @model_validator(mode="before")
    @classmethod
    def _read_auto(cls, data: Any) -> Any:
        if isinstance(data, str) and data != "auto":
            raise PydanticCustomError("section", "expected auto, or keys and values")
        return {"auto": True} if data == "auto" else data

    def to_api(self) -> dict[str, Any]:
        """The API structure itself: names are the API's, what was left out is absent."""
        return self.model_dump(by_alias=True, exclude_none=True, exclude={"auto"})


_FunctionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z0-9_]+$")]
_Scale = Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=2, max_length=2)]


class RewardFunctionCall(Frozen):
    """One of several reward functions of which the smallest value counts."""

    function: _FunctionName
    options: dict[str, Any] = Field(default={})
    scale: _Scale | None = None


class RewardEntry(Frozen):
    """One part of the rubric: a reward function, and what its value does to the reward."""

    function: _FunctionName | None = None
    """``family.function`` in ``lambda_src/reward/rewards``."""
    minimum: list[RewardFunctionCall] | None = None
    """In place of ``function``: several functions, of which the smallest value counts."""
    name: str | None = None
    """How the part is called in metrics; without it, as its function is."""
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """Share of the reward; weights are divided by their sum."""
    gate: Annotated[float, Field(gt=0, le=1)] | None = None
    """Value from which on the entries that are no gates are paid at all."""
    penalty: Annotated[float, Field(gt=0, le=1)] | None = None
    """What is subtracted from the reward for a value of 0; nothing for a value of 1."""
    scale: _Scale | None = None
    """Range of the function's values that counts, mapped to 0 to 1; what lies outside is clipped."""
    options: dict[str, Any] = Field(default={})
    """Keyword arguments of the function."""


class Judge(Frozen):
    """The model that ``judge.*`` reward functions ask, and what it costs."""

    model: Annotated[str, Field(min_length=1)] | None = None
    """Id of a Bedrock model or inference profile that the Converse API serves."""
    input_price: Annotated[float, Field(ge=0)] | None = None
    """USD per million input tokens; with both prices the grader audit projects what a job's judgements cost."""
    output_price: Annotated[float, Field(ge=0)] | None = None
    """USD per million output tokens."""


class DataFile(Frozen):
    """A file of records in S3, pinned by its content."""

    uri: Annotated[
        str,
        Field(pattern=rf"^s3://{_BUCKET}/{_OBJECT_KEY}$", max_length=1024),
        Expected("expected s3://<bucket>/<key>, without *, ? and $"),
    ]
    """No ``*``, ``?`` or ``$``, which mean something else in the name of what a role may read."""
    sha256: Annotated[
        str,
        Field(pattern=r"^[0-9a-f]{64}$"),
        Expected("expected 64 digits of 0-9 and a-f as text, as rft check --data prints them"),
    ]
    """Of the file's bytes; ``rft check`` prints it. The deploy refuses any other content."""
    records: Annotated[int, Field(ge=1)] | None = None
    """How many there are, for the plan; ``rft check`` prints it."""


class S3Dataset(Frozen):
    """Records that lie in S3 already; the deploy checks them and copies them to the project's own bucket."""

    train: DataFile
    validation: DataFile | None = None
    test: DataFile | None = None
    key_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[a-zA-Z0-9-]+$")] | None = None
    """KMS key that the files are encrypted with, where it is a customer's."""

    @model_validator(mode="after")
    def _files_differ(self) -> Self:
        seen = {self.train.sha256: "train"}
        for part, file in (("validation", self.validation), ("test", self.test)):
            if file is not None and seen.setdefault(file.sha256, part) != part:
                raise wrong(f"{part}.sha256", file.sha256, f"that of {seen[file.sha256]}; expected records of its own")
        return self


def _is_in_s3(dataset: Any) -> str:
    return _IN_S3 if isinstance(dataset, Mapping | S3Dataset) else _FOLDER


_Folder = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9_-]*$"),
    Expected("expected the name of a folder below datasets/, or train: {uri, sha256} for records in S3"),
    Tag(_FOLDER),
]
DatasetChoice = Annotated[_Folder | Annotated[S3Dataset, Tag(_IN_S3)], Discriminator(_is_in_s3)]
"""A folder below ``datasets/``, or files in S3; what is wrong with it is told of the one that was meant."""


class Probe(Frozen):
    """Sampling the base model before it is trained: can it do the task at all, and not already?"""

    deploy: Literal["skip", "warn", "refuse"] = "skip"
    """Whether the deploy samples it: not at all, for the record, or to start nothing after a bad verdict."""
    model: Annotated[str, Field(min_length=1)] | None = None
    """Id of a model or inference profile that the Converse API serves; without it, that of the base model."""
    prompts: Annotated[int, Field(ge=1, le=1000)] = 64
    samples: Annotated[int, Field(ge=2, le=64)] = 8
    """Responses to each prompt."""
    temperature: Annotated[float, Field(ge=0, le=1)] = 0.6


class Prices(Frozen):
    """Prices that the bundled price file does not know, or knows otherwise, in USD."""

    training_hour: Annotated[float, Field(ge=0)] | None = None
    """Of an hour of training."""
    training_tokens: Annotated[float, Field(ge=0)] | None = None
    """Of a million tokens that are trained on: prompts and responses of all rollouts."""
    base_input: Annotated[float, Field(ge=0)] | None = None
    """Of a million input tokens of the base model, for the probe and the evaluation."""
    base_output: Annotated[float, Field(ge=0)] | None = None
    """Of a million output tokens."""


class Sandbox(Frozen):
    """Where model-written code runs."""

    network: Literal["isolated", "default"] = "isolated"
    """``isolated``: a VPC of the stack's own without a route out. ``default``: none, so that code has the internet."""


class Shadow(Frozen):
    """A second, independent rubric: it never trains the model, and tells whether the first one is being gamed."""

    reward: Annotated[list[RewardEntry], Field(min_length=1)]
    rollouts_per_step: Annotated[int, Field(ge=8, le=1024)] = 64
    """Responses of a training step that it grades, too."""


class Rollouts(Frozen):
    """What is kept of the responses that the grader has seen; their numbers always are."""

    keep: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the prompts whose responses are kept as text: all for 1, none for 0."""
    redact: bool = False
    """Whether personal data and credentials in the texts are replaced."""
    days: Annotated[int, Field(ge=1, le=3650)] = 90
    """After which they are deleted."""


def _known_detector(name: str) -> str:
    known = [about.name for about in WATCHED]
    if name not in known:
        text = "no such detector; expected one of {detectors}"
        raise PydanticCustomError("detector", text, {"detectors": ", ".join(known)})
    return name


_DetectorName = Annotated[
    str, AfterValidator(_known_detector), Field(json_schema_extra={"enum": [about.name for about in WATCHED]})
]


_Share = Annotated[float, Field(gt=0, le=1)]
_Multiple = Annotated[float, Field(gt=1)]
_Steps = Annotated[float, Field(ge=10)]


class Alarms(Frozen):
    """Where each alarm of a run goes off, and which of them stop it."""

    entropy_collapse: _Share = entropy_collapse.ABOUT.threshold
    """Fall of the policy's entropy, as a share of the run's own first steps."""
    entropy_flat: _Steps = entropy_flat.ABOUT.threshold
    """Training steps from the start in which neither entropy nor reward has moved."""
    length_spike: _Multiple = length_spike.ABOUT.threshold
    """Length of the responses, as a multiple of the run's own first steps."""
    verbosity: _Multiple = verbosity.ABOUT.threshold
    """The same while the reward rises."""
    reward_plateau: _Steps = reward_plateau.ABOUT.threshold
    """Training steps from the start without a rise of the reward."""
    reward_instability: _Multiple = reward_instability.ABOUT.threshold
    """Movement of the reward, as a multiple of what sampling explains."""
    gradient_spike: _Multiple = gradient_spike.ABOUT.threshold
    """Norm of one gradient, as a multiple of the usual one of the 20 steps before."""
    gradient_drift: _Multiple = gradient_drift.ABOUT.threshold
    """Norm of the gradients, as a multiple of the run's own first steps."""
    overfitting: _Share = overfitting.ABOUT.threshold
    """Reward by which training has outrun validation since the start."""
    degenerate_groups: _Share = degenerate_groups.ABOUT.threshold
    """Share of the unsolved prompts whose responses all earn the same."""
    truncation: _Share = truncation.ABOUT.threshold
    """Share of the responses that are cut off at ``inferenceMaxTokens``."""
    grader_faults: _Share = grader_faults.ABOUT.threshold
    """Share of the rollouts of the last 5 steps that could not be graded."""
    grader_latency: _Share = grader_latency.ABOUT.threshold
    """Slowest batch of the grader, as a share of its time-out."""
    shadow_divergence: Annotated[float, Field(gt=0)] = shadow_divergence.ABOUT.threshold
    """Reward by which the rubric has outrun the shadow rubric since the start, as a multiple of sampling noise."""
    job_hours: Annotated[float, Field(gt=0)] = 24
    """Age of a running job that counts as stuck, in hours."""
    stop_on: list[_DetectorName] = Field(default=[])
    """Detectors that stop the job; the others only tell."""


def rubric_of(reward: Sequence[RewardEntry], judge: Judge) -> list[dict[str, Any]]:
    """The reward as ``Rubric.from_config`` takes it, with the judge's model among the options that need it."""
    entries = [entry.model_dump(by_alias=True, exclude_none=True) for entry in reward]
    for call in _judge_calls(entries):
        call["options"] = {"model": judge.model, **call["options"]}
    return entries


def check_rubric(reward: Sequence[RewardEntry], judge: Judge, place: str = "reward") -> None:
    """Make sure that the reward can grade.

    Args:
        place: Of the reward in the project file.

    Raises:
        PydanticCustomError: It cannot, or it asks a judge that is not named.
    """
    entries = rubric_of(reward, judge)
    if judge.model is None and any(_judge_calls(entries)):
        raise wrong("judge", "{}", f"the {place} asks a judge; expected judge.model, a model that Bedrock serves")
    try:
        Rubric.from_config(entries)
    except RubricError as error:
        raise PydanticCustomError("rubric", "{reason}", {"reason": place + str(error).removeprefix("reward")}) from None


def wrong(key: str, value: str, expected: str) -> PydanticCustomError:
    """The error of a value that only the whole file shows to be wrong."""
    return PydanticCustomError("wrong", "{expected}", {"key": key, "value": value, "expected": expected})


def _judge_calls(entries: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        for call in entry.get("minimum", [entry]):
            if call.get("function", "").startswith(_JUDGE_FAMILY):
                yield call
