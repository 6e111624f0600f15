"""Keeps what has been graded: one gzipped JSONL object per batch in the runs bucket, a ``Row`` a line.

``rollouts/run=<first 12 digits of the digest>/day=YYYY-MM-DD/hour=HH/<ms since 1970>-<hash of the payload>.jsonl.gz``

``RFT_ROLLOUTS`` names the bucket; without it nothing is kept. ``RFT_KEEP`` is the share of prompts whose responses are
kept as text, ``RFT_REDACT`` is set where personal data and secrets in the texts are to be replaced. The role needs
``s3:PutObject`` on the run's prefix and ``kms:GenerateDataKey`` on the bucket's key.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from ..private.redaction import redacted
from .rollout import Score
from .rollout_row import Row

PREFIX: Final = "rollouts/"
BUCKET_VARIABLE: Final = "RFT_ROLLOUTS"
KEEP_VARIABLE: Final = "RFT_KEEP"
REDACT_VARIABLE: Final = "RFT_REDACT"
PATIENCE_SECONDS: Final = 3.0
"""How long a batch is held up at most."""

_CLIENT: Final[Mapping[str, Any]] = {
    "connect_timeout": 1,  # s
    "read_timeout": 2,  # s
    "retries": {"mode": "standard", "total_max_attempts": 2},
}
_LEVEL: Final = 3  # of 9; 6, the usual one, takes twice the time for three quarters of the size
_HASH_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class RolloutLog:
    """Where rollouts are kept, and how much of them.

    Attributes:
        client: Of S3.
        keep: Share of the prompts whose texts are kept, in [0, 1].
        redact: Whether values in the texts are replaced.
    """

    client: Any
    bucket: str
    keep: float = 1.0
    redact: bool = False

    @classmethod
    def from_environment(cls) -> "RolloutLog | None":
        """As the grader's settings say; None where nothing is to be kept."""
        bucket = os.environ.get(BUCKET_VARIABLE)
        if not bucket:
            return None
        # without boto3, which adds half as much again; either takes longer to import than everything else in the grader
        from botocore.config import Config  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415

        client = Session().create_client("s3", config=Config(**_CLIENT))
        return cls(client, bucket, float(os.environ.get(KEEP_VARIABLE, "1")), is_redacting())

    def write(self, scores: Sequence[Score], *, event: object, run: str, milliseconds: float) -> int:
        """Keep a batch. Whatever happens, grading goes on: it is late by three seconds at most.

        Args:
            event: The payload. Bedrock sends some twice, and the key and the rows of both have one hash.
            run: First 12 digits of the run's digest.
            milliseconds: What grading the batch took.

        Returns:
            How many rollouts could not be kept; one that S3 takes in later than that counts.
        """
        if not scores:
            return 0
        try:
            self._put(scores, _payload_hash(event), run, milliseconds)
        except Exception as error:  # of any kind: the batch is graded, and that is what it was sent for
            print(json.dumps({"rolloutsLost": len(scores), "why": f"{type(error).__name__}: {error}"}))
            return len(scores)
        return 0

    def _put(self, scores: Sequence[Score], batch: str, run: str, milliseconds: float) -> None:
        now = datetime.now(UTC)
        time = now.isoformat(timespec="milliseconds")
        rows = (Row.of(score, run=run, time=time, batch=batch, milliseconds=milliseconds) for score in scores)
        lines = "".join(f"{json.dumps(row.to_json(), allow_nan=False)}\n" for row in map(self._kept, rows))
        body = gzip.compress(lines.encode(), _LEVEL)
        key = f"{key_prefix(run, now)}-{batch}.jsonl.gz"
        threads = ThreadPoolExecutor(1)  # botocore's timeouts are for each address and each try
        try:
            threads.submit(self.client.put_object, Bucket=self.bucket, Key=key, Body=body).result(PATIENCE_SECONDS)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def _kept(self, row: Row) -> Row:
        if not is_kept(row.prompt_id, self.keep):
            row = row.without_texts()
        return _without_private(row) if self.redact else row


def key_prefix(run: str, time: datetime) -> str:
    """What the keys of all batches begin with that were graded in one millisecond; their order is that of time.

    >>> key_prefix("0123456789ab", datetime(2026, 11, 23, 12, tzinfo=UTC))
    'rollouts/run=0123456789ab/day=2026-11-23/hour=12/1795435200000'
    """
    return f"{PREFIX}run={run}/day={time:%Y-%m-%d}/hour={time:%H}/{int(time.timestamp() * 1000):013d}"


def is_redacting() -> bool:
    """Whether texts of rollouts are to be free of personal data and secrets wherever they are kept."""
    return bool(os.environ.get(REDACT_VARIABLE))


def is_kept(prompt_id: str, share: float) -> bool:
    """Whether the texts of a prompt are among the ``share`` that is kept: for all of its responses, in every step.

    >>> [is_kept("8000000000000000", share) for share in (0.4, 0.6)]
    [False, True]
    """
    return int(prompt_id, 16) < share * (1 << 4 * len(prompt_id))


def _payload_hash(event: object) -> str:
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:_HASH_DIGITS]


def _without_private(row: Row) -> Row:
    clean = replace(
        row,
        prompt=row.prompt and redacted(row.prompt),
        response=row.response and redacted(row.response),
        error=row.error and redacted(row.error),
        reasons={name: redacted(text) for name, text in row.reasons.items()},
    )
    return row if clean == row else replace(clean, redacted=True)
