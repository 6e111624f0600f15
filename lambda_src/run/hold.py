"""A deploy that starts nothing: it keeps the run that the stack has, and notes which one that is.

The note is for a rollback to the held state. The request to roll back names neither that run nor the update that
failed, and of a run of the held inputs alone nobody could say whether the failed update started it.

Environment: ``RUNS_BUCKET``.
"""

import json
import os
from typing import Final

from . import cleanup, former_runs
from . import customization_jobs as jobs
from .clients import client
from .preflight.report import PREFIX
from .run_name import PhysicalId

NOTE: Final = f"{PREFIX}held.json"
"""Where the note lies in the runs bucket."""


class HoldError(RuntimeError):
    """Why the stack's run cannot be kept without a start, as one paragraph."""


def keep(physical_id: str, run: str) -> None:
    """Note that the stack holds, and what it keeps.

    Args:
        run: First 12 digits of the digest that is held.

    Raises:
        HoldError: What it has could not go on without what this deploy takes away.
    """
    current = PhysicalId.parse(physical_id)
    if current is not None and current.run != run and cleanup.is_going_on(current.name):
        raise HoldError(
            f"Nothing was held, and nothing was changed: the run {current.name} has not ended, and this deploy would "
            "take its grader and its records away. Hold after its end, or stop it (aws bedrock "
            f"stop-model-customization-job --job-identifier {current.name}), or deploy without `-c run=hold`, which "
            "stops it for the new run."
        )
    body = json.dumps({"physicalId": physical_id}).encode()
    client("s3").put_object(Bucket=_bucket(), Key=NOTE, Body=body, ContentType="application/json")


def kept_before(current: str) -> str:
    """The physical id that the last hold kept, whose model is the stack's model again.

    Args:
        current: The physical id that a rollback leaves.
    """
    body = client("s3").get_object(Bucket=_bucket(), Key=NOTE)["Body"].read()
    kept = str(json.loads(body)["physicalId"])
    former = PhysicalId.parse(kept)
    if kept != current and former is not None:
        former_runs.restore_model(jobs.find(client("bedrock"), former.name))
    return kept


def _bucket() -> str:
    return os.environ["RUNS_BUCKET"]
