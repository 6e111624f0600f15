import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from lambda_src.run.executions import Execution
from rft import live_run, watch
from rft.alarms import Alarm
from rft.cli import app
from rft.runs import BusyError, Record, RunError
from rft.views import live_terminal
from rft.watching.changes import changes
from rft.watching.look import Look
from rft.watching.reader import PATIENCE
from tests.rft import live_samples

RUNNING = Execution("RUNNING", None, "")
ENDED = Execution("SUCCEEDED", None, "")


def _look(record: Record, execution: Execution | None = RUNNING, **changes: Any) -> Look:
    time = live_samples.START + timedelta(seconds=live_samples.STEP_SECONDS * 34 + 10)
    values: dict[str, Any] = {"alarms": [], "complaints": ()} | changes
    return Look(live_samples.RUN, time, record, execution, None, values["alarms"], values["complaints"])


def _live(steps: int = 34, *, bad: bool = True) -> Record:
    return live_run.as_record(live_samples.live(steps, bad=bad))


def _ended(verdict: str) -> Record:
    return {**_live(60, bad=verdict != "healthy"), "verdict": verdict, "verdictReason": "because of its curves"}


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command on these looks, with no pause between them; an exception is raised in its place."""

    def run(*looks: Look | BaseException, options: Sequence[str] = ()) -> Result:
        answers = iter(looks)

        class Reader:
            def look(self) -> Look:
                answer = next(answers)
                if isinstance(answer, BaseException):
                    raise answer
                return answer

        monkeypatch.setattr(watch, "_reader", lambda *_: Reader())
        monkeypatch.setattr(watch.looking, "__defaults__", (lambda _: None,))
        return CliRunner().invoke(app, ["watch", "gsm8k", "--stage", "dev", *options])

    return run


@pytest.mark.parametrize(
    ("verdict", "status"), [("healthy", 0), ("alarm", 3), ("hacking", 3), ("stopped", 4), ("failed", 1)]
)
def test_the_exit_status_is_the_verdict(watched: Callable[..., Result], verdict: str, status: int) -> None:
    result = watched(_look(_live()), _look(_ended(verdict), ENDED))

    assert result.exit_code == status
    assert "because of its curves" in result.stdout


def test_without_a_terminal_every_change_is_a_line(watched: Callable[..., Result]) -> None:
    result = watched(_look(_live(3)), _look(_live(3)), _look(_live(34)), _look(_ended("alarm"), ENDED))

    lines = result.stdout.splitlines()
    assert sum("step 3 of 60" in line for line in lines) == 1
    assert any("step 34 of 60 (57%)" in line and "$12.43" in line for line in lines)
    assert any("DETECTOR length-spike (warning)" in line for line in lines)


@pytest.mark.parametrize(("bad", "status"), [(False, 0), (True, 3)])
def test_one_look_says_how_it_stands(watched: Callable[..., Result], bad: bool, status: int) -> None:
    result = watched(_look(_live(bad=bad)), options=["--once"])

    assert result.exit_code == status
    assert "step 34 of 60 (57%), about 19 min left, $12.43" in " ".join(result.stdout.split())


def test_ctrl_c_leaves_the_run_alone_and_says_so(watched: Callable[..., Result]) -> None:
    result = watched(_look(_live()), KeyboardInterrupt())

    assert result.exit_code == 130
    assert "the run goes on" in result.stderr


def test_a_run_that_left_no_record_is_an_error(watched: Callable[..., Result]) -> None:
    result = watched(_look({}, Execution("FAILED", None, "States.Timeout")))

    assert result.exit_code == 1
    assert "ended without a record: States.Timeout" in result.stderr


def test_what_cannot_be_read_ends_it_in_words(watched: Callable[..., Result]) -> None:
    result = watched(RunError("stack gsm8k-dev: no such stack here"))

    assert (result.exit_code, result.stderr) == (1, "rft watch: stack gsm8k-dev: no such stack here\n")


def test_a_busy_account_is_borne_for_a_while() -> None:
    over = _look(_ended("healthy"), ENDED)
    answers: Iterator[Look | None] = itertools.chain([None] * (PATIENCE - 1), [over])

    def look() -> Look:
        answer = next(answers)
        if answer is None:
            raise BusyError("throttled")
        return answer

    assert list(watch.looking(look, 1, lambda _: None)) == [over]


def test_an_account_that_stays_busy_is_given_up() -> None:
    def look() -> Look:
        raise BusyError("throttled")

    with pytest.raises(BusyError):
        list(watch.looking(look, 1, lambda _: None))


def test_alarms_are_told_when_they_change() -> None:
    quiet, on = Alarm("a", "OK", None), Alarm("a", "ALARM", None)
    before, now = _look(_live(), alarms=[quiet]), _look(_live(), alarms=[on])

    assert changes(before, now) == ["alarm a is ALARM"]
    assert changes(now, now) == []


def test_what_is_shown_is_harmless_whatever_the_run_left() -> None:
    evil = "\x1b[2J\x1b[31mred [/bold]"
    record = {**_live(), "notes": [evil], "verdictReason": evil, "verdict": "alarm"}

    shown = _shown(_look(record, alarms=[Alarm(evil, "ALARM", None)], complaints=[evil]), width=100)

    assert "\x1b" not in shown
    assert shown.count("[/bold]") >= 3


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_screen_of_any_width_is_kept_to(width: int) -> None:
    shown = _shown(_look(_live()), width=width)

    assert max(map(len, shown.splitlines())) <= width
    for part in ("step 34 of 60", "length-spike", "detectors:"):
        assert part in " ".join(shown.split())


def test_a_run_of_which_nothing_is_known_yet_is_shown_as_such() -> None:
    assert "the job is not there yet" in _shown(_look({}), width=80)


def _shown(look: Look, *, width: int) -> str:
    console = Console(width=width, height=200, color_system=None, record=True)
    with console.capture() as captured:
        console.print(live_terminal.view(console, look))
    return captured.get()
