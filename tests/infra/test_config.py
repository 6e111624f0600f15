from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.config import ConfigError, ProjectConfig, schema
from infra.sections import HyperParameters
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

    assert (local.model, local.account, local.region) == ("local.strategist", "000000000000", "us-east-1")


JUDGED = {"reward": [{"function": "judge.score", "weight": 1, "options": {"rubric": "summarisation"}}]}


def test_a_judge_s_model_becomes_an_option_of_what_asks_it(tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path, {**JUDGED, "judge": {"model": "amazon.nova-pro-v1:0"}}))

    (entry,) = config.for_stage("dev").rubric

    assert entry["options"] == {"rubric": "summarisation", "model": "amazon.nova-pro-v1:0"}


def test_the_local_stage_asks_the_local_judge(tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path, {**JUDGED, "judge": {"model": "amazon.nova-pro-v1:0"}}))

    (entry,) = config.for_stage("local").rubric

    assert entry["options"]["model"] == "local.judge"


def test_a_reward_that_asks_a_judge_names_its_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"judge = '\{\}': the reward asks a judge; expected judge\.model"):
        ProjectConfig.load(write_project(tmp_path, JUDGED))


def test_the_least_of_several_judgements_gets_the_model_too(tmp_path: Path) -> None:
    calls = [
        {"function": "judge.score", "options": {"rubric": "summarisation", "criterion": c}}
        for c in ("coverage", "clarity")
    ]
    changes = {"reward": [{"minimum": calls, "weight": 1}], "judge": {"model": "amazon.nova-pro-v1:0"}}

    (entry,) = ProjectConfig.load(write_project(tmp_path, changes)).for_stage("dev").rubric

    assert {call["options"]["model"] for call in entry["minimum"]} == {"amazon.nova-pro-v1:0"}


def test_a_rubric_keeps_no_key_that_the_project_leaves_out(tmp_path: Path) -> None:
    (entry,) = ProjectConfig.load(write_project(tmp_path)).for_stage("dev").rubric

    assert entry == {"function": "maths.final_answer", "weight": 1.0, "options": {}}


@pytest.mark.parametrize(
    ("reward", "asks_judge", "runs_code"),
    [
        pytest.param([{"function": "maths.final_answer", "weight": 1}], False, False, id="rules"),
        pytest.param(JUDGED["reward"], True, False, id="judge"),
        pytest.param([{"function": "code.pass_rate", "weight": 1}], False, True, id="code"),
    ],
)
def test_a_project_says_what_its_grader_must_reach(
    reward: list[dict[str, Any]], asks_judge: bool, runs_code: bool, tmp_path: Path
) -> None:
    config = ProjectConfig.load(write_project(tmp_path, {"reward": reward, "judge": {"model": "local.judge"}}))

    local = config.for_stage("local")

    assert (local.asks_judge, local.runs_code) == (asks_judge, runs_code)


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
