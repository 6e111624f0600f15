"""The runtime in this process, with the arguments, the results and the errors of botocore's client."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rehearsal.bedrock.api import model as api_model
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.runtime.converse import OPERATION, answer
from rehearsal.bedrock.runtime.models import Models
from rehearsal.strategist.library import Dataset, Handed, Record, spread

if TYPE_CHECKING:  # it needs numpy, which the judge does without
    from rehearsal.grpo import Grade


class Client:
    """A client of its own local Bedrock: what others asked before has no part in its answers.

    May be used by several threads.
    """

    def __init__(self) -> None:
        self._handed = Handed()
        self._models = Models(self._handed)

    def know(self, records: Sequence[Record], *, grade: "Grade | None" = None) -> None:
        """Let ``local.strategist`` answer the prompts of a dataset's records.

        Args:
            records: As in the lines of a dataset file: ``messages`` and ``reference_answer``. All records of a task go
                into one call; a later call goes before earlier ones with the same prompts.
            grade: The project's grader. Which family of rewards the records are for is then found out as in a
                training, at once and in this thread, by some hundred gradings. Without it, the family is guessed from
                the records, when the first of them is asked for.

        Raises:
            ValueError: A grader was given, and no family can answer the records.
        """
        self._handed.add(Dataset(records, None if grade is None else _family(records, grade)))

    def converse(self, **request: Any) -> dict[str, Any]:
        """Answer one request.

        Raises:
            ClientError: What the service would have answered.
        """
        try:
            api_model.check_parameters(api_model.RUNTIME, OPERATION, request)
            return answer(self._models, request)
        except ApiError as error:
            response: Any = {
                "Error": {"Code": error.code, "Message": str(error)},
                "ResponseMetadata": {"HTTPStatusCode": api_model.status_of(error.code)},
            }
            raise ClientError(response, OPERATION) from None


def _family(records: Sequence[Record], grade: "Grade") -> str:
    from rehearsal.strategist.family import SEEN, best_paid  # noqa: PLC0415 - numpy, which the judge does without

    return best_paid(spread(records, SEEN), grade)
