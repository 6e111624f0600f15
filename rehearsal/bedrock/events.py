"""EventBridge events of job state changes.

https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-eventbridge.html (sample event)
"""

import json
import logging
import queue
import threading
import urllib.error
import urllib.request
from typing import Any

from rehearsal.bedrock.store import Job

_LOG = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 10
_FIELDS = (
    "jobName",
    "jobArn",
    "outputModelName",
    "outputModelArn",
    "roleArn",
    "failureMessage",
    "creationTime",
    "lastModifiedTime",
    "endTime",
    "baseModelArn",
    "trainingDataConfig",
    "validationDataConfig",
    "outputDataConfig",
)


def state_change(job: Job) -> dict[str, Any]:
    """The event that tells of the job's present status, in ``jobStatus``."""
    detail = {field: job.detail[field] for field in _FIELDS if field in job.detail}
    return {
        "source": "aws.bedrock",
        "detail-type": "Model Customization Job State Change",
        "detail": {"version": "0.0", "jobStatus": job.status, "hyperParameters": {}, **detail},
        "resources": [job.detail["jobArn"]],
        "account": job.account,
        "region": job.region,
    }


class Events:
    """Delivers events in order from a thread of its own: an event never holds up a request or a job."""

    def __init__(self, emulator_url: str, secret: str) -> None:
        self._url = f"{emulator_url.rstrip('/')}/_rft/events"
        self._secret = secret
        self._queue: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._thread = threading.Thread(target=self._deliver, name="events", daemon=True)
        self._thread.start()

    def publish(self, job: Job) -> None:
        self._queue.put(state_change(job))

    def close(self, timeout_seconds: float) -> None:
        """Deliver what waits, as far as the time allows."""
        self._queue.put(None)
        self._thread.join(timeout_seconds)

    def _deliver(self) -> None:
        while (event := self._queue.get()) is not None:
            request = urllib.request.Request(  # noqa: S310 - the emulator's own http address
                self._url,
                data=json.dumps(event).encode(),
                headers={"content-type": "application/json", "x-rft-secret": self._secret},
            )
            try:
                self._opener.open(request, timeout=_TIMEOUT_SECONDS).close()
            except (urllib.error.URLError, OSError) as error:  # Bedrock's events are best effort, too
                _LOG.warning("event %s of %s lost: %s", event["detail"]["jobStatus"], event["resources"][0], error)
