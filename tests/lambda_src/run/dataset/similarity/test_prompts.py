import random
from collections.abc import Sequence
from zlib import crc32

import pytest

from lambda_src.run.dataset.similarity import NEAR, Match, Matches, Prompts, Spot, folded

APPLES = "Nora has 5 bags of 7 apples and gives 4 of them to the neighbours who helped her in the garden last week."


def compared(
    *prompts: str | tuple[str, str], answers: Sequence[str] = (), rests: Sequence[int] = (), filler: int = 0
) -> Matches:
    """What is found among prompts of the training file; in a pair, the first is the part."""
    found = Prompts()
    for line, prompt in enumerate(prompts, start=1):
        part, text = prompt if isinstance(prompt, tuple) else ("train", prompt)
        answer = crc32((answers[line - 1] if answers else "the same").encode())
        found.observe(Spot(part, line), folded(text), answer=answer, rest=rests[line - 1] if rests else 0)
    for text in random_texts(filler, seed=3):
        found.observe(Spot("test", 0), folded(text), answer=crc32(text.encode()), rest=0)
    return found.matches()


def matches(*prompts: str | tuple[str, str], answers: Sequence[str] = ()) -> list[Match]:
    return list(compared(*prompts, answers=answers).each)


def random_texts(count: int, *, seed: int, least: int = 12, most: int = 40) -> list[str]:
    rng = random.Random(seed)  # noqa: S311 - not for security
    vocabulary = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(3, 8))) for _ in range(900)]
    return [" ".join(rng.choices(vocabulary, k=rng.randint(least, most))) for _ in range(count)]


def edited(text: str, rng: random.Random, edits: int) -> str:
    words = text.split()
    for _ in range(edits):
        words[rng.randrange(len(words))] = f"new{rng.randrange(10**6):x}".translate(
            str.maketrans("0123456789", "ghijklmnop")
        )
    return " ".join(words)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(APPLES, id="itself"),
        pytest.param(APPLES.upper().replace(" ", "  ") + "\n", id="other capitals and spaces"),
    ],
)
def test_the_same_prompt_is_found_exactly(other: str) -> None:
    (match,) = matches(APPLES, "Another question altogether?", other)

    assert match == Match(Spot("train", 3), Spot("train", 1), exact=True, likeness=1.0, same_answer=True)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(APPLES.replace("Nora", "Lena"), id="another name"),
        pytest.param(APPLES.replace(".", "").replace(" and ", ", and "), id="other punctuation"),
        pytest.param(f"Read this: {APPLES}", id="words before it"),
        pytest.param(APPLES.replace("last week", "this summer"), id="other words at the end"),
    ],
)
def test_a_slightly_changed_prompt_with_the_same_answer_is_nearly_the_same(other: str) -> None:
    (match,) = matches(APPLES, other)

    assert not match.exact
    assert match.likeness >= NEAR


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(APPLES.replace("7", "8"), id="another number"),
        pytest.param(f"{APPLES} How much are 3 of them?", id="one number more"),
        pytest.param(
            "Why is the sky blue in the morning and red in the evening, as the old sailors say?", id="unrelated"
        ),
        pytest.param(" ".join(reversed(APPLES.split())), id="the same words in another order"),
    ],
)
def test_another_task_is_not(other: str) -> None:
    assert matches(APPLES, other) == []


def test_short_questions_that_differ_in_a_word_are_different_tasks() -> None:
    assert matches(*(f"What is the capital of {land}?" for land in ("France", "Spain", "Peru", "Kenya"))) == []


def test_a_template_with_other_items_and_another_answer_is_another_task() -> None:
    other = APPLES.replace("apples", "pears")

    assert matches(APPLES, other, answers=["31 apples", "31 pears"]) == []
    assert len(matches(APPLES, other, answers=["31", "31"])) == 1


def test_a_long_prompt_with_one_word_changed_is_nearly_the_same_whatever_its_answer() -> None:
    long = " ".join(random_texts(1, seed=2, least=60, most=60))

    (match,) = matches(f"Why {long}", f"How {long}", answers=["a", "b"])

    assert not match.same_answer


def test_two_questions_about_one_text_are_two_tasks_even_if_both_are_answered_with_yes() -> None:
    (text,) = random_texts(1, seed=5, most=55)
    first = f"{text}. Is the harbour of the old town ever named by the person who speaks?"
    second = f"{text}. Does anything in it say that somebody was late for the evening train?"

    assert matches(first, second) == [], "an answer that both have by chance"
    assert matches(first, second, answers=["yes", "no"]) == []


