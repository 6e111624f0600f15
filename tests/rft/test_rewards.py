"""The list of reward functions says what there is."""

from typer.testing import CliRunner

from lambda_src.reward.rubric import known_functions
from rft.cli import app
from rft.rewards import described, markdown
from tests.infra.synthesis import ROOT


def test_the_committed_page_is_that_of_the_functions() -> None:
    committed = (ROOT / "docs" / "rewards.md").read_text(encoding="utf-8")

    assert committed == markdown(), "run `make rewards`"


def test_every_function_is_listed_with_a_summary() -> None:
    assert [one.name for one in described()] == known_functions()
    assert not [one.name for one in described() if not one.summary]


def test_a_family_is_listed_with_its_options() -> None:
    result = CliRunner().invoke(app, ["rewards", "maths"], env={"COLUMNS": "200"})

    assert result.exit_code == 0
    assert "maths.final_answer" in result.output
    assert "several = 'last'" in result.output
    assert "text." not in result.output


def test_an_unknown_family_is_one_line() -> None:
    result = CliRunner().invoke(app, ["rewards", "poetry"])

    assert result.exit_code == 1
    assert "no family 'poetry'; expected one of" in result.output
