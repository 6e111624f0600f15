import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tiny_lm.tokenizer import (
    END,
    PAD,
    VOCABULARY,
    UnknownWordError,
    decode,
    encode,
    prompt_text,
    unreadable,
)

DATASET = Path(__file__).parents[3] / "datasets" / "gsm8k-style"


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_bundled_prompts_survive_the_way_to_tokens_and_back(split: str) -> None:
    lines = (DATASET / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    prompts = [prompt_text(json.loads(line)) for line in lines]

    assert [decode(encode(prompt)) for prompt in prompts] == prompts


@pytest.mark.parametrize(
    "response",
    [
        pytest.param("First 57 - 6 = 51\n51 + 9 = 60\n#### 60", id="steps and marker"),
        pytest.param("5 * 4 = 20\n\\boxed{20}", id="box"),
        pytest.param("Check: 5 * 4 = 20\nSo the answer is 20.", id="prose"),
    ],
)
def test_responses_survive_the_way_to_tokens_and_back(response: str) -> None:
    assert decode(encode(response)) == response


def test_nothing_is_read_after_the_end() -> None:
    tokens = [*encode("#### 12"), END, *encode("#### 13"), PAD]

    assert decode(tokens) == "#### 12"


def test_words_are_known_whatever_their_case() -> None:
    assert encode("HOW many Books") == encode("how MANY books")


def test_an_unknown_word_is_named() -> None:
    with pytest.raises(UnknownWordError, match="gizmo"):
        encode("Tom has 5 gizmo")


def test_every_record_that_cannot_be_read_is_listed_with_its_words() -> None:
    records: list[dict[str, Any]] = [
        {"id": "a", "messages": [{"role": "user", "content": "Tom has 5 books."}]},
        {"id": "b", "messages": [{"role": "user", "content": "Integrate sin x."}]},
        {"messages": [{"role": "user", "content": [{"text": "Tom has 5 quarks."}]}]},
    ]

    lines = unreadable(records)

    assert [line.split(";")[0] for line in lines] == [
        "record b: local.tiny-lm does not know Integrate, sin, x",
        "record 3: local.tiny-lm does not know quarks",
    ]


def test_no_word_is_in_the_vocabulary_twice() -> None:
    folded = [word.casefold() for word in VOCABULARY]

    assert len(set(folded)) == len(folded)
