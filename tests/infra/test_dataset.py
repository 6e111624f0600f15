import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks
from constructs import IDependable

from infra.dataset import Dataset, DatasetFiles, PinnedDataset
from infra.permission import give
from infra.sections import DataFile
from infra.stack import RftStack
from infra.storage import Storage
from lambda_src.run.digest import file_sha256
from tests.infra.synthesis import FLAGS, actions, document, only, stack_of, statements, text, write_project


def _prefix(template: Template) -> str:
    return str(only(template, "Custom::CDKBucketDeployment")["Properties"]["DestinationBucketKeyPrefix"])


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> RftStack:
    """Other records than the template's, and two files beside them that no run reads."""
    root = tmp_path_factory.mktemp("changed")
    file = write_project(root)
    folder = root / "datasets" / "sums"
    train = folder / "train.jsonl"
    train.write_text(train.read_text(encoding="utf-8").replace("What is", "How much is"), encoding="utf-8")
    for name in ("test.jsonl", "README.md"):
        (folder / name).write_text("not for the run", encoding="utf-8")
    return stack_of(file)


def test_changed_records_get_a_prefix_of_their_own(template: Template, changed: RftStack) -> None:
    assert _prefix(Template.from_stack(changed)) != _prefix(template)


def test_a_new_dataset_leaves_the_old_one_in_place(template: Template) -> None:
    """A job that trains on it may still be running."""
    deployment = only(template, "Custom::CDKBucketDeployment")["Properties"]

    assert deployment["Prune"] is False
    assert deployment["RetainOnDelete"] is True


def test_only_the_records_of_the_run_are_uploaded(changed: RftStack) -> None:
    Template.from_stack(changed)

    (assets,) = Path(changed.node.root.outdir).glob("*.assets.json")  # type: ignore[attr-defined] # the root is an App
    files = json.loads(assets.read_text(encoding="utf-8"))["files"].values()
    folders = [assets.parent / asset["source"]["path"] for asset in files]

    (uploaded,) = ({f.name for f in folder.iterdir()} for folder in folders if (folder / "train.jsonl").is_file())
    assert uploaded == {"train.jsonl", "validation.jsonl"}


def test_the_run_is_told_where_its_records_are(template: Template) -> None:
    run = document(only(template, "Custom::BedrockRft")["Properties"]["Run"])

    prefix = _prefix(template).rstrip("/")
    assert run["dataset"]["train"].endswith(f"/{prefix}/train.jsonl")
    assert run["dataset"]["validation"].endswith(f"/{prefix}/validation.jsonl")


KEY = "arn:aws:kms:us-east-1:444455556666:key/mrk-0123"
TRAIN, VALIDATION = "a" * 64, "b" * 64


def pin(part: str, sha256: str) -> DataFile:
    return DataFile(uri=f"s3://foreign/2026/v=1/{part}.jsonl", sha256=sha256)


