"""What honest programs get from the sandbox, here and now."""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lambda_src.sandbox import handler, runner
from lambda_src.sandbox.runner import run
from lambda_src.sandbox.template import SandboxError, Template

ROOT = Path(__file__).resolve().parents[3]


def _called(code: str, *cases: list[Any], **more: Any) -> list[dict[str, Any]]:
    item = {"code": code, "function": "f", "cases": [{"args": args} for args in cases], **more}
    return list(run({"items": [item]})["results"][0]["outcomes"])


def _tested(code: str, tests: str, **more: Any) -> dict[str, Any]:
    return dict(run({"items": [{"code": code, "tests": tests, **more}]})["results"][0])


def _ran(code: str, *texts: str) -> list[dict[str, Any]]:
    return list(
        run({"items": [{"code": code, "cases": [{"stdin": text} for text in texts]}]})["results"][0]["outcomes"]
    )


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        pytest.param("def f(x): return x + 1", {"value": 3}, id="a function"),
        pytest.param("f = lambda x: x + 1", {"value": 3}, id="a lambda"),
        pytest.param("class A:\n    def g(self, x): return x\nf = A().g", {"value": 2}, id="a method"),
        pytest.param("def f(x): return (x, [x], {'a': None})", {"value": [2, [2], {"a": None}]}, id="a tuple"),
        pytest.param("def f(x): print('to whom?')", {"value": None}, id="prints"),
        pytest.param(
            "import math\nfrom math import *\ndef f(x): return floor(math.pi) + x", {"value": 5}, id="imports"
        ),
        pytest.param(
            "def f(x):\n    import heapq\n    return heapq.nsmallest(1, [x])", {"value": [2]}, id="imports later"
        ),
        pytest.param(
            "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: 'int'\ndef f(x): return P(x).x",
            {"value": 2},
            id="a dataclass",
        ),
        pytest.param("def f(x): return {x}", {"stopped": "not-json"}, id="a set"),
        pytest.param("def f(x): yield x", {"stopped": "not-json"}, id="a generator"),
        pytest.param("def f(x): raise KeyError(x)", {"error": "KeyError", "message": "KeyError: 2"}, id="raises"),
        pytest.param(
            "class Odd(Exception): pass\ndef f(x): raise Odd",
            {"error": "Odd", "message": "response.Odd"},
            id="own error",
        ),
        pytest.param(
            "import numpy",
            {"error": "ModuleNotFoundError", "message": "ModuleNotFoundError: No module named 'numpy'"},
            id="no such module",
        ),
        pytest.param(
            "def g(x): pass",
            {"error": "NameError", "message": "NameError: name 'f' is not defined"},
            id="no such function",
        ),
        pytest.param("if __name__ == '__main__': 1 / 0\ndef f(x): return x", {"value": 2}, id="a main part"),
        pytest.param(
            "def f(x): return input()",
            {"error": "EOFError", "message": "EOFError: EOF when reading a line"},
            id="asks for input",
        ),
    ],
)
def test_calls(code: str, outcome: dict[str, Any]) -> None:
    assert _called(code, [2]) == [outcome]


def test_keyword_arguments_are_passed() -> None:
    item = {"code": "def f(a, *, b): return [a, b]", "function": "f", "cases": [{"args": [1], "kwargs": {"b": 2}}]}

    assert run({"items": [item]})["results"][0]["outcomes"] == [{"value": [1, 2]}]


def test_a_case_that_is_stopped_costs_no_other_case() -> None:
    code = (
        "import os\ndef f(x):\n    if x == 'wait':\n        while True: pass\n    if x == 'die': os._exit(0)\n"
        "    if x == 'eat': return bytearray(10**10)\n    if x == 'shout': return 'x' * 10**6\n    return x"
    )

    outcomes = _called(code, [1], ["wait"], [2], ["die"], [3], ["eat"], [4], ["shout"], [5], seconds_per_case=0.5)

    stopped = [outcome["stopped"] for outcome in outcomes[1::2]]
    assert stopped == ["timeout", "died", "memory", "output"]
    assert [outcome["value"] for outcome in outcomes[::2]] == [1, 2, 3, 4, 5]


def test_what_all_cases_return_is_limited_together() -> None:
    outcomes = _called("def f(x): return 'x' * 60_000", *[[n] for n in range(6)])

    assert [list(outcome) for outcome in outcomes] == [["value"]] * 4 + [["stopped"]] * 2


