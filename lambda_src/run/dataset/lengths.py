"""How long prompts and answers are, and which the job's limits would cut.

Prompts above ``maxPromptLength`` are left out of the training, and ``inferenceMaxTokens`` ends a response:
https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .content import Lengths
from .distribution import Distribution
from .finding import Finding, Place
from .tokens import estimated

_MANY: Final = 0.01  # of the prompts; the article advises a limit that leaves out outliers alone


class LengthsSurvey:
    """Estimated tokens of the prompts and answers of each part.

    Args:
        hyper_parameters: API names.
    """

    def __init__(self, hyper_parameters: Mapping[str, Any]) -> None:
        self._most_prompt: int | None = hyper_parameters.get("maxPromptLength")
        self._most_response: int | None = hyper_parameters.get("inferenceMaxTokens")
        self._parts: dict[str, _Part] = {}

    def observe(self, part: str, line: int, prompt: str, answer: str) -> None:
        """Take a record into account, by its prompt and its answer as text."""
        of_part = self._parts.get(part)
        if of_part is None:
            of_part = self._parts[part] = _Part()
        of_part.prompt.take(line, estimated(prompt))
        if answer:
            of_part.answer.take(line, estimated(answer))

    def lengths(self) -> dict[str, Lengths]:
        """By part."""
        return {
            part: Lengths(Distribution(seen.prompt.counts), Distribution(seen.answer.counts))
            for part, seen in self._parts.items()
        }

    def findings(self, names: Mapping[str, str]) -> Iterator[Finding]:
        """Limits that something exceeds.

        Args:
            names: What findings call each part's file.
        """
        for part, seen in self._parts.items():
            if self._most_prompt is not None and seen.prompt.most > self._most_prompt:
                yield self._prompts_too_long(names[part], seen.prompt, self._most_prompt)
            if self._most_response is not None and seen.answer.most > self._most_response:
                yield self._answers_too_long(names[part], seen.answer, self._most_response)

    def _prompts_too_long(self, file: str, seen: "_Counts", most: int) -> Finding:
        many = seen.share_above(most) > _MANY
        return Place(file, seen.longest).warning(
            "prompt-too-long",
            f"have about {seen.most:,} tokens, and maxPromptLength is {most:,}; {seen.above(most)} have more"
            + (": far more than outliers, and the job would train without them" if many else " and would be left out"),
            expected=f"maxPromptLength {seen.most:,}, or shorter prompts"
            + ("" if many else ", unless they are outliers"),
            field="messages",
        )

    def _answers_too_long(self, file: str, seen: "_Counts", most: int) -> Finding:
        return Place(file, seen.longest).warning(
            "reference-too-long",
            f"has about {seen.most:,} tokens, and inferenceMaxTokens is {most:,}; {seen.above(most)} have more, and no "
            "response can be as long",
            expected=f"inferenceMaxTokens well above {seen.most:,}, or shorter answers",
            field="reference_answer",
        )


class _Counts:
    """How often each number of tokens occurs, and the line of the largest."""

    def __init__(self) -> None:
        self.counts = Counter[int]()
        self.most = 0
        self.longest = 0

    def take(self, line: int, tokens: int) -> None:
        self.counts[tokens] += 1
        if tokens > self.most:
            self.most, self.longest = tokens, line

    def share_above(self, limit: int) -> float:
        return Distribution(self.counts).share_above(limit)

    def above(self, limit: int) -> str:
        """How many exceed the limit, in words."""
        total = self.counts.total()
        share = self.share_above(limit)
        return f"{round(share * total):,} of {total:,} records ({share:.1%})"


class _Part:
    def __init__(self) -> None:
        self.prompt = _Counts()
        self.answer = _Counts()
