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
            "stages.dev.account = 111122223333: expected twelve digits in quotes",
            id="account without quotes",
        ),
        pytest.param(
            {"waive": {"no-such-rule": "because of this"}}, "waive.no-such-rule = 'no-such-rule'", id="unknown rule"
        ),
        pytest.param({"tags": {"rft:run": "1"}}, "keys beginning with aws: and rft: are taken", id="reserved tag"),
        pytest.param({"notificationEmail": "team"}, "notificationEmail = 'team'", id="not an address"),
        pytest.param(
            {"probe": {"deploy": False}},
            "probe.deploy = False: input should be 'skip', 'warn' or 'refuse' (YAML reads yes, no, on and off as true",
            id="off without quotes",
        ),
        pytest.param(
            {"hyperParameters": {"epochCount": True}},
            "hyperParameters.epochCount = True: expected a number",
            id="yes for a number",
        ),
        pytest.param(
            {"reward": [{"function": "maths.final_answer", "weight": 1, "scale": [False, 1]}]},
            "reward.0.scale = [False, 1]: expected a number",
            id="no in a list of numbers",
        ),
        pytest.param(
            {"hyperParameters": "Auto"},
            "hyperParameters = 'Auto': expected auto, or keys and values",
            id="auto's spelling",
        ),
        pytest.param(
            {"stages": {"dev": None}}, "stages.dev = None: expected keys and values; keys are account", id="empty stage"
        ),
        pytest.param(
            {"prices": {"trainingHour": float("inf")}}, "trainingHour = inf: input should be a finite", id="inf"
        ),
        pytest.param({1: 2}, "1 = 2: unknown key; expected one of name, model", id="a number for a key"),
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

    with pytest.raises(ConfigError, match="model: missing; it has to be given"):
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


PIN = {"uri": "s3://records/2026/train.jsonl", "sha256": "a" * 64}
OTHER_PIN = {"uri": "s3://records/2026/validation.jsonl", "sha256": "b" * 64, "records": 20}
KEY = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123"
IN_S3: dict[str, Any] = {"train": PIN, "validation": OTHER_PIN, "keyArn": KEY}


@pytest.mark.parametrize("stage", ["dev", "local"])
def test_a_dataset_may_lie_in_s3(stage: str, tmp_path: Path) -> None:
    """A local dataset of the project's name does not get mixed in."""
    config = ProjectConfig.load(write_project(tmp_path, {"dataset": IN_S3})).for_stage(stage)

    assert {part: (file.uri, file.records) for part, file in config.s3_files.items()} == {
        "train": (PIN["uri"], None),
        "validation": (OTHER_PIN["uri"], 20),
    }
    assert config.run_files == {"train": "a" * 64, "validation": "b" * 64}
    assert config.data_files == {}
    assert config.validation_file is None


def test_the_test_file_is_no_file_of_the_run(tmp_path: Path) -> None:
    changes = {"dataset": {**IN_S3, "test": {"uri": "s3://records/test.jsonl", "sha256": "c" * 64}}}
    config = ProjectConfig.load(write_project(tmp_path, changes)).for_stage("dev")

    assert list(config.s3_files) == ["train", "validation", "test"]
    assert list(config.run_files) == ["train", "validation"]


def test_files_of_the_checkout_are_those_of_the_run(tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path)).for_stage("dev")

    assert config.run_files == {part: config.dataset_folder / f"{part}.jsonl" for part in ("train", "validation")}
    assert config.s3_files == {}


