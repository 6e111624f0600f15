"""What a model answers, before it is put into the shape of an operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of a model.

    Attributes:
        content: A ``ContentBlock`` of the API.
        stop_reason: Value of the API's ``StopReason``.
        input_tokens: As the model counts, or estimates, them; so are the output's.
    """

    content: Mapping[str, Any]
    stop_reason: str
    input_tokens: int
    output_tokens: int
