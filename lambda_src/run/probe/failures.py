"""What it means that the model gave no answer."""

from collections.abc import Mapping
from typing import Any, Final

_TRANSIENT: Final = frozenset(
    {
        "ThrottlingException",
        "TooManyRequestsException",
        "ModelNotReadyException",
        "ModelTimeoutException",
        "ModelErrorException",
        "InternalServerException",
        "ServiceUnavailableException",
        "RequestTimeout",
        "RequestTimeoutException",
    }
)
_TRANSIENT_STATUS: Final = (408, 429)
_SERVER_ERROR: Final = 500
_THROTTLED: Final = ("ThrottlingException", "TooManyRequestsException", "ServiceUnavailableException")
_HINTS: Final = {
    "AccessDeniedException": (
        "expected bedrock:InvokeModel on the model (of an inference profile: on it and on the foundation model in "
        "every region it reaches), and access to the model in this account"
    ),
    "ResourceNotFoundException": "expected a model or inference profile of this account and region",
    "ValidationException": (
        "expected a model or inference profile that the Converse API serves in this region, and parameters it takes"
    ),
}


class ProbeError(RuntimeError):
    """Why the base model cannot be probed, as one sentence."""


def is_throttling(error: Exception) -> bool:
    """Whether the service asks for fewer requests at a time."""
    return _code(error) in _THROTTLED or _status(error) == 429  # noqa: PLR2004 - HTTP's "too many requests"


def is_transient(error: Exception) -> bool:
    """Whether the same request may well succeed later."""
    from botocore import exceptions  # noqa: PLC0415 - the command line starts without it

    if isinstance(error, exceptions.ClientError):
        status = _status(error)
        return _code(error) in _TRANSIENT or status in _TRANSIENT_STATUS or status >= _SERVER_ERROR
    return isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError)


def is_of_one_request(error: Exception) -> bool:
    """Whether another request may be taken where this one was refused, for the length of its prompt for instance."""
    return _code(error) == "ValidationException"


def refused(model: str, error: Exception) -> ProbeError:
    """The end of a probe, said so that somebody can put it right."""
    hint = _HINTS.get(_code(error))
    return ProbeError(f"{model} cannot be sampled: {described(error)}" + (f"; {hint}" if hint else ""))


def described(error: Exception) -> str:
    """Code and message, or type and message where the service has not answered."""
    found = _response(error).get("Error", {})
    return f"{found.get('Code') or type(error).__name__}: {found.get('Message') or error}"


def _code(error: Exception) -> str:
    code: str = _response(error).get("Error", {}).get("Code", "")
    return code


def _status(error: Exception) -> int:
    status: int = _response(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status


def _response(error: Exception) -> Mapping[str, Any]:
    """What the service answered; errors of the connection have an attribute of the same name, and nothing in it."""
    response = getattr(error, "response", None)
    return response if isinstance(response, Mapping) else {}
