"""What a local model is asked and what it answers, without an API around it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt, and how to answer it.

    Attributes:
        prompt: All that is said to the model, a message a line.
        temperature: Divides the logits, in [0, 1]; 0 takes the likeliest every time.
        top_p: In [0, 1]: what is drawn is among the likeliest that make up this share.
        max_tokens: Where a response is cut off, in the model's own tokens; None leaves that to the model.
    """

    prompt: str
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A response.

    Attributes:
        is_cut: Whether it was cut off before its end.
        prompt_tokens: In the model's own tokens.
        tokens: Of the response, likewise.
    """

    text: str
    is_cut: bool
    prompt_tokens: int
    tokens: int


class Model(Protocol):
    """Whatever completes prompts, from several threads at once."""

    def complete(self, question: Question, seed: int) -> Completion:
        """Draw one response: the same for the same seed, whatever else is asked at the time.

        Raises:
            ValueError: The model cannot read the prompt; the message says why and what it can read.
        """
        ...
