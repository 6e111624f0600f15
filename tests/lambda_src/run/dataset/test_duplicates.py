from lambda_src.run.dataset.content import Similar
from lambda_src.run.dataset.duplicates import similar
from lambda_src.run.dataset.finding import Finding, Findings
from lambda_src.run.dataset.similarity import Match, Matches, Spot

NAMES = {part: f"{part}.jsonl" for part in ("train", "validation", "test")}


def match(record: Spot, earlier: Spot, *, exact: bool = True, likeness: float = 1.0, same_answer: bool = True) -> Match:
    return Match(record, earlier, exact, likeness, same_answer)


def said(*each: Match, ambiguous: tuple[Match, ...] = ()) -> tuple[Similar, list[Finding]]:
    findings = Findings()
    counted = similar(Matches(iter(each), iter(ambiguous), {3: 1, 2: 4}), NAMES, findings)
    return counted, findings.shown


TRAIN_2, TRAIN_7 = Spot("train", 2), Spot("train", 7)
VALIDATION_1, TEST_4 = Spot("validation", 1), Spot("test", 4)


def test_matches_are_counted_by_what_they_are() -> None:
    counted, _ = said(
        match(TRAIN_7, TRAIN_2),
        match(VALIDATION_1, TRAIN_2, exact=False, likeness=0.8),
        match(TEST_4, VALIDATION_1),
    )

    assert counted == Similar(exact=2, near=1, groups={2: 4, 3: 1}, leaked=1)


def test_a_repeated_prompt_names_both_lines() -> None:
    _, (finding,) = said(match(TRAIN_7, TRAIN_2))

    assert (finding.rule, finding.message) == (
        "duplicate-prompt",
        "train.jsonl line 7: messages are those of line 2; expected every prompt once: a repeated one has more weight "
        "than others, and teaches nothing new",
    )


def test_a_nearly_repeated_prompt_says_how_alike_they_are_and_whether_the_answers_differ() -> None:
    _, (finding,) = said(match(TRAIN_7, TRAIN_2, exact=False, likeness=0.93, same_answer=False))

    assert finding.rule == "near-duplicate-prompt"
    assert finding.problem == "are nearly those (likeness 0.93), with another answer, of line 2"


def test_a_leaked_prompt_names_the_file_that_it_is_in() -> None:
    _, (from_train, from_validation) = said(match(VALIDATION_1, TRAIN_2), match(TEST_4, VALIDATION_1))

    assert from_train.message == (
        "validation.jsonl line 1: messages are those of train.jsonl line 2; expected validation prompts that training "
        "does not see, or their rewards say nothing of new ones"
    )
    assert (from_validation.rule, from_validation.file, from_validation.line) == ("leaked-prompt", "test.jsonl", 4)


def test_an_ambiguous_prompt_is_not_said_to_be_repeated_as_well() -> None:
    pair = match(TRAIN_7, TRAIN_2, same_answer=False)

    _, (finding,) = said(pair, ambiguous=(pair,))

    assert (finding.rule, finding.field) == ("ambiguous-prompt", "reference_answer")
    assert finding.problem == "is another than in line 2, to the same prompt and with the same fields"


def test_an_ambiguous_prompt_in_another_file_has_leaked_all_the_same() -> None:
    pair = match(VALIDATION_1, TRAIN_2, same_answer=False)

    _, findings = said(pair, ambiguous=(pair,))

    assert [finding.rule for finding in findings] == ["ambiguous-prompt", "leaked-prompt"]
