"""Which JSON values count as the same, and how much of one another holds."""

from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import settings
from hypothesis import strategies as st

from lambda_src.reward.rewards._structured.compare import Comparison, Lists, Tally, is_exact, tally

EXACT = Comparison()
LOOSE = Comparison(number_tolerance=0.01, ignore_case=True, ignore_whitespace=True)
BAG = Comparison(lists="multiset")


@pytest.mark.parametrize(
    ("expected", "given", "how", "same"),
    [
        pytest.param(18, 18.0, EXACT, True, id="whole number as a decimal"),
        pytest.param(0.1, 0.1, EXACT, True, id="decimals"),
        pytest.param(18, 18.001, EXACT, False, id="nearly"),
        pytest.param(20.0, 19.99, LOOSE, True, id="at the tolerance, whatever binary makes of it"),
        pytest.param(20.0, 19.98, LOOSE, False, id="beyond the tolerance"),
        pytest.param(10**30, 10**30 + 1, EXACT, False, id="integers beyond a double"),
        pytest.param(1, True, EXACT, False, id="true is no number"),
        pytest.param(False, 0, EXACT, False, id="zero is not false"),
        pytest.param(True, True, EXACT, True, id="true"),
        pytest.param("18", 18, EXACT, False, id="text is no number"),
        pytest.param("Oslo", "oslo", EXACT, False, id="case"),
        pytest.param("STRASSE", "straße", LOOSE, True, id="case of all scripts"),
        pytest.param("a  b\n", "a b", EXACT, False, id="white space"),
        pytest.param("a  b\n", "a b", LOOSE, True, id="white space that is ignored"),
        pytest.param("Malmö", "Malmo\u0308", EXACT, True, id="letters in composed form"),
        pytest.param(None, None, EXACT, True, id="null"),
        pytest.param(None, False, EXACT, False, id="null is not false"),
        pytest.param({}, {}, EXACT, True, id="empty objects"),
        pytest.param({}, [], EXACT, False, id="empty object and array"),
    ],
)
def test_leaves_are_the_same(expected: Any, given: Any, how: Comparison, same: bool) -> None:
    assert how.same(expected, given) is same


@pytest.mark.parametrize(
    ("expected", "given", "how", "counted"),
    [
        pytest.param({"a": 1, "b": {"c": 2}}, {"b": {"c": 2}, "a": 1}, EXACT, (2, 2, 0, 0), id="all, in another order"),
        pytest.param({"a": 1, "b": {"c": 2}}, {"a": 1}, EXACT, (1, 2, 0, 0), id="one missing"),
        pytest.param({"a": 1, "b": {"c": 2, "d": 3}}, {"b": 5}, EXACT, (0, 3, 0, 0), id="a leaf for an object"),
        pytest.param({"a": 1}, {"a": {"x": 1, "y": 2}}, EXACT, (0, 1, 0, 2), id="an object for a leaf"),
        pytest.param({"a": 1}, [1], EXACT, (0, 1, 0, 1), id="an array for an object"),
        pytest.param({"a": 1}, {"a": 1, "b": 2, "c": {"d": 3}}, EXACT, (1, 1, 0, 2), id="invented"),
        pytest.param({"a": 1}, {"a": 1, "b": None, "c": {}, "d": []}, EXACT, (1, 1, 0, 0), id="nothing stated"),
        pytest.param({"a": []}, {"a": []}, EXACT, (1, 1, 0, 0), id="an empty array is a leaf"),
        pytest.param({"a": []}, {"a": [1, 2]}, EXACT, (0, 1, 0, 2), id="elements of an empty array"),
        pytest.param([1, 2, 3], [1, 3, 2], EXACT, (1, 3, 0, 0), id="order of a list"),
        pytest.param([1, 2, 3], [3, 1, 2], BAG, (3, 3, 0, 0), id="order of a multiset"),
        pytest.param([1, 2], [1, 2, 3, 4], EXACT, (2, 2, 2, 2), id="surplus elements"),
        pytest.param([1, 2], [1], EXACT, (1, 2, 0, 0), id="missing elements"),
        pytest.param([1, 1, 2], [2, 2, 1], BAG, (2, 3, 0, 0), id="a multiset counts"),
        pytest.param([1], [[], []], EXACT, (0, 1, 1, 0), id="surplus that says nothing"),
        pytest.param(
            [{"sku": "A", "n": 1}, {"sku": "B", "n": 2}],
            [{"sku": "B", "n": 9}, {"sku": "A", "n": 1}],
            BAG,
            (3, 4, 0, 0),
            id="nearly equal objects find each other",
        ),
        pytest.param(
            [{"sku": "A", "n": 1}, {"sku": "A", "n": 2}],
            [{"sku": "A", "n": 2}, {"sku": "A", "n": 3}],
            BAG,
            (3, 4, 0, 0),
            id="equal objects find each other first",
        ),
        pytest.param([1, 1.0], [True, 1], BAG, (1, 2, 0, 0), id="types in a multiset"),
    ],
)
def test_leaves_are_counted(expected: Any, given: Any, how: Comparison, counted: tuple[int, ...]) -> None:
    assert tally(expected, given, how) == Tally(*counted)


def test_long_lists_in_another_order_match_in_full() -> None:
    rows = [{"id": n, "name": f"name {n}"} for n in range(300)]

    assert tally(rows, rows[::-1], BAG).share == 1.0


def test_a_share_is_lowered_by_surplus_and_an_exact_match_forbids_it() -> None:
    found = tally({"tags": ["a", "b"]}, {"tags": ["a", "b", "c", "d"]}, EXACT)

    assert found.share == 0.5
    assert not found.is_exact


_LEAF = st.none() | st.booleans() | st.integers(0, 1) | st.sampled_from([1.0, "", "a", "A"])
_VALUE = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)


@given_(_VALUE, _VALUE, st.sampled_from(["ordered", "multiset"]), st.booleans())
@settings(deadline=None, database=None, derandomize=True, max_examples=300)
def test_the_quick_way_to_an_exact_match_says_what_counting_says(
    expected: Any, given: Any, lists: Lists, ignore_case: bool
) -> None:
    how = Comparison(ignore_case=ignore_case, lists=lists)

    assert is_exact(expected, given, how) is tally(expected, given, how).is_exact
    assert is_exact({"x": expected, "y": 1}, {"y": 1, "x": given}, how) is tally(expected, given, how).is_exact
