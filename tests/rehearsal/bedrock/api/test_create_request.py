from importlib import import_module

import pytest

from rehearsal.bedrock.api.create_request import BASE_MODELS, base_model_arn, trainer_of
from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError

CALLER = Caller("000000000000", "us-east-1")


@pytest.mark.parametrize("model", BASE_MODELS)
def test_every_base_model_has_a_trainer(model: str) -> None:
    trainer = import_module(trainer_of(base_model_arn(CALLER, model)))

    assert callable(trainer.train)
    assert callable(trainer.unreadable)
    assert callable(trainer.HyperParameters.from_api)


@pytest.mark.parametrize("model", BASE_MODELS)
def test_a_base_model_is_named_by_id_or_arn(model: str) -> None:
    arn = base_model_arn(CALLER, model)

    assert base_model_arn(CALLER, arn) == arn


@pytest.mark.parametrize("identifier", ["amazon.nova-2-lite-v1:0:256k", "local.nobody", "strategist", ""])
def test_an_unknown_base_model_is_refused_with_those_there_are(identifier: str) -> None:
    with pytest.raises(ApiError, match=r"has local\.tiny-lm, local\.strategist"):
        base_model_arn(CALLER, identifier)
