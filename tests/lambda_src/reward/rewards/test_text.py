from typing import Any, get_args

import pytest

from lambda_src.reward.rewards import text
from lambda_src.reward.rewards._text.similarity import Method
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.reward.rubric import Rubric, RubricError


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("", 0.0, id="empty"),
        pytest.param("one\n\n  \ntwo", 0.5, id="blank lines do not count"),
        pytest.param("more\n" * 400, 1.0, id="never above 1"),
    ],
)
def test_worked_steps_pays_lines(response: str, value: float) -> None:
    assert text.worked_steps(Rollout("r", response), steps=4) == value


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("", 0.0, id="saying nothing is not brief"),
        pytest.param("one two", 1.0, id="brief"),
        pytest.param("word " * 8, 0.5, id="twice as long"),
    ],
)
def test_max_words_pays_brevity(response: str, value: float) -> None:
    assert text.max_words(Rollout("r", response), words=4) == value


def test_silence_is_no_answer() -> None:
    assert not text.parsed(Rollout("r", ""))


@pytest.mark.parametrize(
    ("response", "options", "value"),
    [
        pytest.param("one two three", {}, 1.0, id="within"),
        pytest.param("", {}, 0.0, id="empty"),
        pytest.param("", {"least": 5, "margin": 9.0}, 0.0, id="empty within any margin"),
        pytest.param("one two", {"least": 3}, 0.0, id="strictly too short"),
        pytest.param("word " * 11, {"most": 10}, 0.0, id="strictly too long"),
        pytest.param("word " * 12, {"most": 10, "margin": 0.5}, 0.6, id="a little too long"),
        pytest.param("word " * 15, {"most": 10, "margin": 0.5}, 0.0, id="too long by the margin"),
        pytest.param("one two", {"least": 4, "margin": 1.0}, 0.5, id="half of what is least"),
        pytest.param("abcdefgh", {"most": 8, "unit": "characters"}, 1.0, id="characters"),
        pytest.param("abcdefghi", {"most": 8, "unit": "characters"}, 0.0, id="a character too many"),
    ],
)
def test_length_is_paid_between_its_bounds(response: str, options: dict[str, Any], value: float) -> None:
    assert text.length(Rollout("r", response), **options) == pytest.approx(value)


@pytest.mark.parametrize(
    ("response", "low", "high"),
    [
        pytest.param("", 0.0, 0.0, id="empty"),
        pytest.param("Yes.", 1.0, 1.0, id="too short to repeat anything"),
        pytest.param("The cat sat on the mat while the dog slept under the table.", 1.0, 1.0, id="plain prose"),
        pytest.param("I will think about it. " * 200, 0.0, 0.01, id="a sentence again and again"),
        pytest.param("ha" * 5_000, 0.0, 0.01, id="no spaces"),
        pytest.param("abcdefg" * 5_000, 0.0, 0.02, id="no spaces, odd period"),
        pytest.param(" ".join(map(str, range(3_000))), 1.0, 1.0, id="counting repeats nothing"),
    ],
)
def test_repetition_costs(response: str, low: float, high: float) -> None:
    assert low <= text.repetition(Rollout("r", response)) <= high


def test_repetition_falls_evenly_behind_its_share() -> None:
    half = Rollout("r", "a b c d a b c d")  # of 5 runs of 4 words, 4 are different

    assert text.repetition(half, n=4, share=0.5) == 1.0
    assert text.repetition(half, n=4, share=0.0) == pytest.approx(4 / 5)


@pytest.mark.parametrize(
    ("response", "ignore_case", "value"),
    [
        pytest.param("Refund: yes\nReason: late", False, 1.0, id="both"),
        pytest.param("Reason: late", False, 0.5, id="one"),
        pytest.param("refund: yes, reason: late", False, 0.0, id="other case"),
        pytest.param("refund: yes, REASON: late", True, 1.0, id="other case, ignored"),
        pytest.param("Refund:Refund:Refund:", False, 0.5, id="one of them often"),
    ],
)
def test_contains_pays_for_each_text_once(response: str, ignore_case: bool, value: float) -> None:
    assert text.contains(Rollout("r", response), texts=["Refund:", "Reason:"], ignore_case=ignore_case) == value


