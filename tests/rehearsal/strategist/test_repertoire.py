import pytest

from lambda_src.run.candidates import Candidate, Worth
from rehearsal.strategist.repertoire import Repertoire, by_strategy, kind_of, misfits, rotated
from rehearsal.strategist.strategies import KEYWORDS
from tests.rehearsal.strategist.runs import records

PROBLEMS = records("gsm8k-style", "train", 20)


@pytest.fixture(scope="module")
def repertoire() -> Repertoire:
    return Repertoire("maths", PROBLEMS, [])


def test_the_first_candidate_is_right(repertoire: Repertoire) -> None:
    assert {repertoire.candidates(record)[0].worth for record in PROBLEMS} == {Worth.RIGHT}


def test_a_record_has_the_same_responses_every_time(repertoire: Repertoire) -> None:
    assert repertoire.candidates(PROBLEMS[0]) == repertoire.candidates(PROBLEMS[0])


def test_strategies_of_ones_own_are_among_them(repertoire: Repertoire) -> None:
    assert KEYWORDS in {strategy.name for strategy in repertoire.strategies}


def test_there_is_a_choice_for_every_candidate_of_a_record(repertoire: Repertoire) -> None:
    choices = repertoire.choices(PROBLEMS)

    assert choices.available.sum(1).tolist() == [len(repertoire.candidates(record)) for record in PROBLEMS]
    assert [sorted(each.values()) for each in choices.responses] == [
        sorted(candidate.response for candidate in repertoire.candidates(record)) for record in PROBLEMS
    ]
    assert choices.kinds.tolist() == [0] * len(PROBLEMS)


def test_every_kind_of_record_has_a_number() -> None:
    labelled = [{**record, "topic": f"topic {n % 3}"} for n, record in enumerate(PROBLEMS)]

    repertoire = Repertoire("maths", labelled[:10], labelled[10:])

    assert repertoire.kinds == ("topic 0", "topic 1", "topic 2")
    assert repertoire.choices(labelled).kinds.tolist() == [n % 3 for n in range(20)]


def test_candidates_of_one_name_are_strategies_of_their_own() -> None:
    right, misses = Candidate("worked", Worth.RIGHT, "42"), [Candidate("miss", Worth.WRONG, f"4{n}") for n in (1, 3, 5)]

    found = by_strategy([right, *misses])

    assert [(strategy.name, response) for strategy, response in found.items()] == [
        ("worked", "42"),
        ("miss", "41"),
        ("miss 2", "43"),
        ("miss 3", "45"),
    ]


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        pytest.param({"kind": "join", "topic": "shop"}, "join", id="the first field counts"),
        pytest.param({"label": "spam"}, "spam", id="a label"),
        pytest.param({"kind": 3, "label": ["a"]}, "", id="no text"),
        pytest.param({}, "", id="none"),
    ],
)
def test_kind(record: dict[str, object], kind: str) -> None:
    assert kind_of(record) == kind


def test_records_are_not_all_confused_with_the_same_one() -> None:
    assert len({rotated(PROBLEMS, record)[0]["id"] for record in PROBLEMS}) > 5


def test_a_record_that_a_family_cannot_answer_is_named() -> None:
    broken = [*PROBLEMS[:3], {**PROBLEMS[3], "reference_answer": {"final_answer": "many"}}]

    (line,) = misfits("maths", broken)

    assert line.startswith(f"record {PROBLEMS[3]['id']}: ")


def test_records_with_one_and_the_same_answer_cannot_be_told_apart() -> None:
    same = [{**record, "reference_answer": {"final_answer": "1"}} for record in PROBLEMS]

    assert len(list(misfits("maths", same))) == len(same)
