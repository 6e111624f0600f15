"""What a deployed stack knows about its runs: the stack's outputs name the bucket, the newest record wins."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from infra.config import ProjectConfig
from lambda_src.run.record import SCHEMA_VERSION, key

RUNS_BUCKET, STATE_MACHINE, DASHBOARD = "RunsBucket", "StateMachineArn", "Dashboard"
"""Outputs of every stack."""

Record = Mapping[str, Any]

Client = Any
"""boto3 makes its clients at run time."""

_CONFIG = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})
"""Somebody waits: without a network it is said within seconds, not after botocore's five minutes."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class RunError(LookupError):
    """No stack, no run or no readable record where one is expected."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed project and stage."""

    name: str
    client: Callable[[str], Client]
    """Makes a boto3 client from a service's name."""

    @classmethod
    def of(cls, project: str, stage: str, *, projects: Path = Path("projects")) -> Self:
        """The stack that ``cdk deploy <project>-<stage>`` made in the account of the ambient credentials.

        Raises:
            ConfigError: There is no such project or stage.
            RunError: The environment names a profile that there is not.
        """
        region = ProjectConfig.load(projects / f"{project}.yaml").for_stage(stage).region
        name = f"{project}-{stage}"
        with _asked(name):
            return cls(name, partial(boto3.Session(region_name=region).client, config=_CONFIG))

    def output(self, name: str) -> str:
        """One output of the stack.

        Raises:
            RunError: The stack is not deployed, or its deployment has not finished.
        """
        with self._told_of("no such stack here"):
            (description,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        outputs = {entry["OutputKey"]: entry["OutputValue"] for entry in description.get("Outputs", [])}
        if name not in outputs:
            found = ", ".join(sorted(outputs)) or "none"
            raise RunError(f"stack {self.name}: no output {name} (found: {found}); its deployment may not have ended")
        return str(outputs[name])

    def resources(self, type_: str) -> list[str]:
        """Physical ids of the stack's resources of one CloudFormation type."""
        with self._told_of("its resources cannot be listed"):
            pages = list(
                self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
            )
        summaries = [summary for page in pages for summary in page["StackResourceSummaries"]]
        found = [summary.get("PhysicalResourceId") for summary in summaries if summary["ResourceType"] == type_]
        return [id_ for id_ in found if id_]

    def record(self, run: str) -> Record:
        """The record of one run.

        Raises:
            RunError: The stack is not deployed, or the run has left no record.
        """
        bucket = self.output(RUNS_BUCKET)
        with self._told_of(f"run {run} has left no record"):
            return self._read(bucket, key(run))

    def latest_record(self) -> Record:
        """The record of the run that ended last.

        Raises:
            RunError: The stack is not deployed, or no run of it has ended.
        """
        bucket = self.output(RUNS_BUCKET)
        with self._told_of("its records cannot be listed"):
            pages = list(self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="runs/"))
        objects = [entry for page in pages for entry in page.get("Contents", [])]
        records = [entry for entry in objects if entry["Key"].endswith("/record.json")]
        if not records:
            raise RunError(f"stack {self.name}: no run has ended yet; none has a record in s3://{bucket}/runs/")
        with self._told_of("its newest record cannot be read"):
            return self._read(bucket, max(records, key=lambda entry: entry["LastModified"])["Key"])

    def _read(self, bucket: str, path: str) -> Record:
        content = self.client("s3").get_object(Bucket=bucket, Key=path)["Body"].read()
        return parse_record(content, f"s3://{bucket}/{path}")

    @contextmanager
    def _told_of(self, what: str) -> Iterator[None]:
        with _asked(self.name):
            try:
                yield
            except ClientError as error:
                raise RunError(f"stack {self.name}: {what}: {error}") from None


@contextmanager
def _asked(stack: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ResponseParserError) as error:
        raise RunError(f"stack {stack}: the account cannot be asked: {error}") from None


def read_record(path: Path) -> Record:
    """A record from a file.

    Raises:
        RunError: The file is missing or holds no run record.
    """
    try:
        return parse_record(path.read_bytes(), str(path))
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}; a run's record.json is expected there") from None


def parse_record(content: bytes, origin: str) -> Record:
    """A record from the bytes of ``origin``, which errors name.

    >>> parse_record(b'{"schemaVersion": 1, "project": "p", "stage": "dev", "run": "p-dev-1"}', "a.json")["run"]
    'p-dev-1'
    """
    try:
        record = json.loads(content)
    except ValueError as error:
        raise RunError(f"{origin}: not JSON ({error}); a run's record.json is expected") from None
    version = record.get("schemaVersion") if isinstance(record, dict) else None
    if version != SCHEMA_VERSION:
        raise RunError(f"{origin}: schemaVersion is {version!r}; this version of rft reads {SCHEMA_VERSION}")
    for name in ("project", "stage", "run"):
        if not _NAME.fullmatch(str(record.get(name))):
            raise RunError(f"{origin}: {name} is {record.get(name)!r}; expected letters, digits and hyphens")
    return dict(record)