def test_a_stage_names_the_place_of_the_records_in_its_own_account(tmp_path: Path) -> None:
    file = write_project(tmp_path, {"stages": {"dev": {"dataset": {"train": PIN}}}})
    config = ProjectConfig.load(file)

    assert config.for_stage("dev").run_files == {"train": "a" * 64}
    assert list(config.for_stage("local").run_files) == ["train", "validation"]


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        pytest.param("Sums", "dataset = 'Sums': expected the name of a folder", id="folder's spelling"),
        pytest.param(5, "dataset = 5: expected the name of a folder", id="neither"),
        pytest.param({"validation": PIN}, "dataset.train: missing", id="no training file"),
        pytest.param({"train": PIN, "dev": PIN}, "dataset.dev = {'sha256'", id="unknown part"),
        pytest.param(
            {"train": "s3://records/a.jsonl"},
            "dataset.train = 's3://records/a.jsonl': expected keys and values; keys are uri, sha256, records",
            id="no pin",
        ),
        pytest.param({"train": {"uri": PIN["uri"]}}, "dataset.train.sha256: missing", id="no hash"),
        pytest.param(
            {"train": {**PIN, "sha256": "A" * 64}}, "dataset.train.sha256 = 'AAAA", id="hash in capital letters"
        ),
        pytest.param({"train": {**PIN, "sha256": "a" * 63}}, "dataset.train.sha256 = 'aaaa", id="short hash"),
        pytest.param(
            {"train": {**PIN, "records": 0}},
            "dataset.train.records = 0: input should be greater than or equal to 1",
            id="no records",
        ),
        pytest.param(
            {"train": {**PIN, "etag": "x"}},
            "dataset.train.etag = 'x': unknown key; expected one of uri, sha256, records",
            id="unknown key",
        ),
        *(
            pytest.param({"train": {**PIN, "uri": uri}}, f"dataset.train.uri = '{uri}'", id=name)
            for name, uri in {
                "no bucket": "s3:///train.jsonl",
                "no key": "s3://records",
                "a prefix": "s3://records/2026/",
                "a path": "/data/train.jsonl",
                "capital letters in the bucket": "s3://Records/train.jsonl",
                "a pattern, which would open more than one object": "s3://records/*.jsonl",
                "one character of a pattern": "s3://records/train?.jsonl",
                "a policy variable": "s3://records/${aws:username}.jsonl",
            }.items()
        ),
        pytest.param({"train": PIN, "keyArn": "alias/data"}, "dataset.keyArn = 'alias/data'", id="alias of a key"),
        pytest.param(
            {"train": PIN, "validation": {**OTHER_PIN, "sha256": PIN["sha256"]}},
            f"dataset.validation.sha256 = '{'a' * 64}': that of train; expected records of its own",
            id="training records for validation",
        ),
        pytest.param(
            {**IN_S3, "test": {**PIN, "sha256": OTHER_PIN["sha256"]}},
            f"dataset.test.sha256 = '{'b' * 64}': that of validation",
            id="validation records for the test",
        ),
    ],
)
def test_a_wrong_place_of_records_is_refused_as_what_was_meant(dataset: Any, expected: str, tmp_path: Path) -> None:
    file = write_project(tmp_path, {"dataset": dataset})

    with pytest.raises(ConfigError) as refused:
        ProjectConfig.load(file)

    (line,) = str(refused.value).splitlines()
    assert line.startswith(f"{file}: {expected}")


def test_a_wrong_place_of_a_stage_is_refused_by_its_key(tmp_path: Path) -> None:
    file = write_project(tmp_path, {"stages": {"dev": {"dataset": {"train": {**PIN, "sha256": "x"}}}}})

    with pytest.raises(ConfigError, match=r"stages\.dev\.dataset\.train\.sha256 = 'x'"):
        ProjectConfig.load(file)


@pytest.mark.parametrize("given", ["auto", {"auto": True, "epochCount": 2}], ids=["all", "the rest"])
def test_advice_without_the_records_is_refused(given: Any, tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path, {"dataset": IN_S3, "hyperParameters": given}))

    with pytest.raises(ConfigError, match=r"stage dev: hyperParameters = 'auto': .* in S3; .* `rft plan sums` prints"):
        config.for_stage("dev")


FREE = [{"function": "text.max_words", "weight": 1}]


