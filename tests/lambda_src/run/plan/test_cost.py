import json
from datetime import date
from typing import Any

import pytest

from lambda_src.reward import sandbox_client
from lambda_src.run.audit import Job
from lambda_src.run.audit.cost import Cost as JudgeCost
from lambda_src.run.plan import Order, OwnPrices, Pace, Prices, Sampling, TokenPrice
from lambda_src.run.plan import run_cost as parts
from lambda_src.run.plan.cost import Cost, known, total, unknown
from lambda_src.run.plan.item import Bound, Item
from lambda_src.run.plan.prices import _entries
from tests.lambda_src.run.plan.orders import JOB, order

GB_SECOND, REQUEST = 0.0000133334, 0.0000002
JUDGED = JudgeCost(10, 1000.0, 50.0, 0, 0.0, 0.0, None)


def item(name: str, of: Order) -> Item:
    return next(one for one in (*Cost.of(of).run, *Cost.of(of).month) if one.name == name)


def test_the_job_of_these_tests_is_as_large_as_they_say() -> None:
    assert (JOB.steps, JOB.rollouts, JOB.grader_calls) == (20, 16_300, 266)


def test_a_price_that_nobody_publishes_is_unknown_and_says_so() -> None:
    training = item("training", order())

    assert training.usd is None
    assert "prices.trainingHour" in training.basis
    assert total(Cost.of(order()).run).endswith("plus unknown: training")


def test_hours_are_not_made_up() -> None:
    training = item("training", order(own=OwnPrices(training_hour=60.0)))

    assert training.usd is None
    assert "60 USD an hour" in training.basis


def test_hours_are_reckoned_from_an_earlier_run() -> None:
    training = item("training", order(own=OwnPrices(training_hour=60.0), pace=Pace(0.9, "sums-dev-1")))

    assert training.usd == pytest.approx(60.0 * 16_000 * 0.9 / 3600)
    assert "4.0 hours at the pace of sums-dev-1" in training.basis


@pytest.mark.parametrize(
    ("response_tokens", "usd", "bound"),
    [
        pytest.param(None, 2.0 * 16_000 * 600 / 1e6, Bound.MOST, id="no probe: as long as allowed"),
        pytest.param(50.0, 2.0 * 16_000 * 150 / 1e6, Bound.ABOUT, id="a probe: as long as measured"),
    ],
)
def test_tokens_are_prompts_and_responses_of_all_rollouts(
    response_tokens: float | None, usd: float, bound: Bound
) -> None:
    training = item("training", order(own=OwnPrices(training_tokens=2.0), response_tokens=response_tokens))

    assert training.usd == pytest.approx(usd)
    assert training.bound is bound


def test_both_prices_of_training_are_added() -> None:
    own = OwnPrices(training_hour=60.0, training_tokens=2.0)

    items = [one for one in Cost.of(order(own=own, pace=Pace(0.9, "r"))).run if one.name == "training"]

    assert len(items) == 2
    assert unknown(items) == []


def test_the_grader_is_slower_in_its_lambda_than_here() -> None:
    grader = item("grader Lambda", order())

    seconds = 163 * 1769 / 512
    assert grader.usd == pytest.approx(266 * REQUEST + seconds * 0.5 * GB_SECOND)
    assert grader.sources


def test_an_untimed_grader_costs_its_requests_at_least() -> None:
    grader = item("grader Lambda", order(latency=None))

    assert grader.usd == pytest.approx(266 * REQUEST)
    assert grader.bound is Bound.LEAST


def test_how_long_judges_take_is_not_made_up() -> None:
    judged = order(families=frozenset({"judge"}), judge_model="amazon.nova-pro-v1:0", judge=JUDGED)

    assert item("grader Lambda", judged).bound is Bound.LEAST
    assert "the rest of grader Lambda" in total(Cost.of(judged).run)


