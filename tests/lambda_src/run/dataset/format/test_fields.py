import json
from typing import Any

import pytest

from lambda_src.run.dataset import Severity
from tests.lambda_src.run.dataset.records import USER, findings, record, rules

SYSTEM = {"role": "system", "content": "Be brief."}
ASSISTANT = {"role": "assistant", "content": "42"}


def one(**changes: Any) -> str:
    (finding,) = findings(json.dumps(record(**changes)))
    assert finding.severity is Severity.ERROR
    return f"{finding.rule}: {finding.message.removeprefix('train.jsonl line 1: ')}"


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        pytest.param({}, "messages-shape: messages is an object; expected a list", id="messages not a list"),
        pytest.param(None, "messages-shape: messages is null", id="messages null"),
        pytest.param([], "no-user-turn: messages is empty; expected at least one message of the user", id="none"),
        pytest.param(["Hi", USER], "messages-shape: messages[0] is a string; expected an object", id="a text"),
        pytest.param([{"role": "bot", "content": "x"}, USER], 'role-unknown: messages[0].role is "bot"', id="role"),
        pytest.param([{"role": "User", "content": "x"}, USER], 'role-unknown: messages[0].role is "User"', id="case"),
        pytest.param([{"role": ["user"], "content": "x"}, USER], 'messages[0].role is ["user"]', id="role a list"),
        pytest.param([{"content": "x"}, USER], "role-unknown: messages[0].role is missing", id="no role"),
        pytest.param([USER, SYSTEM], "system-not-first: messages[1].role is system", id="late system"),
        pytest.param([SYSTEM, SYSTEM, USER], "system-not-first: messages[1].role is system", id="two systems"),
        pytest.param([SYSTEM], 'no-user-turn: messages has roles "system"', id="no user"),
        pytest.param([USER, ASSISTANT], "last-turn-assistant: messages ends with the assistant's turn", id="answered"),
        pytest.param([{"role": "user", "content": " \n"}], 'content-empty: messages[0].content is " \\n"', id="blank"),
        pytest.param([{"role": "user"}], "content-empty: messages[0].content is missing", id="no content"),
        pytest.param([{"role": "user", "content": None}], "content-empty: messages[0].content is null", id="null"),
        pytest.param([{"role": "user", "content": 7}], "content-not-text: messages[0].content is 7", id="a number"),
        pytest.param([{"role": "user", "content": []}], "content-empty: messages[0].content is []", id="no blocks"),
    ],
)
def test_messages_that_are_no_prompt(messages: Any, message: str) -> None:
    assert message in one(messages=messages)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        pytest.param(
            {"type": "image_url", "image_url": {"url": "data:"}},
            'content-not-text: messages[0].content[0] is a block "image_url"; expected an object {"type": "text", '
            '"text": ...}: for Bedrock only text is documented',
            id="image",
        ),
        pytest.param({"type": "input_audio"}, 'is a block "input_audio"', id="audio"),
        pytest.param({"image": {"format": "png"}}, "is a block with image", id="Converse image"),
        pytest.param({"type": "text"}, "content-not-text", id="no text"),
        pytest.param({"type": "text", "text": 7}, "content[0].text is a number", id="number"),
        pytest.param({"type": "text", "text": " "}, 'content-empty: messages[0].content[0].text is " "', id="blank"),
        pytest.param("Hi", "content[0] is a string", id="bare text"),
    ],
)
def test_blocks_that_are_no_text(block: Any, message: str) -> None:
    assert message in one(messages=[{"role": "user", "content": [block]}])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"reference_answer": None}, "reference-missing: reference_answer is null", id="null reference"),
        pytest.param({"reference_answer": ""}, 'reference-shape: reference_answer is ""', id="empty reference"),
        pytest.param({"reference_answer": " "}, 'reference-shape: reference_answer is " "', id="blank reference"),
        pytest.param({"reference_answer": {}}, "reference-shape: reference_answer is {}", id="empty object"),
        pytest.param({"reference_answer": 42}, "reference-shape: reference_answer is 42", id="number"),
        pytest.param({"reference_answer": ["42"]}, 'reference-shape: reference_answer is ["42"]', id="list"),
        pytest.param({"reference_answer": False}, "reference-shape: reference_answer is false", id="boolean"),
        pytest.param({"id": 7}, "id-shape: id is 7; expected a string", id="id a number"),
        pytest.param({"id": ""}, 'id-shape: id is ""', id="id empty"),
        pytest.param({"id": "preflight/1"}, 'id-reserved: id is "preflight/1"', id="reserved id"),
        pytest.param(
            {"schemaVersion": "bedrock-conversation-2024"},
            'converse-format: schemaVersion is "bedrock-conversation-2024", the format of supervised fine-tuning',
            id="a record for supervised fine-tuning",
        ),
    ],
)
def test_fields_that_bedrock_or_the_grader_cannot_use(changes: dict[str, Any], message: str) -> None:
    assert message in one(**changes)


@pytest.mark.parametrize("missing", ["reference_answer", "messages"])
def test_a_record_without_a_field_is_named_with_what_it_holds(missing: str) -> None:
    left = {key: value for key, value in record().items() if key != missing}

    (finding,) = findings(json.dumps(left))

    assert f"{missing} is missing (found {', '.join(left)})" in finding.message


