"""``rft import-grader``: what is imported scores as its definition says, or nothing is written."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from lambda_src.reward.rewards._judge import rubric as _judge_rubric
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rollout import Rollout
from lambda_src.reward.rubric import Rubric
from rft.import_grader import import_grader

ROOT = Path(__file__).parents[2]
APP = typer.Typer()
APP.command()(import_grader)

EQUAL = {"type": "string_check", "input": "{{ sample.output_text }}", "reference": "{{item.label}}", "operation": "eq"}
ALIKE = {
    "type": "text_similarity",
    "input": "{{sample.output_text}}",
    "reference": "{{item.label}}",
    "evaluation_metric": "fuzzy_match",
}
JUDGE = {
    "type": "score_model",
    "name": "tone",
    "model": "o4-mini-2025-04-16",
    "range": [0, 1],
    "sampling_params": {"temperature": 0.2, "seed": 7},
    "input": [
        {"role": "system", "content": 'You are an expert. Score 1 for "kind", 0.5 for C:\\so-so, 0 for rude.'},
        {"role": "user", "content": "Wanted: {{ item.label }}. Reply: {{ sample.output_text }}"},
    ],
}
CODE = {
    "type": "python",
    "source": "import re\n\ndef helper(text):\n    return len(re.findall('a', text))\n\n"
    "def grade(sample, item):\n    return helper(sample['output_text']) * item['worth']\n",
    "image_tag": "2025-05-08",
}


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's folders, without anything in them."""
    monkeypatch.chdir(tmp_path)
    for folder in ("rewards", "rubrics"):
        (tmp_path / "lambda_src" / "reward" / folder).mkdir(parents=True)
    return tmp_path


def run(definition: object, *arguments: str, file: str = "my grader.json") -> Result:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    Path(file).write_text(text, encoding="utf-8")
    return CliRunner().invoke(APP, [file, *arguments])


def imported(definition: object, *arguments: str) -> list[dict[str, Any]]:
    result = run(definition, *arguments)
    assert result.exit_code == 0, result.stderr
    entries: list[dict[str, Any]] = yaml.safe_load(result.stdout)["reward"]
    return entries


def files() -> set[str]:
    return {path.name for path in Path("lambda_src").rglob("*") if path.is_file()}


def rewards(entries: list[dict[str, Any]], responses: list[str], **fields: Any) -> list[float]:
    rubric = Rubric.from_config(entries)
    return [round(rubric.score(Rollout("r", response, fields=fields)).reward, 6) for response in responses]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        pytest.param("eq", [1.0, 0.0, 0.0, 0.0], id="eq"),
        pytest.param("ne", [0.0, 1.0, 1.0, 1.0], id="ne"),
        pytest.param("neq", [0.0, 1.0, 1.0, 1.0], id="neq, as the guide says"),
        pytest.param("like", [1.0, 1.0, 0.0, 0.0], id="like"),
        pytest.param("ilike", [1.0, 1.0, 1.0, 0.0], id="ilike"),
    ],
)
def test_a_string_check_scores_as_its_operation_says(operation: str, expected: list[float]) -> None:
    entries = imported({**EQUAL, "operation": operation})

    assert rewards(entries, ["Oslo", "It is Oslo.", "OSLO", "Rome"], label="Oslo") == expected
    assert files() == set()


