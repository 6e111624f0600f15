import pytest

from lambda_src.run.dataset.lengths import LengthsSurvey

NAMES = {"train": "train.jsonl", "validation": "validation.jsonl"}


def survey(*tokens: int, answers: int = 1, part: str = "train", **hyper_parameters: int) -> LengthsSurvey:
    seen = LengthsSurvey(hyper_parameters)
    for line, count in enumerate(tokens, start=1):
        seen.observe(part, line, "x" * 4 * count, "y" * 4 * answers)
    return seen


def test_lengths_are_kept_by_part() -> None:
    seen = survey(10, 30)
    seen.observe("validation", 1, "x" * 80, "")

    lengths = seen.lengths()

    assert (lengths["train"].prompt.counts, lengths["train"].reference.counts) == ({10: 1, 30: 1}, {1: 2})
    assert (lengths["validation"].prompt.most, lengths["validation"].reference.total) == (20, 0)


def test_a_prompt_at_the_limit_is_no_finding() -> None:
    assert list(survey(10, 64, maxPromptLength=64, inferenceMaxTokens=1).findings(NAMES)) == []


def test_without_limits_there_is_nothing_to_exceed() -> None:
    assert list(survey(10**6, answers=10**6).findings(NAMES)) == []


def test_prompts_that_would_be_left_out_are_counted_and_the_longest_is_named() -> None:
    (finding,) = survey(*[10] * 299, 65, maxPromptLength=64).findings(NAMES)

    assert finding.message == (
        "train.jsonl line 300: messages have about 65 tokens, and maxPromptLength is 64; 1 of 300 records (0.3%) have "
        "more and would be left out; expected maxPromptLength 65, or shorter prompts, unless they are outliers"
    )


@pytest.mark.parametrize(("too_long", "share"), [(2, "2.0%"), (100, "100.0%")])
def test_more_than_one_in_a_hundred_are_no_outliers(too_long: int, share: str) -> None:
    (finding,) = survey(*[10] * (100 - too_long), *[900] * too_long, maxPromptLength=64).findings(NAMES)

    assert f"({share}) have more: far more than outliers, and the job would train without them" in finding.problem


def test_answers_longer_than_any_response_are_named() -> None:
    (finding,) = survey(5, 5, answers=700, inferenceMaxTokens=512).findings(NAMES)

    assert (finding.rule, finding.line, finding.field) == ("reference-too-long", 1, "reference_answer")
    assert "about 700 tokens, and inferenceMaxTokens is 512; 2 of 2 records (100.0%) have more" in finding.problem
