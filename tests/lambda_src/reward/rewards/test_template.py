"""Places in texts, as OpenAI's graders write them."""

from typing import Any

import pytest

from lambda_src.reward.rewards._text.template import TemplateError, parsed, rendered
from lambda_src.reward.rollout import RecordError, Rollout

FIELDS = {"unit": "eggs", "meta": {"tags": ["a", {"deep": 7}], "ok": True}, "reference_answer": {"answer": "42"}}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{{ sample.output_text }}", '{"n": [1, 2.5]}', id="response"),
        pytest.param("{{sample.output_json.n[1]}} {{item.unit}}", "2.5 eggs", id="number and field"),
        pytest.param("{{ item.meta.tags[1].deep }}", "7", id="path"),
        pytest.param("{{ item.meta.ok }}", "true", id="truth value"),
        pytest.param("{{ item.meta.tags }}", '["a", {"deep": 7}]', id="JSON"),
        pytest.param("{{ item.reference_answer }}", "42", id="reference, unwrapped"),
        pytest.param("{{ item.reference_answer.answer }}", "42", id="part of the reference"),
        pytest.param("{ {x} } {{}", "{ {x} } {{}", id="braces that are no place"),
        pytest.param("{{ sample.output_json.m }}", None, id="missing in the response"),
        pytest.param("{{ sample.output_json.n.x }}", None, id="a name in a list"),
        pytest.param("{{ sample.output_json.n[2] }}", None, id="beyond a list"),
    ],
)
def test_a_template_with_everything_in_its_place(template: str, text: str | None) -> None:
    rollout = Rollout("r", '{"n": [1, 2.5]}', reference="42", fields=FIELDS)

    assert rendered(template, rollout) == text


@pytest.mark.parametrize("template", ["{{ item.nothing }}", "{{ item.unit.x }}", "{{ item.meta.tags[9] }}"])
def test_a_record_without_the_field_is_an_error(template: str) -> None:
    with pytest.raises(RecordError, match=r"rollout r: no item\."):
        rendered(template, Rollout("r", "x", fields=FIELDS))


@pytest.mark.parametrize(
    "template",
    [
        "{{ label }}",
        "{{ item }}",
        "{{ item. }}",
        "{{ sample.choices[0] }}",
        "{{ item.a-[x] }}",
        "{{ item.a | upper }}",
        "{{ }}",
    ],
)
def test_other_places_are_refused(template: str) -> None:
    with pytest.raises(TemplateError, match=r"expected|there are"):
        parsed(template)


@pytest.mark.parametrize("response", ["no JSON", "so: {}", "{} {}", "[" * 50_000])
def test_a_response_that_is_not_only_json_has_no_parts(response: Any) -> None:
    assert rendered("{{ sample.output_json.a }}", Rollout("r", response)) is None