@pytest.mark.parametrize(
    ("response", "most", "value"),
    [
        pytest.param("So:\n  Answer: 4", 1, 1.0, id="indented line"),
        pytest.param("The Answer: 4", 1, 0.0, id="not at the line's beginning"),
        pytest.param("Answer:", 1, 0.0, id="nothing behind it"),
        pytest.param("Answer:\n4", 1, 0.0, id="behind it on the next line"),
        pytest.param("Answer: 4\nAnswer: 5", 1, 0.0, id="two"),
        pytest.param("Answer: 4\nAnswer: 5", 2, 1.0, id="two where two are allowed"),
        pytest.param("Answer: 4\nAnswer:", 2, 0.0, id="one of two without content"),
        pytest.param("Answer: \n" * 1_000, 1, 0.0, id="spam"),
    ],
)
def test_a_marker_counts_with_what_it_announces(response: str, most: int, value: float) -> None:
    assert text.marker(Rollout("r", response), marker="Answer:", most=most) == value


@pytest.mark.parametrize(
    ("response", "where", "value"),
    [
        pytest.param("It is [1] and [22].", "anywhere", 1.0, id="somewhere"),
        pytest.param("It is [1] and [22].", "whole", 0.0, id="not the whole"),
        pytest.param("[22]", "whole", 1.0, id="the whole"),
        pytest.param("[x]", "anywhere", 0.0, id="nowhere"),
    ],
)
def test_a_pattern_is_looked_for(response: str, where: Any, value: float) -> None:
    assert text.matches(Rollout("r", response), pattern=r"\[[0-9]+\]", where=where) == value


@pytest.mark.parametrize(
    ("operation", "response", "reference", "value"),
    [
        pytest.param("eq", "Oslo", "Oslo", 1.0, id="equal"),
        pytest.param("eq", "oslo", "Oslo", 0.0, id="other case"),
        pytest.param("ne", "oslo", "Oslo", 1.0, id="different"),
        pytest.param("ne", "Oslo", "Oslo", 0.0, id="not different"),
        pytest.param("like", "It is Oslo.", "Oslo", 1.0, id="contained"),
        pytest.param("like", "Oslo", "It is Oslo.", 0.0, id="contains, the other way"),
        pytest.param("like", "It is oslo.", "Oslo", 0.0, id="contained in other case"),
        pytest.param("ilike", "It is OSLO.", "Oslo", 1.0, id="contained in any case"),
        pytest.param("ilike", "STRASSE", "stra\u00dfe", 1.0, id="letters that grow"),
    ],
)
def test_texts_compare_as_the_operation_says(operation: Any, response: str, reference: str, value: float) -> None:
    assert text.equals(Rollout("r", response, reference=reference), operation=operation) == value


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param('{"label": "spam"}', 1.0, id="the field"),
        pytest.param('```json\n{"label": "spam"}\n```', 1.0, id="in a block"),
        pytest.param('{"label": "ham"}', 0.0, id="another value"),
        pytest.param('{"other": "spam"}', 0.0, id="no such field"),
        pytest.param("spam", 0.0, id="no JSON"),
    ],
)
@pytest.mark.parametrize("operation", ["eq", "like"])
def test_templates_reach_into_response_and_record(response: str, value: float, operation: Any) -> None:
    rollout = Rollout("r", response, fields={"truth": {"labels": ["spam"]}})

    given = text.equals(
        rollout, operation=operation, text="<{{ sample.output_json.label }}>", reference="<{{item.truth.labels[0]}}>"
    )

    assert given == value


