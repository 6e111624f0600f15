"""A Converse request as a question to a language model that reads text and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.bedrock.errors import ApiError
from rehearsal.completion import Question

_TAKEN = ("modelId", "messages", "system", "inferenceConfig", "additionalModelRequestFields", "requestMetadata")
_SETTINGS = ("maxTokens", "temperature", "topP")
_ADDITIONAL = ("reasoningConfig",)  # no local model reasons: it has no effect, as in a training


def question(model: str, request: Mapping[str, Any]) -> Question:
    """What a request, of which the service model allows the parameters, asks ``model``.

    Temperature and topP are 1 unless they are given: so the local models are trained.

    Raises:
        ApiError: ``ValidationException``, for what Bedrock refuses beyond its service model, and for what a local
            model does not do.
    """
    _check_taken(model, "", request, _TAKEN)
    settings = request.get("inferenceConfig", {})
    _check_taken(model, "inferenceConfig.", settings, _SETTINGS)
    additional = request.get("additionalModelRequestFields", {})
    if not isinstance(additional, Mapping):  # the service model allows any JSON
        raise ApiError("ValidationException", f"additionalModelRequestFields is {additional!r}; expected an object")
    _check_taken(model, "additionalModelRequestFields.", additional, _ADDITIONAL)
    messages = request.get("messages", [])
    _check_turns([message["role"] for message in messages])
    parts = [*_texts(model, "system", request.get("system", []))]
    for index, message in enumerate(messages):
        parts += _texts(model, f"messages.{index}.content", message["content"])
    return Question(
        prompt="\n".join(parts),
        temperature=float(settings.get("temperature", 1.0)),
        top_p=float(settings.get("topP", 1.0)),
        max_tokens=settings.get("maxTokens"),
    )


def _check_taken(model: str, where: str, given: Mapping[str, Any], taken: tuple[str, ...]) -> None:
    if refused := [name for name in given if name not in taken]:
        names = ", ".join(f"{where}{name}" for name in refused)
        raise ApiError("ValidationException", f"{model} does not take {names}; it takes {', '.join(taken)}")


def _check_turns(roles: list[str]) -> None:
    """The order of roles that Bedrock's Converse asks for."""
    if not roles or roles[0] != "user":
        raise ApiError("ValidationException", "A conversation must start with a user message")
    if any(role != ("user", "assistant")[index % 2] for index, role in enumerate(roles)):
        raise ApiError("ValidationException", f"A conversation must alternate between user and assistant, not {roles}")
    if roles[-1] != "user":
        raise ApiError("ValidationException", "A conversation must end with a user message; there is nothing to answer")


def _texts(model: str, where: str, blocks: list[Mapping[str, Any]]) -> Iterator[str]:
    if not blocks and where != "system":
        raise ApiError("ValidationException", f"{where} is empty; expected a block of text")
    for index, block in enumerate(blocks):
        text = block.get("text")
        if text is None:
            raise ApiError("ValidationException", f"{model} reads text only; {where}.{index} is {', '.join(block)}")
        if not text.strip():
            raise ApiError("ValidationException", f"The text at {where}.{index} is blank; expected some")
        yield text
