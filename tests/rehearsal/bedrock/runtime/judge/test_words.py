import pytest

from rehearsal.bedrock.runtime.judge.words import stem, text_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("delayed", "delays"),
        ("closing", "closed"),
        ("cities", "city"),
        ("inspection", "inspection"),
        ("two", "2"),
        ("1,420", "1420"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_only_words_with_meaning_count() -> None:
    assert text_of("It was not on the table, and it wasn't Ann's 3.5 cats.").content == {"tabl", "ann", "3.5", "cat"}


@pytest.mark.parametrize(
    ("sentence", "negated"), [("It did not rain.", True), ("It rained.", False), ("Nobody never came.", False)]
)
def test_two_negations_cancel_out(sentence: str, negated: bool) -> None:
    assert text_of(sentence).sentences[0].is_negated is negated


def test_lines_are_sentences_too() -> None:
    assert len(text_of("- one thing\n- another thing\n\nAnd this. And that!").sentences) == 4
