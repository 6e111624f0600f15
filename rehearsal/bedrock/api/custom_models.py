"""Custom models: what a completed job makes, and the operations on them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.bedrock.api import listing
from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.store import Job, Model, Store, now, tag_map

_FROM_JOB = (
    "jobName",
    "jobArn",
    "baseModelArn",
    "customizationType",
    "customizationConfig",
    "trainingDataConfig",
    "validationDataConfig",
    "outputDataConfig",
)
_SUMMARY = ("modelArn", "modelName", "creationTime", "baseModelArn", "customizationType", "modelStatus")


def custom_model(job: Job) -> Model:
    """The model of a job whose training is done."""
    base_model = job.detail["baseModelArn"].rpartition("/")[2]
    detail = {name: job.detail[name] for name in _FROM_JOB if name in job.detail} | {
        "modelArn": Caller(job.account, job.region).arn("custom-model", base_model, job.model_id),
        "modelName": job.detail["outputModelName"],
        "modelStatus": "Active",
        "creationTime": now(),
    }
    if "outputModelKmsKeyArn" in job.detail:
        detail["modelKmsKeyArn"] = job.detail["outputModelKmsKeyArn"]
    return Model(job.model_id, job.account, job.region, detail, tag_map(job.request.get("customModelTags", [])))


class CustomModels:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return self._find(caller, parameters["modelIdentifier"]).detail

    def list_models(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        def matches(detail: Mapping[str, Any]) -> bool:
            bases = {parameters.get("baseModelArnEquals"), parameters.get("foundationModelArnEquals")} - {None}
            return (
                bases <= {detail["baseModelArn"]}
                and parameters.get("isOwned", True)  # nothing is shared with anybody here
                and parameters.get("modelStatus") in {None, detail["modelStatus"]}
            )

        found, more = listing.page(
            [model.detail for model in self._of(caller)], parameters, name="modelName", arn="modelArn", matches=matches
        )
        return {"modelSummaries": [_summary(caller, detail) for detail in found], **more}

    def delete(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Delete a model for good; its name is free again."""
        with self._store.lock:
            self._store.delete_model(self._find(caller, parameters["modelIdentifier"]).id)
        return {}

    def _of(self, caller: Caller) -> list[Model]:
        return [m for m in self._store.models() if (m.account, m.region) == (caller.account, caller.region)]

    def _find(self, caller: Caller, identifier: str) -> Model:
        for model in self._of(caller):
            if identifier in {model.detail["modelArn"], model.detail["modelName"]}:
                return model
        raise ApiError("ResourceNotFoundException", f"There is no custom model {identifier}")


def _summary(caller: Caller, detail: Mapping[str, Any]) -> dict[str, Any]:
    base_model = detail["baseModelArn"].rpartition("/")[2]
    return {name: detail[name] for name in _SUMMARY} | {"baseModelName": base_model, "ownerAccountId": caller.account}