def test_a_response_that_a_template_cannot_read_is_not_paid_for_being_different() -> None:
    template = "{{ sample.output_json.label }}"

    assert text.equals(Rollout("r", "nonsense", reference="spam"), operation="ne", text=template) == 0.0
    assert text.similarity(Rollout("r", "nonsense", reference="spam"), text=template) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(text.equals, id="equals"),
        pytest.param(text.similarity, id="similarity"),
        pytest.param(lambda rollout: text.equals(rollout, reference="{{item.label}}"), id="field of a template"),
    ],
)
def test_a_record_without_what_is_compared_is_an_error(call: Any) -> None:
    with pytest.raises(RecordError, match="rollout r: no"):
        call(Rollout("r", "Oslo"))


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        pytest.param("matches", {"pattern": "(a"}, "options.pattern: missing ), unterminated", id="no pattern"),
        pytest.param("matches", {"pattern": r"(a)\1"}, "cannot be followed in linear time", id="reference"),
        pytest.param("matches", {"pattern": "(?=a)b"}, "cannot be followed in linear time", id="look-ahead"),
        pytest.param("matches", {"pattern": "a*+b"}, "cannot be followed in linear time", id="possessive"),
        pytest.param("matches", {"pattern": "(a{99}){99}"}, "automaton is too large", id="large"),
        pytest.param("matches", {"pattern": "a(a|b){12}(a|b)"}, "too many states", id="many states"),
        pytest.param("matches", {"pattern": "a" * 501}, "501 characters", id="long"),
        pytest.param("matches", {}, "options.pattern: missing", id="pattern missing"),
        pytest.param("length", {"least": 5, "most": 4}, "options.most: 4; expected least (5) or more", id="bounds"),
        pytest.param("length", {"least": 500}, "options.most: 400; expected least (500) or more", id="default bound"),
        pytest.param("repetition", {"share": 1.0}, "options.share: 1.0; expected a number below 1", id="share"),
        pytest.param("contains", {"texts": []}, "options.texts: empty", id="no texts"),
        pytest.param("contains", {"texts": ["a", " "]}, "options.texts: empty", id="blank text"),
        pytest.param("marker", {"marker": " "}, "options.marker: empty", id="blank marker"),
        pytest.param("equals", {"text": "{{ sample.output_tools[0] }}"}, "options.text: {{ sample", id="tools"),
        pytest.param("similarity", {"reference": "{{ reference }}"}, "options.reference: {{ ref", id="template"),
        pytest.param("similarity", {"method": "meteor"}, "options.method: 'meteor'; expected one of", id="method"),
        pytest.param("language", {"language": "tlh"}, "options.language: 'tlh'; expected one of", id="language"),
    ],
)
def test_options_that_cannot_be_used_stop_the_rubric(function: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(RubricError) as error:
        Rubric.from_config([{"function": f"text.{function}", "weight": 1, "options": options}])

    assert message in str(error.value)


@pytest.mark.parametrize(
    "response",
    [
        pytest.param("a" * 100_000, id="one letter"),
        pytest.param("a " * 50_000, id="one word"),
        pytest.param(" ".join(map(str, range(17_000))), id="words"),
        pytest.param("\n" * 100_000, id="line breaks"),
        pytest.param("Answer:" * 14_000, id="markers"),
        pytest.param("Ab" * 50_000, id="a pattern's beginning"),
        pytest.param("\u4e2d\u6587" * 50_000, id="another script"),
        pytest.param("\x00\ud800" * 50_000, id="no characters"),
    ],
)
def test_every_function_gives_a_value_for_any_text(response: str) -> None:
    rollout = Rollout("r", response, reference="Answer: the cat sat on the mat. " * 40)
    values = [
        text.worked_steps(rollout),
        text.max_words(rollout),
        text.length(rollout, margin=2.0),
        text.repetition(rollout),
        text.contains(rollout, texts=["Answer:", "b"]),
        text.marker(rollout, marker="Answer:"),
        text.matches(rollout, pattern="A.*b.*c"),
        text.equals(rollout, operation="ilike"),
        text.language(rollout),
        *(text.similarity(rollout, method=method) for method in get_args(Method)),
    ]

    assert all(0.0 <= value <= 1.0 for value in values)