def test_a_long_system_prompt_that_all_share_makes_nothing_alike() -> None:
    (shared,) = random_texts(1, seed=4, most=300)
    questions = random_texts(120, seed=6, most=14)

    assert matches(*(f"{shared}\n\n{question}" for question in questions), answers=questions) == []


def test_what_was_found_does_not_hide_in_a_template() -> None:
    (shared,) = random_texts(1, seed=4, most=300)
    questions = random_texts(120, seed=6, most=14)
    prompts = [f"{shared}\n\n{question}" for question in questions]

    (match,) = matches(*prompts, f"{shared}\n\n{questions[6]}, please", answers=[*questions, questions[6]])

    assert (match.record.line, match.earlier.line) == (121, 7)


def test_chinese_prompts_are_compared_by_characters() -> None:
    text = (
        "\u5c0f\u660e\u6709\u4e94\u888b\u82f9\u679c\uff0c\u6bcf\u888b\u4e03\u4e2a\uff0c\u4ed6\u9001"
        "\u7ed9\u90bb\u5c45\u56db\u4e2a\u3002\u4ed6\u8fd8\u5269\u4e0b\u591a\u5c11\u4e2a\u82f9\u679c\uff1f"
    )

    (match,) = matches(text, text.replace("\u5c0f\u660e", "\u5c0f\u7ea2"))

    assert not match.exact


def test_the_earliest_match_is_named_and_groups_are_counted_once() -> None:
    found = compared(APPLES, APPLES.replace("Nora", "Lena"), APPLES.replace("Nora", "Sara"), "Something else.", APPLES)

    assert {match.record.line: match.earlier.line for match in found.each} == {2: 1, 3: 1, 5: 1}
    assert found.groups == {4: 1}


def test_a_copy_of_a_validation_prompt_that_is_nearly_a_training_prompt_is_held_against_the_training_prompt() -> None:
    near = APPLES.replace("Nora", "Lena")

    found = matches(APPLES, ("validation", near), ("test", near))

    assert [(match.record.part, match.earlier.part, match.exact) for match in found] == [
        ("validation", "train", False),
        ("test", "train", False),
    ]


@pytest.mark.parametrize(
    ("answers", "rests", "ambiguous"),
    [
        pytest.param(["a", "b", "a"], (0, 0, 0), [(2, 1)], id="another answer"),
        pytest.param(["a", "a", "a"], (0, 0, 0), [], id="one answer"),
        pytest.param(["a", "b", "c"], (0, 1, 0), [(3, 1)], id="another field tells them apart"),
    ],
)
def test_the_same_record_with_another_answer_is_ambiguous(
    answers: Sequence[str], rests: Sequence[int], ambiguous: Sequence[tuple[int, int]]
) -> None:
    found = compared(APPLES, APPLES, APPLES, answers=answers, rests=rests)

    assert [(match.record.line, match.earlier.line) for match in found.ambiguous] == ambiguous


def test_nothing_is_found_in_nothing() -> None:
    found = compared()

    assert (list(found.each), list(found.ambiguous), found.groups) == ([], [], {})


def triples(text: str) -> frozenset[tuple[str, ...]]:
    words = text.split()
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def truth(texts: Sequence[str]) -> set[int]:
    """By comparing all with all: lines of those that have an earlier one that is alike."""
    sets = [triples(text) for text in texts]
    return {
        n + 1 for n, mine in enumerate(sets) if any(len(mine & other) >= NEAR * len(mine | other) for other in sets[:n])
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_short_texts_are_found_as_comparing_all_with_all_would_find_them(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - not for security
    texts = random_texts(200, seed=seed)
    originals = [rng.randrange(len(texts)) for _ in range(100)]
    every = [*texts, *(edited(texts[original], rng, rng.randint(0, 5)) for original in originals)]
    answers = list(map(str, [*range(len(texts)), *originals]))
    expected = truth(every)

    found = {match.record.line for match in matches(*every, answers=answers)}

    assert len(expected) > 30
    assert found == expected


def test_long_texts_are_found_by_estimates_with_few_errors() -> None:
    rng = random.Random(9)  # noqa: S311 - not for security
    texts = random_texts(150, seed=9, most=400)
    copies = [edited(text, rng, rng.randint(0, len(text.split()) // 8)) for text in texts]

    found = {match.record.line for match in matches(*texts, *copies, answers=[*texts, *texts])}
    expected = truth([*texts, *copies])

    assert len(found & expected) >= 0.9 * len(expected)
    assert len(found & expected) >= 0.9 * len(found)


def test_ten_thousand_prompts_of_one_template_are_different_tasks() -> None:
    towns = random_texts(100, seed=1)
    prompts = [f"Which trains go from {one[:8]} to {other[:8]} before noon?" for one in towns for other in towns]

    assert matches(*prompts, answers=prompts) == []
