"""The states of a job and its phases, as ``GetModelCustomizationJob`` shows them.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-monitor.html
"""

from typing import Any

from rehearsal.bedrock.store import now

VALIDATION, DATA_PROCESSING, TRAINING = PHASES = ("validationDetails", "dataProcessingDetails", "trainingDetails")
ACTIVE = frozenset({"InProgress", "Stopping"})
_MESSAGE_LIMIT = 2048  # characters of a failureMessage, from the service model
_ECHOED = (
    "jobName",
    "clientRequestToken",
    "roleArn",
    "trainingDataConfig",
    "validationDataConfig",
    "outputDataConfig",
    "customizationType",
    "customizationConfig",
    "vpcConfig",
)


def created(request: dict[str, Any], *, job_arn: str, base_model_arn: str) -> dict[str, Any]:
    """The job as it is right after CreateModelCustomizationJob."""
    time = now()
    detail = {name: request[name] for name in _ECHOED if name in request} | {
        "jobArn": job_arn,
        "outputModelName": request["customModelName"],
        "baseModelArn": base_model_arn,
        "status": "InProgress",
        "statusDetails": {phase: {"status": "NotStarted"} for phase in PHASES},
        "creationTime": time,
        "lastModifiedTime": time,
    }
    if ":key/" in (key := request.get("customModelKmsKeyId", "")):
        detail["outputModelKmsKeyArn"] = key
    return detail


def set_phase(detail: dict[str, Any], phase: str, status: str) -> None:
    time = now()
    details = detail["statusDetails"][phase]
    detail["statusDetails"][phase] = {
        "status": status,
        "creationTime": details.get("creationTime", time),
        "lastModifiedTime": time,
    }


def set_stopping(detail: dict[str, Any]) -> None:
    detail["status"] = "Stopping"
    _set_running_phases(detail, "Stopping")


def end(detail: dict[str, Any], status: str, message: str = "") -> None:
    """Bring a job to ``Completed``, ``Failed`` or ``Stopped``, with its running phase."""
    detail["status"] = status
    detail["endTime"] = now()
    _set_running_phases(detail, status)
    if message:
        detail["failureMessage"] = message[:_MESSAGE_LIMIT]


def running_phase(detail: dict[str, Any]) -> str | None:
    """Name of the phase that runs, without ``Details``."""
    running = (phase for phase in PHASES if detail["statusDetails"][phase]["status"] in ACTIVE)
    return next((phase.removesuffix("Details") for phase in running), None)


def _set_running_phases(detail: dict[str, Any], status: str) -> None:
    for phase in PHASES:
        if detail["statusDetails"][phase]["status"] in ACTIVE:
            set_phase(detail, phase, status)
