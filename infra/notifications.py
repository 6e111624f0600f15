"""Who is told about alarms and ended runs."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from . import nag
from .permission import Permission

_KEY_USE = ["kms:Decrypt", "kms:GenerateDataKey"]


class Notifications(Construct):
    """An encrypted topic that alarms, rules, the workflow and the alarms' function of this account publish to.

    Attributes:
        topic: Subscribe to it for more than one address.
    """

    def __init__(self, scope: Construct, id_: str, *, key: kms.IKey, email: str | None, url: str | None) -> None:
        """Create the topic.

        Args:
            url: An HTTPS endpoint that confirms its subscription.
        """
        super().__init__(scope, id_)
        self._key = key
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        if email is not None:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        if url is not None:
            self.topic.add_subscription(subscriptions.UrlSubscription(url, dead_letter_queue=self._undelivered()))

        # rules are let in where they are made: CDK's target does it
        alarms = self._service("cloudwatch.amazonaws.com")
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(principals=[alarms], actions=["sns:Publish"], resources=[self.topic.topic_arn])
        )
        self._let_use_key(alarms)

    def publish(self) -> list[Permission]:
        return [
            Permission(["sns:Publish"], [self.topic.topic_arn]),
            Permission(_KEY_USE, [self._key.key_arn]),
        ]

    def _undelivered(self) -> sqs.Queue:
        """Where messages go that the endpoint has not taken, retries included; a mail is SNS's own concern."""
        self._let_use_key(self._service("sns.amazonaws.com"))
        queue = sqs.Queue(
            self,
            "Undelivered",
            encryption_master_key=self._key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.DESTROY,
        )
        why = "It is a dead-letter queue itself, of a subscription, which cdk-nag does not look at."
        nag.acknowledge(queue, {"AwsSolutions-SQS3": why})
        return queue

    def _service(self, name: str) -> iam.ServicePrincipal:
        """A service on behalf of this account: the topic's own ARN would make the key and the topic need each other."""
        return iam.ServicePrincipal(name, conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}})

    def _let_use_key(self, service: iam.ServicePrincipal) -> None:
        self._key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=_KEY_USE,
                resources=["*"],  # in a key policy, "*" is this key
            )
        )
