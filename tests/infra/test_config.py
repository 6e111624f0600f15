from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.config import ConfigError, HyperParameters, ProjectConfig, schema
from tests.infra.synthesis import PROJECT, ROOT, write_project

BUNDLED = sorted((ROOT / "projects").glob("*.yaml"))


@pytest.mark.parametrize("file", BUNDLED, ids=lambda file: file.stem)
def test_every_bundled_project_is_valid_in_every_stage(file: Path) -> None:
    config = ProjectConfig.load(file)

    stages = [config.for_stage(stage) for stage in config.stage_names]

    assert [stage.project for stage in stages] == [file.stem] * len(stages)


def test_the_committed_schema_is_that_of_the_model() -> None:
    committed = (ROOT / "projects" / "project.schema.json").read_text(encoding="utf-8")

    assert committed == schema(), "run `make schema`"


@pytest.mark.parametrize("file", BUNDLED, ids=lambda file: file.stem)
def test_bundled_projects_name_their_schema_for_editors(file: Path) -> None:
    first_line = file.read_text(encoding="utf-8").splitlines()[0]

    assert first_line == "# yaml-language-server: $schema=project.schema.json"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"epochs": 3}, "epochs = 3: unknown key; expected one of name, model", id="unknown key"),
        pytest.param(
            {"hyperParameters": {"batchSizes": 64}}, "hyperParameters.batchSizes = 64: unknown key", id="unknown below"
        ),
        pytest.param(
            {"hyperParameters": {"batchSize": 513}},
            "hyperParameters.batchSize = 513: input should be less than or equal to 512",
            id="above the API's maximum",
        ),
        pytest.param(
            {"hyperParameters": {"epochCount": 0}},
            "hyperParameters.epochCount = 0: input should be greater than or equal to 1",
            id="below the API's minimum",
        ),
        pytest.param(
            {"reward": [{"function": "maths.no_such", "weight": 1}]},
            "reward[0].function: unknown function 'maths.no_such'; expected one of",
            id="unknown reward function",
        ),
        pytest.param(
            {"reward": [{"function": "maths.final_answer", "weight": 0}]},
            "the weights sum to 0; expected at least one weight above 0",
            id="weights that sum to 0",
        ),
        pytest.param({"reward": []}, "reward = []: list should have at least 1 item", id="no reward"),
        pytest.param({"name": "other"}, "name = 'other': expected 'sums', as the file is called", id="other name"),
        pytest.param({"stages": {"Dev": {}}}, "stages.Dev = 'Dev': string should match pattern", id="stage's spelling"),
        pytest.param(
            {"stages": {"dev": {"account": 111122223333}}},
            "stages.dev.account = 111122223333: input should be a valid string",
            id="account without quotes",
        ),
        pytest.param(
            {"waive": {"no-such-rule": "because of this"}}, "waive.no-such-rule = 'no-such-rule'", id="unknown rule"
        ),
        pytest.param({"tags": {"rft:run": "1"}}, "keys beginning with aws: and rft: are taken", id="reserved tag"),
        pytest.param({"notificationEmail": "team"}, "notificationEmail = 'team'", id="not an address"),
    ],
)
def test_a_wrong_project_file_is_refused_by_file_key_value_and_expectation(
    changes: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    file = write_project(tmp_path, changes)

    with pytest.raises(ConfigError) as refused:
        ProjectConfig.load(file)

    assert f"{file}: " in str(refused.value)
    assert expected in str(refused.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    file = write_project(tmp_path)
    file.write_text(
        "name: sums\ndataset: sums\nreward: [{function: maths.final_answer, weight: 1}]\n", encoding="utf-8"
    )

    with pytest.raises(ConfigError, match="model: missing; every project needs it"):
        ProjectConfig.load(file)


@pytest.mark.parametrize(
    ("changes", "stage", "expected"),
    [
        pytest.param({}, "prod", "stage 'prod' is unknown; expected one of dev, local", id="unknown stage"),
        pytest.param(
            {"stages": {"dev": {"region": "us-west-2"}}},
            "dev",
            "stage dev: region = 'us-west-2': amazon.nova-2-lite-v1:0:256k can be fine-tuned in us-east-1 only",
            id="model not in the region",
        ),
        pytest.param({"model": "amazon.titan"}, "dev", "model = 'amazon.titan': expected one of", id="unknown model"),
        pytest.param(
            {"model": "local.tiny-lm"},
            "dev",
            "local.* models exist on stage 'local' and nowhere else",
            id="local model",
        ),
        pytest.param({"dataset": "absent"}, "dev", "dataset = 'absent': no file", id="missing dataset file"),
        pytest.param(
            {"stages": {"dev": {"reward": [{"function": "maths.final_answer", "weight": 0}]}}},
            "dev",
            "the weights sum to 0",
            id="reward of the stage",
        ),
    ],
)
def test_a_stage_that_cannot_work_is_refused(
    changes: dict[str, Any], stage: str, expected: str, tmp_path: Path
) -> None:
    config = ProjectConfig.load(write_project(tmp_path, changes))

    with pytest.raises(ConfigError) as refused:
        config.for_stage(stage)

    assert expected in str(refused.value)


def test_a_stage_overrides_hyperparameters_key_by_key(tmp_path: Path) -> None:
    stages = {"dev": {"hyperParameters": {"epochCount": None, "batchSize": 32}}}
    config = ProjectConfig.load(write_project(tmp_path, {"stages": stages}))

    merged = config.for_stage("dev").hyper_parameters.to_api()

    assert merged == {"batchSize": 32, "learningRate": PROJECT["hyperParameters"]["learningRate"]}


def test_the_local_stage_exists_where_a_project_does_not_list_it(tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path, {"stages": {}}))

    local = config.for_stage("local")

    assert (local.model, local.account, local.region) == ("local.tiny-lm", "000000000000", "us-east-1")


def test_a_dataset_needs_no_validation_file(tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path, validation=False))

    assert config.for_stage("dev").validation_file is None


def test_hyperparameters_have_the_names_and_bounds_of_the_api() -> None:
    """Botocore does not check an upper bound, so the project file must."""
    api = boto3.client("bedrock", region_name="us-east-1").meta.service_model.shape_for("RFTHyperParameters")
    theirs = {name: shape.metadata for name, shape in api.members.items()}

    properties = HyperParameters.model_json_schema()["properties"]

    ours = {name: options["anyOf"][0] for name, options in properties.items()}
    assert ours.keys() == theirs.keys()
    assert [(ours[n]["minimum"], ours[n]["maximum"]) for n in theirs if "max" in theirs[n]] == [
        (bounds["min"], bounds["max"]) for bounds in theirs.values() if "max" in bounds
    ]
    assert ours["reasoningEffort"]["enum"] == theirs["reasoningEffort"]["enum"]
