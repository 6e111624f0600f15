import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.config import ProjectConfig
from lambda_src.reward.rubric import Rubric
from lambda_src.run.dataset.content import Content
from lambda_src.run.dataset.survey import Survey

PARTS = ("train", "validation", "test")
NAMES = {part: f"{part}.jsonl" for part in PARTS}
PROJECTS = sorted((Path(__file__).parents[4] / "projects").glob("*.yaml"))
APPLES = "Nora has {} bags of 7 apples each and gives some of them to the neighbours. How many are left?"

KNOWN = {
    "gsm8k-style": {"leaked-prompt"},  # one problem of the training file, with another name
    "moderation": {"leaked-prompt"},  # one message, under another wording of the policy
}
"""What is true of the bundled datasets; a rule that says more of them is a false alarm."""


def record(prompt: str, reference: Any = "4", **fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}], "reference_answer": reference} | fields


def content(*records: dict[str, Any], validation: tuple[dict[str, Any], ...] = (), **settings: Any) -> Content:
    survey = Survey(NAMES, **settings)
    for part, given in (("train", records), ("validation", validation)):
        for line, each in enumerate(given, start=1):
            survey.observe(part, line, each)
    return survey.content()


def rules(seen: Content) -> list[str]:
    return [finding.rule for finding in seen.findings.shown]


def test_everything_is_said_at_once() -> None:
    rubric = Rubric.from_config([{"function": "maths.final_answer", "weight": 1, "options": {"prose": False}}])
    prompts = [APPLES.format(n) for n in range(1, 90)]
    train = [record(prompt, str(n)) for n, prompt in enumerate(prompts)]

    seen = content(
        *train,
        record(prompts[4], "5,000"),
        record(prompts[7], "7"),
        record(f"{prompts[0]} Ask ada@lovelace.org."),
        validation=(record(prompts[2], "2"),),
        rubric=rubric,
        hyper_parameters={"maxPromptLength": 25, "inferenceMaxTokens": 1},
    )

    assert set(rules(seen)) == {
        "ambiguous-prompt",
        "duplicate-prompt",
        "leaked-prompt",
        "prompt-too-long",
        "reference-too-long",
        "form-not-asked",
        "prompts-alike",
        "personal-data",
    }
    assert (seen.similar.exact, seen.similar.leaked, seen.similar.groups) == (3, 1, {2: 3})
    assert seen.lengths["train"].prompt.total == 92
    assert [each.wants for each in seen.alignment] == ["#### before the final answer"]
    json.dumps(seen.to_json())


def test_a_clean_dataset_of_one_record_has_no_findings() -> None:
    assert rules(content(record("Why is the sky blue?"))) == []


def test_nothing_observed_is_nothing_found() -> None:
    assert Survey(NAMES).content() == Content()


def test_a_field_that_the_grader_reads_tells_equal_prompts_apart() -> None:
    prompt = "Which town has the most guests?"

    seen = content(record(prompt, "Oslo", rows=[[1, "Oslo"]]), record(prompt, "Bergen", rows=[[2, "Bergen"]]))

    assert rules(seen) == ["duplicate-prompt"], "for the model they are the same, for the grader they are not"


def test_a_system_prompt_tells_equal_questions_apart() -> None:
    question = {"role": "user", "content": "How long is it?"}
    given = [
        {
            "messages": [{"role": "system", "content": f"The bridge is {n} metres long."}, question],
            "reference_answer": f"{n}",
        }
        for n in (120, 240)
    ]

    assert rules(content(*given)) == []


def test_records_without_references_are_looked_at_as_well() -> None:
    records = [{"messages": [{"role": "user", "content": APPLES.format(n)}]} for n in (1, 2, 1)]

    assert rules(content(*records)) == ["duplicate-prompt"]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"metadata": {"deep": [[[{"a": None}]]]}, "score": 0.5, "flag": True}, id="fields of all types"),
        pytest.param({"reference_answer": {"text": "\ud800"}}, id="half a surrogate pair"),
        pytest.param({"reference_answer": {"a": {"b": [1, 2, {"c": None}]}}}, id="nested reference"),
        pytest.param({"messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}]}]}, id="blocks"),
        pytest.param({"messages": [{"role": "user", "content": "\U0001f680"}]}, id="no word at all"),
    ],
)
def test_odd_but_valid_records_are_taken(odd: dict[str, Any]) -> None:
    rubric = Rubric.from_config([{"function": "maths.final_answer", "weight": 1}])

    seen = content(record("Why?") | odd, record("How?"), rubric=rubric)

    assert seen.lengths["train"].prompt.total == 2


def bundled(dataset: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    folder = Path(__file__).parents[4] / "datasets" / dataset
    for part in PARTS:
        for line, text in enumerate((folder / f"{part}.jsonl").read_text(encoding="utf-8").splitlines(), start=1):
            yield part, line, json.loads(text)


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.stem)
def test_no_false_alarm_is_raised_on_a_bundled_dataset(project: Path) -> None:
    config = ProjectConfig.load(project).for_stage("dev")
    survey = Survey(NAMES, rubric=Rubric.from_config(config.rubric), hyper_parameters=config.hyper_parameters.to_api())
    for part, line, each in bundled(project.stem):
        survey.observe(part, line, each)

    seen = survey.content()

    assert set(rules(seen)) <= KNOWN.get(project.stem, set())
    assert all(each.asked == 1.0 for each in seen.alignment)
