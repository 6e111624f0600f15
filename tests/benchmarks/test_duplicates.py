"""The corpus is what it says it is, and the truth is the truth."""

import random

from benchmarks import duplicates
from benchmarks.personal_data import cases

CORPUS = duplicates.corpus(400, range(20, 67), random.Random(1))  # noqa: S311 - not for security


def test_a_fifth_of_the_texts_repeats_an_earlier_one_more_or_less() -> None:
    groups = [group for _, group in CORPUS]

    assert 50 <= len(groups) - len(set(groups)) <= 110


def test_what_is_found_here_is_what_comparing_all_with_all_finds() -> None:
    truth = duplicates.exactly([text for text, _ in CORPUS])

    assert len(truth) > 30
    assert duplicates.here(CORPUS) == truth


def test_records_of_the_survey_are_as_long_as_promised() -> None:
    rng = random.Random(2)  # noqa: S311 - not for security
    vocabulary = ["seven", "apples", "are", "in", "every", "basket"]

    for kind in ("sums", "prose"):
        record = duplicates.record_of(3, kind, vocabulary, rng)
        assert set(record) == {"id", "messages", "reference_answer", "topic"}


def test_labelled_texts_have_a_kind_where_they_have_a_rule_and_are_not_taken_for_real_tokens() -> None:
    labelled = list(cases())

    assert len(labelled) > 90
    assert all(bool(case.rule) == bool(case.kind) for case in labelled)
    assert all("|" not in case.text for case in labelled)
