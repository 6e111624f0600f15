from collections.abc import Sequence

from lambda_src.reward.rollout_row import Row
from lambda_src.run.live.counting import WHOLE, Counter, Full, kept
from lambda_src.run.live.rollouts import Batch
from tests.lambda_src.run.live.samples import row, step_rows, validation_rows

VALIDATION = frozenset(each.prompt_id for each in validation_rows())


def batch(number: int, rows: Sequence[Row], payload: str | None = None) -> Batch:
    return Batch(f"{number:013d}-{payload or number}.jsonl.gz", tuple(rows))


def count(counter: Counter, batches: Sequence[Batch]) -> list[Full]:
    return [full for each in batches for full in counter.add(each)]


def test_so_many_rollouts_are_a_step_whatever_batches_they_come_in() -> None:
    rows = [*step_rows(reward=0.25), *step_rows(reward=0.75)]
    counter = Counter(32, VALIDATION)

    first, second = count(counter, [batch(i, rows[i : i + 20]) for i in range(0, 64, 20)])

    assert {each.reward for each in first.training} == {0.25}
    assert {each.reward for each in second.training} == {0.75}
    assert (counter.training, counter.calls, counter.milliseconds) == ([], 4, 80.0)


def test_what_is_no_step_yet_is_counted_again_at_the_next_look_and_once_in_all() -> None:
    rows = [row(i % 60, reward=i / 100) for i in range(100)]
    batches = [batch(i, rows[i : i + 20]) for i in range(0, 100, 20)]
    at_once = count(Counter(32, VALIDATION), batches)
    taken: dict[str, int] = {}
    seen = []

    for looks in range(1, 6):
        counter = Counter(32, VALIDATION, dict(taken))
        seen += count(counter, [each for each in batches[:looks] if taken.get(each.name) != WHOLE])
        taken = counter.taken

    assert [full.training for full in seen] == [full.training for full in at_once]
    assert len(seen) == 3


def test_a_batch_that_is_sent_again_counts_once() -> None:
    rows = step_rows()
    counter = Counter(32, VALIDATION)

    steps = count(counter, [batch(1, rows[:16], "a"), batch(2, rows[:16], "a"), batch(3, rows[16:], "b")])

    assert [len(full.training) for full in steps] == [32]
    assert counter.training == []


def test_a_batch_that_is_sent_again_after_its_step_counts_once() -> None:
    earlier = Counter(32, VALIDATION)
    count(earlier, [batch(1, step_rows(), "a")])

    counter = Counter(32, VALIDATION, earlier.taken)
    count(counter, [batch(2, step_rows(), "a"), batch(3, step_rows(first=20, size=4), "b")])

    assert len(counter.training) == 4


def test_validation_fills_no_step_and_is_told_with_the_step_that_ends_it() -> None:
    counter = Counter(32, VALIDATION)
    rows = [*step_rows(size=30), *validation_rows(), *step_rows(size=2)]

    (full,) = count(counter, [batch(1, rows), batch(2, validation_rows())])

    assert (len(full.training), len(full.validation), len(counter.validation)) == (32, 10, 10)


def test_a_batch_that_appears_late_counts_in_the_step_that_is_open() -> None:
    earlier = Counter(32, VALIDATION)
    count(earlier, [batch(5, step_rows())])

    counter = Counter(32, VALIDATION, earlier.taken)
    count(counter, [batch(3, step_rows(size=2))])

    assert len(counter.training) == 2


def test_what_is_long_past_needs_no_remembering() -> None:
    taken = {"0000000000001-a.jsonl.gz": WHOLE, "0000000000007-b.jsonl.gz": 3}

    assert kept(taken, since="0000000000005") == {"0000000000007-b.jsonl.gz": 3}
