"""Measures of similarity against values worked out by hand from their definitions."""

import math

import pytest

from lambda_src.reward.rewards._text.similarity import METHODS, similarity, subsequence

REFERENCE = "the cat is on the mat"


@pytest.mark.parametrize(
    ("method", "text", "reference", "value"),
    [
        # longest common subsequence i, t, t, n: 4 of 6 and 7 characters
        pytest.param("ratio", "kitten", "sitting", 8 / 13, id="ratio: ittn"),
        pytest.param("ratio", "abc", "xyz", 0.0, id="ratio: nothing"),
        pytest.param("token_sort", "Mat the on, cat!", "cat mat on the", 1.0, id="token_sort: order and case"),
        # common: the, cat, the, mat = 4 of 6 and 6
        pytest.param("rouge_1", "the cat saw the mat twice", REFERENCE, 8 / 12, id="rouge_1"),
        # common runs: the cat, the mat = 2 of 5 and 5
        pytest.param("rouge_2", "the cat saw the mat twice", REFERENCE, 4 / 10, id="rouge_2"),
        pytest.param("rouge_3", "the cat is here", REFERENCE, 2 / 6, id="rouge_3: the cat is"),
        pytest.param("rouge_5", "the cat is on the bus", REFERENCE, 2 / 4, id="rouge_5: one run of two and two"),
        # longest common subsequence: the cat the mat = 4 of 6 and 6
        pytest.param("rouge_l", "the cat saw the mat twice", REFERENCE, 8 / 12, id="rouge_l"),
        # Lin 2004, section 3: one of his two summaries of "police killed the gunman"
        pytest.param("rouge_l", "police kill the gunman", "police killed the gunman", 3 / 4, id="rouge_l: Lin's first"),
        pytest.param(
            "rouge_l", "the gunman kill police", "police killed the gunman", 2 / 4, id="rouge_l: Lin's second"
        ),
        # precisions 5/6, (3+1)/(5+1), (2+1)/(4+1), (1+1)/(3+1); as long as the reference
        pytest.param(
            "bleu", "the cat is on a mat", REFERENCE, (5 / 6 * 4 / 6 * 3 / 5 * 2 / 4) ** 0.25, id="bleu, smoothed"
        ),
        # every run is right, two words are missing: exp(1 - 6 / 4)
        pytest.param("bleu", "the cat is on", REFERENCE, math.exp(-0.5), id="bleu: brevity"),
        pytest.param("bleu", "a dog ran off", REFERENCE, 0.0, id="bleu: nothing"),
        # runs in common 6: the, cat, is, the cat, cat is, the cat is; of 10 in the text and 18 in the reference
        pytest.param("gleu", "the cat is here", REFERENCE, 6 / 18, id="gleu"),
        # counts (the 2, cat 1, is 1, on 1, mat 1) and (the 1, cat 1)
        pytest.param("cosine", "the cat", REFERENCE, 3 / math.sqrt(2 * 8), id="cosine"),
        pytest.param("rouge_1", "", REFERENCE, 0.0, id="rouge_1 of nothing"),
        pytest.param("rouge_l", "!!", REFERENCE, 0.0, id="rouge_l of no words"),
        pytest.param(
            "rouge_1",
            "\u043a\u043e\u0442 \u0438 \u043f\u0451\u0441",
            "\u043a\u043e\u0442",
            0.5,
            id="rouge_1 of other letters",
        ),
    ],
)
def test_a_measure_is_what_its_source_defines(method: str, text: str, reference: str, value: float) -> None:
    assert similarity(text, reference, method) == pytest.approx(value)  # type: ignore[arg-type]  # one of its literals


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", ["Yes", "The answer is 42.", "a b " * 9_000, "\u4e2d", "..."])
def test_a_text_is_like_itself(method: str, text: str) -> None:
    assert similarity(text, text, method) == 1.0  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("method", METHODS)
def test_what_stands_behind_a_copy_of_the_reference_costs(method: str) -> None:
    padded = f"{REFERENCE} {'and so on ' * 400}"

    assert similarity(padded, REFERENCE, method) < 0.3  # type: ignore[arg-type]  # as above


def test_a_long_common_subsequence_is_found_across_machine_words() -> None:
    assert subsequence(list(range(1_000)), [n for n in range(3_000) if n % 3]) == 666
    assert subsequence("", "abc") == 0
