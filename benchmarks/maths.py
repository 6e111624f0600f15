"""Accuracy and speed of the maths rewards: ``python -m benchmarks.maths [--gsm8k FOLDER]``.

Accuracy is agreement with labels, side by side with three scorers that others use: on ``maths_cases.jsonl``, which was
labelled by hand before any scorer saw it and is a development set, and on the responses of ``maths_heldout``, of which
the first run counts. A label says what a careful reader with the reference in hand would say: does the response commit
itself to that answer? Contested cases are those that a policy decides; each names the option that does.

Speed is that of the rubric of the bundled project, of the function alone, on texts that are all different.
"""

import argparse
import json
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks import maths_heldout
from lambda_src.reward.rewards import maths
from lambda_src.reward.rollout import Rollout
from lambda_src.reward.rubric import Rubric

CASES: Final = Path(__file__).with_name("maths_cases.jsonl")
RUBRIC: Final = [
    {"function": "maths.final_answer", "weight": 0.9},
    {"function": "maths.one_final_answer", "weight": 0.1},
]
GSM8K_RECORDS: Final = 300
ROLLOUTS: Final = 12_000
ROUNDS: Final = 3
RESPONSE: Final = 2_000  # characters
STEP: Final = "She sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs and makes 9 * $2 = $18 a day. "
ENDINGS: Final = (
    "#### {}",
    r"So we get $\boxed{{\${}.00}}$.",
    "The answer is **{} dollars**.",
    "#### {:,} eggs",
    "No idea, {} is all I see.",
    "**{}**",
)
BOMB_SECONDS: Final = 5
"""After which a scorer is taken to have failed; math-verify can hang on a hostile answer."""

Scorer = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A response, whether it is right, and which option a policy needs to see it so."""

    response: str
    reference: str
    right: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    contested: bool = False
    kind: str = ""
    decided_by: str = ""

    @property
    def only_mentions(self) -> bool:
        """Whether the right number stands in a response that does not give it as its answer."""
        return (
            not self.right and re.search(rf"(?<![0-9.]){re.escape(self.reference)}(?![0-9])", self.response) is not None
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.maths")
    parser.add_argument("--gsm8k", type=Path, help="folder with GSM8K's test.jsonl; its references are graded, too")
    folder = parser.parse_args().gsm8k
    scorers = dict(_scorers())
    labelled, held_out = list(hand_labelled()), list(made())
    print_accuracy(f"labelled by hand ({CASES.name})", labelled, scorers)
    print_accuracy(
        f"generated (seed {maths_heldout.SEED}; {maths_heldout.FIRST_RUN:.1%} on the first run)", held_out, scorers
    )
    if folder:
        print_gsm8k(folder / "test.jsonl", scorers)
    print_speed()


def hand_labelled() -> Iterator[Labelled]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        yield Labelled(**json.loads(line))


def made() -> Iterator[Labelled]:
    for case in maths_heldout.cases():
        yield Labelled(case.response, case.reference, case.right, kind=case.kind)


def print_accuracy(name: str, cases: Sequence[Labelled], scorers: Mapping[str, Scorer]) -> None:
    """Agreement of each scorer with the labels, and its two kinds of mistake."""
    right = sum(case.right for case in cases)
    plain = [case for case in cases if not case.contested]
    mentions = [case for case in plain if case.only_mentions]
    print(f"{name}: {len(cases)} responses, {right} right, {len(cases) - len(plain)} contested")
    print(f"  {len(mentions)} of the wrong ones that nobody contests contain the right number")
    options = [maths.final_answer(_rollout(case), **case.options) == 1.0 for case in cases]
    _print_row("maths.final_answer, its options", cases, options)
    for scorer_name, scorer in scorers.items():
        _print_row(scorer_name, plain, [_judged(scorer, case) for case in plain])


def _print_row(name: str, cases: Sequence[Labelled], verdicts: Sequence[bool]) -> None:
    pairs = [(given, case.right) for given, case in zip(verdicts, cases, strict=True)]
    agreed = sum(given == label for given, label in pairs) / len(pairs)
    paid, missed = pairs.count((True, False)), pairs.count((False, True))
    mentions = sum(given and case.only_mentions for given, case in zip(verdicts, cases, strict=True))
    wrong = f"{paid:3} wrong ones paid ({mentions} for a mention), {missed:3} right ones missed"
    print(f"  {name:<32} {agreed:6.1%} of {len(pairs)}, {wrong}")


def print_gsm8k(path: Path, scorers: Mapping[str, Scorer]) -> None:
    """Share of GSM8K's own solutions that earn the full reward, as written and with a box."""
    lines = path.read_text(encoding="utf-8").splitlines()[:GSM8K_RECORDS]
    solutions = [json.loads(line)["answer"] for line in lines]
    references = [solution.rpartition("####")[2].strip().replace(",", "") for solution in solutions]
    print(f"GSM8K: the first {len(solutions)} solutions of {path.name}, as written and with \\boxed{{}} instead")
    for name, scorer in scorers.items():
        marked = sum(map(scorer, solutions, references))
        boxed = sum(map(scorer, map(_boxed, solutions), references))
        print(f"  {name:<32} {marked} and {boxed}")