def test_an_item_ends_after_its_time_whatever_its_cases_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambda_src.sandbox.trial.MOST_SECONDS", 0.3)

    outcomes = _called("def f(x):\n    while True: pass", *[[n] for n in range(50)], seconds_per_case=0.2)

    assert outcomes == [{"stopped": "timeout"}] * 50


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        pytest.param("n = int(input())\nprint(n * n)", {"value": "25\n"}, id="input and print"),
        pytest.param("import sys\nfor line in sys.stdin: print(line.strip())", {"value": "5\n"}, id="lines"),
        pytest.param("import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())", {"value": "5\n"}, id="bytes"),
        pytest.param("import sys\nprint(1)\nsys.exit()\nprint(2)", {"value": "1\n"}, id="ends early"),
        pytest.param("print(1)\nexit(0)", {"value": "1\n"}, id="ends by exit"),
        pytest.param("import sys\nsys.exit(3)", {"error": "SystemExit", "message": "SystemExit: 3"}, id="fails"),
        pytest.param(
            "def main():\n    print(__name__)\nif __name__ == '__main__': main()", {"value": "__main__\n"}, id="main"
        ),
        pytest.param("print('x' * 100_000)", {"stopped": "output"}, id="too much"),
        pytest.param(
            "while True:\n    try: print('x' * 1000)\n    except Exception: pass", {"stopped": "output"}, id="endless"
        ),
        pytest.param(
            "print(x", {"error": "SyntaxError", "message": "SyntaxError: '(' was never closed"}, id="no program"
        ),
    ],
)
def test_programs(code: str, outcome: dict[str, Any]) -> None:
    assert _ran(code, "5\n") == [outcome]


def test_each_run_of_a_program_begins_anew() -> None:
    code = "try: n += 1\nexcept NameError: n = 0\nprint(n)"

    assert _ran(code, "", "") == [{"value": "0\n"}] * 2


TESTS = """
from math import isclose

def close(a, b):
    return isclose(a, b)

expected = [5, 7]

for i, right in enumerate(expected):
    assert add(i, 5 + i) == right
assert raises("TypeError", add, "a", 1)
assert close(add(0.1, 0.2), 0.3)

def test_negative():
    assert add(-1, -1) == -2, "negative numbers"

def helper():
    assert False
"""


def test_tests_call_the_code_from_another_process() -> None:
    result = _tested("def add(a, b): return a + b", TESTS)

    assert result["cases"] == ["line 9", "line 11", "line 12", "test_negative"]
    assert result["outcomes"] == [{"value": True}] * 4


@pytest.mark.parametrize(
    ("code", "tests", "outcome"),
    [
        pytest.param("def add(a, b): return a - b", "assert add(1, 2) == 3", "AssertionError", id="wrong"),
        pytest.param("def add(a, b): return None", "assert add(1, 2) == 3", "AssertionError", id="nothing"),
        pytest.param("def add(a, b): return (a, b)", "assert add(1, 2) == [1, 2]", True, id="tuples come as lists"),
        pytest.param(
            "def add(a, b): raise ValueError('x')", "assert raises('ValueError', add, 1, 2)", True, id="raises"
        ),
        pytest.param(
            "def add(a): pass", "assert raises('ValueError', add, 1, 2)", "AssertionError", id="raises another"
        ),
        pytest.param(
            "def add(*a): return 1", "assert raises('ValueError', add)", "AssertionError", id="raises nothing"
        ),
        pytest.param(
            "class E(Exception): pass\ndef add(*a): raise E", "assert raises('E', add)", True, id="raises its own"
        ),
        pytest.param(
            "def add(*a): b'\\xff'.decode()", "assert raises('UnicodeDecodeError', add)", True, id="more than a message"
        ),
        pytest.param("def add(*a): raise ValueError", "add(1)", "ValueError", id="raises in a plain call"),
        pytest.param(
            "def add(*a): raise ValueError",
            "try: add(1)\nexcept ValueError: pass\nelse: assert False",
            True,
            id="caught by its class",
        ),
        pytest.param("def add(*a): raise SystemExit", "add(1)", "SystemExit", id="exits"),
        pytest.param("def sub(a, b): pass", "assert add(1, 2) == 3", "NameError", id="another name"),
        pytest.param("def add(a, b", "assert add(1, 2) == 3", "SyntaxError", id="no Python"),
        pytest.param(
            "def add(f): return f(1)", "assert add(lambda x: x) == 1", "TypeError", id="functions do not travel"
        ),
        pytest.param("def add(*a): return {1}", "assert add(1) == {1}", "not-json", id="sets do not travel"),
        pytest.param(
            "def add(a, b): return a + b",
            "def check(candidate):\n    assert candidate(1, 2) == 3\ncheck(add)",
            True,
            id="handed on",
        ),
        pytest.param(
            "def add(a, b): return a + b", "value = add(1, '2')\nassert value == 3", "TypeError", id="preparation fails"
        ),
        pytest.param(
            "import os\ndef add(a, b): os._exit(0)",
            "try: add(1, 2)\nexcept Exception: pass",
            "died",
            id="death is not caught",
        ),
    ],
)
def test_verdicts_of_tests(code: str, tests: str, outcome: Any) -> None:
    (found,) = _tested(code, tests)["outcomes"]

    assert next(iter(found.values())) == outcome


def test_a_stopped_test_costs_no_other_test() -> None:
    code = "def f(x):\n    while x: pass\n    return x"

    result = _tested(code, "assert f(0) == 0\nassert f(1) == 1\nassert f(0) == 0", seconds_per_case=0.2)

    assert result["outcomes"] == [{"value": True}, {"stopped": "timeout"}, {"value": True}]


