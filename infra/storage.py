"""Where a project's data and the results of its runs lie."""

from aws_cdk import CfnResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lambda_src.reward import rollout_log

from .permission import Permission

ARTIFACTS = "artifacts/"
"""What Bedrock writes, below the runs bucket."""
PREFLIGHTS = "preflight/"
"""What a deploy writes before it starts a run: a folder per run, and what a hold has kept."""
_HELD = f"{PREFLIGHTS}held.json"
RECORDS = "runs/"
"""What the workflow writes: one record per run, and what is known of a run while it goes on."""
ROLLOUTS = rollout_log.PREFIX
QUERIES = "athena/"
"""What Athena writes: results of queries on the rollouts."""
_QUERY_DAYS = 7


class Storage(Construct):
    """One key and three buckets.

    What training money was paid for is kept when the stack goes: the runs bucket, its access logs, and the key
    without which neither could be read. Datasets are reproducible from the repository and go with the stack.

    Attributes:
        key: Encrypts both buckets and the notifications.
        data: Datasets.
        runs: Bedrock's artifacts, the preflights' reports, the runs' records and rollouts, and queries' results.
    """

    def __init__(self, scope: Construct, id_: str, *, rollout_days: int) -> None:
        """Create them.

        Args:
            rollout_days: After which rollouts are deleted.
        """
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
            lifecycle_rules=[
                _gone_after(rollout_days, ROLLOUTS),
                _gone_after(_QUERY_DAYS, QUERIES),
                s3.LifecycleRule(id="unfinished", abort_incomplete_multipart_upload_after=Duration.days(7)),
            ],
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

    def write_rollouts(self, run: str) -> list[Permission]:
        """Writing what is graded in one run, given as the first 12 digits of its digest."""
        why = "One run's rollouts: the rest of a name is the time, and a hash of the batch that it was sent."
        objects = self.runs.arn_for_objects(f"{ROLLOUTS}run={run}/*")
        return [Permission(["s3:PutObject"], [objects], wildcard=why), self._key_use("kms:GenerateDataKey")]

    def read_rollouts(self, run: str) -> list[Permission]:
        """Listing and reading what was graded in one run."""
        prefix = f"{ROLLOUTS}run={run}/"
        why = "One run's rollouts, which nobody knows the names of before they are there."
        return [
            Permission(["s3:GetObject"], [self.runs.arn_for_objects(f"{prefix}*")], wildcard=why),
            list_prefix(self.runs, prefix),
            self._key_use("kms:Decrypt"),
        ]

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


def _gone_after(days: int, prefix: str) -> s3.LifecycleRule:
    """Deletes what is below a prefix, and for good: in a versioned bucket the first expiry only hides it."""
    return s3.LifecycleRule(
        id=prefix.rstrip("/"),
        prefix=prefix,
        expiration=Duration.days(days),
        noncurrent_version_expiration=Duration.days(1),
    )