def test_sandbox_and_waiting_grader_are_both_paid() -> None:
    sandboxed = order(families=frozenset({"code"}))

    assert item("sandbox Lambda", sandboxed).usd == pytest.approx(
        -(-16_300 // 8) * REQUEST + 163 * 1769 / 1024 * GB_SECOND
    )
    assert item("grader Lambda", sandboxed).usd == pytest.approx(266 * REQUEST + 163 * 0.5 * GB_SECOND)
    assert parts._CHUNK == sandbox_client.CHUNK


@pytest.mark.parametrize(
    ("changes", "usd"),
    [
        pytest.param({}, 16_300 * (1000 * 0.8 + 50 * 3.2) / 1e6, id="price file"),
        pytest.param({"own": OwnPrices(judge=TokenPrice(1.0, 0.0))}, 16_300 * 1000 / 1e6, id="the project's price"),
        pytest.param({"judge": None}, None, id="not counted"),
        pytest.param({"judge_model": "somebody.else-v1:0"}, None, id="model without a price"),
    ],
)
def test_judge_tokens(changes: dict[str, Any], usd: float | None) -> None:
    judged = {"families": frozenset({"judge"}), "judge_model": "amazon.nova-pro-v1:0", "judge": JUDGED}

    judge = item("judge", order(**judged | changes))

    assert judge.usd == (None if usd is None else pytest.approx(usd))


@pytest.mark.parametrize(
    ("changes", "usd"),
    [
        pytest.param({}, 512 * (100 * 0.33 + 500 * 2.75) / 1e6, id="as long as allowed"),
        pytest.param({"response_tokens": 50.0}, 512 * (100 * 0.33 + 50 * 2.75) / 1e6, id="as long as measured"),
        pytest.param({"own": OwnPrices(base=TokenPrice(0, 1.0))}, 512 * 500 / 1e6, id="the project's price"),
        pytest.param({"probe": Sampling("m", 64, 8, 500)}, None, id="model without a price"),
        pytest.param({"prompt_tokens": None}, None, id="prompts of unknown length"),
        pytest.param(
            {"probe": Sampling("us.amazon.nova-2-lite-v1:0", 64, 8, None)}, None, id="responses without a limit"
        ),
    ],
)
def test_probe_tokens(changes: dict[str, Any], usd: float | None) -> None:
    probed = {"probe": Sampling("us.amazon.nova-2-lite-v1:0", 64, 8, 500)}

    assert item("probe", order(**probed | changes)).usd == (None if usd is None else pytest.approx(usd))


def test_no_probe_no_judge_no_sandbox_no_item() -> None:
    assert [one.name for one in Cost.of(order()).run] == ["training", "grader Lambda", "workflow"]


def test_a_region_without_prices_is_unknown_and_never_free() -> None:
    cost = Cost.of(order(prices=Prices.of("eu-north-1"), families=frozenset({"code"})))

    assert [one.usd for one in (*cost.run, *cost.month)] == [None] * 12
    assert all("eu-north-1" in one.basis for one in cost.month)


def test_a_rehearsal_costs_nothing() -> None:
    assert Cost.of(order(local=True)) == Cost()


def test_storage_and_logs_grow_with_the_run() -> None:
    large = order(dataset_bytes=50_000_000_000, job=Job(records=10_000, epochs=50))

    assert item("S3", large).usd == pytest.approx(100 * 0.023)
    assert (item("logs", large).usd or 0) > (item("logs", order()).usd or 0)


def test_every_price_says_where_it_was_read_and_when() -> None:
    entries = [
        price
        for region in _entries().values()
        for price in (*(v for k, v in region.items() if k != "models"), *region["models"].values())
    ]

    assert len(entries) > 10
    for price in entries:
        assert price["source"].startswith("https://")
        assert price["official"].startswith("https://aws.amazon.com/")
        assert isinstance(price["read"], date)
        assert isinstance(price["copy"], bool)
        assert price.get("usd", price.get("input", 0)) > 0


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([], "0 USD", id="nothing"),
        pytest.param([Item("a", 0.004, "")], "under 0.01 USD", id="next to nothing"),
        pytest.param([Item("a", 1000, ""), Item("b", 0.5, "")], "1,000.50 USD", id="all known"),
        pytest.param([Item("a", 1, ""), Item("b", 2, "", Bound.MOST)], "up to 3.00 USD", id="a ceiling"),
        pytest.param([Item("a", 1, ""), Item("b", 0.001, "", Bound.MOST)], "1.00 USD", id="a ceiling of no account"),
        pytest.param([Item("t", None, ""), Item("t", None, "")], "0 USD plus unknown: t", id="unknown, named once"),
    ],
)
def test_totals_say_what_they_leave_out(items: list[Item], expected: str) -> None:
    assert total(items) == expected


def test_cost_can_be_written_as_json() -> None:
    cost = Cost.of(order())

    written = json.loads(json.dumps(cost.to_json()))

    assert written["runUnknown"] == ["training"]
    assert written["runKnownUsd"] == known(cost.run)
    assert written["run"][0]["bound"] == "about"
