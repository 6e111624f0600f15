"""local.strategist as one asks a model: it recognises the prompt, chooses a strategy, and answers with its response.

The base model's shares of the strategies are those that a training starts from, at temperature 1; a lower temperature
favours the likelier ones. Which family of rewards a dataset is for is known where it came with a grader; otherwise it
is guessed from the records, see ``family.likeliest``.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rehearsal.completion import Completion, Question
from rehearsal.optimiser import Array
from rehearsal.sampling import distribution, draw
from rehearsal.strategist.family import SEEN, likeliest
from rehearsal.strategist.library import Dataset, Found, Library, Record, spread
from rehearsal.strategist.preferences import base_logits
from rehearsal.strategist.repertoire import UNFIT, Strategy, by_strategy, candidates
from rehearsal.strategist.trainer import CHARACTERS_PER_TOKEN, tokens

_SHOWN = 80  # characters of a prompt that nobody knows
_SURVEYED = 128  # records that say which strategies there are
_DATASETS = 2  # that are kept, with their strategies
_RECORDS = 64  # of each dataset, whose responses are kept


class Strategist:
    """The base model, for every dataset of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._policy = lru_cache(_DATASETS)(_Policy)

    def complete(self, question: Question, seed: int) -> Completion:
        """See ``Model``; a token is four characters."""
        with self._lock:
            options = self._options(question.prompt)
        shares = distribution(options.logits[None], np.array([question.temperature]), np.array([question.top_p]))
        whole = options.responses[draw(shares, np.random.default_rng(seed).random(1))[0]]
        text = whole if question.max_tokens is None else whole[: question.max_tokens * CHARACTERS_PER_TOKEN]
        return Completion(text, len(text) < len(whole), tokens(question.prompt), tokens(text))

    def _options(self, prompt: str) -> "_Options":
        found = self._library.find(prompt)
        if found is None:
            raise ValueError(
                f"local.strategist knows no record with the prompt {prompt[:_SHOWN]!r}; it reads nothing else and "
                f"looks for prompts in {self._library.place}"
            )
        return self._policy(found.dataset).options(found)


@dataclass(frozen=True, slots=True)
class _Options:
    """The responses to one record, with the logarithms of their shares at temperature 1, up to a constant."""

    responses: Sequence[str]
    logits: Array


class _Policy:
    """Strategies of one dataset, and how likely each of them is."""

    def __init__(self, dataset: Dataset) -> None:
        """Find out about the dataset.

        Raises:
            ValueError: No family of reward functions has answers to its records.
        """
        self._dataset = dataset
        self._family = dataset.family or likeliest(spread(dataset.records, SEEN))
        self._strategies = frozenset(self._surveyed())
        self.options = lru_cache(_RECORDS)(self._options)

    def _surveyed(self) -> Iterator[Strategy]:
        """The strategies of some records; those that the family cannot answer have none."""
        for record in spread(self._dataset.records, _SURVEYED):
            with suppress(ValueError):
                yield from self._responses(record)

    def _options(self, found: Found) -> _Options:
        responses = self._responses(found.record)
        strategies = sorted(self._strategies | responses.keys())
        there = [strategy in responses for strategy in strategies]
        return _Options([responses[each] for each in strategies if each in responses], base_logits(strategies)[there])

    def _responses(self, record: Record) -> dict[Strategy, str]:
        try:
            return by_strategy(candidates(self._family, record, self._dataset.records))
        except UNFIT as error:
            raise ValueError(
                f"record {record.get('id')}: the family {self._family} of rewards, which answers the other records, "
                f"has no answers to this one: {error}"
            ) from error
