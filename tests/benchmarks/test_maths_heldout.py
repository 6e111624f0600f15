"""The generated cases: the same for the same seed, and labelled by how they are made."""

from collections import Counter
from fractions import Fraction

from benchmarks import maths_heldout

CASES = list(maths_heldout.cases(seed=1, count=500))  # not the seed that is reported


def test_a_seed_makes_the_same_cases() -> None:
    assert list(maths_heldout.cases(seed=1, count=500)) == CASES
    assert list(maths_heldout.cases(seed=2, count=500)) != CASES


def test_there_are_cases_of_every_kind_and_as_many_as_promised() -> None:
    kinds = Counter(case.kind for case in CASES)

    assert len(kinds) == 7
    assert min(kinds.values()) >= 10
    assert maths_heldout.COUNT >= 1_500


def test_kind_decides_the_label_and_every_reference_is_a_number() -> None:
    assert all(case.right == (case.kind in ("right", "corrected")) for case in CASES)
    assert all(Fraction(case.reference) is not None for case in CASES)
