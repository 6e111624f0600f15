import pytest

from lambda_src.run.dataset.similarity.wording import folded, numbers, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("How  many\tare\nleft? ", "how many are left?", id="capitals and white space"),
        pytest.param("\uff28ow many \ufb01sh", "How many fish", id="compatible forms of letters"),
        pytest.param("STRASSE", "stra\xdfe", id="folded, not only made small"),
        pytest.param("caf\xe9", "cafe\u0301", id="composed and decomposed"),
    ],
)
def test_what_makes_no_difference_to_a_reader_is_folded(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("(2 + 3) * 4", "2 + (3 * 4)", id="brackets"),
        pytest.param("12 + 7", "12 * 7", id="operators"),
        pytest.param("3.5", "35", id="decimal points"),
        pytest.param("x_1", "x1", id="names"),
    ],
)
def test_what_makes_another_task_is_not(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('He said: "Stop, now!" Then left.', "he said stop now then left", id="punctuation"),
        pytest.param(
            "\u201cStop\u201d, he said\u2026 then\u2019s", "stop he said then s", id="typographic punctuation"
        ),
        pytest.param("\u82f9\u679c\u6709\u4e09\u4e2a\u3002", "\u82f9 \u679c \u6709 \u4e09 \u4e2a", id="Chinese"),
        pytest.param("\u308a\u3093\u3054 3", "\u308a \u3093 \u3053\u3099 3", id="Japanese"),
        pytest.param("\ubaa8\ub450 \uba87", "\ubaa8\ub450 \uba87", id="Korean has spaces"),
        pytest.param("f(x) = x^2, x in [0.5, 3.]", "f(x) = x^2 x in [0.5 3.]", id="maths"),
    ],
)
def test_words_are_those_of_a_reader(text: str, expected: str) -> None:
    assert [folded(word.decode()) for word in words(folded(text))] == [folded(word) for word in expected.split()]


def test_half_a_surrogate_pair_is_a_letter_like_any_other() -> None:
    assert words(folded("odd \ud800 end"))[0] == b"odd"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("7 apples, 12 pears", "12 pears and 7 apples", True, id="other order"),
        pytest.param("7 apples", "8 apples", False, id="other number"),
        pytest.param("7 apples", "7 apples and 7 pears", False, id="once more"),
        pytest.param("7 + 5", "7 * 5", False, id="other operation"),
        pytest.param("no number", "none here", True, id="none"),
    ],
)
def test_numbers_are_compared_without_their_order(one: str, other: str, *, same: bool) -> None:
    assert (numbers(folded(one)) == numbers(folded(other))) is same
