"""A run's records in S3, below the hash of their content."""

import hashlib
from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from . import nag
from .permission import Permission
from .run_function import function_log, function_role
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


class Dataset(Construct):
    """The train file and, where there is one, the validation file.

    A changed dataset gets another prefix, so that a job in flight keeps the records it started with.

    Attributes:
        train_uri: S3 URI of the train file.
        validation_uri: S3 URI of the validation file, or None.
    """

    def __init__(self, scope: Construct, id_: str, *, storage: Storage, train: Path, validation: Path | None) -> None:
        super().__init__(scope, id_)
        files = [train] if validation is None else [train, validation]
        self._storage = storage
        self._prefix = f"{_digest(files)}/"
        self._keys = [f"{self._prefix}{file.name}" for file in files]
        self.train_uri = self._uri(train)
        self.validation_uri = None if validation is None else self._uri(validation)

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

    def read(self) -> list[Permission]:
        """Reading these records, and no others."""
        bucket, key = self._storage.data, self._storage.key
        return [
            Permission(["s3:GetObject"], [bucket.arn_for_objects(name) for name in self._keys]),
            list_prefix(bucket, self._prefix),
            Permission(["kms:Decrypt"], [key.key_arn]),
        ]

    def _uri(self, file: Path) -> str:
        return self._storage.data.s3_url_for_object(f"{self._prefix}{file.name}")

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


def _digest(files: list[Path]) -> str:
    state = hashlib.sha256()
    for file in files:
        state.update(hashlib.sha256(file.read_bytes()).digest())
    return state.hexdigest()
