"""Numbers as models write them, and that the short way to read them is only shorter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards._maths import number_words as _number_words
from lambda_src.reward.rewards._maths import numbers as _numbers

_repeatable = settings(deadline=None, database=None, derandomize=True, max_examples=400)

_PIECES = (
    *("-", "$", r"\$", "**", "*", " ", "\n", ".", "%", r"\%", ",", "+", "1", "12", "18", "000", "1,800", "0", "18.00"),
    *(".50", "1234567", "(", ")"),
    *(f" {word}" for word in sorted(_number_words.WORDS)),
    *(
        " eggs",
        " or",
        " and",
        " if",
        " unless",
        " k",
        " million",
        " percent",
        " dozen",
        " is",
        " not",
        " plus",
        " less",
    ),
    *(
        " st",
        " nd",
        " may",
        " june",
        " x",
        " pi",
        " to",
        " only",
        " otherwise",
        " instead",
        " times",
        " wrong",
        " more",
    ),
)


@_repeatable
@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6).map("".join))
def test_the_short_way_reads_what_the_long_way_reads(text: str) -> None:
    assert _numbers.stated(text) == _numbers.read(text)


@settings(_repeatable, max_examples=100)
@given(st.from_regex(_numbers._QUICK, fullmatch=True))
def test_the_short_way_is_right_wherever_it_is_taken(text: str) -> None:
    assert _numbers.stated(text) == _numbers.read(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("1'450'000", 1_450_000, id="apostrophes"),
        pytest.param("1_450_000", 1_450_000, id="underscores"),
        pytest.param("1.450.000", 1_450_000, id="two points"),
        pytest.param("14,50,000", 1_450_000, id="Indian groups"),
        pytest.param("$1.5M", 1_500_000, id="M behind money"),
        pytest.param("€2bn", 2 * 10**9, id="bn behind money"),
        pytest.param("5M", 5, id="M behind none is a unit"),
        pytest.param("18 hundred", 1_800, id="hundred"),
        pytest.param("10^6", 10**6, id="power"),
        pytest.param("2^{-1}", 0.5, id="negative power"),
        pytest.param("½", 0.5, id="vulgar fraction"),
        pytest.param("2½", 2.5, id="mixed vulgar fraction"),
        pytest.param("C$120", 120, id="dollars of a country"),
        pytest.param("≈ 18", 18, id="sign of about"),
        pytest.param("*18* eggs", 18, id="italics"),
        pytest.param("90^\\circ", 90, id="degrees"),
        pytest.param("12 cm^2", 12, id="power of a unit"),
        pytest.param("2 hours 30 minutes", 2.5, id="hours and minutes"),
        pytest.param("-2 dollars and 50 cents", -2.5, id="negative dollars and cents"),
        pytest.param("5 feet 6 inches", 5.5, id="feet and inches"),
        pytest.param("2 and 3/4", 2.75, id="mixed number with and"),
        pytest.param("negative seven", -7, id="sign and number in words"),
        pytest.param("one hundred and five", 105, id="words"),
        pytest.param("three and a half", 3.5, id="half in words"),
    ],
)
def test_one_number_is_read(text: str, value: float) -> None:
    assert _numbers.stated(text) == (value,)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "18+",
            "18 or more",
            "18 and above",
            "18 if all are sold",
            "18 is wrong",
            "18 isn't it",
            "> 18",
            "≥ 18",
            "±18",
        ),
        *("18 ± 2", "at least 18", "18 May 2024", "18th", "18²", "18_7", "2:30", "18/05/2024"),
        *("0^-1", "1/0", "one of 17", "one that nobody knows", "half of 36", "", "x", "10^999999", "1e9999"),
        *("3 : 4", "18 times 2", "18 dollars minus 3 dollars", "18% of 50"),
    ],
)
def test_what_is_no_number_alone_is_not_read(text: str) -> None:
    assert len(_numbers.stated(text)) != 1


@pytest.mark.parametrize(
    "text", ["18, possibly 20", "18 or it might be 20", "18 (or 20)", "18; 20", "18 ~ 20", "1 8", "18% / 20%"]
)
def test_a_hedge_holds_all_its_numbers(text: str) -> None:
    assert len(_numbers.stated(text)) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("1,5", 1.5, id="comma"),
        pytest.param("1.500", 1500, id="point groups"),
        pytest.param("1.234,50", 1234.5, id="both"),
        pytest.param("1{,}5", 1.5, id="LaTeX comma"),
        pytest.param("1.5", 1.5, id="point that groups nothing"),
        pytest.param("1,234,567", 1_234_567, id="commas that can only group"),
    ],
)
def test_a_decimal_comma_is_read_where_a_project_writes_it(text: str, value: float) -> None:
    assert _numbers.stated(text, _numbers.Notation(decimal_comma=True)) == (value,)


@pytest.mark.parametrize("text", ["50%", r"50\%", "50 percent", "50 per cent", "fifty percent", "0.5", "1/2"])
def test_a_percentage_is_a_share_where_a_project_says_so(text: str) -> None:
    assert _numbers.stated(text, _numbers.Notation(percent_as_fraction=True)) == (0.5,)


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        pytest.param("twenty-one thousand, three hundred and four", "21304", id="long"),
        pytest.param("nineteen hundred", "1900", id="hundreds above ten"),
        pytest.param("a hundred", "100", id="a hundred"),
        pytest.param("two million", "2 million", id="scales are left to the number"),
        pytest.param("three quarters", "3/4", id="fraction"),
        pytest.param("Forty Two", "42", id="capitals"),
        pytest.param("the twenty-first", "the twenty-first", id="rank"),
        pytest.param("someone often phones", "someone often phones", id="inside words"),
        pytest.param("one by one", "one by one", id="pronoun"),
    ],
)
def test_number_words_become_digits(words: str, digits: str) -> None:
    assert _number_words.digits(words) == digits