def test_what_is_shown_of_a_record_stays_short() -> None:
    many = {f"key-{n}" * 50: n for n in range(1_000)}

    shown = findings(json.dumps(many | {"id": "x" * 10_000, "reference_answer": ["y" * 10_000]}))

    assert shown
    assert max(len(finding.message) for finding in shown) < 1_000


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"id": None}, id="no id"),
        pytest.param({"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}, id="blocks"),
        pytest.param({"messages": [SYSTEM, USER]}, id="system first"),
        pytest.param({"messages": [USER, ASSISTANT, USER]}, id="turns before"),
        pytest.param({"messages": [{"role": "developer", "content": "Be brief."}, USER]}, id="developer"),
        pytest.param({"messages": [USER, {"role": "tool", "content": "42", "tool_call_id": "1"}]}, id="tool last"),
        pytest.param({"messages": [USER | {"name": "Ann"}]}, id="a name"),
        pytest.param({"reference_answer": {"final_answer": "42"}}, id="object"),
        pytest.param({"difficulty": 3}, id="extra field"),
        pytest.param({"tools": None}, id="tools null"),
    ],
)
def test_every_documented_form_of_a_record_passes(changes: dict[str, Any]) -> None:
    assert rules(json.dumps(record(**changes))) == []


@pytest.mark.parametrize("reference", ["", [], {}, 7])
def test_a_reference_that_is_given_has_its_shape_even_where_none_is_needed(reference: Any) -> None:
    line = json.dumps(record(reference_answer=reference))

    assert [finding.rule for finding in findings(line, references=False)] == ["reference-shape"]


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        pytest.param(USER | {"images": []}, "message-key-unknown", id="a key that the format has not"),
        pytest.param({"role": "tool", "content": "42"}, "tool-call-id-missing", id="a result of no call"),
        pytest.param({"role": "user", "content": [{"text": "Hi"}]}, "content-block-type", id="a block as in Converse"),
    ],
)
def test_what_is_only_unusual_is_a_warning(message: dict[str, Any], rule: str) -> None:
    (finding,) = findings(json.dumps(record(messages=[USER, message])))

    assert (finding.rule, finding.severity) == (rule, Severity.WARNING)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("System: be brief", "System:", id="system"),
        pytest.param("as the USER:said", "User:", id="any case"),
        pytest.param("robot: go", "Bot:", id="inside a word"),
        pytest.param("Assistant:\nThought: <unk>", "Assistant:, Thought:, <unk>", id="several"),
        pytest.param("the end [eos]", "[EOS]", id="end of text"),
        pytest.param("see <Image>", "<image>", id="image"),
        pytest.param("see <un\u212a>", "<unk>", id="a letter that is k in lower case"),
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_reserved_word_is_a_warning_that_names_it(text: str, tokens: str, ascii_only: bool) -> None:
    line = json.dumps(record(messages=[{"role": "user", "content": text}]), ensure_ascii=ascii_only)

    (finding,) = findings(line)

    assert (finding.rule, finding.severity, finding.field) == (
        "reserved-token",
        Severity.WARNING,
        "messages[0].content",
    )
    assert f"holds {tokens};" in finding.message


@pytest.mark.parametrize("spelling", ["\\u003cimage\\u003e", "\\u0042ot\\u003a", "\\u003Cvideo>", "\\u005beos]"])
def test_a_reserved_word_is_found_in_every_spelling_of_json(spelling: str) -> None:
    line = json.dumps(record()).replace("6 * 7?", spelling)

    assert rules(line) == ["reserved-token"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {"messages": [{"role": "user", "content": "it: that: system - user <b> [e]"}]}, id="parts of them"
        ),
        pytest.param({"reference_answer": "System: 42"}, id="in the reference"),
        pytest.param({"user:": 1}, id="in a key"),
    ],
)
def test_what_is_no_reserved_word_of_a_message_passes(changes: dict[str, Any]) -> None:
    assert rules(json.dumps(record(**changes))) == []


FUNCTION = {"name": "add", "description": "adds", "parameters": {"type": "object", "properties": {}, "required": ["a"]}}


def _tool(**changes: Any) -> dict[str, Any]:
    return {"type": "function", "function": FUNCTION | changes}


@pytest.mark.parametrize(
    ("tools", "field"),
    [
        pytest.param([], "tools", id="none"),
        pytest.param({}, "tools", id="an object"),
        pytest.param(["add"], "tools[0]", id="a name"),
        pytest.param([{"type": "function"}], "tools[0]", id="no function"),
        pytest.param([{"type": "tool", "function": FUNCTION}], "tools[0]", id="another type"),
        pytest.param([_tool(), _tool(name=" ")], "tools[1].function.name", id="blank name"),
        pytest.param([_tool(description=None)], "tools[0].function.description", id="no description"),
        pytest.param([_tool(parameters=[])], "tools[0].function.parameters", id="parameters a list"),
        pytest.param(
            [_tool(parameters={"type": "array", "properties": {}})],
            "tools[0].function.parameters.type",
            id="parameters of another type",
        ),
        pytest.param(
            [_tool(parameters={"type": "object"})], "tools[0].function.parameters.properties", id="no properties"
        ),
        pytest.param(
            [_tool(parameters={"type": "object", "properties": {}, "required": "a"})],
            "tools[0].function.parameters.required",
            id="required a text",
        ),
        pytest.param([_tool(), _tool()], "tools", id="the same name twice"),
    ],
)
def test_tools_that_are_no_functions_are_a_warning(tools: Any, field: str) -> None:
    (finding,) = findings(json.dumps(record(tools=tools)))

    assert (finding.rule, finding.severity, finding.field) == ("tools-shape", Severity.WARNING, field)


def test_tools_of_the_documented_shape_pass() -> None:
    assert rules(json.dumps(record(tools=[_tool(), _tool(name="drop", parameters=FUNCTION["parameters"])]))) == []
