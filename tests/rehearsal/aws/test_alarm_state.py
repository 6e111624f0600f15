import pytest

from rehearsal.aws.alarm_state import decide

VALUES = {"X": True, "0": False, "-": None}


@pytest.mark.parametrize(
    ("points", "to_alarm", "expected"),
    [
        pytest.param("0-X-X", 3, "OK OK OK OK", id="enough real ones, one of them good"),
        pytest.param("----0", 3, "OK OK OK OK", id="a good one is enough to be well"),
        pytest.param("-----", 3, "INSUFFICIENT_DATA kept ALARM OK", id="nothing at all"),
        pytest.param("0XX-X", 3, "ALARM ALARM ALARM ALARM", id="a gap among enough bad ones"),
        pytest.param("--X--", 3, "ALARM kept ALARM OK", id="a bad one that is old enough"),
        pytest.param("----X", 3, "kept kept ALARM OK", id="a bad one that is too fresh"),
        pytest.param("0-X-X", 2, "ALARM ALARM ALARM ALARM", id="two of three"),
        pytest.param("00X0X", 2, "ALARM ALARM ALARM ALARM", id="two of three around a good one"),
        pytest.param("0-X--", 2, "OK OK ALARM OK", id="one of three, gaps counted"),
        pytest.param("----0", 2, "OK OK ALARM OK", id="gaps alone are enough when breaching"),
        pytest.param("---X-", 2, "ALARM kept ALARM OK", id="a bad one as old as two periods"),
    ],
)
def test_alarms_treat_missing_data_as_documented(points: str, to_alarm: int, expected: str) -> None:
    """The documentation's own tables for 3 of 3 and 2 of 3: datapoints from the oldest, states by the four modes."""
    newest_first = [VALUES[point] for point in reversed(points)]
    modes = ("missing", "ignore", "breaching", "notBreaching")

    found = [decide(newest_first, evaluate=3, to_alarm=to_alarm, missing=mode, state="kept") for mode in modes]

    assert found == expected.split()