def print_speed() -> None:
    """Responses a second, on one core, the best of three rounds."""
    rubric = Rubric.from_config(RUBRIC)
    for name, before in (("short answers", ""), (f"answers of {RESPONSE} characters", STEP * (RESPONSE // len(STEP)))):
        through_rubric = max(_per_second(rubric.score, before, nth) for nth in range(ROUNDS))
        alone = max(_per_second(maths.final_answer, before, nth) for nth in range(ROUNDS, 2 * ROUNDS))
        print(f"{name}: {through_rubric:,.0f}/s through the rubric, {alone:,.0f}/s through maths.final_answer")


def _per_second(grade: Callable[[Rollout], object], before: str, nth: int) -> float:
    """Eight rollouts share a prompt, as in training; no response is like another."""
    rollouts = []
    for i in range(nth * ROLLOUTS, (nth + 1) * ROLLOUTS):
        response = f"Attempt {i}. {before}\n{ENDINGS[i % len(ENDINGS)].format(i)}" if before else _ending(i)
        rollouts.append(Rollout(str(i), response, str(i // 8 * 8)))
    started = time.process_time()
    for rollout in rollouts:
        grade(rollout)
    return ROLLOUTS / (time.process_time() - started)


def _ending(number: int) -> str:
    return ENDINGS[number % len(ENDINGS)].format(number)


def _boxed(solution: str) -> str:
    steps, _, answer = solution.rpartition("####")
    return f"{steps}\\boxed{{{answer.strip()}}}"


def _rollout(case: Labelled) -> Rollout:
    return _read(case.response, case.reference)


def _read(response: str, reference: str) -> Rollout:
    messages = [{"role": "assistant", "content": response}]
    return Rollout.from_event({"messages": messages, "reference_answer": reference})


def _judged(scorer: Scorer, case: Labelled) -> bool:
    with suppress(ValueError, TimeoutError):  # a reference or an answer that the scorer cannot read
        return scorer(case.response, case.reference)
    return False


def _scorers() -> Iterator[tuple[str, Scorer]]:
    yield "maths.final_answer", _ours
    with suppress(ImportError):
        yield "math-verify 0.9.0", _MathVerify(import_module("math_verify"))  # an optional package
    yield "strict #### marker", _strict
    yield "last number", _last_number


def _ours(response: str, reference: str) -> bool:
    return maths.final_answer(_read(response, reference)) == 1.0


class _MathVerify:
    """The library with its defaults, stopped by an alarm where its own does not."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def __call__(self, response: str, reference: str) -> bool:
        signal.signal(signal.SIGALRM, _stop)
        signal.alarm(BOMB_SECONDS)
        try:
            gold = self._library.parse(reference, parsing_timeout=None)
            given = self._library.parse(response, parsing_timeout=None)
            return bool(self._library.verify(gold, given, timeout_seconds=None))
        finally:
            signal.alarm(0)


def _stop(*_: object) -> None:
    raise TimeoutError


def _strict(response: str, reference: str) -> bool:
    """What stands behind the last marker, compared as text."""
    found = re.findall(r"#### (-?[0-9.,]+)", response)
    return bool(found) and found[-1].replace(",", "") == reference


def _last_number(response: str, reference: str) -> bool:
    found = re.findall(r"-?[0-9][0-9,]*(?:\.[0-9]+)?", response)
    return bool(found) and Fraction(found[-1].replace(",", "")) == Fraction(reference)


if __name__ == "__main__":
    main()
