"""The operations of the service: one call in, the body of the answer out."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.bedrock.api.custom_models import CustomModels
from rehearsal.bedrock.api.customization_jobs import CustomizationJobs
from rehearsal.bedrock.api.model import Call
from rehearsal.bedrock.api.tagging import Tagging
from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.faults import Faults
from rehearsal.bedrock.jobs.supervisor import Supervisor
from rehearsal.bedrock.store import Store

Operation = Callable[[Caller, Mapping[str, Any]], dict[str, Any]]


class Api:
    """What a caller, already authenticated and authorised by the emulator, may ask for."""

    def __init__(self, store: Store, supervisor: Supervisor, faults: Faults) -> None:
        jobs, models, tagging = CustomizationJobs(store, supervisor), CustomModels(store), Tagging(store)
        self._faults = faults
        self._operations: dict[str, Operation] = {
            "CreateModelCustomizationJob": jobs.create,
            "GetModelCustomizationJob": jobs.get,
            "ListModelCustomizationJobs": jobs.list_jobs,
            "StopModelCustomizationJob": jobs.stop,
            "GetCustomModel": models.get,
            "ListCustomModels": models.list_models,
            "DeleteCustomModel": models.delete,
            "TagResource": tagging.tag,
            "UntagResource": tagging.untag,
            "ListTagsForResource": tagging.list_tags,
        }

    def check(self, operation: str) -> None:
        """Make sure that ``operation`` exists here and has no injected fault.

        Raises:
            ApiError: It does not, or a test asked for this error.
        """
        if operation not in self._operations:
            raise ApiError(
                "NotImplementedException",
                f"The local Bedrock has no {operation}; it has {', '.join(sorted(self._operations))}",
            )
        self._faults.check(operation)

    def perform(self, caller: Caller, call: Call) -> dict[str, Any]:
        """Raises ApiError as the operation documents."""
        return self._operations[call.operation](caller, call.parameters)
