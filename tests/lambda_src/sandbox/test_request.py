from typing import Any

import pytest

from lambda_src.sandbox.request import MOST_CASES, MOST_SECONDS, RequestError, read

CALL = {"code": "", "function": "f", "cases": [{"args": [1]}]}


def test_items_are_read_with_their_defaults() -> None:
    call, program, tested = read(
        {"items": [CALL, {"code": "", "cases": [{"stdin": "1"}]}, {"code": "", "tests": "assert f()"}]}
    )

    assert call.asks == ({"call": "f", "args": [1], "kwargs": {}},)
    assert program.asks == ({"stdin": "1"},)
    assert (call.defines, program.defines, tested.defines) == (True, False, True)
    assert (tested.asks, tested.tests) == ((), "assert f()")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param([], "request: list; expected an object with a list of items", id="no object"),
        pytest.param({"items": 3}, "request: dict; expected an object with a list of items", id="no list"),
        pytest.param({"items": ["x"]}, "items[0]: str; expected an object", id="no item"),
        pytest.param({"items": [{**CALL, "expected": 4}]}, "items[0].expected: unknown key", id="unknown key"),
        pytest.param({"items": [{"function": "f", "cases": [{"args": []}]}]}, "items[0].code: NoneType", id="no code"),
        pytest.param({"items": [{"code": ""}]}, "items[0]: expected either cases or tests", id="nothing to do"),
        pytest.param({"items": [{**CALL, "tests": ""}]}, "items[0]: expected either cases or tests", id="both"),
        pytest.param({"items": [{**CALL, "cases": []}]}, "items[0].cases: 0 cases; expected a list of 1", id="no case"),
        pytest.param(
            {"items": [{**CALL, "cases": [{"args": []}] * (MOST_CASES + 1)}]},
            f"items[0].cases: {MOST_CASES + 1} cases; expected",
            id="too many cases",
        ),
        pytest.param({"items": [{**CALL, "cases": {}}]}, "items[0].cases: dict; expected a list", id="cases no list"),
        pytest.param({"items": [{**CALL, "cases": [{"args": 1}]}]}, "items[0].cases[0]:", id="arguments no list"),
        pytest.param(
            {"items": [{**CALL, "cases": [{"args": [], "expected": 4}]}]},
            'expected an object {"args": [...], "kwargs": {...}}',
            id="a case that tells what is expected",
        ),
        pytest.param(
            {"items": [{**CALL, "cases": [{"args": [], "kwargs": {1: 2}}]}]}, "items[0].cases[0]", id="odd keyword"
        ),
        pytest.param({"items": [{**CALL, "cases": [{"stdin": ""}]}]}, "items[0].cases[0]", id="input for a function"),
        pytest.param(
            {"items": [{"code": "", "cases": [{"args": []}]}]}, 'expected an object {"stdin": text}', id="no function"
        ),
        pytest.param(
            {"items": [{**CALL, "function": 3}]}, "items[0].function: int; expected a text", id="odd function"
        ),
        pytest.param(
            {"items": [{**CALL, "seconds_per_case": MOST_SECONDS + 1}]},
            "items[0].seconds_per_case: 11.0",
            id="too long",
        ),
        pytest.param(
            {"items": [{**CALL, "seconds_per_case": True}]}, "items[0].seconds_per_case: True", id="no number"
        ),
        pytest.param({"items": [{**CALL, "memory_mb": 8}]}, "items[0].memory_mb: 8; expected", id="too little"),
        pytest.param({"items": [{**CALL, "memory_mb": 1e3}]}, "items[0].memory_mb: 1000.0", id="no whole number"),
    ],
)
def test_errors_name_item_and_key(request_: Any, message: str) -> None:
    with pytest.raises(RequestError) as error:
        read(request_)

    assert message in str(error.value)
