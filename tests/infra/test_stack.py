from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.infra.synthesis import document, only, stack_of, template_of, write_project

JOB = "Custom::BedrockRft"
SHADOW, LONGER_SHADOW = (
    {"reward": [{"function": "text.max_words", "weight": 1, "options": {"words": words}}]} for words in (9, 99)
)


def _run(template: Template) -> dict[str, Any]:
    return dict(document(only(template, JOB)["Properties"]["Run"]))


def test_equal_projects_give_equal_templates(template: Template, tmp_path: Path) -> None:
    again = Template.from_stack(stack_of(write_project(tmp_path)))

    assert again.to_json() == template.to_json()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"alarms": {"jobHours": 2}, "tags": {"team": "other"}}, id="alarms and tags"),
        pytest.param({"notificationEmail": "other@example.com"}, id="address"),
        pytest.param({"rollouts": {"keep": 0.5, "redact": True, "days": 9}}, id="rollouts"),
        pytest.param({"shadow": SHADOW}, id="shadow"),
    ],
)
def test_what_does_not_train_starts_no_run(changes: dict[str, Any], template: Template) -> None:
    """The custom resource starts nothing where digest and attempt are as before."""
    changed = template_of(changes)

    assert (_run(changed)["digest"], _run(changed)["attempt"]) == (_run(template)["digest"], _run(template)["attempt"])
    assert changed.find_resources("AWS::Lambda::Alias").keys() >= template.find_resources("AWS::Lambda::Alias").keys()


def test_another_address_is_the_same_grader_in_the_same_version(template: Template) -> None:
    changed = template_of({"notificationEmail": "other@example.com"})

    assert changed.find_resources("AWS::Lambda::Alias") == template.find_resources("AWS::Lambda::Alias")


def test_another_shadow_leaves_the_grader_in_the_same_version() -> None:
    first, second = (template_of({"shadow": shadow}) for shadow in (SHADOW, LONGER_SHADOW))

    changed = {
        id_.rstrip("0123456789abcdef").partition("Function")[0]
        for id_ in first.find_resources("AWS::Lambda::Version").keys()
        ^ second.find_resources("AWS::Lambda::Version").keys()
    }
    assert changed == {"Shadow"}


def test_an_edited_address_leaves_the_custom_resource_alone(template: Template) -> None:
    changed = template_of({"notificationEmail": "other@example.com"})

    assert only(changed, JOB)["Properties"] == only(template, JOB)["Properties"]


def test_a_changed_hyperparameter_is_a_new_run_with_an_alias_of_its_own(template: Template) -> None:
    changed = template_of({"hyperParameters": {"epochCount": 3}})

    assert _run(changed)["digest"] != _run(template)["digest"]
    assert (
        not changed.find_resources("AWS::Lambda::Alias").keys() & template.find_resources("AWS::Lambda::Alias").keys()
    )


def test_a_changed_hyperparameter_publishes_no_new_grader(template: Template) -> None:
    changed = template_of({"hyperParameters": {"epochCount": 3}})

    assert changed.find_resources("AWS::Lambda::Version") == template.find_resources("AWS::Lambda::Version")


def test_unchanged_inputs_are_trained_once_more_on_a_new_attempt(template: Template) -> None:
    changed = template_of({"attempt": 2})

    assert (_run(changed)["digest"], _run(changed)["attempt"]) == (_run(template)["digest"], 2)


def test_every_log_has_a_retention(template: Template) -> None:
    groups = template.find_resources("AWS::Logs::LogGroup").values()

    assert all("RetentionInDays" in group["Properties"] for group in groups)


def test_every_function_writes_a_log_of_the_stack(template: Template) -> None:
    """A log that Lambda makes by itself is kept for ever."""
    groups = template.find_resources("AWS::Logs::LogGroup").keys()

    logs = {
        id_: function["Properties"].get("LoggingConfig", {}).get("LogGroup", {}).get("Ref")
        for id_, function in template.find_resources("AWS::Lambda::Function").items()
    }

    assert {id_: log for id_, log in logs.items() if log not in groups} == {}


@pytest.mark.parametrize(
    "output",
    [
        "DataBucket",
        "RunsBucket",
        "GraderAlias",
        "StateMachineArn",
        "RunDigest",
        "TopicArn",
        "ModelParameter",
        "Dashboard",
        "RolloutTable",
        "QueryWorkgroup",
    ],
)
def test_what_people_and_tools_look_up_is_an_output(output: str, template: Template) -> None:
    assert template.find_outputs(output)


def test_every_resource_that_can_be_is_tagged_with_its_project(template: Template) -> None:
    tags = only(template, "AWS::SNS::Topic")["Properties"]["Tags"]

    assert {(tag["Key"], tag["Value"]) for tag in tags} == {
        ("rft:project", "sums"),
        ("rft:stage", "dev"),
        ("team", "research"),
    }


def test_a_shadow_s_code_runs_in_the_sandbox() -> None:
    shadow = {"reward": [{"function": "code.all_passed", "weight": 1}]}

    template = template_of({"shadow": shadow})

    assert [id_ for id_ in template.find_resources("AWS::Lambda::Version") if id_.startswith("Sandbox")]
