from aws_cdk.assertions import Template

from tests.infra.synthesis import actions, only, statement, statements, template_of, text

ROLE = "CustomizationRole"


def test_only_customization_jobs_of_this_account_can_assume_the_role(template: Template) -> None:
    (role,) = (r for id_, r in template.find_resources("AWS::IAM::Role").items() if id_.startswith(ROLE))

    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:111122223333:model-customization-job/*"},
    }


def test_the_role_does_what_a_job_needs_and_nothing_else(template: Template) -> None:
    assert actions(statements(template, ROLE)) == {
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "lambda:InvokeFunction",
    }


def test_the_role_invokes_the_run_s_alias_alone(template: Template) -> None:
    (alias_id,) = template.find_resources("AWS::Lambda::Alias")

    assert statement(template, ROLE, "lambda:InvokeFunction")["Resource"] == {"Ref": alias_id}


def test_the_role_writes_artifacts_alone(template: Template) -> None:
    assert text(statement(template, ROLE, "s3:PutObject")["Resource"]).endswith(".Arn>/artifacts/*")


def test_the_role_reads_exactly_the_run_s_records_and_artifacts(template: Template) -> None:
    prefix = only(template, "Custom::CDKBucketDeployment")["Properties"]["DestinationBucketKeyPrefix"]

    reading = [s for s in statements(template, ROLE) if "s3:GetObject" in actions([s])]

    resources = [r for s in reading for r in (s["Resource"] if isinstance(s["Resource"], list) else [s["Resource"]])]
    assert {text(resource).partition("/")[2] for resource in resources} == {
        f"{prefix}train.jsonl",
        f"{prefix}validation.jsonl",
        "artifacts/*",
    }


def test_each_run_s_grants_are_a_policy_of_their_own(template: Template) -> None:
    """So that an update takes nothing from the job in flight before the new one has started."""
    changed = template_of({"hyperParameters": {"epochCount": 3}})

    before, after = (
        {id_ for id_ in t.find_resources("AWS::IAM::Policy") if id_.startswith(ROLE)} for t in (template, changed)
    )
    assert not before & after
