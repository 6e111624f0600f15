import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.run.probe import Prompt, choose
from lambda_src.run.probe.prompts import Counted, shuffled


def lines(count: int) -> list[str]:
    return [json.dumps({"id": f"r{number}"}) for number in range(1, count + 1)]


@settings(deadline=None)
@given(count=st.integers(0, 700), n=st.integers(1, 20), seed=st.integers(0, 50))
def test_as_many_as_are_wanted_are_chosen_in_order_and_none_twice(count: int, n: int, seed: int) -> None:
    chosen = [prompt.line for prompt in choose(lines(count), n, seed)]

    assert len(chosen) == min(n, count)
    assert all(one < another for one, another in pairwise(chosen))


@settings(max_examples=40, deadline=None)
@given(count=st.integers(40, 2000), n=st.integers(2, 20), seed=st.integers(0, 50))
def test_no_part_of_the_file_is_left_out(count: int, n: int, seed: int) -> None:
    chosen = [0, *(prompt.line for prompt in choose(lines(count), n, seed)), count + 1]

    assert max(another - one for one, another in pairwise(chosen)) <= 2.5 * count / n + 2


def test_every_line_is_about_equally_likely_to_be_chosen() -> None:
    chosen = [prompt.line for seed in range(150) for prompt in choose(lines(300), 10, seed)]

    tenths = [sum(30 * i < line <= 30 * (i + 1) for line in chosen) for i in range(10)]
    assert all(110 < count < 190 for count in tenths)


def test_a_file_whose_kinds_take_turns_is_not_sampled_in_step_with_them() -> None:
    kinds = {prompt.line % 4 for prompt in choose(lines(256), 32)}

    assert kinds == {0, 1, 2, 3}


def test_the_same_seed_chooses_the_same_lines_and_another_one_others() -> None:
    assert choose(lines(500), 8, seed=1) == choose(lines(500), 8, seed=1)
    assert choose(lines(500), 8, seed=1) != choose(lines(500), 8, seed=2)


def test_a_large_file_is_never_held_whole() -> None:
    alive = most = 0

    class Line(str):
        __slots__ = ()

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def large() -> Any:
        nonlocal alive, most
        for number in range(20_000):
            line = Line(f'{{"id": "r{number}"}}')
            alive += 1
            most = max(most, alive)
            yield line

    assert len(choose(large(), 64)) == 64
    assert most <= 8 * 64 + 2


def test_only_the_chosen_lines_are_parsed() -> None:
    chosen = choose(lines(400), 4)
    numbers = {prompt.line for prompt in chosen}

    garbled = [line if number in numbers else "not JSON" for number, line in enumerate(lines(400), start=1)]

    assert choose(garbled, 4) == chosen
    with pytest.raises(ValueError, match="line 3: not JSON"):
        choose(["{}", "{}", "not JSON"], 3)


@pytest.mark.parametrize("line", ["3", "[]", "null"])
def test_a_line_that_is_no_object_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"line 2: a .*; expected a record"):
        choose(["{}", line], 2)


def test_blank_lines_count_as_lines_and_not_as_records() -> None:
    counted = Counted([b'{"id": "a"}\n', b"\n", b'{"id": "b"}\n'])

    assert [(prompt.id, prompt.line) for prompt in choose(counted, 5)] == [("a", 1), ("b", 3)]
    assert counted.number == 2


def test_records_and_chosen_prompts_are_taken_as_they_are() -> None:
    chosen = Prompt(17, {"id": "a"})

    assert choose([chosen], 5) == [chosen]
    assert choose([{"id": "b"}], 5) == [Prompt(1, {"id": "b"})]


def test_a_record_without_id_is_called_by_its_line() -> None:
    assert choose(["{}"], 1)[0].id == "line-1"


def test_shuffling_keeps_all_and_depends_on_the_seed_alone() -> None:
    prompts = choose(lines(20), 20)

    assert sorted(shuffled(prompts, 3), key=lambda prompt: prompt.line) == prompts
    assert shuffled(prompts, 3) == shuffled(prompts, 3) != prompts
