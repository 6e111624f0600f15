"""The operations of the runtime: one call in, the body of the answer out."""

import threading
from typing import Any

from rehearsal.bedrock import aws
from rehearsal.bedrock.api.model import Call
from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.faults import Faults
from rehearsal.bedrock.runtime.buckets import Buckets
from rehearsal.bedrock.runtime.converse import OPERATION, answer
from rehearsal.bedrock.runtime.models import Models


class Runtime:
    """What a caller, already authenticated and authorised by the emulator, may ask for."""

    def __init__(self, faults: Faults, emulator_url: str) -> None:
        """Serve accounts of the embedded AWS at ``emulator_url``, where their datasets are."""
        self._faults = faults
        self._emulator_url = emulator_url
        self._lock = threading.Lock()
        self._models: dict[str, Models] = {}

    def check(self, operation: str) -> None:
        """Make sure that ``operation`` exists here and has no injected fault.

        Raises:
            ApiError: It does not, or a test asked for this error.
        """
        if operation != OPERATION:
            raise ApiError("NotImplementedException", f"The local Bedrock has no {operation}; it has {OPERATION}")
        self._faults.check(operation)

    def perform(self, caller: Caller, call: Call) -> dict[str, Any]:
        """Raises ApiError as the operation documents."""
        return answer(self._models_of(caller), call.parameters)

    def _models_of(self, caller: Caller) -> Models:
        with self._lock:
            if caller.account not in self._models:
                session = aws.root_session(caller.account, caller.region)
                self._models[caller.account] = Models(Buckets(aws.client("s3", session, self._emulator_url)))
            return self._models[caller.account]
