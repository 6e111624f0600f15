import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from infra.config import ProjectConfig, StageConfig
from infra.project_check import GraderError, ProjectCheck, examined, require_sound
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.run.audit import RULES, Audit, Verdict, rules
from lambda_src.run.audit.latency import Limits
from lambda_src.run.dataset import DatasetError
from lambda_src.sandbox import runner
from tests.infra.synthesis import ROOT, only, record, write_project


def _project(tmp_path: Path, edit: Callable[[list[str]], list[str]] = list, **changes: Any) -> StageConfig:
    config = ProjectConfig.load(write_project(tmp_path, changes)).for_stage("dev")
    lines = config.train_file.read_text(encoding="utf-8").splitlines()
    config.train_file.write_text("".join(f"{line}\n" for line in edit(lines)), encoding="utf-8")
    return config


def _audit(config: StageConfig) -> Audit:
    found = require_sound(config).audit
    assert found is not None
    return found


def test_a_sound_project_passes(tmp_path: Path) -> None:
    audit = _audit(_project(tmp_path))

    assert audit.records == 4
    assert {result.verdict for result in audit.rules} == {Verdict.PASSED}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(lambda lines: [*lines[:2], "{", *lines[3:]], "train.jsonl line 3: is not valid JSON", id="JSON"),
        pytest.param(lambda lines: lines[1:], "99 records; expected 100 to 20,000", id="99 records"),
        pytest.param(
            lambda lines: [json.dumps({"messages": json.loads(lines[0])["messages"]}), *lines[1:]],
            "train.jsonl line 1: reference_answer",
            id="no reference",
        ),
    ],
)
def test_records_that_cannot_be_used_are_named(
    edit: Callable[[list[str]], list[str]], expected: str, tmp_path: Path
) -> None:
    config = _project(tmp_path, edit)

    with pytest.raises(DatasetError) as refused:
        require_sound(config)

    assert "datasets/sums/train.jsonl" in str(refused.value)
    assert expected in str(refused.value)


def test_validation_records_are_checked_too(tmp_path: Path) -> None:
    config = _project(tmp_path)
    (config.dataset_folder / "validation.jsonl").write_text(f"{record(1)}[]\n", encoding="utf-8")

    with pytest.raises(DatasetError, match=r"datasets/sums/validation.jsonl line 2"):
        require_sound(config)


def test_records_without_reference_pass_where_no_reward_reads_them(tmp_path: Path) -> None:
    def without_reference(lines: list[str]) -> list[str]:
        return [json.dumps({"messages": json.loads(line)["messages"]}) for line in lines]

    brevity = [{"function": "text.max_words", "weight": 1, "options": {"words": 50}}]
    config = _project(tmp_path, without_reference, references="none", reward=brevity)

    assert examined(config).error_count == 0


def test_files_are_read_once_for_all_stages_with_the_same_reward(tmp_path: Path) -> None:
    stages = {"dev": {}, "prod": {"hyperParameters": {"epochCount": 3}, "alarms": {"jobHours": 1}}}
    project = ProjectConfig.load(write_project(tmp_path, {"stages": stages}))

    assert examined(project.for_stage("prod")) is examined(project.for_stage("dev"))


def test_files_that_have_changed_are_read_again(tmp_path: Path) -> None:
    config = _project(tmp_path)
    before = examined(config)
    config.train_file.write_text("{", encoding="utf-8")

    assert examined(config).error_count > before.error_count


def test_records_in_s3_are_left_to_the_deploy(tmp_path: Path) -> None:
    pinned = {"train": {"uri": "s3://records/train.jsonl", "sha256": "a" * 64}}
    config = ProjectConfig.load(write_project(tmp_path, {"dataset": pinned})).for_stage("dev")

    assert require_sound(config) == ProjectCheck(dataset=None, audit=None)


PAYS_FOR_ANY_ANSWER = [{"function": "maths.one_final_answer", "weight": 1}]


def test_a_reward_that_pays_for_wrong_answers_is_refused(tmp_path: Path) -> None:
    config = _project(tmp_path, reward=PAYS_FOR_ANY_ANSWER)

    with pytest.raises(GraderError) as refused:
        require_sound(config)

    assert "project sums, stage dev" in str(refused.value)
    assert "\n  wrong-answer-earns-less: right answers earn 1, wrong ones" in str(refused.value)
    assert "\n    record r0, near miss: earns 1; expected less than the 1 of the right answer" in str(refused.value)
    assert "rft check sums" in str(refused.value)


def test_a_waived_rule_is_not_applied(tmp_path: Path) -> None:
    waive = {"wrong-answer-earns-less": "Only the form is trained here."}

    require_sound(_project(tmp_path, reward=PAYS_FOR_ANY_ANSWER, waive=waive))


JUDGE_PART = {"function": "judge.score", "weight": 0.5, "options": {"rubric": "instruction-following"}}
JUDGED: dict[str, Any] = {
    "judge": {"model": "any.judge"},
    "reward": [{"function": "maths.final_answer", "weight": 0.5}, JUDGE_PART],
}


def unreachable(**_: Any) -> Any:
    raise AssertionError("a judge costs money and is not to be asked at synth")


def test_judges_are_not_asked_and_what_needs_them_is_not_tried(tmp_path: Path) -> None:
    with asking(unreachable):
        audit = _audit(_project(tmp_path, **JUDGED))

    tried = {result.rule for result in audit.rules if result.verdict is not Verdict.NOT_TRIED}
    assert rules.REFERENCE_EARNS_FULL_REWARD in tried
    assert rules.SAME_INPUT_SAME_SCORE in tried
    assert {rules.WRONG_ANSWER_EARNS_LESS, rules.EXPLOIT_DOES_NOT_PAY, rules.REWARD_HAS_SPREAD}.isdisjoint(tried)


def test_a_reward_of_judges_alone_is_left_to_the_deploy(tmp_path: Path) -> None:
    with asking(unreachable):
        audit = _audit(_project(tmp_path, **{**JUDGED, "reward": [JUDGE_PART]}))

    assert audit.passed
    assert audit[rules.REFERENCE_IS_READABLE].verdict is Verdict.PASSED
    assert {audit[rule].verdict for rule in RULES} == {Verdict.NOT_TRIED}
    assert "rft check" in audit[RULES[0]].reason


def test_where_code_cannot_be_run_it_is_left_to_the_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "obstacle", lambda: "the sandbox needs Linux; this is darwin")

    audit = _audit(ProjectConfig.load(ROOT / "projects" / "code.yaml").for_stage("dev"))

    assert audit.passed
    assert {audit[rule].verdict for rule in RULES} == {Verdict.NOT_TRIED}
    assert "needs Linux; this is darwin; the deploy's preflight" in audit[RULES[0]].reason


def test_what_a_judged_reward_says_without_its_judge_is_checked(tmp_path: Path) -> None:
    one_word = {"function": "text.max_words", "weight": 0.2, "options": {"words": 1}}

    with pytest.raises(GraderError, match="reference-earns-full-reward: 0 of 4 right answers"):
        require_sound(_project(tmp_path, **{**JUDGED, "reward": [*JUDGED["reward"], one_word]}))


def test_the_audit_knows_the_time_out_of_the_deployed_grader(template: Template) -> None:
    grader = only(template, "AWS::Lambda::Function", Handler="lambda_src.reward.handler.handler")

    assert grader["Properties"]["Timeout"] == Limits().timeout
