"""What a deployed stack knows about its runs: the stack's outputs name the bucket, the newest run wins."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from infra.config import ProjectConfig
from lambda_src.run.record import SCHEMA_VERSION, key
from lambda_src.run.run_name import PhysicalId, is_held
from rft.live_run import as_record, is_live

RUNS_BUCKET, STATE_MACHINE, DASHBOARD = "RunsBucket", "StateMachineArn", "Dashboard"
"""Outputs of every stack."""

RECORD_FILE, LIVE_FILE = "record.json", "live.json"
"""What lies in a run's folder: the last word, and what is known while it goes on."""

Record = Mapping[str, Any]

Client = Any
"""boto3 makes its clients at run time."""

_CONFIG = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})
"""Somebody waits: without a network it is said within seconds, not after botocore's five minutes."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_RUN = "Custom::BedrockRft"
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_BUSY = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


class RunError(LookupError):
    """No stack, no run or no readable record where one is expected."""


class MissingError(RunError):
    """The account answers, but the object is not there."""


class BusyError(RunError):
    """The account is throttled or has a fault of its own: ask again later."""


class UnreachableError(RunError):
    """The account cannot be asked: no network, no credentials, no sensible answer."""


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
            return cls(name, cache(partial(boto3.Session(region_name=region).client, config=_CONFIG)))

    def output(self, name: str) -> str:
        """One output of the stack.

        Raises:
            RunError: The stack is not deployed, or its deployment has not finished.
        """
        with self.asking("no such stack here"):
            (description,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        outputs = {entry["OutputKey"]: entry["OutputValue"] for entry in description.get("Outputs", [])}
        if name not in outputs:
            found = ", ".join(sorted(outputs)) or "none"
            raise RunError(f"stack {self.name}: no output {name} (found: {found}); its deployment may not have ended")
        return str(outputs[name])

    def resources(self, type_: str) -> list[str]:
        """Physical ids of the stack's resources of one CloudFormation type."""
        with self.asking("its resources cannot be listed"):
            pages = list(
                self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
            )
        summaries = [summary for page in pages for summary in page["StackResourceSummaries"]]
        found = [summary.get("PhysicalResourceId") for summary in summaries if summary["ResourceType"] == type_]
        return [id_ for id_ in found if id_]

    def deployed_run(self) -> str:
        """Name of the run that the stack was deployed with.

        Raises:
            RunError: The stack has started no run yet.
        """
        ids = self.resources(_RUN)
        for id_ in filter(None, map(PhysicalId.parse, ids)):
            return id_.name
        if any(map(is_held, ids)):
            raise RunError(f"stack {self.name}: it has started no run yet; `rft plan` says what the next deploy starts")
        raise RunError(f"stack {self.name}: no resource {_RUN} that carries a run's name (found {ids})")

    def record(self, run: str) -> Record:
        """The record of one run.

        Raises:
            RunError: The stack is not deployed, or the run has left no record.
        """
        return self._read(self.output(RUNS_BUCKET), key(run), f"run {run} has left no record")

    def state(self, run: str) -> Record:
        """The record of a run that has ended, or what is known of one that goes on, in the form of a record.

        Raises:
            MissingError: Neither is there.
        """
        return self.state_in(self.output(RUNS_BUCKET), run)

    def state_in(self, bucket: str, run: str) -> Record:
        """The same for who knows the stack's bucket, and asks again and again."""
        try:
            return self._read(bucket, key(run), f"run {run} has left no record")
        except MissingError:
            path = key(run).replace(RECORD_FILE, LIVE_FILE)
            return self._read(bucket, path, f"run {run} has left neither a record nor {LIVE_FILE}")

    def latest_record(self) -> Record:
        """The record of the run that ended last.

        Raises:
            RunError: The stack is not deployed, or no run of it has ended.
        """
        bucket = self.output(RUNS_BUCKET)
        records = self._runs(bucket, RECORD_FILE)
        if not records:
            raise MissingError(f"stack {self.name}: no run has ended yet; none has a record in s3://{bucket}/runs/")
        return self._read(bucket, key(records[-1]), "its newest record cannot be read")

    def newest(self) -> str:
        """Name of the run that was written of last, whether it has ended or not.

        Raises:
            MissingError: No run has left anything.
        """
        bucket = self.output(RUNS_BUCKET)
        names = self._runs(bucket, RECORD_FILE, LIVE_FILE)
        if not names:
            raise MissingError(f"stack {self.name}: no run has been heard of yet; s3://{bucket}/runs/ holds none")
        return names[-1]

    @contextmanager
    def asking(self, what: str) -> Iterator[None]:
        """Tell of what the account answers in words.

        Args:
            what: What is the matter when it refuses.

        Raises:
            RunError: It refuses, or cannot be asked; a subclass where it is known that asking again may help.
        """
        with _asked(self.name):
            try:
                yield
            except ClientError as error:
                code = error.response["Error"]["Code"]
                kind = MissingError if code in _MISSING else BusyError if code in _BUSY else RunError
                raise kind(f"stack {self.name}: {what}: {error}") from None

    def _runs(self, bucket: str, *files: str) -> list[str]:
        """Names of the runs with such a file, that of the newest file last."""
        with self.asking("its runs cannot be listed"):
            pages = list(self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="runs/"))
        objects = [entry for page in pages for entry in page.get("Contents", [])]
        found = [(entry["LastModified"], entry["Key"].split("/")) for entry in objects]
        return [path[1] for _, path in sorted(found) if path[2:] in [[file] for file in files]]

    def _read(self, bucket: str, path: str, what: str) -> Record:
        with self.asking(what):
            content = self.client("s3").get_object(Bucket=bucket, Key=path)["Body"].read()
        return parse_record(content, f"s3://{bucket}/{path}")


@contextmanager
def _asked(stack: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ResponseParserError) as error:
        raise UnreachableError(f"stack {stack}: the account cannot be asked: {error}") from None


def read_record(path: Path) -> Record:
    """A record from a file.

    Raises:
        RunError: The file is missing or holds no run record.
    """
    try:
        return parse_record(path.read_bytes(), str(path))
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}; a run's {RECORD_FILE} is expected there") from None


def parse_record(content: bytes, origin: str) -> Record:
    """A record, or what is known of a live run as one, from the bytes of ``origin``, which errors name.

    >>> parse_record(b'{"schemaVersion": 1, "project": "p", "stage": "dev", "run": "p-dev-1"}', "a.json")["run"]
    'p-dev-1'
    """
    try:
        record = json.loads(content)
    except ValueError as error:
        raise RunError(f"{origin}: not JSON ({error}); a run's {RECORD_FILE} is expected") from None
    version = record.get("schemaVersion") if isinstance(record, dict) else None
    if version != SCHEMA_VERSION:
        raise RunError(f"{origin}: schemaVersion is {version!r}; this version of rft reads {SCHEMA_VERSION}")
    for name in ("project", "stage", "run"):
        if not _NAME.fullmatch(str(record.get(name))):
            raise RunError(f"{origin}: {name} is {record.get(name)!r}; expected letters, digits and hyphens")
    return as_record(record) if is_live(record) else dict(record)
