"""AWS clients of the run's functions: patient with throttling, and sure to know reinforcement fine-tuning."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.model import NoShapeFoundError, ServiceModel

_CONFIG = Config(
    # attempts, 20 s apart at most: a throttled call may take two minutes before it counts as failed
    retries={"mode": "standard", "total_max_attempts": 8},
    connect_timeout=5,  # s
    read_timeout=300,  # s; a grader that asks a judge model takes minutes for a batch
)
_OTHERS = {
    # the probe of a base model tries again by itself, and slows down for it
    "bedrock-runtime": _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1})),
    # a start that hangs must be tried again before the function that makes it is cut off
    "stepfunctions": _CONFIG.merge(Config(read_timeout=10)),  # s
}

_RFT_SINCE = "1.42.2"
"""First botocore release whose Bedrock model has ``rftConfig``."""


@cache
def client(service: str) -> Any:
    """The client of a service, made once per process.

    Raises:
        RuntimeError: The bundled botocore is too old for reinforcement fine-tuning.
    """
    made = boto3.client(service, config=_OTHERS.get(service, _CONFIG))
    if service == "bedrock":
        require_rft(made.meta.service_model)
    return made


def require_rft(model: ServiceModel) -> None:
    """Fail now rather than with a parameter error in the middle of a deploy.

    Raises:
        RuntimeError: The API model knows no ``customizationConfig.rftConfig``.
    """
    try:
        known = "rftConfig" in getattr(model.shape_for("CustomizationConfig"), "members", {})
    except NoShapeFoundError:
        known = False
    if not known:
        raise RuntimeError(
            "the botocore in this function does not know reinforcement fine-tuning (customizationConfig.rftConfig); "
            f"expected botocore {_RFT_SINCE} or later: bundle a newer boto3 with the function"
        )
