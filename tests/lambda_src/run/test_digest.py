from pathlib import Path
from typing import Any

import pytest

from lambda_src.run.digest import DigestError, Inputs, canonical_json, digest_inputs, file_sha256

FAMILY = '''"""Prose."""

from ..rollout import Rollout
from ._numbers import parse


def final_answer(rollout: Rollout) -> float:
    """More prose."""
    return float(parse(rollout.response) == 42)  # a comment
'''
SOURCES = {
    "handler.py": "from . import metrics, rubric\n",
    "metrics.py": "NAMESPACE = 'A'\n",
    "rollout.py": "class Rollout: ...\n",
    "rubric.py": "from . import metrics\nfrom .rewards import maths, text\nfrom .rollout import Rollout\n",
    "rewards/__init__.py": "",
    "rewards/maths.py": FAMILY,
    "rewards/_numbers.py": "def parse(text): return int(text)\n",
    "rewards/text.py": "def short(rollout): return 1.0\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, source in SOURCES.items():
        path = tmp_path / "reward" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (tmp_path / "train.jsonl").write_text("{}\n")
    (tmp_path / "validation.jsonl").write_text("{}\n")
    return tmp_path


def inputs(project: Path, **changes: Any) -> Inputs:
    arguments: dict[str, Any] = {
        "model": "local.tiny-lm",
        "dataset": {"train": project / "train.jsonl"},
        "rubric": [{"function": "maths.final_answer", "weight": 1}],
        "hyper_parameters": {"epochCount": 2},
        "reward_root": project / "reward",
    }
    return digest_inputs(**(arguments | changes))


def edit(project: Path, name: str, source: str) -> None:
    path = project / "reward" / name
    assert path.read_text() != source
    path.write_text(source)


def test_equal_inputs_have_the_same_digest(project: Path) -> None:
    assert inputs(project) == inputs(project)
    assert len(inputs(project).digest) == 64
    assert inputs(project).run == inputs(project).digest[:12]


def test_the_digest_of_given_inputs_never_changes() -> None:
    """A new digest for old inputs would start a paid run on every project's next deploy."""
    given = Inputs(model="m", train="t", validation=None, rubric="r", grader="g", hyper_parameters="h")

    assert given.digest == "a52608617a48afefc803104cbf5e81b37b4d458b9668646f3be88a2356baec6e"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        pytest.param("model", {"model": "amazon.nova-2-lite-v1:0:256k"}, id="model"),
        pytest.param("rubric", {"rubric": [{"function": "maths.final_answer", "weight": 2}]}, id="weight"),
        pytest.param("hyperParameters", {"hyper_parameters": {"epochCount": 3}}, id="hyperparameter"),
    ],
)
def test_a_changed_setting_changes_its_own_hash_alone(project: Path, name: str, changes: dict[str, Any]) -> None:
    before, after = inputs(project).to_json(), inputs(project, **changes).to_json()

    assert [key for key in before if before[key] != after[key]] == [name]


def test_one_more_byte_of_data_changes_the_digest(project: Path) -> None:
    before = inputs(project)

    (project / "train.jsonl").write_text("{}\n\n")

    assert inputs(project).digest != before.digest


def test_validation_data_is_an_input_of_its_own(project: Path) -> None:
    both = {"train": project / "train.jsonl", "validation": project / "validation.jsonl"}

    assert "validation" not in inputs(project).to_json()
    assert inputs(project, dataset=both).digest != inputs(project).digest


def test_a_pinned_file_counts_as_the_same_bytes_on_this_machine(project: Path) -> None:
    files = {"train": project / "train.jsonl", "validation": project / "validation.jsonl"}
    pins = {part: file_sha256(file) for part, file in files.items()}

    assert inputs(project, dataset=pins) == inputs(project, dataset=files)


def test_another_pin_is_another_run(project: Path) -> None:
    assert inputs(project, dataset={"train": "0" * 64}).digest != inputs(project, dataset={"train": "1" * 64}).digest


@pytest.mark.parametrize("pin", ["train.jsonl", "", "A" * 64, "a" * 63])
def test_what_pins_nothing_is_refused(project: Path, pin: str) -> None:
    with pytest.raises(DigestError, match=r"pins no file; expected a SHA-256"):
        inputs(project, dataset={"train": pin})