def test_the_plain_case_needs_no_templates() -> None:
    definition = {**EQUAL, "reference": "{{ item.reference_answer }}"}

    assert imported({"grader": definition}) == [{"function": "text.equals", "weight": 1}]


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        pytest.param("fuzzy_match", 8 / 13, id="fuzzy_match: 2 * LCS of characters"),
        pytest.param("rouge_1", 0.0, id="rouge_1: no word in common"),
    ],
)
def test_text_similarity_scores_as_its_metric_says(metric: str, value: float) -> None:
    entries = imported({**ALIKE, "evaluation_metric": metric, "pass_threshold": 0.8})

    assert rewards(entries, ["kitten", "sitting"], label="sitting") == [round(value, 6), 1.0]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # responses: right; nearly right; something else. Similarity 1, 8/9, 0 and equality 1, 0, 0
        pytest.param("0.25 * same + 0.75 * near", [1.0, 6 / 9, 0.0], id="weighted sum"),
        pytest.param("(same + near) / 2", [1.0, 4 / 9, 0.0], id="mean"),
        pytest.param("same * near", [1.0, 0.0, 0.0], id="product"),
        pytest.param("min(same, near)", [1.0, 0.0, 0.0], id="smallest"),
        pytest.param("0.5 * near + 0.5 * min(same, near)", [1.0, 4 / 9, 0.0], id="smallest in a sum"),
        pytest.param("max(0, near - 0.5 * other)", [1.0, 7 / 18, 0.0], id="penalty"),
        pytest.param("1 - other", [1.0, 0.0, 0.0], id="opposite"),
        pytest.param("0.5 * near + 0.5 * (1 - other)", [1.0, 4 / 9, 0.0], id="opposite in a sum"),
        pytest.param("2 * near", [1.0, 8 / 9, 0.0], id="beyond 1, scaled"),
    ],
)
def test_a_multi_grader_scores_as_its_formula_says(formula: str, expected: list[float]) -> None:
    graders = {"same": EQUAL, "near": ALIKE, "other": {**EQUAL, "operation": "ne"}}
    entries = imported({"type": "multi", "name": "m", "graders": graders, "calculate_output": formula})

    assert rewards(entries, ["Oslo", "Oslos", "Wien"], label="Oslo") == pytest.approx(expected, abs=1e-6)


def test_graders_may_be_a_list_as_the_reference_shows() -> None:
    graders = [{**EQUAL, "name": "same"}, {**ALIKE, "name": "near"}]
    entries = imported({"type": "multi", "graders": graders, "calculate_output": "0.5 * same + 0.5 * near"})

    assert [(entry["name"], entry["weight"]) for entry in entries] == [("same", 0.5), ("near", 0.5)]


def judge(mark: int) -> Any:
    def converse(**request: Any) -> Mapping[str, Any]:
        converse.requests.append(request)  # type: ignore[attr-defined]  # a list of the function's own
        call = {"toolUseId": "1", "name": "record_judgement", "input": {"reasoning": "So it is.", "score": mark}}
        return {"stopReason": "tool_use", "output": {"message": {"content": [{"toolUse": call}]}}}

    converse.requests = []  # type: ignore[attr-defined]  # as above
    return converse


