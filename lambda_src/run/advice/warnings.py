"""What is odd about hyperparameters, given the data: what happens with them, and what to do."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ..audit.job import SERVICE_DEFAULTS, Job
from .facts import Facts
from .rules import references_are_answers

MOST_DROPPED: Final = 0.01
FEWEST_STEPS: Final = 20
_LEVELS_OFF: Final = 40  # steps, in the article's GSM8K run
_FAR_RATE: Final = 10
_FAR_EPOCHS: Final = 2
_FEWEST_SAMPLES: Final = 4
_FEWEST_RESPONSES: Final = 64  # of one step
_MOST_RESPONSES: Final = 4096


@dataclass(frozen=True)
class InEffect:
    """Values in effect and the facts they meet.

    Attributes:
        values: What the job is told; the rest is the service's.
        advised: What would be advised.
    """

    facts: Facts
    values: Mapping[str, Any]
    advised: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name, SERVICE_DEFAULTS[name])

    @cached_property
    def dropped(self) -> float:
        """Share of the prompts, in [0, 1], that are longer than allowed."""
        return self.facts.prompt.share_above(self["maxPromptLength"])

    @cached_property
    def job(self) -> Job:
        """The job, without the prompts that are dropped."""
        kept = round(self.facts.records * (1 - self.dropped))
        return Job.of(self.values, records=kept, validation_records=self.facts.validation_records)


def warnings(now: InEffect) -> tuple[str, ...]:
    """Everything that is odd: what the data show, then what the values show by themselves."""
    data = _OF_DATA if now.facts.records else ()
    told = (check for name, checks in _OF_VALUES.items() if name in now.values for check in checks)
    return tuple(text for check in (*data, *told, _left_to_the_service) for text in check(now))


def _prompts_are_dropped(now: InEffect) -> Iterator[str]:
    if now.dropped > MOST_DROPPED and "maxPromptLength" in now.values:
        number = round(now.dropped * now.facts.prompt.total)
        yield (
            f"maxPromptLength {now['maxPromptLength']:,}: {number:,} of {now.facts.prompt.total:,} prompts are longer, "
            f"as far as tokens can be estimated, and the service would leave them out; "
            f"{now.advised['maxPromptLength']:,} is advised"
        )


def _batch_exceeds_the_data(now: InEffect) -> Iterator[str]:
    if now["batchSize"] > now.job.records:
        yield (
            f"batchSize {now['batchSize']}: more than the {now.job.records:,} records, so that an epoch is not even "
            f"one step; {now.advised['batchSize']} is advised"
        )


def _few_steps(now: InEffect) -> Iterator[str]:
    if now.job.steps < FEWEST_STEPS:
        yield (
            f"epochCount {now['epochCount']} and batchSize {now['batchSize']}: {now.job.steps} steps in all, too few "
            f"to learn much (AWS's example levels off after about {_LEVELS_OFF}); more epochs or a smaller batch make "
            "more"
        )


def _no_validation(now: InEffect) -> Iterator[str]:
    if not now.facts.has_validation:
        yield (
            "validation.jsonl: there is none, so there will be no validation curve to tell learning from overfitting, "
            "and the service's early stopping, which watches it, has nothing to go by; a tenth of the records will do"
        )


def _few_evaluations(now: InEffect) -> Iterator[str]:
    interval, steps = now["evalInterval"], now.job.steps
    if not (now.facts.has_validation and steps >= FEWEST_STEPS):
        return
    if interval > steps:
        yield (
            f"evalInterval {interval}: the run has only {steps} steps, so that nothing is evaluated on the way; "
            f"{now.advised['evalInterval']} is advised"
        )
    elif steps // interval <= 1:
        yield (
            f"evalInterval {interval}: one evaluation in {steps} steps, which is no curve; "
            f"{now.advised['evalInterval']} is advised"
        )


def _epochs_are_far_off(now: InEffect) -> Iterator[str]:
    epochs, advised = now["epochCount"], now.advised.get("epochCount", now["epochCount"])
    if epochs > _FAR_EPOCHS * advised:
        yield (
            f"epochCount {epochs}: with {now.facts.records:,} records {advised} are advised; so many more cost in "
            "proportion, and the model may learn the records by heart"
        )
    elif epochs * _FAR_EPOCHS < advised and now.job.steps >= FEWEST_STEPS:
        yield (
            f"epochCount {epochs}: with {now.facts.records:,} records {advised} are advised; so few may end while the "
            "reward still rises"
        )


def _learning_rate_is_far_off(now: InEffect) -> Iterator[str]:
    rate, advised = now["learningRate"], now.advised["learningRate"]
    if rate * _FAR_RATE <= advised * (1 + 1e-9):
        yield (
            f"learningRate {rate:g}: {advised / rate:g} times smaller than the advised {advised:g}; the reward may "
            "hardly move"
        )
    elif rate >= advised * _FAR_RATE * (1 - 1e-9):
        yield (
            f"learningRate {rate:g}: {rate / advised:g} times the advised {advised:g}; the reward may oscillate or "
            "collapse"
        )


def _responses_are_cut(now: InEffect) -> Iterator[str]:
    limit = now["inferenceMaxTokens"]
    longest = now.facts.reference.most
    responses = now.facts.response_tokens
    if references_are_answers(now.facts) and limit < longest:
        yield (
            f"inferenceMaxTokens {limit:,}: the longest reference alone has {longest:,} tokens, estimated, so that its "
            f"answer would be cut off and score as wrong; {now.advised['inferenceMaxTokens']:,} is advised"
        )
    if responses is not None and limit < responses.quantile(0.99):
        share = responses.share_above(limit)
        yield (
            f"inferenceMaxTokens {limit:,}: {share:.0%} of the probe's responses were longer and would be cut off; "
            f"{now.advised['inferenceMaxTokens']:,} is advised"
        )


def _groups_are_small(now: InEffect) -> Iterator[str]:
    samples = now["trainingSamplePerPrompt"]
    if samples < _FEWEST_SAMPLES:
        yield (
            f"trainingSamplePerPrompt {samples}: a response is judged against {samples - 1} other"
            f"{'s' if samples > _FEWEST_SAMPLES - 2 else ''} of its prompt, which is little more than chance; "
            f"{now.advised['trainingSamplePerPrompt']} is advised"
        )


def _steps_are_small_or_huge(now: InEffect) -> Iterator[str]:
    responses = now["batchSize"] * now["trainingSamplePerPrompt"]
    what = f"batchSize {now['batchSize']} and trainingSamplePerPrompt {now['trainingSamplePerPrompt']}"
    if responses < _FEWEST_RESPONSES:
        yield f"{what}: {responses} responses a step make a noisy gradient; raise either"
    elif responses > _MOST_RESPONSES:
        yield f"{what}: {responses:,} responses a step, all sampled and graded before the model moves; lower either"


def _left_to_the_service(now: InEffect) -> Iterator[str]:
    left = [name for name, value in now.advised.items() if name not in now.values and value != now[name]]
    if left:
        theirs = ", ".join(f"{name} {now[name]:g}" for name in left)
        ours = ", ".join(f"{now.advised[name]:g}" for name in left)
        yield (
            f"{', '.join(left)}: left to the service, whose defaults are not documented (the template of AWS's SDK has "
            f"{theirs}); `auto: true` among the hyperParameters takes {ours}"
        )


_Check = Callable[[InEffect], Iterator[str]]

_OF_DATA: Final[tuple[_Check, ...]] = (
    _prompts_are_dropped,
    _batch_exceeds_the_data,
    _few_steps,
    _no_validation,
    _few_evaluations,
)
_OF_VALUES: Final[Mapping[str, tuple[_Check, ...]]] = {
    "epochCount": (_epochs_are_far_off,),
    "learningRate": (_learning_rate_is_far_off,),
    "inferenceMaxTokens": (_responses_are_cut,),
    "trainingSamplePerPrompt": (_groups_are_small,),
    "batchSize": (_steps_are_small_or_huge,),
}
"""Checks of a value that the job is told, by its name."""
