"""Trains local.strategist: a policy over ways to respond, for any project that the reward library can grade.

It reads no prompt and writes no text of its own. To every record there are responses of known worth
(``lambda_src.run.candidates``): right answers, wrong ones, and attempts to be paid without an answer. The policy is a
softmax over these strategies, and ``rehearsal.grpo`` moves it towards what the project's grader pays. All that is
measured is real: responses are graded by the grader, the gradient is that of the sampled responses' log-likelihood, the
entropy is that of the distribution that was sampled from.

A token is four characters, about as long as an average English one. Responses are cut off at ``inferenceMaxTokens``,
and records with a prompt beyond ``maxPromptLength`` are left out.

Adam, gradients clipped at norm 1, constant learning rate. One seed gives one run.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lambda_src.run.candidates import generic
from rehearsal import grpo
from rehearsal.grpo import Grade, Record, Responses, StepRow, Update
from rehearsal.hyper_parameters import HyperParameters
from rehearsal.optimiser import Adam, Array
from rehearsal.strategist import tally
from rehearsal.strategist.family import best_paid, unreadable
from rehearsal.strategist.preferences import Preferences, entropy
from rehearsal.strategist.repertoire import Choices, Repertoire
from rehearsal.strategist.tally import Tally

__all__ = ["LEARNING_RATE_SCALE", "Grade", "HyperParameters", "Record", "StepRow", "Trained", "train", "unreadable"]

LEARNING_RATE_SCALE = 250.0
"""Adam's learning rate here for a ``learningRate`` of 1 in the API, for what is learned of all and of each kind.

Chosen so that the API's 1e-4 (0.025 here) trains well and its maximum of 1e-3 (0.25) commits itself within a few steps.
Measured on 200 records of each of the bundled projects for maths, extraction, tools, moderation and summaries, 36 steps
of 16 prompts x 8 responses, seeds 0 to 9:

- 1e-4: validation reward 0.46 to 0.55 -> 0.88 to 0.94 (means of a project); largest fall of the smoothed entropy 0.34
  to 0.46 of its start, longest smoothed responses 1.09 to 1.26 times the first, no reward hacking.
- 1e-3: validation reward 1.00 at the end; largest fall of the smoothed entropy 0.46 to 0.80.
"""

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training leaves.

    Attributes:
        artifacts: Content of further files by their path below the job's folder.
    """

    preferences: Preferences
    artifacts: Mapping[str, str]

    def save(self, path: Path) -> None:
        self.preferences.save(path)


def train(
    *,
    train: Sequence[Record],
    validation: Sequence[Record],
    grade: Grade,
    hyper_parameters: HyperParameters,
    seed: int,
    on_step: Callable[[StepRow], None],
) -> Trained:
    """Train preferences on dataset records; ``on_step`` is told of each step when it is done.

    Raises:
        ValueError: No family of reward functions has answers to every record, or too few prompts are short enough.
    """
    rng = np.random.default_rng(seed)
    repertoire = Repertoire(best_paid([*train, *validation], grade), train, validation)
    policy = _Policy(repertoire, hyper_parameters, rng)
    everything = replace(repertoire.choices(train), responses=())  # all texts at once would fill the memory
    before = policy.preferences.probabilities(everything).mean(0)
    grpo.optimise(
        policy,
        train=train,
        validation=validation,
        grade=grade,
        hyper_parameters=hyper_parameters,
        rng=rng,
        on_step=on_step,
    )
    results = policy.tally.results(before, policy.preferences.probabilities(everything).mean(0))
    return Trained(policy.preferences, {tally.FILE: tally.to_json(results)})


@dataclass(frozen=True, slots=True)
class _Trace:
    """Which strategy answered what.

    Attributes:
        actions: Numbers of strategies, (records, responses to each).
        rollouts: Number of the strategy, id of the record, response.
    """

    choices: Choices
    probabilities: Array
    actions: Array
    rollouts: Sequence[tuple[int, str, str]]


class _Policy:
    """Preferences that learn."""

    def __init__(self, repertoire: Repertoire, hyper_parameters: HyperParameters, rng: np.random.Generator) -> None:
        self.longest_prompt = hyper_parameters.max_prompt_length
        self.preferences = Preferences(repertoire.strategies, repertoire.kinds)
        self.tally = Tally(repertoire.strategies)
        self._repertoire = repertoire
        self._rng = rng
        self._optimiser = Adam(self.preferences.weights)
        self._learning_rate = LEARNING_RATE_SCALE * hyper_parameters.learning_rate
        self._most_characters = hyper_parameters.inference_max_tokens * CHARACTERS_PER_TOKEN

    def prompt_length(self, record: Record) -> int:
        return tokens(generic.prompt(record))

    def sample(self, records: Sequence[Record], group: int) -> Responses[_Trace]:
        choices = self._repertoire.choices(records)
        probabilities = self.preferences.probabilities(choices)
        actions = np.stack([self._rng.choice(len(row), size=group, p=row) for row in probabilities])
        rollouts = [
            (int(action), str(record.get("id")), responses[action][: self._most_characters])
            for record, responses, row in zip(records, choices.responses, actions, strict=True)
            for action in row
        ]
        texts = [response for _, _, response in rollouts]
        trace = _Trace(choices, probabilities, actions, rollouts)
        return Responses(texts, [tokens(text) for text in texts], trace)

    def update(self, trace: _Trace, rewards: Array, advantages: Array) -> Update:
        self.tally.add(trace.rollouts, rewards.tolist())
        gradients = self.preferences.gradients(
            trace.choices.kinds, trace.probabilities, trace.actions, advantages.reshape(trace.actions.shape)
        )
        norm = self._optimiser.step(gradients, self._learning_rate)
        return Update(entropy(trace.probabilities), norm)


def tokens(text: str) -> int:
    """Estimated tokens of a text, at least one.

    >>> tokens("#### 42")
    2
    """
    return max(math.ceil(len(text) / CHARACTERS_PER_TOKEN), 1)
