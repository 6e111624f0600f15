"""What code is paid for."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from lambda_src.reward import sandbox_client
from lambda_src.reward.batched import NEVER, Deadline, Judgement
from lambda_src.reward.rewards import code
from lambda_src.reward.rewards._code import reference as _code_reference
from lambda_src.reward.rewards._code.block import code_block
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.reward.rubric import Rubric, RubricError
from lambda_src.sandbox.request import MOST_CASES

SQUARE = "def square(n):\n    return n * n\n"
REFERENCE: Mapping[str, Any] = {
    "function": "square",
    "cases": [{"args": [n], "expected": n * n} for n in (0, 1, 2, 5)],
    "solution": SQUARE,
}
TESTS: Mapping[str, Any] = {
    "tests": "assert square(5) == 25\nassert raises('TypeError', square, None)",
    "solution": SQUARE,
}
PROGRAM: Mapping[str, Any] = {"cases": [{"stdin": "5\n", "expected": "25\n"}], "solution": "print(int(input()) ** 2)"}


def fenced(source: str, language: str = "python") -> str:
    return f"```{language}\n{source}\n```"


def rollout(response: str, reference: Any = REFERENCE, id_: str = "r7") -> Rollout:
    return Rollout(id_, response, fields={"reference_answer": reference})


def judged(function: Callable[..., Sequence[Judgement | RecordError]], one: Rollout, **options: Any) -> Judgement:
    (judgement,) = function([one], NEVER, **options)
    assert isinstance(judgement, Judgement), judgement
    return judgement


@pytest.mark.parametrize(
    ("source", "rate"),
    [
        pytest.param(SQUARE, 1.0, id="right"),
        pytest.param("def square(n):\n    return n + n", 0.5, id="right for 0 and 2"),
        pytest.param("def square(n):\n    return 0", 0.25, id="a constant"),
        pytest.param("def square(n):\n    return n == 1", 0.0, id="True is not 1"),
        pytest.param("def square(n):\n    return float(n * n)", 0.0, id="4.0 is not 4"),
        pytest.param("def square(n):\n    return str(n * n)", 0.0, id="a text is no number"),
        pytest.param("def square(n):\n    return [n * n]", 0.0, id="a list is no number"),
        pytest.param("def square(n):\n    print(n * n)", 0.0, id="printed, not returned"),
        pytest.param("def cube(n):\n    return n * n", 0.0, id="another name"),
        pytest.param("def square(n)\n    return n * n", 0.0, id="no Python"),
        pytest.param("def square(n):\n    pass", 0.0, id="nothing done"),
        pytest.param("import os\nprint('4 passed')\nos._exit(0)", 0.0, id="ends with success"),
        pytest.param("def square(n):\n    while n > 1: pass\n    return n", 0.5, id="never ends for 2 and 5"),
    ],
)
def test_pass_rate_is_the_share_of_cases(source: str, rate: float) -> None:
    one = rollout(fenced(source))

    assert judged(code.pass_rate, one, seconds_per_case=0.3).value == rate
    assert judged(code.all_passed, one, seconds_per_case=0.3).value == float(rate == 1.0)


@pytest.mark.parametrize(
    ("source", "rate", "reason"),
    [
        pytest.param(SQUARE, 1.0, "2 of 2 cases passed", id="right"),
        pytest.param("def square(n): return 1", 0.0, "0 of 2 cases passed; line 1: AssertionError", id="wrong"),
        pytest.param(
            "def square(n): return 25",
            0.5,
            "1 of 2 cases passed; line 2: returned 25; expected TypeError",
            id="a constant",
        ),
        pytest.param(
            "def square(n): raise TypeError('no')", 0.5, "1 of 2 cases passed; line 1: TypeError: no", id="refuses"
        ),
        pytest.param(
            "import os\ndef square(n): os._exit(0)", 0.0, "0 of 2 cases passed; line 1: stopped (died)", id="ends"
        ),
    ],
)
def test_tests_are_run_against_the_code(source: str, rate: float, reason: str) -> None:
    judgement = judged(code.pass_rate, rollout(fenced(source), TESTS))

    assert (judgement.value, judgement.reason) == (rate, reason)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        pytest.param("print(int(input()) ** 2)", 1.0, id="right"),
        pytest.param("print(int(input()) ** 2, end='')", 1.0, id="no line break"),
        pytest.param("print(f'{int(input()) ** 2}  ')\nprint()", 1.0, id="space behind"),
        pytest.param("print(f' {int(input()) ** 2}')", 0.0, id="space before"),
        pytest.param("print('25\\n25')", 0.0, id="a line more"),
    ],
)
def test_programs_are_compared_by_what_they_print(source: str, value: float) -> None:
    assert judged(code.all_passed, rollout(fenced(source), PROGRAM)).value == value


def test_exceptions_can_be_expected() -> None:
    reference = {"function": "f", "cases": [{"args": [1], "raises": "ValueError"}, {"args": [2], "expected": None}]}
    source = "def f(n):\n    if n == 1: raise ValueError(n)"

    assert judged(code.all_passed, rollout(fenced(source), reference)).value == 1.0
    assert judged(code.pass_rate, rollout(fenced("def f(n): raise KeyError"), reference)).value == 0.0


@pytest.mark.parametrize(
    ("response", "found"),
    [
        pytest.param("So:\n```python\nx = 1\n```\nThat is it.", "x = 1\n", id="in text"),
        pytest.param("```py\nx\n```", "x\n", id="py"),
        pytest.param("```Python3\nx\n```", "x\n", id="Python3"),
        pytest.param("```python title=a.py\nx\n```", "x\n", id="with a title"),
        pytest.param("```\nx\n```", "x\n", id="no language"),
        pytest.param("~~~python\nx\n~~~", "x\n", id="tildes"),
        pytest.param(
            "1. Do:\n   ```python\n   def f():\n       return 1\n   ```", "def f():\n    return 1\n", id="indented"
        ),
        pytest.param("```python\r\nx = 1\r\n```\r\n", "x = 1\r\n", id="carriage returns"),
        pytest.param("```python\nx = 1", "x = 1", id="never closed"),
        pytest.param("```python\nx\n```\nNo:\n```python\ny\n```", "y\n", id="the last counts"),
        pytest.param("```python\nx\n```\n```\noutput\n```", "x\n", id="a block without language behind"),
        pytest.param("```python\nx\n```\n```text\noutput\n```", "x\n", id="another language behind"),
        pytest.param("````python\n```\nx\n```\n````", "```\nx\n```\n", id="fences in fences"),
        pytest.param("```python\nx\n```\n```python\n```", "", id="the last is empty"),
        pytest.param("```js\nx\n```", "", id="another language"),
        pytest.param("Use ```python x``` here", "", id="in a line"),
        pytest.param("def f(): pass", "", id="no fence"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_code_is_what_stands_in_the_last_fence(response: str, found: str) -> None:
    assert code_block(response) == found


def test_without_a_fence_all_of_a_response_may_be_code() -> None:
    one = rollout(SQUARE)

    assert judged(code.all_passed, one).value == 0.0
    assert judged(code.all_passed, one, fence="optional").value == 1.0
    assert judged(code.all_passed, rollout(f"Here:\n{fenced(SQUARE)}"), fence="optional").value == 1.0


@pytest.mark.parametrize("response", ["", "I do not know.", fenced(""), fenced("  \n\n"), "```js\nsquare\n```"])
def test_what_holds_no_code_is_not_run(response: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_client, "_locally", lambda *_: pytest.fail("run"))

    judgement = judged(code.pass_rate, rollout(response))

    assert (judgement.value, judgement.reason) == (0.0, "no code")
    assert not code.parsed(rollout(response))


@pytest.mark.parametrize("response", [fenced(SQUARE), fenced("x", ""), SQUARE, fenced("nonsense")])
def test_code_is_recognised_right_or_wrong(response: str) -> None:
    assert code.parsed(rollout(response))


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        pytest.param(None, "reference_answer: NoneType; expected an object with cases or tests", id="none"),
        pytest.param("42", "reference_answer: str; expected an object", id="a text"),
        pytest.param({}, "reference_answer.cases: None; expected 1 to 1000 cases, or tests", id="nothing in it"),
        pytest.param({"function": "f", "cases": []}, "reference_answer.cases: []", id="no cases"),
        pytest.param(
            {"function": "f", "cases": [{"args": [], "expected": 1}] * (MOST_CASES + 1)}, ".cases: [", id="too many"
        ),
        pytest.param({"function": 3, "cases": [{}]}, "reference_answer.function: 3; expected the name", id="odd name"),
        pytest.param({"function": "f", "cases": [{"expected": 1}]}, ".cases[0]: ", id="no arguments"),
        pytest.param(
            {"function": "f", "cases": [{"args": 1, "expected": 1}]}, ".cases[0].args: 1; expected a list", id="odd"
        ),
        pytest.param({"function": "f", "cases": [{"args": [1]}]}, "expected either expected or", id="nothing expected"),
        pytest.param(
            {"function": "f", "cases": [{"args": [], "expected": 1, "raises": "E"}]}, "expected either", id="both"
        ),
        pytest.param({"function": "f", "cases": [{"args": [], "raises": 3}]}, "expected either", id="odd exception"),
        pytest.param({"cases": [{"stdin": "", "expected": 3}]}, ".cases[0].expected: 3; expected a text", id="number"),
        pytest.param(
            {"tests": "assert ("}, "reference_answer.tests: SyntaxError: '(' was never closed", id="no Python"
        ),
        pytest.param({"tests": "def helper(): pass"}, "reference_answer.tests: ", id="no test"),
    ],
)
def test_a_broken_record_costs_itself_alone_and_is_named(reference: Any, message: str) -> None:
    broken, sound = code.all_passed([rollout(fenced(SQUARE), reference), rollout(fenced(SQUARE), id_="r8")], NEVER)

    assert isinstance(broken, RecordError)
    assert str(broken).startswith("rollout r7: reference_answer")
    assert message in str(broken)
    assert isinstance(sound, Judgement)
    assert sound.value == 1.0


def test_code_that_ends_its_sandbox_is_an_error_of_its_rollout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_client, "_locally", lambda items, _: [{"lost": "it ended its sandbox: killed"}])

    (lost,) = code.pass_rate([rollout(fenced("import os\nos.kill(os.getppid(), 9)"))], NEVER)

    assert str(lost) == "rollout r7: it ended its sandbox: killed"


def test_several_rewards_share_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    locally = sandbox_client._locally

    def counted(items: Sequence[sandbox_client.Item], deadline: Deadline) -> list[sandbox_client.Result]:
        runs.append(len(items))
        return locally(items, deadline)

    monkeypatch.setattr(sandbox_client, "_locally", counted)
    one = rollout(fenced("def square(n): return n ** 2  # only here"))

    for function in (code.pass_rate, code.all_passed, code.runtime):
        judged(function, one)

    assert runs == [1]


def test_what_is_expected_never_leaves_the_grader() -> None:
    reference = {"function": "f", "cases": [{"args": [1], "kwargs": {"b": 2}, "expected": "secret"}]}

    item = _code_reference.Reference.of(rollout("", reference)).item

    assert "secret" not in json.dumps(item)


@pytest.mark.parametrize(
    ("given", "expected", "is_same"),
    [
        pytest.param(1, 1, True, id="equal"),
        pytest.param(True, 1, False, id="True for 1"),
        pytest.param(1, True, False, id="1 for True"),
        pytest.param(0, False, False, id="0 for False"),
        pytest.param(4.0, 4, False, id="4.0 for 4"),
        pytest.param(4, 4.0, True, id="4 for 4.0"),
        pytest.param(0.1 + 0.2, 0.3, True, id="the last digits"),
        pytest.param(0.30001, 0.3, False, id="more than the last digits"),
        pytest.param(float("inf"), 1e308, False, id="infinity"),
        pytest.param(float("nan"), float("nan"), False, id="not a number"),
        pytest.param(10**400, 1.5, False, id="a whole number beyond all floats"),
        pytest.param(True, 1.0, False, id="True for 1.0"),
        pytest.param("1", 1, False, id="a text"),
        pytest.param(None, 0, False, id="nothing"),
        pytest.param({"b": 1, "a": [2]}, {"a": [2], "b": 1}, True, id="other order of keys"),
        pytest.param({"a": 1, "b": 2}, {"a": 1}, False, id="a key more"),
        pytest.param([1, 2], [2, 1], False, id="other order"),
        pytest.param([1], [1, 1], False, id="shorter"),
        pytest.param([[True]], [[1]], False, id="True for 1, deep inside"),
        pytest.param({}, [], False, id="an object for a list"),
    ],
)
def test_values_are_compared_with_their_types(given: Any, expected: Any, is_same: bool) -> None:
    assert _code_reference.same(given, expected) is is_same


@pytest.mark.parametrize(
    ("source", "value"),
    [
        pytest.param(SQUARE, 1.0, id="clean"),
        pytest.param(f"import os\n{SQUARE}", 0.8, id="one unused import"),
        pytest.param(f"import os\nimport sys\nimport re\nimport math\nimport json\nimport io\n{SQUARE}", 0.0, id="six"),
        pytest.param("def f():\n    return undefined", 0.8, id="an undefined name"),
        pytest.param("def f(n):\n    unused = n\n    return n", 0.8, id="an unused variable"),
        pytest.param("def f(n)\n    return n", 0.0, id="no Python"),
        pytest.param("# nothing\n", 0.0, id="a comment"),
        pytest.param("'nothing'\npass\n...", 0.0, id="nothing done"),
        pytest.param("def f():\n    '''Later.'''\n    pass", 0.0, id="an empty function"),
        pytest.param("x = 1\n" * 1000, 0.0, id="too long"),
        pytest.param("", 0.0, id="empty"),
    ],
)
def test_lint_counts_findings(source: str, value: float) -> None:
    assert code.lint(rollout(fenced(source))) == pytest.approx(value)


@pytest.mark.parametrize(
    "part",
    [
        "(",
        "[",
        "-",
        "x.y(z)[0]\n",
        "lambda: ",
        "def f(): pass\n",
        "'%s %s' % x\n",
        "x: 'a[b, c.d]'\n",
        "if x:\n",
        "```",
        "\0",
    ],
)
def test_lint_survives_hostile_code(part: str) -> None:
    for length in (3_900, 100_000):
        assert 0.0 <= code.lint(rollout(fenced(part * (length // len(part))))) <= 1.0


def test_runtime_falls_once_the_code_is_slow_and_pays_nothing_for_wrong_code() -> None:
    slow = (
        "import time\ndef square(n):\n    end = time.process_time() + 0.03\n    while time.process_time() < end: pass\n"
    )

    fast = judged(code.runtime, rollout(fenced(SQUARE)), seconds=5.0).value
    falling = judged(code.runtime, rollout(fenced(f"{slow}    return n * n")), seconds=0.06).value
    wrong = judged(code.runtime, rollout(fenced("def square(n): return 1")), seconds=5.0).value

    assert fast == 1.0
    assert 0.0 < falling <= 0.5
    assert wrong == 0.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seconds_per_case": 11.0}, "reward[0].options.seconds_per_case: 11.0; expected 10 at most"),
        ({"memory_mb": 16}, "reward[0].options.memory_mb: 16; expected 64 to 512"),
        ({"fence": "maybe"}, "reward[0].options.fence: 'maybe'; expected one of required, optional"),
    ],
)
def test_options_beyond_the_sandbox_s_limits_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RubricError) as error:
        Rubric.from_config([{"function": "code.pass_rate", "weight": 1, "options": options}])

    assert str(error.value) == message


def test_memory_is_limited_as_the_options_say() -> None:
    source = "def square(n):\n    block = bytearray(100 * 1024 ** 2)\n    return n * n"

    assert judged(code.all_passed, rollout(fenced(source)), memory_mb=64).value == 0.0
    assert judged(code.all_passed, rollout(fenced(source)), memory_mb=256).value == 1.0