def test_tests_that_never_end_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambda_src.sandbox.trial._GRACE_SECONDS", 0.1)

    result = _tested("def f(x): return x", "assert f(1)\nwhile f: pass\nassert f(1)", seconds_per_case=0.2)

    assert result["outcomes"] == [{"value": True}, {"stopped": "timeout"}, {"stopped": "timeout"}]


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        pytest.param("assert (", "SyntaxError: '(' was never closed (tests, line 1)", id="no Python"),
        pytest.param("", "no case; expected an assert or a function called test_*", id="empty"),
        pytest.param("'only a text'\nx = 1\ndef helper(): pass", "no case", id="nothing to run"),
        pytest.param(
            "import numpy\nassert f()",
            "No module named 'numpy'; expected modules that the sandbox has",
            id="unknown import",
        ),
    ],
)
def test_tests_that_are_at_fault_are_told_from_code_that_is(tests: str, message: str) -> None:
    result = _tested("def f(): return True", tests)

    assert message in result["invalid"]
    assert "outcomes" not in result


def test_the_end_of_what_the_code_printed_comes_back() -> None:
    code = "def f(x):\n    print('a' * 5000)\n    raise ValueError('the reason')"

    result = run({"items": [{"code": code, "function": "f", "cases": [{"args": [1]}]}]})["results"][0]

    assert result["stderr"].endswith('File "response.py", line 3, in f\nValueError: the reason\n')
    assert len(result["stderr"]) == 2000


def test_processor_time_is_counted_by_the_kernel() -> None:
    busy = "import time\ndef f(x):\n    until = time.process_time() + 0.1\n    while time.process_time() < until: pass"
    idle = "import time\ndef f(x): time.sleep(0.1)"

    used = [
        result["cpu_seconds"]
        for result in run({"items": [{"code": c, "function": "f", "cases": [{"args": [1]}]} for c in (busy, idle)]})[
            "results"
        ]
    ]

    assert used[0] >= 0.1
    assert used[1] < 0.1


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    template = Template()
    number = template._process.pid

    template.close()

    assert not list(tmp_path.iterdir())
    assert not Path(f"/proc/{number}").exists()


def test_a_template_that_dies_is_replaced() -> None:
    with runner._POOL.template() as template:
        dying = template
    os.kill(dying._process.pid, signal.SIGKILL)

    first, second = (_called("def f(x): return x", [1]) for _ in range(2))

    assert first in ([{"stopped": "died"}], [{"value": 1}])
    assert second == [{"value": 1}]


def test_where_nothing_would_hold_the_code_it_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter or another user, one of the two is needed outside of Lambda."""
    monkeypatch.setattr(Template, "_hear", lambda _: {"seccomp": "off: for a test", "user": "own"})

    with pytest.raises(
        SandboxError, match="refused: seccomp is off: for a test, and code would have this user's files"
    ):
        Template()


def test_other_systems_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(SandboxError, match="the sandbox needs Linux; this is darwin"):
        Template()


def test_what_keeps_code_from_running_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runner.obstacle() is None

    monkeypatch.setattr(runner, "_POOL", runner._Pool())
    monkeypatch.setattr(sys, "platform", "darwin")

    assert runner.obstacle() == "the sandbox needs Linux; this is darwin"


_ORPHANS = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from lambda_src.sandbox.inside import libc
from lambda_src.sandbox.inside.template import reap
libc.prctl(libc.CHILD_SUBREAPER, 1)
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        os.write(write, str(os.getpid()).encode())
        time.sleep(60)
    os._exit(0)
orphan = int(os.read(read, 20))
reap()
try: os.kill(orphan, 0)
except ProcessLookupError: print("gone")
"""


def test_orphans_in_sessions_of_their_own_are_ended() -> None:
    """The limits let none come about; if one did, it would end with its item."""
    command = [sys.executable, "-c", _ORPHANS, str(ROOT)]

    assert subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout == "gone\n"


def test_a_python_that_was_started_by_a_relative_path_finds_itself_again() -> None:
    python = Path(sys.executable)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom lambda_src.sandbox.runner import report\n"
        "print(report()['user'])"
    )

    done = subprocess.run(
        [f"./{python.name}", "-c", code, str(ROOT)], cwd=python.parent, capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() in ("nobody", "own"), done.stderr


def test_the_template_ends_with_its_starter(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom lambda_src.sandbox.template import Template\n"
        "import os; print(Template()._process.pid, flush=True); os._exit(0)"
    )
    command = [sys.executable, "-c", code, str(ROOT)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    until = time.monotonic() + 10
    while Path(f"/proc/{done.stdout.strip()}").exists() and time.monotonic() < until:
        time.sleep(0.01)

    assert not Path(f"/proc/{done.stdout.strip()}").exists()


def test_the_lambda_handler_answers_and_logs_what_holds_the_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "sandbox")
    started = importlib.reload(handler)

    answer = started.handler({"items": [{"code": "def f(): return 1", "function": "f", "cases": [{"args": []}]}]}, None)

    assert answer["results"][0]["outcomes"] == [{"value": 1}]
    assert json.loads(capsys.readouterr().out)["sandbox"] == {key: answer[key] for key in ("seccomp", "user")}
