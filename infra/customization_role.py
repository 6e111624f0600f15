"""What Bedrock is, and may do, while it trains."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from .dataset import DatasetFiles
from .permission import give
from .reward_function import RewardFunction
from .storage import Storage


class CustomizationRole(iam.Role):
    """The service role of the customization jobs of this stack.

    Permissions: https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-iam-role.html
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        """Create a role that only this account's customization jobs can assume, with no permission yet."""
        stack = Stack.of(scope)
        jobs = stack.format_arn(
            service="bedrock",
            resource="model-customization-job",
            resource_name="*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        super().__init__(
            scope,
            id_,
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": jobs}},
            ),
        )

    def grant_run(
        self, run: str, *, dataset: DatasetFiles, reward_function: RewardFunction, storage: Storage
    ) -> iam.Policy:
        """Let one run read its records, invoke its grader and write its artifacts.

        The policy belongs to the run: during an update the old one stays until CloudFormation cleans up, so that a
        job in flight does not lose its grants before the new run has started.

        Args:
            run: First 12 digits of the run's digest.
        """
        policy = iam.Policy(self, f"Run{run}", roles=[self])
        give(policy, [*dataset.read(), reward_function.invoke(), *storage.write_artifacts()])
        return policy
