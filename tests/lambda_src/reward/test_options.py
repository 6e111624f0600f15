"""Which options a reward function takes, and what a wrong one is told."""

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from lambda_src.reward.options import OptionError, checked


def reward(
    _: object,
    *,
    steps: int = 3,
    seconds: float = 1.5,
    tolerance: float = 0,
    cap: int | None = None,
    pattern: str = "",
    strict: bool = False,
    which: Literal["first", "last"] = "last",
    names: list[str] | None = None,
    schema: Mapping[str, Any] | None = None,
) -> float:
    return 0.0


def needy(_: object, *, rubric: str) -> float:
    return 0.0


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"steps": 1},
        {"seconds": 2},
        {"tolerance": 0},
        {"cap": None},
        {"cap": 0},
        {"pattern": "^x"},
        {"strict": True},
        {"which": "first"},
        {"names": ["a"]},
        {"schema": {"type": "object"}},
    ],
    ids=str,
)
def test_what_fits_the_annotation_is_taken_as_it_is(options: dict[str, Any]) -> None:
    assert checked(reward, options) == options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"step": 1}, "unknown option; expected steps, seconds, .*schema", id="unknown"),
        pytest.param({"steps": 1.5}, "1.5; expected an int above 0", id="no int"),
        pytest.param({"steps": True}, "True; expected an int above 0", id="boolean"),
        pytest.param({"steps": 0}, "0; expected an int above 0", id="zero"),
        pytest.param({"tolerance": -1}, "-1; expected a number of 0 or more", id="negative"),
        pytest.param({"seconds": float("inf")}, "inf; expected a number above 0", id="infinite"),
        pytest.param({"seconds": "2"}, "'2'; expected a number above 0", id="text for a number"),
        pytest.param({"cap": "2"}, "'2'; expected an int of 0 or more or nothing", id="text for an optional number"),
        pytest.param({"pattern": 3}, "3; expected a text", id="number for a text"),
        pytest.param({"strict": 1}, "1; expected true or false", id="number for a boolean"),
        pytest.param({"which": "both"}, "'both'; expected one of first, last", id="not among the choices"),
        pytest.param(
            {"names": ["a", 1]}, r"\['a', 1\]; expected a list of str or nothing", id="list of something else"
        ),
        pytest.param({"schema": []}, r"\[\]; expected an object or nothing", id="list for an object"),
    ],
)
def test_what_does_not_fit_is_named_with_what_is_expected(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        checked(reward, options)

    assert caught.value.name == next(iter(options))


def test_an_option_without_default_must_be_given() -> None:
    with pytest.raises(OptionError, match="missing; expected a text"):
        checked(needy, {})

    assert checked(needy, {"rubric": "moderation"}) == {"rubric": "moderation"}
