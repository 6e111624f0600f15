"""The sections of a project file, each with the bounds of the API that it is for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from lambda_src.reward.rubric import Rubric, RubricError
from lambda_src.run.audit import RULES

_JUDGE_FAMILY = "judge."


def _known_rule(rule: str) -> str:
    if rule not in RULES:
        text = "no such rule; expected one of {rules}"
        raise PydanticCustomError("rule", text, {"rules": ", ".join(RULES)})
    return rule


_Rule = Annotated[str, AfterValidator(_known_rule), Field(json_schema_extra={"enum": list(RULES)})]
Waive = dict[_Rule, Annotated[str, Field(min_length=10)]]
"""Rules of the grader audit that do not hold, each with its reason."""


class Frozen(BaseModel):
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


class HyperParameters(Frozen):
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


_FunctionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z0-9_]+$")]
_Scale = Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=2, max_length=2)]


class RewardFunctionCall(Frozen):
    """One of several reward functions of which the smallest value counts."""

    function: _FunctionName
    options: dict[str, Any] = {}
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
    options: dict[str, Any] = {}
    """Keyword arguments of the function."""


class Judge(Frozen):
    """The model that ``judge.*`` reward functions ask, and what it costs."""

    model: Annotated[str, Field(min_length=1)] | None = None
    """Id of a Bedrock model or inference profile that the Converse API serves."""
    input_price: Annotated[float, Field(ge=0)] | None = None
    """USD per million input tokens; with both prices the grader audit projects what a job's judgements cost."""
    output_price: Annotated[float, Field(ge=0)] | None = None
    """USD per million output tokens."""


class Sandbox(Frozen):
    """Where model-written code runs."""

    network: Literal["isolated", "default"] = "isolated"
    """``isolated``: a VPC of the stack's own without a route out. ``default``: none, so that code has the internet."""


class Alarms(Frozen):
    """Where each alarm of a run goes off."""

    entropy_collapse: Annotated[float, Field(gt=0, le=1)] = 0.6
    """Fall of the policy's entropy, as a share of the run's own first steps."""
    length_spike: Annotated[float, Field(gt=1)] = 2.0
    """Length of the responses, as a multiple of the run's own first steps."""
    grader_duration_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Slowest grader batch, as a share of the grader's time-out."""
    job_hours: Annotated[float, Field(gt=0)] = 24
    """Age of a running job that counts as stuck, in hours."""


def rubric_of(reward: Sequence[RewardEntry], judge: Judge) -> list[dict[str, Any]]:
    """The reward as ``Rubric.from_config`` takes it, with the judge's model among the options that need it."""
    entries = [entry.model_dump(by_alias=True, exclude_none=True) for entry in reward]
    for call in _judge_calls(entries):
        call["options"] = {"model": judge.model, **call["options"]}
    return entries


def check_rubric(reward: Sequence[RewardEntry], judge: Judge) -> None:
    """Make sure that the reward can grade.

    Raises:
        PydanticCustomError: It cannot, or it asks a judge that is not named.
    """
    entries = rubric_of(reward, judge)
    if judge.model is None and any(_judge_calls(entries)):
        raise wrong("judge", "{}", "the reward asks a judge; expected judge.model, a model that Bedrock serves")
    try:
        Rubric.from_config(entries)
    except RubricError as error:
        raise PydanticCustomError("rubric", "{reason}", {"reason": str(error)}) from None


def wrong(key: str, value: str, expected: str) -> PydanticCustomError:
    """The error of a value that only the whole file shows to be wrong."""
    return PydanticCustomError("wrong", "{expected}", {"key": key, "value": value, "expected": expected})


def _judge_calls(entries: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        for call in entry.get("minimum", [entry]):
            if call.get("function", "").startswith(_JUDGE_FAMILY):
                yield call
