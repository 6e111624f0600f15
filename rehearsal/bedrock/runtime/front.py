"""The operations of the runtime: one call in, the body of the answer out."""

from typing import Any

from rehearsal.bedrock.api.model import Call
from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.faults import Faults
from rehearsal.bedrock.runtime.converse import OPERATION, answer


class Runtime:
    """What a caller, already authenticated and authorised by the emulator, may ask for."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def check(self, operation: str) -> None:
        """Make sure that ``operation`` exists here and has no injected fault.

        Raises:
            ApiError: It does not, or a test asked for this error.
        """
        if operation != OPERATION:
            raise ApiError("NotImplementedException", f"The local Bedrock has no {operation}; it has {OPERATION}")
        self._faults.check(operation)

    def perform(self, _: Caller, call: Call) -> dict[str, Any]:
        """Raises ApiError as the operation documents."""
        return answer(call.parameters)
