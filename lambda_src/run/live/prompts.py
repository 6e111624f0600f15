"""What a run trains and validates on, by the prompt ids that rollouts carry."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from ...reward.rollout import Rollout
from ...reward.rollout_row import prompt_id
from .. import chat_record
from ..sources.s3_objects import S3Object


@dataclass(frozen=True, slots=True)
class Prompts:
    """Both sets.

    Attributes:
        training: A record for each prompt, as its line of the file.
        validation: Prompts that are in the validation set alone: of others nobody can tell what they were asked for.
        records: Lines of the training file.
        characters: Mean length of its prompts.
    """

    training: Mapping[str, str] = field(default_factory=dict)
    validation: frozenset[str] = frozenset()
    records: int = 0
    characters: float = 0.0

    @classmethod
    def read(cls, s3: Any, dataset: Mapping[str, str | None]) -> "Prompts":
        """The sets of a run.

        Args:
            dataset: URIs of ``train`` and, where there is one, ``validation``.

        Raises:
            SourceError: One of them cannot be read.
        """
        training, lengths = {}, []
        for line, prompt in _prompts(s3, dataset["train"]):
            training[prompt_id(prompt)] = line
            lengths.append(len(prompt))
        validation = {prompt_id(prompt) for _, prompt in _prompts(s3, dataset.get("validation"))}
        return cls(training, frozenset(validation - training.keys()), len(lengths), fmean(lengths) if lengths else 0.0)

    def item(self, prompt: str, identity: str, response: str) -> dict[str, Any]:
        """A response to a training prompt as Bedrock sends it to a grader."""
        return chat_record.item(json.loads(self.training[prompt]), identity, response)


def _prompts(s3: Any, uri: str | None) -> Iterator[tuple[str, str]]:
    """Line and prompt of each record, the prompt as the grader reads it."""
    if uri is None:
        return
    text: str = S3Object.of(uri).get(s3)["Body"].read().decode("utf-8-sig")
    for line in text.split("\n"):  # not splitlines: a text may hold other line separators
        if line.strip():
            yield line, Rollout.from_event(chat_record.item(json.loads(line), "", "")).prompt
