"""Where a project's data and the results of its runs lie."""

from aws_cdk import CfnResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from .permission import Permission

ARTIFACTS = "artifacts/"
"""What Bedrock writes, below the runs bucket."""
PREFLIGHTS = "preflight/"
"""What a deploy writes before it starts a run: a folder per run, and what a hold has kept."""
_HELD = f"{PREFLIGHTS}held.json"
RECORDS = "runs/"
"""What the workflow writes: one record per run."""


class Storage(Construct):
    """One key and three buckets.

    What training money was paid for is kept when the stack goes: the runs bucket, its access logs, and the key
    without which neither could be read. Datasets are reproducible from the repository and go with the stack.

    Attributes:
        key: Encrypts both buckets and the notifications.
        data: Datasets.
        runs: Bedrock's artifacts, the preflights' reports and the runs' records.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)

        self.key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.RETAIN)
        access_logs = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,  # log delivery cannot use a customer's key
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(365))],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.data = s3.Bucket(
            self,
            "Data",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="data/",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        self._keep_the_log_of_deletions_short()
        self.runs = s3.Bucket(
            self,
            "Runs",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="runs/",
            removal_policy=RemovalPolicy.RETAIN,
        )

    @property
    def artifacts_uri(self) -> str:
        """Where Bedrock writes, as an S3 URI that ends in a slash."""
        return self.runs.s3_url_for_object(ARTIFACTS)

    def write_artifacts(self) -> list[Permission]:
        """Writing artifacts, and reading them back."""
        return [*self.read_artifacts(), self._objects("s3:PutObject", ARTIFACTS), self._key_use("kms:GenerateDataKey")]

    def read_artifacts(self) -> list[Permission]:
        return [
            self._objects("s3:GetObject", ARTIFACTS),
            list_prefix(self.runs, ARTIFACTS),
            self._key_use("kms:Decrypt"),
        ]

    def write_records(self) -> list[Permission]:
        return [self._objects("s3:PutObject", RECORDS), self._key_use("kms:GenerateDataKey")]

    def write_preflight(self) -> list[Permission]:
        """Writing reports of preflights, and the note that a hold leaves, which a rollback reads back."""
        return [
            self._objects("s3:PutObject", PREFLIGHTS),
            Permission(["s3:GetObject"], [self.runs.arn_for_objects(_HELD)]),
            self._key_use("kms:GenerateDataKey"),
            self._key_use("kms:Decrypt"),
        ]

    def _keep_the_log_of_deletions_short(self) -> None:
        """CDK's function that empties the data bucket would log for ever, into a log that outlives the stack."""
        log_group = logs.LogGroup(
            self, "DeletionLog", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        provider = Stack.of(self).node.find_child("Custom::S3AutoDeleteObjectsCustomResourceProvider")
        handler = provider.node.find_child("Handler")
        assert isinstance(handler, CfnResource)  # noqa: S101 - for the type checker
        handler.add_property_override("LoggingConfig", {"LogGroup": log_group.log_group_name})

    def _objects(self, action: str, prefix: str) -> Permission:
        why = "Objects below one prefix of the project's own bucket; the names of jobs and runs are not known before."
        return Permission([action], [self.runs.arn_for_objects(f"{prefix}*")], wildcard=why)

    def _key_use(self, action: str) -> Permission:
        return Permission([action], [self.key.key_arn])


def list_prefix(bucket: s3.IBucket, prefix: str) -> Permission:
    """Listing one prefix of a bucket."""
    return Permission(
        ["s3:ListBucket"],
        [bucket.bucket_arn],
        conditions={"StringLike": {"s3:prefix": [prefix, f"{prefix}*"]}},
    )
