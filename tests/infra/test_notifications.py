from aws_cdk.assertions import Match, Template

from tests.infra.synthesis import only


def _topic_policy(template: Template) -> list[dict[str, object]]:
    return list(only(template, "AWS::SNS::TopicPolicy")["Properties"]["PolicyDocument"]["Statement"])


def test_the_topic_is_encrypted_with_the_project_s_key(template: Template) -> None:
    (key_id,) = template.find_resources("AWS::KMS::Key")

    assert only(template, "AWS::SNS::Topic")["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": [key_id, "Arn"]}


def test_alarms_and_rules_may_use_the_key_of_the_topic(template: Template) -> None:
    policy = only(template, "AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"]

    services = {statement["Principal"].get("Service"): statement["Action"] for statement in policy}

    for service in ("cloudwatch.amazonaws.com", "events.amazonaws.com"):
        assert [action.rstrip("*") for action in services[service]] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_alarms_and_rules_may_publish(template: Template) -> None:
    allowed = [s["Principal"] for s in _topic_policy(template) if s["Effect"] == "Allow"]

    assert {"Service": "cloudwatch.amazonaws.com"} in allowed
    assert {"Service": "events.amazonaws.com"} in allowed


def test_nobody_publishes_without_tls(template: Template) -> None:
    (denied,) = (s for s in _topic_policy(template) if s["Effect"] == "Deny")

    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_address_of_the_project_is_subscribed(template: Template) -> None:
    template.has_resource_properties(
        "AWS::SNS::Subscription", {"Protocol": "email", "Endpoint": "team@example.com", "TopicArn": Match.any_value()}
    )