def test_a_reward_that_reads_no_reference_answer_needs_none(tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path, {"references": "none", "reward": FREE}))

    assert config.for_stage("dev").references == "none"
    assert ProjectConfig.load(write_project(tmp_path)).for_stage("dev").references == "required"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({}, "maths.final_answer", id="project"),
        pytest.param(
            {
                "reward": FREE,
                "stages": {
                    "dev": {"reward": [*FREE, {"function": "text.similarity", "weight": 1, "name": "likeness"}]}
                },
            },
            "likeness",
            id="stage",
        ),
        pytest.param({**JUDGED, "judge": {"model": "m"}}, "judge.score", id="judge that is shown it"),
    ],
)
def test_a_reward_that_reads_the_reference_answer_needs_one(
    changes: dict[str, Any], named: str, tmp_path: Path
) -> None:
    config = ProjectConfig.load(write_project(tmp_path, {"references": "none", **changes}))

    with pytest.raises(ConfigError) as refused:
        config.for_stage("dev")

    expected = f"stage dev: references = 'none': the reward reads reference_answer ({named}); expected 'required', or"
    assert expected in str(refused.value)


def test_a_judge_that_is_shown_no_reference_needs_none(tmp_path: Path) -> None:
    reward = [{"function": "judge.score", "weight": 1, "options": {"rubric": "without-reference"}}]
    changes = {"references": "none", "reward": reward, "judge": {"model": "m"}}

    assert ProjectConfig.load(write_project(tmp_path, changes)).for_stage("local").asks_judge


def test_hyperparameters_have_the_names_and_bounds_of_the_api() -> None:
    """Botocore does not check an upper bound, so the project file must."""
    api = boto3.client("bedrock", region_name="us-east-1").meta.service_model.shape_for("RFTHyperParameters")
    theirs = {name: shape.metadata for name, shape in api.members.items()}

    properties = HyperParameters.model_json_schema()["properties"]

    ours = {name: options["anyOf"][0] for name, options in properties.items() if name != "auto"}
    assert ours.keys() == theirs.keys()
    assert [(ours[n]["minimum"], ours[n]["maximum"]) for n in theirs if "max" in theirs[n]] == [
        (bounds["min"], bounds["max"]) for bounds in theirs.values() if "max" in bounds
    ]
    assert ours["reasoningEffort"]["enum"] == theirs["reasoningEffort"]["enum"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"shadow": {"reward": [{"function": "maths.fnal", "weight": 1}]}},
            "shadow.reward[0].function: unknown function 'maths.fnal'",
            id="unknown function",
        ),
        pytest.param(
            {"shadow": {"reward": [{"function": "judge.score", "weight": 1, "options": {"rubric": "outcome"}}]}},
            "the shadow.reward asks a judge; expected judge.model",
            id="judge that is not named",
        ),
        pytest.param(
            {"references": "none", "reward": FREE, "shadow": {"reward": PROJECT["reward"]}},
            "the shadow.reward reads reference_answer (maths.final_answer)",
            id="references that are not there",
        ),
        pytest.param(
            {"shadow": {"reward": FREE}, "rollouts": {"keep": 0}}, "the shadow grades rollouts", id="nothing kept"
        ),
        pytest.param({"shadow": {"reward": PROJECT["reward"]}}, "independent", id="no other rubric"),
    ],
)
def test_a_shadow_is_held_to_what_a_reward_is(changes: dict[str, Any], expected: str, tmp_path: Path) -> None:
    config = ProjectConfig.load(write_project(tmp_path, changes))

    with pytest.raises(ConfigError) as refused:
        config.for_stage("dev")

    assert expected in str(refused.value)


def test_a_stage_changes_single_settings_of_its_rollouts(tmp_path: Path) -> None:
    changes = {"rollouts": {"redact": True}, "stages": {"dev": {"rollouts": {"days": 7}}}}

    rollouts = ProjectConfig.load(write_project(tmp_path, changes)).for_stage("dev").rollouts

    assert (rollouts.keep, rollouts.redact, rollouts.days) == (1.0, True, 7)