@pytest.fixture
def rubrics(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Judges read the rubrics of the checkout."""
    folder = checkout / "lambda_src" / "reward" / "rubrics"
    monkeypatch.setattr(_judge_rubric, "_FOLDER", folder)
    _judge_rubric.load.cache_clear()
    yield folder
    _judge_rubric.load.cache_clear()


@pytest.mark.parametrize(
    ("bounds", "mark", "reward"),
    [
        pytest.param([0, 1], 5, 0.5, id="half of 0 to 1"),
        pytest.param([1, 5], 4, 0.75, id="its own whole numbers"),
        pytest.param([-1, 1], 0, 0.5, id="below 0"),
        pytest.param([0, 1000], 10, 1.0, id="too many marks"),
    ],
)
def test_a_score_model_becomes_a_judge_with_its_instructions(
    rubrics: Path, bounds: list[float], mark: int, reward: float
) -> None:
    entries = imported({**JUDGE, "range": bounds}, "--name", "tone", "--judge", "amazon.nova-pro-v1:0")
    entries[0]["options"]["model"] = "amazon.nova-pro-v1:0"

    with asking(judge(mark)) as _:
        scores = rewards(entries, ["You are welcome."], label="kindness")

    assert scores == [reward]
    task = _judge_rubric.load("tone")
    assert 'Score 1 for "kind", 0.5 for C:\\so-so, 0 for rude.' in task.instructions
    assert "Wanted: [label]. Reply: [response]" in task.instructions
    assert task.shows == ("label",)
    assert entries[0]["options"]["temperature"] == 0.2
    assert (rubrics / "tone.toml").read_text().startswith("# Imported by ``rft import-grader``")


def test_the_judge_sees_what_the_templates_named(rubrics: Path) -> None:
    entries = imported(JUDGE, "--name", "tone")
    entries[0]["options"]["model"] = "any"
    converse = judge(10)

    with asking(converse):
        rewards(entries, ["You are welcome."], label="kindness", other="hidden")

    (request,) = converse.requests
    shown = request["messages"][0]["content"][0]["text"]
    assert '"label": "kindness"' in shown
    assert '"response": "You are welcome."' in shown
    assert "hidden" not in shown


def test_a_judge_is_left_to_be_chosen_and_the_differences_are_told() -> None:
    result = run(JUDGE, "--name", "tone")

    assert "# judge:\n#   model: a Bedrock model in place of o4-mini-2025-04-16\n" in result.stdout
    assert "different: sampling_params seed have no equivalent" in result.stderr
    assert "whole numbers from 0 to 10" in result.stderr


def test_a_chosen_judge_stands_in_the_output() -> None:
    assert yaml.safe_load(run(JUDGE, "--judge", "some.model:0").stdout)["judge"] == {"model": "some.model:0"}


def test_a_python_grader_becomes_a_family_that_runs_its_code(checkout: Path) -> None:
    shutil.rmtree(checkout / "lambda_src")
    shutil.copytree(ROOT / "lambda_src", checkout / "lambda_src", ignore=shutil.ignore_patterns("__pycache__"))
    entries = imported(CODE, "--name", "count-a", "--range", "0", "4")
    program = (
        "import json, sys\n"
        "from lambda_src.reward.rubric import Rubric, known_functions\n"
        "from lambda_src.reward.rollout import Rollout\n"
        "rubric = Rubric.from_config(json.loads(sys.argv[1]))\n"
        "texts = ['banana', 'b', 'aaaaaaaaa', 'a']\n"
        "scores = [rubric.score(Rollout('r', text, fields={'worth': 1})) for text in texts]\n"
        "broken = rubric.score(Rollout('r', 'a'))\n"
        "found = [name for name in known_functions() if 'count' in name]\n"
        "print(json.dumps([[s.reward for s in scores], broken.reward, broken.error, found]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(entries)], capture_output=True, text=True, cwd=checkout, check=True
    )

    scores, broken, error, functions = json.loads(done.stdout)
    assert scores == [0.75, 0.0, 1.0, 0.25]
    assert (broken, functions) == (0.0, ["count_a.score"])
    assert "KeyError: 'worth'" in error


def test_what_a_formula_does_not_use_is_not_imported() -> None:
    graders = {"same": EQUAL, "tone": JUDGE, "code": CODE}
    entries = imported({"type": "multi", "graders": graders, "calculate_output": "same"})

    assert [entry["name"] for entry in entries] == ["same"]
    assert files() == set()


@pytest.mark.parametrize(
    ("definition", "arguments", "message"),
    [
        pytest.param("{", (), "my grader.json: not JSON", id="no JSON"),
        pytest.param([], (), "my grader.json: $: []; expected an object with type", id="list"),
        pytest.param({"type": "label_model"}, (), '$.type: "label_model"; expected string_check', id="another type"),
        pytest.param({**EQUAL, "operation": "equals"}, (), '$.operation: "equals"; expected eq, ne', id="operation"),
        pytest.param({**EQUAL, "input": 5}, (), "$.input: 5; expected a text", id="input"),
        pytest.param({**EQUAL, "inputs": "x"}, (), "$.inputs: unknown key; expected type, name, input", id="key"),
        pytest.param(
            {**EQUAL, "input": "{{ sample.output_tools[0].function.name }}"},
            (),
            "$: input: {{ sample.output_tools[0].function.name }}; of the sample there are output_text and output_json",
            id="tool calls",
        ),
        pytest.param({**ALIKE, "evaluation_metric": "cosine"}, (), "it compares embeddings", id="cosine"),
        pytest.param({**ALIKE, "evaluation_metric": "meteor"}, (), "it needs WordNet", id="meteor"),
        pytest.param({**JUDGE, "range": [1, 0]}, (), "$.range: [1, 0]; expected two numbers", id="range"),
        pytest.param({**JUDGE, "input": "x"}, (), '$.input: "x"; expected a list of messages', id="messages"),
        pytest.param({**JUDGE, "input": [{"role": "tool"}]}, (), "$.input[0]: ", id="role"),
        pytest.param(
            {**JUDGE, "input": [{"role": "user", "content": [{"type": "input_image"}]}]},
            (),
            "$.input[0].content: {",
            id="image",
        ),
        pytest.param(
            {**JUDGE, "input": [{"role": "user", "content": "Is {{item.label}} good?"}]},
            (),
            "$.input: no {{ sample.output_text }}",
            id="a judge that sees no response",
        ),
        pytest.param(
            {**JUDGE, "input": [{"role": "user", "content": "{{ answer }}"}]},
            (),
            "$.input[0].content: {{ answer }}; expected {{ item.",
            id="another notation",
        ),
        pytest.param(
            {**CODE, "source": "def grade(sample):\n  return 1"}, (), "$.source: no function grade", id="arguments"
        ),
        pytest.param({**CODE, "source": "def grade(sample, item)"}, (), "$.source: expected ':'", id="no Python"),
        pytest.param(
            {**CODE, "source": "from rapidfuzz import fuzz\ndef grade(sample, item):\n  import numpy.linalg"},
            (),
            "$.source: imports numpy, rapidfuzz, which a grader's Lambda does not hold",
            id="libraries",
        ),
        pytest.param(
            {"type": "multi", "graders": {}, "calculate_output": "a"}, (), "$.graders: empty", id="no graders"
        ),
        pytest.param(
            {"type": "multi", "graders": {"a b": EQUAL}, "calculate_output": "a"},
            (),
            "$.graders.a b: the name 'a b' cannot stand in a formula",
            id="name of a grader",
        ),
        pytest.param(
            {"type": "multi", "graders": {"a": {"type": "multi"}}, "calculate_output": "a"},
            (),
            "$.graders.a.type: multi within multi",
            id="multi within multi",
        ),
        pytest.param(
            {"type": "multi", "graders": {"a": EQUAL, "code": CODE}, "calculate_output": "a * max(code, 0.5)"},
            (),
            "$.calculate_output: 'max(code, 0.5)' has no equivalent",
            id="formula",
        ),
        pytest.param(
            {"type": "multi", "graders": {"near": ALIKE, "code": CODE}, "calculate_output": "near - 0.5 * code"},
            (),
            "counts against the score",
            id="a grader without an opposite",
        ),
        pytest.param(
            {"type": "multi", "graders": {"a": EQUAL, "b": ALIKE}, "calculate_output": "min(1, 2 * b + a)"},
            (),
            "cuts off part of the scores",
            id="clipping",
        ),
        pytest.param(
            {"type": "multi", "graders": {"a": JUDGE | {"range": [1, 5]}, "b": ALIKE}, "calculate_output": "min(a, b)"},
            (),
            "compares graders of different ranges",
            id="ranges",
        ),
        pytest.param(EQUAL, ("--name", "My Grader"), "--name: 'My Grader'; expected words of small letters", id="name"),
        pytest.param(CODE, ("--range", "1", "1"), "--range: 1 1; expected the lower number first", id="bounds"),
    ],
)
def test_what_has_no_equivalent_is_one_line_and_nothing_is_written(
    definition: object, arguments: tuple[str, ...], message: str
) -> None:
    result = run(definition, *arguments)

    assert result.exit_code == 1
    assert result.stderr.startswith("rft import-grader: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr
    assert result.stdout == ""
    assert files() == set()


def test_a_missing_file_is_one_line() -> None:
    result = CliRunner().invoke(APP, ["none.json"])

    assert result.stderr == (
        "rft import-grader: none.json: No such file or directory; expected a file with a grader definition\n"
    )


def test_an_import_is_replaced_only_by_force_and_never_anything_else() -> None:
    first = run(JUDGE, "--name", "tone")
    again = run({**JUDGE, "range": [1, 5]}, "--name", "tone")
    forced = run({**JUDGE, "range": [1, 5]}, "--name", "tone", "--force")
    Path("lambda_src/reward/rubrics/outcome.toml").write_text("instructions = 'mine'\n")
    never = run(JUDGE, "--name", "outcome", "--force")

    assert [result.exit_code for result in (first, again, forced, never)] == [0, 1, 0, 1]
    assert "exists; expected another --name, or --force" in again.stderr
    assert "is no earlier import" in never.stderr
    assert "scale = [1, 5]" in Path("lambda_src/reward/rubrics/tone.toml").read_text()
    assert Path("lambda_src/reward/rubrics/outcome.toml").read_text() == "instructions = 'mine'\n"


def test_where_one_file_cannot_be_written_none_is() -> None:
    graders = {"tone": JUDGE, "code": CODE}
    Path("lambda_src/reward/rubrics/m-tone.toml").write_text("mine")

    result = run({"type": "multi", "graders": graders, "calculate_output": "tone + code"}, "--name", "m")

    assert result.exit_code == 1
    assert files() == {"m-tone.toml"}


def test_outside_of_a_checkout_nothing_is_written(checkout: Path) -> None:
    shutil.rmtree(checkout / "lambda_src")

    result = run(CODE, "--name", "count")

    assert result.exit_code == 1
    assert "expected to be called at the root of a checkout" in result.stderr
