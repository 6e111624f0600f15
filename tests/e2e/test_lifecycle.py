"""The life of one stack: first run, updates that start nothing, updates that do, what is refused, and its end.

The tests follow each other on one stack, as a team's deploys do; each says what it expects of the state before it.
"""

import json
import shutil

import pytest

from lambda_src.reward import metrics
from tests.e2e.checkout import Checkout, eventually
from tests.e2e.conftest import Fault

pytestmark = pytest.mark.emulator

NAME = "lifecycle"
QUICK = {  # two training steps
    "epochCount": 1,
    "batchSize": 240,
    "learningRate": 1e-4,
    "maxPromptLength": 128,
    "trainingSamplePerPrompt": 2,
    "inferenceMaxTokens": 32,
    "evalInterval": 1,
}
SLOW = QUICK | {"epochCount": 50, "trainingSamplePerPrompt": 16, "inferenceMaxTokens": 64}


def _write(checkout: Checkout, learning_rate: float = 1e-4, **keys: object) -> None:
    checkout.write_project(NAME, local={"hyperParameters": QUICK | {"learningRate": learning_rate}}, **keys)


def test_a_deploy_trains_a_model_and_records_the_run(checkout: Checkout) -> None:
    _write(checkout)

    deployed = checkout.deploy(NAME)

    assert deployed.returncode == 0, deployed.stdout
    record = checkout.conclude(NAME)
    parameter = checkout.aws.client("ssm").get_parameter(Name=checkout.outputs(NAME)["ModelParameter"])["Parameter"]
    assert record["jobStatus"] == "Completed"
    assert [step["step"] for step in record["curves"]] == [1, 2]
    assert record["digest"] == checkout.outputs(NAME)["RunDigest"]
    assert parameter["Value"] == record["customModelArn"]


@pytest.mark.parametrize(
    "name",
    [
        metrics.TRAINING_REWARD,
        metrics.VALIDATION_REWARD,
        metrics.TRAINING_EPISODE_LENGTH,
        metrics.VALIDATION_EPISODE_LENGTH,
        metrics.POLICY_ENTROPY,
        metrics.GRADIENT_NORM,
    ],
)
def test_each_curve_of_the_article_is_in_cloudwatch(checkout: Checkout, name: str) -> None:
    own = [
        {"Name": metrics.RUN, "Value": checkout.outputs(NAME)["RunDigest"][:12]},
        {"Name": metrics.SOURCE, "Value": metrics.ARTIFACTS_SOURCE},
    ]

    assert eventually(
        lambda: checkout.aws.client("cloudwatch").list_metrics(
            Namespace=metrics.NAMESPACE, MetricName=name, Dimensions=own
        )["Metrics"],
        seconds=10,
    )


def test_a_second_deploy_starts_nothing(checkout: Checkout) -> None:
    deployed = checkout.deploy(NAME)

    assert deployed.returncode == 0, deployed.stdout
    assert len(checkout.jobs(NAME)) == 1


def test_other_alarms_and_tags_start_nothing(checkout: Checkout) -> None:
    _write(checkout, alarms={"lengthSpike": 3.5}, tags={"team": "maths"})

    deployed = checkout.deploy(NAME)

    assert deployed.returncode == 0, deployed.stdout
    alarms = checkout.aws.client("cloudwatch").describe_alarms(AlarmNames=[f"{NAME}-local-LengthSpike"])["MetricAlarms"]
    assert [alarm["Threshold"] for alarm in alarms] == [3.5]
    assert len(checkout.jobs(NAME)) == 1


@pytest.fixture(scope="module")
def inbox(checkout: Checkout) -> str:
    """A queue that hears what the stack's topic says."""
    sqs, sns = checkout.aws.client("sqs"), checkout.aws.client("sns")
    url = str(sqs.create_queue(QueueName="inbox")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=checkout.outputs(NAME)["TopicArn"], Protocol="sqs", Endpoint=arn)
    return url


@pytest.mark.usefixtures("inbox")
def test_throttling_on_every_call_delays_a_new_run_but_does_not_stop_it(checkout: Checkout, fault: Fault) -> None:
    for operation in ("CreateModelCustomizationJob", "GetModelCustomizationJob", "ListModelCustomizationJobs"):
        fault(operation, "ThrottlingException", "Rate exceeded", 2)
    _write(checkout, learning_rate=2e-4)

    deployed = checkout.deploy(NAME)

    assert deployed.returncode == 0, deployed.stdout
    assert len(checkout.jobs(NAME)) == 2
    assert checkout.conclude(NAME)["jobStatus"] == "Completed"


def test_the_topic_tells_of_the_job_and_of_the_verdict(checkout: Checkout, inbox: str) -> None:
    sqs, run = checkout.aws.client("sqs"), checkout.jobs(NAME)[0]["jobName"]
    texts: list[str] = []

    def told() -> bool:
        texts.extend(
            json.loads(message["Body"])["Message"]
            for message in sqs.receive_message(QueueUrl=inbox, MaxNumberOfMessages=10).get("Messages", [])
        )
        state_change = any(f"job {run} is now Completed" in text for text in texts)
        return state_change and any(f"runs/{run}/record.json" in text for text in texts)

    assert eventually(told, seconds=120)


