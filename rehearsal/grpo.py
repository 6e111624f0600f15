"""The training loop of the local models: GRPO on rewards that somebody else gives.

This is group relative policy optimization (https://arxiv.org/abs/2402.03300, section 4.1) with these differences:

- One update per batch of fresh responses. The policy that samples is the policy that learns, so that the importance
  ratio is 1 and clipping it never acts; neither is computed.
- No KL penalty and no reference model, no entropy bonus.

Advantages are rewards minus their group's mean over its standard deviation (plus 1e-4), as in the paper. How a policy
samples and what it does with an advantage is its own affair; see ``Policy``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from lambda_src.run import chat_record
from rehearsal.hyper_parameters import HyperParameters
from rehearsal.optimiser import Array

Record = Mapping[str, Any]
Grade = Callable[[Sequence[Record]], Sequence[float]]
"""Takes items as Bedrock sends them to a grader, gives a reward for each, in order."""

Trace = TypeVar("Trace")


@dataclass(frozen=True, slots=True)
class Responses(Generic[Trace]):
    """What a policy answered: the responses to the first prompt, then those to the second, and so on.

    Attributes:
        lengths: In tokens.
        trace: What the policy needs to learn from these responses.
    """

    texts: Sequence[str]
    lengths: Sequence[int]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Update:
    """What one update of a policy measured.

    Attributes:
        entropy: Of the distribution that was sampled from, in nats.
        gradient_norm: Before clipping.
    """

    entropy: float
    gradient_norm: float


class Policy(Protocol[Trace]):
    """A model that can be trained.

    Attributes:
        longest_prompt: In tokens; records with longer prompts are left out.
    """

    longest_prompt: int

    def prompt_length(self, record: Record) -> int:
        """Tokens of a record's prompt."""
        ...

    def sample(self, records: Sequence[Record], group: int) -> Responses[Trace]:
        """``group`` responses to each record."""
        ...

    def update(self, trace: Trace, rewards: Array, advantages: Array) -> Update:
        """Make responses with a positive advantage likelier, the others less likely.

        Args:
            rewards: One for each response, in their order; so are the advantages.
        """
        ...


@dataclass(frozen=True, slots=True)
class StepRow:
    """One training step.

    Validation follows the update at every ``eval_interval`` steps and at the last one. At step 1 it comes before the
    update, to show what training starts from; at other steps it is None.
    Lengths are in tokens, entropy in nats; the gradient norm is taken before clipping.
    """

    step: int
    total: int
    epoch: int
    training_reward: float
    training_episode_length: float
    policy_entropy: float
    gradient_norm: float
    mean_advantage: float
    min_advantage: float
    max_advantage: float
    validation_reward: float | None = None
    validation_episode_length: float | None = None


def optimise(
    policy: Policy[Trace],
    *,
    train: Sequence[Record],
    validation: Sequence[Record],
    grade: Grade,
    hyper_parameters: HyperParameters,
    rng: np.random.Generator,
    on_step: Callable[[StepRow], None],
) -> None:
    """Train a policy on dataset records; ``on_step`` is told of each step when it is done.

    Args:
        rng: Draws the order of the records.

    Raises:
        ValueError: Too few prompts are short enough for a batch.
    """
    group = hyper_parameters.samples_per_prompt
    batches = _Batches(_readable(policy, train), hyper_parameters, rng, policy.longest_prompt)
    checks = _readable(policy, validation)
    for step, epoch, batch in batches:
        due = step == batches.total or step % hyper_parameters.eval_interval == 0
        before = _validate(policy, checks, grade) if step == 1 else {}
        row = _learn(policy, batch, group, grade) | before | (_validate(policy, checks, grade) if due else {})
        on_step(StepRow(step=step, total=batches.total, epoch=epoch, **row))


def item(record: Record, number: int, response: str) -> Record:
    """A rollout as Bedrock sends it to a grader."""
    return chat_record.item(record, f"{record.get('id', 'record')}/{number}", response)


class _Batches:
    """Step, epoch and records of every step: a new order in each epoch, what does not fill a batch left out."""

    def __init__(
        self, records: Sequence[Record], hyper_parameters: HyperParameters, rng: np.random.Generator, longest: int
    ) -> None:
        self._records, self._rng = records, rng
        self._size, self._epochs = hyper_parameters.batch_size, hyper_parameters.epoch_count
        self._per_epoch = len(records) // self._size
        self.total = self._per_epoch * self._epochs
        if not self.total:
            raise ValueError(
                f"training prompts of at most {longest} tokens: {len(records)}; "
                f"expected batchSize = {self._size} or more"
            )

    def __iter__(self) -> Iterator[tuple[int, int, list[Record]]]:
        for epoch in range(self._epochs):
            order = self._rng.permutation(len(self._records))
            for place in range(self._per_epoch):
                chosen = order[place * self._size : (place + 1) * self._size]
                yield epoch * self._per_epoch + place + 1, epoch + 1, [self._records[i] for i in chosen]


def _readable(policy: Policy[Trace], records: Sequence[Record]) -> list[Record]:
    return [record for record in records if policy.prompt_length(record) <= policy.longest_prompt]


def _learn(policy: Policy[Trace], records: Sequence[Record], group: int, grade: Grade) -> dict[str, float]:
    """Sample, grade and update once; what ``StepRow`` says about it."""
    responses = policy.sample(records, group)
    rewards = _rewards(records, responses, group, grade)
    advantages = _advantages(rewards.reshape(-1, group)).ravel()
    update = policy.update(responses.trace, rewards, advantages)
    return {
        "training_reward": float(rewards.mean()),
        "training_episode_length": float(np.mean(responses.lengths)),
        "policy_entropy": update.entropy,
        "gradient_norm": update.gradient_norm,
        "mean_advantage": float(advantages.mean()),
        "min_advantage": float(advantages.min()),
        "max_advantage": float(advantages.max()),
    }


def _validate(policy: Policy[Trace], records: Sequence[Record], grade: Grade) -> dict[str, float]:
    """Mean reward and length of one response to each prompt; nothing without prompts."""
    if not records:
        return {}
    responses = policy.sample(records, 1)
    rewards = _rewards(records, responses, 1, grade)
    return {
        "validation_reward": float(rewards.mean()),
        "validation_episode_length": float(np.mean(responses.lengths)),
    }


def _rewards(records: Sequence[Record], responses: Responses[Trace], group: int, grade: Grade) -> Array:
    asked = [record for record in records for _ in range(group)]
    items = [item(record, i, text) for i, (record, text) in enumerate(zip(asked, responses.texts, strict=True))]
    return np.array(grade(items), np.float64)


def _advantages(rewards: Array) -> Array:
    centred = rewards - rewards.mean(1, keepdims=True)
    advantages: Array = centred / (rewards.std(1, ddof=1, keepdims=True) + 1e-4)
    return advantages