class Pinned:
    """A stack with a pinned dataset, a role for the deploy's function and one for Bedrock."""

    def __init__(self, *, validation: bool = True, key_arn: str | None = KEY, nag: bool = False) -> None:
        self.app = App(context=FLAGS, builtin_cloud_formation_validation=False)
        if nag:
            Validations.of(self.app).add_plugins(AwsSolutionsChecks(self.app))
        self.stack = Stack(self.app, "Stack")
        self.dataset = PinnedDataset(
            self.stack,
            "Dataset",
            storage=Storage(self.stack, "Storage", rollout_days=90),
            train=pin("train", TRAIN),
            validation=pin("validation", VALIDATION) if validation else None,
            key_arn=key_arn,
        )
        for name, permissions in (
            ("Deploy", [*self.dataset.read(), *self.dataset.copy()]),
            ("Bedrock", self.dataset.read()),
        ):
            give(iam.Role(self.stack, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")), permissions)

    def allowed(self, role: str) -> dict[str, list[str]]:
        """Resources by action."""
        found = statements(Template.from_stack(self.stack), role)
        return {
            action: [name for one in found if action in actions([one]) for name in listed(one)]
            for action in actions(found)
        }


def listed(statement: dict[str, Any]) -> list[str]:
    resources = statement["Resource"]
    return [text(one) for one in (resources if isinstance(resources, list) else [resources])]


def test_the_deploy_may_read_the_pinned_objects_and_write_their_copies_and_no_others() -> None:
    allowed = Pinned().allowed("Deploy")

    foreign = [f"arn:<AWS::Partition>:s3:::foreign/2026/v=1/{part}.jsonl" for part in ("train", "validation")]
    own = [arn for arn in allowed["s3:GetObject"] if arn not in foreign]
    assert len(own) == len(foreign) == len(allowed["s3:GetObject"]) - 2
    assert [arn.rsplit("/", 1)[1] for arn in own] == ["train.jsonl", "validation.jsonl"]
    assert allowed["s3:PutObject"] == own
    assert KEY in allowed["kms:Decrypt"]
    assert len(allowed["kms:GenerateDataKey"]) == 1
    assert not [arn for arns in allowed.values() for arn in arns if "*" in arn]


def test_bedrock_never_sees_where_the_records_come_from() -> None:
    allowed = Pinned().allowed("Bedrock")

    assert "foreign" not in str(allowed)
    assert KEY not in str(allowed)
    assert "s3:PutObject" not in allowed


def test_without_a_key_of_a_customer_none_may_be_used() -> None:
    allowed = Pinned(key_arn=None).allowed("Deploy")

    assert len(allowed["kms:Decrypt"]) == 1


def test_a_security_reviewer_finds_nothing() -> None:
    assert Pinned(nag=True).app.synth().stacks


def test_the_stack_uploads_nothing_and_waits_for_nothing() -> None:
    pinned = Pinned()
    deployment: IDependable = pinned.dataset.deployment
    role = iam.Role(pinned.stack, "Later", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.node.add_dependency(deployment)

    template = Template.from_stack(pinned.stack)

    assert not template.find_resources("Custom::CDKBucketDeployment")
    (later,) = (one for id_, one in template.find_resources("AWS::IAM::Role").items() if id_.startswith("Later"))
    assert "DependsOn" not in later


def test_the_deploy_is_told_what_to_copy() -> None:
    assert Pinned().dataset.sources == {
        "train": {"uri": "s3://foreign/2026/v=1/train.jsonl", "sha256": TRAIN},
        "validation": {"uri": "s3://foreign/2026/v=1/validation.jsonl", "sha256": VALIDATION},
    }


def test_a_dataset_needs_no_validation_file() -> None:
    dataset = Pinned(validation=False).dataset

    assert dataset.validation_uri is None
    assert list(dataset.sources) == ["train"]


@pytest.mark.parametrize("validation", [True, False], ids=["with validation", "without"])
def test_equal_bytes_have_the_same_place_wherever_they_come_from(validation: bool, tmp_path: Path) -> None:
    """A dataset that moves to S3 is the same run."""
    files = {part: tmp_path / f"{part}.jsonl" for part in ("train", "validation")}
    for part, file in files.items():
        file.write_text(part, encoding="utf-8")
    pins = {part: pin(part, file_sha256(file)) for part, file in files.items()}
    stack = Stack(App(context=FLAGS, builtin_cloud_formation_validation=False), "Stack")
    storage = Storage(stack, "Storage", rollout_days=90)

    def places(dataset: DatasetFiles) -> list[str]:
        return [text(stack.resolve(uri)) for uri in (dataset.train_uri, dataset.validation_uri)]

    local = Dataset(
        stack, "Local", storage=storage, train=files["train"], validation=files["validation"] if validation else None
    )
    remote = PinnedDataset(
        stack, "Remote", storage=storage, train=pins["train"], validation=pins["validation"] if validation else None
    )

    assert places(local) == places(remote)
    assert local.sources == {}
    assert local.copy() == []