def test_the_new_run_has_its_own_alias_and_the_old_version_is_kept(checkout: Checkout) -> None:
    function = checkout.outputs(NAME)["GraderAlias"].rpartition(":")[0]

    aliases = checkout.aws.client("lambda").list_aliases(FunctionName=function)["Aliases"]

    assert [alias["Name"] for alias in aliases] == [f"run-{checkout.outputs(NAME)['RunDigest'][:12]}"]


def test_returning_to_former_inputs_takes_up_their_model(checkout: Checkout) -> None:
    first = checkout.jobs(NAME)[-1]
    _write(checkout)

    deployed = checkout.deploy(NAME)

    assert deployed.returncode == 0, deployed.stdout
    parameter = checkout.aws.client("ssm").get_parameter(Name=checkout.outputs(NAME)["ModelParameter"])["Parameter"]
    assert len(checkout.jobs(NAME)) == 2
    assert parameter["Value"] == first["outputModelArn"]


def test_a_job_that_bedrock_refuses_fails_the_deploy_and_leaves_the_former_run(
    checkout: Checkout, fault: Fault
) -> None:
    former = checkout.outputs(NAME)["RunDigest"]
    fault("CreateModelCustomizationJob", "ServiceQuotaExceededException", "Too many scheduled jobs", 1)
    _write(checkout, learning_rate=3e-4)

    deployed = checkout.deploy(NAME)

    assert deployed.returncode != 0
    assert "Too many scheduled jobs" in deployed.stdout
    assert checkout.outputs(NAME)["RunDigest"] == former
    assert len(checkout.jobs(NAME)) == 2


def test_records_that_bedrock_does_not_accept_fail_the_deploy(checkout: Checkout) -> None:
    shutil.copytree(checkout.folder / "datasets" / "gsm8k-style", checkout.folder / "datasets" / "unreadable")
    train = checkout.folder / "datasets" / "unreadable" / "train.jsonl"
    train.write_text(train.read_text(encoding="utf-8").replace("How many", "Wie viele"), encoding="utf-8")
    _write(checkout, dataset="unreadable")

    deployed = checkout.deploy(NAME)

    assert deployed.returncode != 0
    assert "Wie" in deployed.stdout
    assert checkout.jobs(NAME)[0]["status"] == "Failed"


def test_a_grader_that_crashes_on_import_fails_the_deploy_before_any_job(checkout: Checkout) -> None:
    module = checkout.folder / "lambda_src" / "reward" / "rewards" / "maths.py"
    sound = module.read_text(encoding="utf-8")
    crash = (
        '\nimport os\n\nif "AWS_LAMBDA_FUNCTION_NAME" in os.environ:\n    raise ImportError("no module named sympy")\n'
    )
    module.write_text(f"{sound}\n{crash}", encoding="utf-8")
    before = len(checkout.jobs(NAME))
    _write(checkout)

    deployed = checkout.deploy(NAME)

    module.write_text(sound, encoding="utf-8")
    assert deployed.returncode != 0
    assert "no module named sympy" in deployed.stdout
    assert len(checkout.jobs(NAME)) == before


def test_a_stack_that_goes_during_training_stops_the_job_and_keeps_the_records(checkout: Checkout) -> None:
    checkout.write_project(NAME, onDelete="delete", local={"hyperParameters": SLOW})
    deployed = checkout.deploy(NAME)
    assert deployed.returncode == 0, deployed.stdout
    bucket, job = checkout.outputs(NAME)["RunsBucket"], checkout.jobs(NAME)[0]
    assert job["status"] == "InProgress"

    destroyed = checkout.destroy(NAME)

    assert destroyed.returncode == 0, destroyed.stdout
    record = checkout.record(bucket, job["jobName"])
    assert checkout.jobs(NAME)[0]["status"] == "Stopped"
    assert record is not None
    assert record["verdict"] == "stopped"


def test_a_project_that_says_so_deletes_its_models_with_its_stack(checkout: Checkout) -> None:
    models = checkout.aws.client("bedrock").list_custom_models(nameContains=f"{NAME}-local-")["modelSummaries"]

    assert models == []
    assert {job["status"] for job in checkout.jobs(NAME)} >= {"Completed", "Stopped"}


def test_a_stack_that_is_rolled_back_half_way_stops_its_job_and_keeps_the_record(checkout: Checkout) -> None:
    name = "halfway"
    stack = checkout.folder / "infra" / "stack.py"
    sound = stack.read_text(encoding="utf-8")
    composed, marker, rest = sound.partition("\n    @property\n")
    stack.write_text(composed + _RESOURCE_THAT_FAILS_AFTER_THE_JOB_HAS_STARTED + marker + rest, encoding="utf-8")
    checkout.write_project(name, local={"hyperParameters": SLOW})

    deployed = checkout.deploy(name)

    stack.write_text(sound, encoding="utf-8")
    (job,) = checkout.jobs(name)
    record = checkout.record(job["outputDataConfig"]["s3Uri"].split("/")[2], job["jobName"])
    assert deployed.returncode != 0
    assert job["status"] == "Stopped"
    assert record is not None
    assert record["verdict"] == "stopped"


_RESOURCE_THAT_FAILS_AFTER_THE_JOB_HAS_STARTED = """
        from aws_cdk import CustomResource

        job = self.node.find_child("Job")
        doomed = CustomResource(
            self,
            "Doomed",
            service_token=job.node.find_child("Provider").service_token,
            properties={"Run": "{}", "Request": "{}", "OnDelete": "keep"},
        )
        doomed.node.add_dependency(job)
"""
