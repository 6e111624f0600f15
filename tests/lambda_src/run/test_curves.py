import pytest

from lambda_src.run.curves import read
from lambda_src.run.steps import Step

TRAINING = (
    "step_number,epoch_number,train_reward_mean,train_episode_length_mean,policy_entropy,gradient_norm,"
    "mean_advantage,min_advantage,max_advantage\n"
    "1,1,0.5,29.5,0.48,1.25,0,-1,1\n"
    "2,1,0.6,28.5,0.47,1.5,0,-1,1\n"
)
VALIDATION = "step_number,epoch_number,validation_reward_mean,validation_episode_length_mean\n0,0,0.4,30\n2,1,0.55,29\n"


def test_the_two_files_are_merged_by_step() -> None:
    curves = read(TRAINING, VALIDATION)

    assert curves.steps == (
        Step(0, epoch=0.0, validation_reward=0.4, validation_episode_length=30.0),
        Step(1, 1.0, 0.5, 29.5, 0.48, 1.25),
        Step(2, 1.0, 0.6, 28.5, 0.47, 1.5, 0.55, 29.0),
    )
    assert curves.notes == ()


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("step,policy_entropy", id="short"),
        pytest.param("\ufeffstep_number,actor/entropy", id="byte order mark and console name"),
        pytest.param("Step Number , Policy Entropy", id="capitals and spaces"),
        pytest.param("step_number,unknown,Policy-Entropy", id="columns nobody knows"),
    ],
)
def test_columns_are_found_under_every_known_spelling(header: str) -> None:
    cells = ["1", *["x"] * (header.count(",") - 1), "0.48"]

    (step,) = read(f"{header}\r\n{','.join(cells)}\r\n", None).steps

    assert (step.step, step.policy_entropy) == (1, 0.48)


@pytest.mark.parametrize("cell", ["", " ", "NaN", "inf", "-Infinity", "n/a"])
def test_a_cell_that_is_no_number_costs_that_value_alone(cell: str) -> None:
    (step,) = read(f"step_number,train_reward_mean,policy_entropy\n1,0.5,{cell}\n", None).steps

    assert step == Step(1, training_reward=0.5)


def test_a_short_row_lacks_only_what_it_lacks() -> None:
    (step,) = read("step_number,train_reward_mean,policy_entropy\n1,0.5\n", None).steps

    assert step == Step(1, training_reward=0.5)


def test_missing_columns_are_noted_by_name() -> None:
    curves = read("step_number,epoch_number,training_loss,perplexity\n1,1,0.5,2\n", None)

    assert curves.steps == (Step(1, epoch=1.0),)
    assert len(curves.notes) == 4
    assert curves.notes[0] == (
        "training metrics: no column train_reward_mean "
        "(found ['step_number', 'epoch_number', 'training_loss', 'perplexity'])"
    )


def test_a_file_without_steps_is_noted_and_the_other_is_read() -> None:
    curves = read("reward\n1\n", VALIDATION)

    assert [step.step for step in curves.steps] == [0, 2]
    assert curves.notes == ("training metrics: no column step_number (found ['reward'])",)


def test_rows_without_step_number_are_counted() -> None:
    curves = read(
        "step_number,train_reward_mean,train_episode_length_mean,policy_entropy,gradient_norm\n,1\n,1\n", None
    )

    assert curves.notes == ("training metrics: 2 rows have no step number and were left out",)


def test_an_empty_file_is_noted() -> None:
    assert read("", None).notes == ("training metrics: no column step_number (found [])",)


def test_no_files_are_no_steps() -> None:
    assert read(None, None).steps == ()


def test_rows_in_any_order_come_out_by_step() -> None:
    assert [step.step for step in read("step,entropy\n3,1\n1.0,1\n2,1\n", None).steps] == [1, 2, 3]
