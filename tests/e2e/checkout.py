"""A user's checkout: a copy of the product with projects of its own, deployed with the real CDK command line."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from rehearsal.environment import ROOT, LocalAws

_Answer = TypeVar("_Answer")

_COPIED = ("app.py", "cdk.json", "infra", "lambda_src", "datasets", "projects")


@dataclass(frozen=True, slots=True)
class Checkout:
    """The product in a folder of its own, on one embedded AWS."""

    folder: Path
    aws: LocalAws

    @classmethod
    def copy(cls, folder: Path, aws: LocalAws) -> "Checkout":
        """Copy what a deploy needs; the installed tools are shared."""
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / name)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        return cls(folder, aws)

    def write_project(self, name: str, **keys: Any) -> None:
        """Write a project file; ``local`` holds the keys of the local stage, whose model is local.tiny-lm."""
        project = {
            "name": name,
            "model": "amazon.nova-2-lite-v1:0:256k",
            "dataset": "gsm8k-style",
            "reward": [
                {"function": "maths.final_answer", "weight": 0.9},
                {"function": "maths.one_final_answer", "weight": 0.1},
            ],
        }
        local = {"model": "local.tiny-lm"} | keys.pop("local", {})
        (self.folder / "projects" / f"{name}.yaml").write_text(
            yaml.safe_dump(project | keys | {"stages": {"local": local}}), encoding="utf-8"
        )

    def cdk(self, verb: str, name: str, *options: str) -> "subprocess.CompletedProcess[str]":
        """Run one verb of the CDK on the local stage of a project; the output holds both streams."""
        narrowed = ["-c", f"project={name}", "-c", "stage=local"]
        return self.aws.cdk(
            [verb, f"{name}-local", *narrowed, *options],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def deploy(self, name: str) -> "subprocess.CompletedProcess[str]":
        return self.cdk("deploy", name, "--require-approval", "never")

    def destroy(self, name: str) -> "subprocess.CompletedProcess[str]":
        return self.cdk("destroy", name, "--force")

    def outputs(self, name: str) -> dict[str, str]:
        """Outputs of the project's local stack."""
        (stack,) = self.aws.client("cloudformation").describe_stacks(StackName=f"{name}-local")["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def jobs(self, name: str) -> list[dict[str, Any]]:
        """Customization jobs of the project's local stage, newest first."""
        bedrock = self.aws.client("bedrock")
        found = bedrock.list_model_customization_jobs(
            nameContains=f"{name}-local-", sortBy="CreationTime", sortOrder="Descending"
        )["modelCustomizationJobSummaries"]
        return [bedrock.get_model_customization_job(jobIdentifier=job["jobArn"]) for job in found]

    def record(self, bucket: str, run: str) -> dict[str, Any] | None:
        """The record of a run, or None while there is none."""
        s3 = self.aws.client("s3")
        try:
            body = s3.get_object(Bucket=bucket, Key=f"runs/{run}/record.json")["Body"].read()
        except s3.exceptions.NoSuchKey:
            return None
        record: dict[str, Any] = json.loads(body)
        return record

    def conclude(self, name: str, seconds: float = 120) -> dict[str, Any]:
        """Wait until the newest run has written its record, and return it."""
        bucket, run = self.outputs(name)["RunsBucket"], str(self.jobs(name)[0]["jobName"])
        return eventually(lambda: self.record(bucket, run), seconds=seconds)

    def alarm_states(self, name: str) -> Mapping[str, str]:
        """State of each metric alarm of the project's local stack, by the metric it watches."""
        found = self.aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{name}-local-")
        return {alarm["MetricName"]: alarm["StateValue"] for alarm in found["MetricAlarms"] if "MetricName" in alarm}

    def composite_states(self, name: str) -> Mapping[str, str]:
        """State of each composite alarm of the project's local stack, by the end of its name."""
        prefix = f"{name}-local-"
        found = self.aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix, AlarmTypes=["CompositeAlarm"])
        return {alarm["AlarmName"].removeprefix(prefix): alarm["StateValue"] for alarm in found["CompositeAlarms"]}


def eventually(question: Callable[[], _Answer | None], *, seconds: float) -> _Answer:
    """Ask until there is an answer.

    Raises:
        AssertionError: There was none in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.25)
    raise AssertionError(f"no answer within {seconds:.0f} s")