@pytest.mark.parametrize(
    "name",
    ["rollout.py", "rubric.py", "rewards/maths.py", "rewards/_numbers.py"],
)
def test_code_that_decides_a_score_is_an_input(project: Path, name: str) -> None:
    before = inputs(project)

    edit(project, name, SOURCES[name] + "CHANGED = 1\n")

    assert inputs(project).digest != before.digest


@pytest.mark.parametrize("name", ["handler.py", "metrics.py", "rewards/text.py"])
def test_code_that_decides_no_score_of_this_rubric_is_not(project: Path, name: str) -> None:
    before = inputs(project)

    edit(project, name, SOURCES[name] + "CHANGED = 1\n")

    assert inputs(project) == before


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(FAMILY.replace("Prose", "Other\n\nprose"), id="docstring"),
        pytest.param(FAMILY.replace("# a comment", "# the answer to everything"), id="comment"),
        pytest.param(FAMILY.replace("  # a comment", ""), id="no comment"),
        pytest.param(FAMILY.replace("    return", "\n\n    # why\n\n    return"), id="blank lines"),
        pytest.param(FAMILY.replace("\n", "\r\n"), id="line ends"),
    ],
)
def test_prose_in_the_code_is_no_input(project: Path, source: str) -> None:
    before = inputs(project)

    (project / "reward/rewards/maths.py").write_bytes(source.encode())

    assert inputs(project) == before


def test_a_blank_line_inside_a_string_is_an_input(project: Path) -> None:
    edit(project, "rewards/maths.py", FAMILY + 'TEXT = """a\nb"""\n')
    before = inputs(project)

    edit(project, "rewards/maths.py", FAMILY + 'TEXT = """a\n\nb"""\n')

    assert inputs(project) != before


def test_spelling_of_numbers_and_unset_hyperparameters_do_not_count(project: Path) -> None:
    spelled = {
        "rubric": [{"weight": 1.0, "function": "maths.final_answer"}],
        "hyper_parameters": {"learningRate": None, "epochCount": 2.0},
    }

    assert inputs(project, **spelled) == inputs(project)


def test_canonical_json_keeps_what_differs() -> None:
    assert canonical_json([True, "1", 1, 0.1]) == '[true,"1",1,0.1]'


def test_a_missing_dataset_file_is_named(project: Path) -> None:
    with pytest.raises(DigestError, match=r"none.jsonl: cannot be read"):
        inputs(project, dataset={"train": project / "none.jsonl"})


def test_a_missing_module_of_the_grader_is_named(project: Path) -> None:
    with pytest.raises(DigestError, match=r"code.py: cannot be read .* the rubric needs this module"):
        inputs(project, rubric=[{"function": "code.runs", "weight": 1}])


JUDGED = [{"function": "maths.final_answer", "weight": 1, "options": {"rubric": "clarity"}}]


def test_a_judge_s_rubric_is_an_input(project: Path) -> None:
    (project / "reward" / "rubrics").mkdir()
    file = project / "reward" / "rubrics" / "clarity.toml"
    file.write_text("scale = [1, 5]\n")
    before = inputs(project, rubric=JUDGED)
    file.write_text("scale = [1, 3]\n")

    assert inputs(project, rubric=JUDGED).grader != before.grader


def test_a_judge_s_rubric_that_is_missing_is_named(project: Path) -> None:
    with pytest.raises(DigestError, match=r"clarity.toml: cannot be read"):
        inputs(project, rubric=JUDGED)


def test_the_least_of_several_functions_brings_all_their_families(project: Path) -> None:
    rubric = [{"minimum": [{"function": "maths.final_answer"}, {"function": "text.short"}], "weight": 1}]
    before = inputs(project, rubric=rubric)
    edit(project, "rewards/text.py", "def short(rollout): return 0.0\n")

    assert inputs(project, rubric=rubric).grader != before.grader


def test_what_a_family_imports_from_beside_the_grader_is_an_input(project: Path) -> None:
    (project / "sandbox").mkdir()
    sandbox = project / "sandbox" / "runner.py"
    sandbox.write_text("LIMIT = 1\n")
    edit(
        project, "rewards/_numbers.py", "def parse(text):\n    from ...sandbox.runner import LIMIT\n    return LIMIT\n"
    )
    before = inputs(project)
    sandbox.write_text("LIMIT = 2\n")

    assert inputs(project).grader != before.grader
