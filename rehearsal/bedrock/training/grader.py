"""The grader, invoked as Bedrock invokes it.

Payload and answer: https://docs.aws.amazon.com/bedrock/latest/userguide/reward-functions.html. Batch size and retries
are not documented for Bedrock: 64 is the ``lambda_batch_size`` of Nova's training jobs on SageMaker, three tries are
https://aws.amazon.com/blogs/machine-learning/how-to-build-effective-reward-functions-with-aws-lambda-for-amazon-nova-model-customization/
"""

import json
import math
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.bedrock import aws
from rehearsal.bedrock.errors import JobFailure

_BATCH = 64  # responses
_CONCURRENCY = 4  # batches under way
_TRIES = 3
_BACKOFF_SECONDS = 0.2  # before the second try, doubled before the third; short because nothing here is remote
_PERMANENT = aws.DENIED | {"ResourceNotFoundException"}

Item = Mapping[str, Any]


class GraderError(Exception):
    """One try has failed; the next may not."""


class Grader:
    """Grades responses by one Lambda function.

    Every method raises ``JobFailure``, with the function's name and own error, when the function cannot be had.
    """

    READ_TIMEOUT_SECONDS = 910  # a function may take 15 minutes

    def __init__(self, lambda_client: Any, arn: str, role_arn: str) -> None:
        self._lambda = lambda_client
        self._arn = arn
        self._role_arn = role_arn

    def check_access(self) -> None:
        """Make sure that the function exists and the role may invoke it, without running it."""
        try:
            self._lambda.invoke(FunctionName=self._arn, InvocationType="DryRun")
        except (ClientError, BotoCoreError) as error:
            raise self._unavailable(error) from error

    def grade(self, items: Sequence[Item]) -> list[float]:
        """Rewards of ``items``, in their order."""
        pool = ThreadPoolExecutor(_CONCURRENCY)
        try:
            batches = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
            return [reward for graded in pool.map(self._grade_batch, batches) for reward in graded]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _grade_batch(self, batch: Sequence[Item]) -> list[float]:
        for attempt in range(1, _TRIES + 1):
            try:
                return rewards(self._invoke(batch), batch)
            except GraderError as error:
                if attempt == _TRIES:
                    raise JobFailure(f"The grader {self._arn} failed {_TRIES} times: {error}") from error
            time.sleep(_BACKOFF_SECONDS * 2 ** (attempt - 1))
        raise AssertionError("the last try returns or raises")

    def _invoke(self, batch: Sequence[Item]) -> Any:
        try:
            answer = self._lambda.invoke(FunctionName=self._arn, Payload=json.dumps(batch).encode())
            payload = answer["Payload"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _PERMANENT:
                raise self._unavailable(error) from error
            raise GraderError(aws.reason(error)) from error
        except BotoCoreError as error:
            raise GraderError(aws.reason(error)) from error
        answered = _parsed(payload)
        if "FunctionError" in answer:
            raise GraderError(_function_error(answered))
        return answered

    def _unavailable(self, error: ClientError | BotoCoreError) -> JobFailure:
        return aws.failure(error, role=self._role_arn, action="lambda:InvokeFunction", resource=self._arn)


def rewards(answer: Any, batch: Sequence[Item]) -> list[float]:
    """The ``aggregate_reward_score`` of each item of ``batch``, matched by id.

    Raises:
        GraderError: The answer is not a list of objects with one finite score for every id.
    """
    if not isinstance(answer, list) or len(answer) != len(batch):
        found = f"{len(answer)} results" if isinstance(answer, list) else f"a JSON {type(answer).__name__}"
        raise GraderError(f"answered {found}; expected a list of {len(batch)} results")
    ids = [item["id"] for item in batch]
    scored = [_scored(result) for result in answer]
    if [item_id for item_id, _ in scored] == ids:
        return [score for _, score in scored]
    by_id = dict(scored)
    if len(by_id) != len(ids) or by_id.keys() != set(ids):
        raise GraderError(f"answered other ids than asked for; missing: {sorted(set(ids) - by_id.keys())[:3]}")
    return [by_id[item_id] for item_id in ids]


def _scored(result: Any) -> tuple[str, float]:
    if not isinstance(result, dict) or not isinstance(result.get("id"), str):
        raise GraderError(f"answered {result!r}; expected an object with id and aggregate_reward_score")
    score = result.get("aggregate_reward_score")
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise GraderError(f"answered aggregate_reward_score {score!r} for {result['id']}; expected a finite number")
    return result["id"], float(score)


def _parsed(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError as error:
        raise GraderError(f"answered no JSON: {error}") from error


def _function_error(answered: Any) -> str:
    if not isinstance(answered, dict):
        return f"error {answered!r}"
    return f"{answered.get('errorType', 'error')}: {answered.get('errorMessage', answered)}"
