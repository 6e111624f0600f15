"""What the system call filter is for: with it, code reaches no other process; without it, it can end the sandbox."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.lambda_src.sandbox.worlds import World

HONEST = {"code": "def f(x): return x * x", "function": "f", "cases": [{"args": [5]}]}


def _killer(target: str, signal: str) -> dict[str, Any]:
    code = f"import os, signal\ndef f(x):\n    os.kill({target}, signal.{signal})\n    return 'won'"
    return _item(code)


def _item(code: str) -> dict[str, Any]:
    """Of little time: some of these wait for ever."""
    return {"code": code, "function": "f", "cases": [{"args": [5]}], "seconds_per_case": 0.2}


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGSTOP", "SIGTERM", "SIGSEGV"])
@pytest.mark.parametrize("target", ["template", "sandbox", "its own group"])
def test_with_the_filter_no_process_can_be_reached(target: str, signal: str, filtered: World) -> None:
    number = {"template": "os.getppid()", "sandbox": str(filtered.pid), "its own group": "0"}[target]

    hostile, honest = filtered.run(_killer(number, signal), HONEST)

    assert hostile["outcomes"][0]["error"] == "PermissionError"
    assert honest["outcomes"] == [{"value": 25}]


def test_the_reason_for_a_missing_filter_is_told(filtered: World, unfiltered: World) -> None:
    with_filter, without = filtered.ask({"items": []}), unfiltered.ask({"items": []})

    assert with_filter is not None
    assert without is not None
    assert with_filter["seccomp"] == "on"
    assert without["seccomp"] == "off: prctl(22): Operation not permitted (EPERM)"


def test_without_it_killing_the_template_costs_that_item_alone(unfiltered: World) -> None:
    hostile, honest = unfiltered.run(_killer("os.getppid()", "SIGKILL"), HONEST)

    assert hostile["outcomes"] == [{"stopped": "died"}]
    assert honest["outcomes"] == [{"value": 25}]


def test_without_it_code_cannot_outlive_the_template_that_it_kills(unfiltered: World) -> None:
    code = "import os, time\ndef f(x):\n    os.kill(os.getppid(), 9)\n    time.sleep(60)"

    hostile, honest = unfiltered.run(_item(code), HONEST)

    assert hostile["outcomes"] == [{"stopped": "died"}]
    assert honest["outcomes"] == [{"value": 25}]
    assert len(unfiltered.processes()) == 2, "the sandbox and one template"


def test_without_it_stopping_the_template_costs_that_item_alone(unfiltered: World) -> None:
    hostile, honest = unfiltered.run(_killer("os.getppid()", "SIGSTOP"), HONEST)

    assert hostile["outcomes"] == [{"stopped": "died"}]
    assert honest["outcomes"] == [{"value": 25}]


def test_without_it_the_sandbox_itself_can_be_killed_and_the_next_one_scores_as_ever(unfiltered: World) -> None:
    """Which is why it is a Lambda function of its own, and why its caller asks again item by item."""
    assert unfiltered.run(_killer(str(unfiltered.pid), "SIGKILL"), HONEST) == []

    assert unfiltered.run(HONEST)[0]["outcomes"] == [{"value": 25}]


def test_without_it_folders_can_be_made_but_nothing_put_into_them(unfiltered: World, tmp_path: Path) -> None:
    folder = Path("/tmp/rft-made-by-an-attack")  # noqa: S108 - a place that the attack can guess
    code = (
        f"import os\ndef f(x):\n    os.mkdir({str(folder)!r})\n"
        f"    try: open({str(folder / 'file')!r}, 'w')\n    except OSError: return 'no file'"
    )
    try:
        (made,) = unfiltered.run({"code": code, "function": "f", "cases": [{"args": [5]}]})

        assert made["outcomes"] == [{"value": "no file"}]
        assert folder.is_dir()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root's processes are put into a folder that is all there is")
def test_for_root_not_even_that(filtered: World) -> None:
    code = "import os\ndef f(x): return os.mkdir('/tmp/rft-made-by-an-attack')"

    (refused,) = filtered.run({"code": code, "function": "f", "cases": [{"args": [5]}]})

    assert refused["outcomes"][0]["error"] == "PermissionError"
