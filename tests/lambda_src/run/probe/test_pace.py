import threading

from lambda_src.run.probe.pace import Pace


def test_throttling_halves_what_may_be_under_way() -> None:
    pace = Pace(8)

    pace.leave(pace.enter(), throttled=True)

    assert pace.limit == 4


def test_requests_that_are_throttled_together_count_once() -> None:
    pace = Pace(8)
    turns = [pace.enter() for _ in range(8)]

    for turn in turns:
        pace.leave(turn, throttled=True)

    assert pace.limit == 4


def test_at_least_one_request_is_made() -> None:
    pace = Pace(2)

    for _ in range(5):
        pace.leave(pace.enter(), throttled=True)

    assert pace.limit == 1


def test_a_round_of_answers_lets_one_more_through_up_to_the_most() -> None:
    pace = Pace(4)
    pace.leave(pace.enter(), throttled=True)

    for _ in range(3):
        pace.leave(pace.enter(), throttled=False)
    after_a_round = pace.limit
    for _ in range(20):
        pace.leave(pace.enter(), throttled=False)

    assert (after_a_round, pace.limit) == (3, 4)


def test_a_request_over_the_limit_waits_for_another_to_end() -> None:
    pace, entered = Pace(1), threading.Event()
    turn = pace.enter()

    def another() -> None:
        pace.enter()
        entered.set()

    threading.Thread(target=another, daemon=True).start()

    waited = not entered.wait(0.02)
    pace.leave(turn, throttled=False)

    assert waited
    assert entered.wait(5)
