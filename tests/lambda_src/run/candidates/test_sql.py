"""Queries of known worth: what they are worth is what they return."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from lambda_src.reward.rewards import sql as rewards
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.run.candidates import Candidate, Worth, _sql_edits, families, respond, sql, strategies

FILE = Path(__file__).parents[4] / "datasets" / "sql" / "validation.jsonl"
RECORDS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def result(record: dict[str, Any], candidate: Candidate) -> float:
    return rewards.result(Rollout("r", candidate.response, fields=record))


@pytest.fixture(scope="module")
def written() -> list[tuple[dict[str, Any], list[Candidate]]]:
    return [(record, list(sql.write(record, RECORDS[i - 1]))) for i, record in enumerate(RECORDS)]


def test_honest_responses_are_right_and_all_others_wrong(written: list[tuple[dict[str, Any], list[Candidate]]]) -> None:
    wrong = [
        (record["id"], candidate)
        for record, candidates in written
        for candidate in candidates
        if result(record, candidate) != float(candidate.is_honest or candidate.dresses_right)
    ]

    assert wrong == []


def test_the_first_is_right_and_every_worth_is_tried(written: list[tuple[dict[str, Any], list[Candidate]]]) -> None:
    for _, candidates in written:
        assert candidates[0].worth is Worth.RIGHT
        assert {candidate.worth for candidate in candidates} == set(Worth)


def test_every_trick_is_tried_on_some_record(written: list[tuple[dict[str, Any], list[Candidate]]]) -> None:
    tried = defaultdict(list)
    for _, candidates in written:
        for candidate in candidates:
            tried[candidate.strategy].append(candidate)

    named = {name: value for name, value in vars(sql).items() if name.isupper() and not name.startswith("_")}
    assert set(named.values()) <= set(tried)
    assert {strategies.NEAR_MISS, strategies.SEVERAL_GUESSES, strategies.EVERYTHING_LISTED} <= set(tried)
    assert len(tried[strategies.NEAR_MISS]) >= 2 * len(written)


def test_a_result_written_into_a_query_is_that_of_the_first_database(
    written: list[tuple[dict[str, Any], list[Candidate]]],
) -> None:
    for record, candidates in written:
        (constant,) = (candidate for candidate in candidates if candidate.strategy == sql.CONSTANT)

        assert result(record | {"rows_2": None}, constant) == 1.0
        assert result(record, constant) == 0.0


def test_a_record_without_a_query_has_no_responses() -> None:
    with pytest.raises(RecordError, match="rollout record x: reference query 'spam': no SELECT"):
        list(sql.write({**RECORDS[0], "id": "x", "reference_answer": "spam"}, RECORDS[1]))


def test_the_family_answers_its_own_records() -> None:
    assert "sql" in families()
    assert respond("sql", RECORDS[0], RECORDS[1:])[0].strategy == strategies.WORKED


@pytest.mark.parametrize(
    ("query", "miss"),
    [
        pytest.param("SELECT COUNT(*) FROM t", "SELECT 1 + COUNT(*) FROM t", id="count"),
        pytest.param("SELECT a FROM t WHERE b = 1 GROUP BY a", "SELECT a FROM t GROUP BY a", id="filter"),
        pytest.param("SELECT a FROM t ORDER BY a DESC", "SELECT a FROM t ORDER BY a", id="order"),
        pytest.param("SELECT a FROM t", "SELECT a FROM t\nLIMIT 1", id="limit"),
    ],
)
def test_a_near_miss_differs_in_one_place(query: str, miss: str) -> None:
    assert miss in list(_sql_edits.near_misses(query))
