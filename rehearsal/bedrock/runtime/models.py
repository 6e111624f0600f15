"""The models that can be asked, by the ids and ARNs that requests name them with."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy when first imported; two fight over a busy machine

import threading
from collections.abc import Callable, Mapping
from dataclasses import astuple
from typing import Any

from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.runtime.judge.verdict import verdict
from rehearsal.bedrock.runtime.question import question
from rehearsal.bedrock.runtime.reply import Reply
from rehearsal.bedrock.runtime.seeds import Seeds
from rehearsal.completion import Model
from rehearsal.strategist.library import Library

JUDGE = "local.judge"


def _tiny_lm(_: Library) -> Model:
    from rehearsal.tiny_lm.model import load_base  # noqa: PLC0415 - numpy and the weights, for those who ask it
    from rehearsal.tiny_lm.responder import TinyLm  # noqa: PLC0415 - likewise

    return TinyLm(load_base())


def _strategist(library: Library) -> Model:
    from rehearsal.strategist.responder import Strategist  # noqa: PLC0415 - numpy, for those who ask it

    return Strategist(library)


_BASE: Mapping[str, Callable[[Library], Model]] = {"local.tiny-lm": _tiny_lm, "local.strategist": _strategist}


class Models:
    """Every model that one account can ask, each loaded when it is asked for the first time.

    A further kind of model, such as a tuned one behind its ARN, is one more way for ``_model`` to find a ``Model``.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._seeds = Seeds()
        self._lock = threading.Lock()
        self._loaded: dict[str, Model] = {}

    def reply(self, request: Mapping[str, Any]) -> Reply:
        """What the model that a Converse request names answers to it.

        Raises:
            ApiError: ``ValidationException``, if there is no such model or it cannot answer this.
        """
        name = _name(request["modelId"])
        if name == JUDGE:
            return verdict(request)
        model, asked = self._model(name), question(name, request)
        try:
            completion = model.complete(asked, self._seeds.next(name, *astuple(asked)))
        except ValueError as error:
            raise ApiError("ValidationException", str(error)) from error
        return Reply(
            {"text": completion.text},
            "max_tokens" if completion.is_cut else "end_turn",
            completion.prompt_tokens,
            completion.tokens,
        )

    def _model(self, name: str) -> Model:
        if name not in _BASE:
            raise ApiError(
                "ValidationException",
                "The provided model identifier is invalid. (The local Bedrock serves "
                f"{', '.join([JUDGE, *_BASE])}, not {name})",
            )
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = _BASE[name](self._library)
            return self._loaded[name]


def _name(model_id: str) -> str:
    """Id of a model that is named by id or by ARN; another kind of ARN stays what it is.

    >>> _name("arn:aws:bedrock:us-east-1::foundation-model/local.tiny-lm")
    'local.tiny-lm'
    """
    prefix, separator, name = model_id.partition("::foundation-model/")
    return name if separator and prefix.startswith("arn:") else model_id
