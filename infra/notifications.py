"""Who is told about alarms and ended runs."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from .permission import Permission


class Notifications(Construct):
    """An encrypted topic that alarms, rules and the workflow of this account publish to.

    Attributes:
        topic: Subscribe to it for more than one address.
    """

    def __init__(self, scope: Construct, id_: str, *, key: kms.IKey, email: str | None) -> None:
        super().__init__(scope, id_)
        self._key = key
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        if email is not None:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

        # rules are let in where they are made: CDK's target does it
        alarms = iam.ServicePrincipal(
            "cloudwatch.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(principals=[alarms], actions=["sns:Publish"], resources=[self.topic.topic_arn])
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[alarms],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],  # in a key policy, "*" is this key
            )
        )

    def publish(self) -> list[Permission]:
        return [
            Permission(["sns:Publish"], [self.topic.topic_arn]),
            Permission(["kms:Decrypt", "kms:GenerateDataKey"], [self._key.key_arn]),
        ]
