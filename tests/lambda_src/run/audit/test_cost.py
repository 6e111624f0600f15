import pytest

from lambda_src.run.audit import Job, Prices
from lambda_src.run.audit.cost import Cost

JOB = Job(records=1000, batch_size=100, samples=10)
"""10,000 rollouts."""
PRICES = Prices(0.5, 1.5)


def cost(*tokens: tuple[float, float], prices: Prices = PRICES) -> Cost:
    found = Cost.of(tokens, JOB, prices)
    assert found is not None
    return found


def test_a_job_is_projected_as_if_every_rollout_were_judged() -> None:
    found = cost((900, 50), (1100, 150))

    assert (found.input_tokens, found.output_tokens, found.judged) == (1000, 100, 2)
    assert (found.job_input_tokens, found.job_output_tokens) == (10_000_000, 1_000_000)
    assert found.usd == pytest.approx(5.0 + 1.5)


@pytest.mark.parametrize(
    "judge",
    [
        pytest.param(None, id="no judge section"),
        pytest.param({"model": "m"}, id="no prices"),
        pytest.param({"inputPrice": 0.5}, id="one price"),
        pytest.param({"inputPrice": None, "outputPrice": 1.5}, id="null"),
    ],
)
def test_without_both_prices_tokens_are_all_that_is_known(judge: dict[str, float] | None) -> None:
    assert cost((900, 50), prices=Prices.of(judge)).usd is None


def test_a_price_of_nothing_is_a_price() -> None:
    assert cost((900, 50), prices=Prices.of({"inputPrice": 0, "outputPrice": 0.0})).usd == 0


def test_where_no_judge_was_asked_there_is_no_cost() -> None:
    assert Cost.of([], JOB, Prices(0.5, 1.5)) is None
