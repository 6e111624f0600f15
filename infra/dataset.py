"""A run's records in S3, below the hash of their content."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct, IDependable

from lambda_src.run.digest import file_sha256
from lambda_src.run.sources.s3_objects import S3Object

from . import nag
from .permission import Permission
from .run_function import function_log, function_role
from .sections import DataFile
from .storage import Storage, list_prefix

_COPY_ACTIONS = (
    "s3:GetObject*",
    "s3:GetBucket*",
    "s3:List*",
    "s3:DeleteObject*",
    "s3:Abort*",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)


class DatasetFiles(Construct):
    """The train file and, where there is one, the validation file, in the project's own bucket.

    A changed dataset gets another prefix, so that a job in flight keeps the records it started with.

    Attributes:
        train_uri: S3 URI of the train file.
        validation_uri: S3 URI of the validation file, or None.
        deployment: What must be there before a run starts.
    """

    deployment: IDependable

    def __init__(self, scope: Construct, id_: str, *, storage: Storage, hashes: Mapping[str, str]) -> None:
        """Know where the files belong; how they get there is told below.

        Args:
            hashes: SHA-256 of each file by its name, the train file first.
        """
        super().__init__(scope, id_)
        self._storage = storage
        self._prefix = f"{_digest(hashes)}/"
        self._arns = [storage.data.arn_for_objects(f"{self._prefix}{name}") for name in hashes]
        uris = [storage.data.s3_url_for_object(f"{self._prefix}{name}") for name in hashes]
        self.train_uri = uris[0]
        self.validation_uri = uris[1] if uris[1:] else None

    @property
    def sources(self) -> dict[str, dict[str, str]]:
        """What a deploy copies here before the run, by part: its ``uri`` and ``sha256``."""
        return {}

    def read(self) -> list[Permission]:
        """Reading these records, and no others."""
        return [
            Permission(["s3:GetObject"], self._arns),
            list_prefix(self._storage.data, self._prefix),
            Permission(["kms:Decrypt"], [self._storage.key.key_arn]),
        ]

    def copy(self) -> list[Permission]:
        """Reading ``sources``, and writing these records."""
        return []


class Dataset(DatasetFiles):
    """Files of the checkout, uploaded with the stack."""

    def __init__(self, scope: Construct, id_: str, *, storage: Storage, train: Path, validation: Path | None) -> None:
        files = [train] if validation is None else [train, validation]
        super().__init__(scope, id_, storage=storage, hashes={file.name: file_sha256(file) for file in files})
        role = function_role(self, "DeploymentRole")
        self.deployment = s3_deployment.BucketDeployment(
            self,
            "Deployment",
            sources=[s3_deployment.Source.asset(str(train.parent), exclude=["*", *(f"!{f.name}" for f in files)])],
            destination_bucket=storage.data,
            destination_key_prefix=self._prefix,
            prune=False,
            # a new dataset must not take the old one from under a running job; all go with the bucket
            retain_on_delete=True,
            memory_limit=512,  # MiB
            role=role,
            log_group=function_log(self, "DeploymentLog", role),
        )
        self._acknowledge_deployment(role)

    def _acknowledge_deployment(self, role: iam.Role) -> None:
        """What the CDK's bucket deployment grants itself, which cannot be configured away."""
        stack = Stack.of(self)
        assets = f"cdk-{stack.synthesizer.bootstrap_qualifier}-assets-{stack.account}-{stack.region}"
        copies = "CDK's bucket deployment copies from the bootstrap bucket to the project's data bucket alone."
        nag.acknowledge(
            role,
            {
                **{f"AwsSolutions-IAM5[Action::{action}]": copies for action in _COPY_ACTIONS},
                nag.wildcard(self, f"arn:{stack.partition}:s3:::{assets}/*"): copies,
                nag.wildcard(self, self._storage.data.arn_for_objects("*")): copies,
            },
        )
        (singleton,) = (c for c in stack.node.children if c.node.id.startswith("Custom::CDKBucketDeployment"))
        nag.acknowledge(singleton, {"AwsSolutions-L1": "CDK chooses the runtime of its own function, and renews it."})


class PinnedDataset(DatasetFiles):
    """Files that lie in S3 already, pinned by their content; the run's preflight checks them and copies them here.

    So the job reads what nobody can change meanwhile, and Bedrock's role never sees the bucket that they come from.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        storage: Storage,
        train: DataFile,
        validation: DataFile | None,
        key_arn: str | None = None,
    ) -> None:
        """Know where the files are, and where they belong.

        Args:
            key_arn: The KMS key that they are encrypted with, where it is a customer's.
        """
        files = {"train": train} if validation is None else {"train": train, "validation": validation}
        hashes = {f"{part}.jsonl": file.sha256 for part, file in files.items()}
        super().__init__(scope, id_, storage=storage, hashes=hashes)
        self._files = files
        self._key_arn = key_arn
        self.deployment = self  # the stack uploads nothing

    @property
    def sources(self) -> dict[str, dict[str, str]]:
        return {part: {"uri": file.uri, "sha256": file.sha256} for part, file in self._files.items()}

    def copy(self) -> list[Permission]:
        found = [S3Object.of(file.uri) for file in self._files.values()]
        partition = Stack.of(self).partition
        return [
            Permission(["s3:GetObject"], [f"arn:{partition}:s3:::{each.bucket}/{each.key}" for each in found]),
            *([Permission(["kms:Decrypt"], [self._key_arn])] if self._key_arn is not None else []),
            Permission(["s3:PutObject"], self._arns),
            Permission(["kms:GenerateDataKey"], [self._storage.key.key_arn]),
        ]


def _digest(hashes: Mapping[str, str]) -> str:
    return hashlib.sha256(b"".join(map(bytes.fromhex, hashes.values()))).hexdigest()
