"""What a kind of small function is that ``make_code`` asks for, and the kinds that work on numbers and lists.

Every word in braces is a parameter, which differs from prompt to prompt; braces of the code itself are doubled.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Inputs = Callable[[random.Random], list[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of function.

    Attributes:
        functions: Names it may have.
        signature: Its arguments.
        text: The rest of "Write a Python function ... that".
        parameters: Values that each parameter may have.
        body: Of the solution, without indentation.
        inputs: Makes the arguments of one call.
    """

    functions: tuple[str, ...]
    signature: str
    text: str
    parameters: Mapping[str, Sequence[Any]]
    body: str
    inputs: Inputs


def _numbers(rng: random.Random, low: int = -20, high: int = 60, most: int = 9) -> list[int]:
    return [rng.randint(low, high) for _ in range(rng.randint(0, most))]


NUMBER_KINDS: Mapping[str, Kind] = {
    "multiples": Kind(
        ("sum_multiples", "add_multiples"),
        "limit",
        "returns the sum of all positive whole numbers below `limit` that {a} or {b} divides",
        {"a": range(3, 7), "b": range(7, 12)},
        "return sum(n for n in range(1, limit) if n % {a} == 0 or n % {b} == 0)",
        lambda rng: [rng.randint(0, 90)],
    ),
    "above": Kind(
        ("count_above", "how_many_above"),
        "numbers",
        "returns how many of the whole numbers in the list `numbers` are greater than {low} and not divisible by {k}",
        {"low": range(4, 20, 3), "k": range(2, 6)},
        "return sum(1 for n in numbers if n > {low} and n % {k} != 0)",
        lambda rng: [_numbers(rng)],
    ),
    "chunks": Kind(
        ("chunk_sums", "sum_in_groups"),
        "numbers",
        "cuts the list `numbers` into pieces of {k} numbers, of which the last may be shorter, and returns the list of "
        "the pieces' sums, each multiplied by {factor}",
        {"k": range(2, 6), "factor": range(2, 6)},
        "return [{factor} * sum(numbers[i : i + {k}]) for i in range(0, len(numbers), {k})]",
        lambda rng: [_numbers(rng, most=13)],
    ),
    "rotate": Kind(
        ("rotate_left", "rotate"),
        "items",
        "returns the list `items` with its first {k} elements moved to the end, as often as that goes in a circle; an "
        "empty list stays empty",
        {"k": range(2, 20)},
        "if not items:\n    return []\nstart = {k} % len(items)\nreturn items[start:] + items[:start]",
        lambda rng: [_numbers(rng, 0, 99)],
    ),
    "running_total": Kind(
        ("running_totals", "totals_so_far"),
        "numbers",
        "returns a list that holds, for each position of the list `numbers`, the sum of the numbers up to there plus "
        "{start}, as the remainder of a division by {m}",
        {"start": range(1, 7), "m": range(7, 14)},
        "totals = []\ntotal = {start}\nfor number in numbers:\n    total += number\n    totals.append(total % {m})\n"
        "return totals",
        lambda rng: [_numbers(rng, 0, 40)],
    ),
    "digit_sum": Kind(
        ("digit_sum", "sum_of_digits"),
        "number",
        "returns {plus} plus the sum of the digits that the whole number `number`, which is not negative, has in base "
        "{base}",
        {"base": range(3, 13), "plus": range(1, 4)},
        "total = {plus}\nwhile number:\n    number, digit = divmod(number, {base})\n    total += digit\nreturn total",
        lambda rng: [rng.randint(0, 5000)],
    ),
    "replace_multiples": Kind(
        ("say_numbers", "spoken_numbers"),
        "count",
        "returns the list of the numbers from 1 to `count` as texts, where numbers that {a} divides are replaced by "
        "`{first}`, numbers that {b} divides by `{second}`, and numbers that both divide by `{first}{second}`",
        {"a": (2, 3, 4), "b": (5, 7), "first": ("Tick", "Ping"), "second": ("Tock", "Pong")},
        'texts = []\nfor n in range(1, count + 1):\n    text = ""\n    if n % {a} == 0:\n        text += "{first}"\n'
        '    if n % {b} == 0:\n        text += "{second}"\n    texts.append(text or str(n))\nreturn texts',
        lambda rng: [rng.randint(0, 24)],
    ),
    "pairs": Kind(
        ("count_pairs", "pairs_apart"),
        "numbers",
        "returns how many pairs of positions in the list `numbers` hold two numbers that differ by exactly {k} or by "
        "exactly {other}",
        {"k": range(1, 5), "other": range(5, 9)},
        "found = 0\nfor i, first in enumerate(numbers):\n    for second in numbers[i + 1 :]:\n"
        "        if abs(first - second) in ({k}, {other}):\n            found += 1\nreturn found",
        lambda rng: [_numbers(rng, 0, 12)],
    ),
    "clamp": Kind(
        ("clamp_all", "limit_all"),
        "numbers",
        "returns the list `numbers` with every number below {low} replaced by {low} and every number above {high} "
        "replaced by {high}",
        {"low": range(-5, 6, 2), "high": range(20, 45, 5)},
        "return [min(max(number, {low}), {high}) for number in numbers]",
        lambda rng: [_numbers(rng)],
    ),
    "diagonal": Kind(
        ("diagonal_difference", "compare_diagonals"),
        "matrix",
        "returns {a} times the sum of the diagonal of the square `matrix`, a list of rows, that begins at the top "
        "left, minus {b} times the sum of the diagonal that begins at the top right",
        {"a": range(2, 6), "b": range(2, 6)},
        "size = len(matrix)\nleft = sum(matrix[i][i] for i in range(size))\n"
        "right = sum(matrix[i][size - 1 - i] for i in range(size))\nreturn {a} * left - {b} * right",
        lambda rng: [[[rng.randint(0, 9) for _ in range(size)] for _ in range(size)] for size in [rng.randint(1, 4)]],
    ),
    "window": Kind(
        ("window_maxima", "highest_in_windows"),
        "numbers",
        "returns the list of the largest numbers of every {k} neighbors in the list `numbers`, from left to right, "
        "each minus {minus}; a list of fewer than {k} numbers gives an empty list",
        {"k": range(2, 6), "minus": range(1, 5)},
        "return [max(numbers[i : i + {k}]) - {minus} for i in range(len(numbers) - {k} + 1)]",
        lambda rng: [_numbers(rng, 0, 60, 12)],
    ),
    "merge": Kind(
        ("merge_ranges", "join_ranges"),
        "ranges",
        "takes a list of ranges, each a list of a first and a last whole number, and returns them sorted, with ranges "
        "that overlap or that have at most {gap} whole numbers between them joined to one; ranges of fewer than "
        "{least} whole numbers are left out before",
        {"gap": range(4), "least": range(2, 5)},
        "joined = []\nfor first, last in sorted(ranges):\n    if last - first + 1 < {least}:\n        continue\n"
        "    if joined and first - joined[-1][1] - 1 <= {gap}:\n        joined[-1][1] = max(joined[-1][1], last)\n"
        "    else:\n        joined.append([first, last])\nreturn joined",
        lambda rng: [
            [[first, first + rng.randint(0, 9)] for first in (rng.randint(0, 60) for _ in range(rng.randint(0, 6)))]
        ],
    ),
    "interleave": Kind(
        ("interleave", "take_in_turns"),
        "first, second",
        "returns a list that takes {a} elements from the list `first`, then {b} from the list `second`, and so on in "
        "turns until both are used up; when one list has too few left, what is left of it is taken",
        {"a": range(1, 5), "b": range(1, 5)},
        "taken = []\ni = j = 0\nwhile i < len(first) or j < len(second):\n    taken += first[i : i + {a}]\n"
        "    taken += second[j : j + {b}]\n    i += {a}\n    j += {b}\nreturn taken",
        lambda rng: [_numbers(rng, 0, 30), _numbers(rng, 0, 30)],
    ),
    "mean": Kind(
        ("trimmed_mean", "fair_mean"),
        "numbers",
        "returns the mean of the list `numbers` without its {low} smallest and its {high} largest numbers, rounded by "
        "`round` to two decimals; it returns `None` if there are no numbers left",
        {"low": range(1, 4), "high": range(1, 5)},
        "kept = sorted(numbers)[{low} : max(len(numbers) - {high}, 0)]\n"
        "return round(sum(kept) / len(kept), 2) if kept else None",
        lambda rng: [[rng.randint(0, 400) / 4 for _ in range(rng.randint(2, 11))]],
    ),
}
