import pytest

from lambda_src.run.probe.drop import Drop, Flat
from lambda_src.run.probe.groups import grouped
from tests.lambda_src.run.probe.pupils import rollouts

ALWAYS, NEVER, MIXED = [1.0] * 4, [0.0] * 4, [0.0, 1.0, 0.0, 1.0]


def flat(*groups: list[float], total: int = 500, floor: float = 0.0) -> Flat:
    return Flat(grouped(rollouts(groups)), 4, floor, total)


def test_prompts_without_differences_at_either_end_may_be_dropped() -> None:
    found = flat(MIXED, ALWAYS, ALWAYS, NEVER, NEVER).drops()

    assert found == (
        Drop("r2", "all 4 responses earn the full reward"),
        Drop("r3", "all 4 responses earn the full reward"),
        Drop("r4", "none of 4 responses earns more than 0"),
        Drop("r5", "none of 4 responses earns more than 0"),
    )


def test_prompts_that_are_at_an_end_by_chance_are_kept() -> None:
    often = [[1.0] * 4] * 3 + [[1.0, 1.0, 1.0, 0.0]] * 5 + [[1.0, 1.0, 0.0, 0.0]] * 3

    found = flat(*often)

    assert found.drops() == ()
    assert "too many to drop any of them before more samples say more" in next(found.notes())


@pytest.mark.parametrize(
    ("group", "dropped"),
    [
        pytest.param([0.1] * 4, True, id="form alone"),
        pytest.param([0.0, 0.1, 0.0, 0.1], False, id="form at times: a difference"),
        pytest.param([0.5] * 4, False, id="partial credit, the same each time"),
        pytest.param([1.0, 1.0, 1.0, 0.99], False, id="nearly always"),
    ],
)
def test_what_counts_as_an_end(group: list[float], *, dropped: bool) -> None:
    assert bool(flat(group, floor=0.1).drops()) is dropped


@pytest.mark.parametrize(("total", "listed"), [(99, 0), (100, 0), (101, 1), (102, 2), (500, 2)])
def test_a_hundred_records_are_left(total: int, listed: int) -> None:
    found = flat(ALWAYS, NEVER, total=total)

    assert len(found.drops()) == listed
    assert any(f"training takes 100 records, and there are {total}" in note for note in found.notes()) is (listed < 2)


def test_the_notes_say_how_sure_it_is() -> None:
    groups = [[1.0] * 4] * 6 + [[1.0, 1.0, 1.0, 0.0]] * 4 + [[1.0, 1.0, 0.0, 0.0]] * 4

    (note,) = flat(*groups).notes()

    assert note.startswith("6 prompts succeeded in 4 of 4 samples, which shows a rate above 0.47 (at 95 %) and not 1")
    assert note.endswith("in as many new samples, 3 of them can be expected to fail once or more.")


def test_what_never_succeeds_is_told_likewise() -> None:
    (note,) = flat(*[NEVER] * 9, [0.0, 0.0, 0.0, 1.0]).notes()

    assert note.startswith("9 prompts succeeded in none of 4 samples, which shows a rate below 0.53 (at 95 %)")


def test_where_everything_differs_there_is_nothing_to_say() -> None:
    assert (flat(MIXED).drops(), list(flat(MIXED).notes())) == ((), [])
