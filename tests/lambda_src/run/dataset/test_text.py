from typing import Any

import pytest

from lambda_src.reward.rollout import reference_text
from lambda_src.run.dataset.text import answer_key, answer_text, prompt_text


def key(reference: Any) -> int:
    return answer_key(reference, reference_text(reference))


def test_the_prompt_is_all_messages_in_any_form_of_content() -> None:
    blocks = [{"type": "text", "text": "How many"}, {"type": "text", "text": "are left?"}]
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": blocks},
    ]

    assert prompt_text({"messages": messages}) == "Be brief.\n\n\n\nHow many\nare left?"


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("42", "42", id="text"),
        pytest.param({"final_answer": "5", "solution": "2 + 3 = 5"}, "2 + 3 = 5\n5", id="worked"),
        pytest.param(
            {"function": "f", "cases": [{"args": [1]}], "solution": "def f(): ..."}, "def f(): ...", id="code"
        ),
        pytest.param({"query": "SELECT 1", "alternatives": ["SELECT 2 - 1"]}, "SELECT 1", id="a query"),
        pytest.param({"fields": {"label": "ok"}, "rationale": "So."}, '{"label": "ok"}\nSo.', id="a decision"),
        pytest.param({"total": 3}, '{"total": 3}', id="an object of its own"),
        pytest.param(None, "", id="none"),
    ],
)
def test_the_answer_is_what_the_model_would_write(reference: Any, text: str) -> None:
    assert answer_text(reference, reference_text(reference)) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("1,200", "1200.0", id="spellings of a number"),
        pytest.param("$18", {"final_answer": 18}, id="a currency"),
        pytest.param("  Yes", "yes", id="capitals and spaces"),
        pytest.param(
            {"answer": "5", "solution": "2 + 3"}, {"answer": "5", "solution": "1 + 4"}, id="another way there"
        ),
        pytest.param({"a": 1, "b": [2]}, {"b": [2], "a": 1}, id="order of names"),
        pytest.param({"fields": {"l": 1}, "rationale": "A."}, {"fields": {"l": 1}, "rationale": "B."}, id="rationale"),
        pytest.param({"solution": "f", "cases": [1]}, {"solution": "f", "cases": [2]}, id="other cases"),
    ],
)
def test_answers_that_say_the_same_have_one_key(one: Any, other: Any) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("12", "13", id="numbers"),
        pytest.param("3,5", "35", id="a decimal comma"),
        pytest.param("12345678901234567890", "12345678901234567891", id="numbers too long for a float"),
        pytest.param("yes", "no", id="texts"),
        pytest.param({"a": 1}, {"a": "1"}, id="types"),
        pytest.param("-inf", "-nan", id="words that Python takes for numbers"),
        pytest.param("", "0", id="nothing"),
    ],
)
def test_answers_that_differ_have_two(one: Any, other: Any) -> None:
    assert key(one) != key(other)
