"""Worked responses to small problems, with labels that follow from how they are made: problem, style, ending, mistake.

Made to be reported on, not to tune with: the scorer was finished when it first ran on them, and ``FIRST_RUN`` is what
came out. The two reasons for what it missed were mended afterwards. Whoever changes the scorer and wants to know more
than that it still does all this writes new styles, endings and mistakes, and runs them once.
``python -m benchmarks.maths_heldout`` shows how many there are of each kind.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

SEED: Final = 4_242
COUNT: Final = 2_000
FIRST_RUN: Final = 0.9915
"""Share of labels that ``maths.final_answer`` met at first: no wrong answer paid, 17 right ones missed."""


class Case(NamedTuple):
    """A response and whether its final answer is the reference."""

    kind: str
    response: str
    reference: str
    right: bool


class _Problem(NamedTuple):
    """``first`` times ``each``, then ``less`` taken away; in cents if it is about money."""

    who: str
    thing: str
    first: int
    each: int
    less: int
    is_money: bool

    @property
    def product(self) -> int:
        return self.first * self.each

    @property
    def result(self) -> int:
        return self.product - self.less

    def amount(self, number: int, *, grouped: bool = False) -> str:
        """A number as digits, with two decimals for money."""
        comma = "," if grouped else ""
        return f"{number / 100:{comma}.2f}" if self.is_money else f"{number:{comma}}"


_WHO: Final = ("Leila", "Mrs. Okafor", "Tobias", "the library", "Jin", "the class", "Uncle Ben", "Sofia's dog")
_THINGS: Final = ("cookies", "pencils", "pages", "meters", "chairs", "coins", "tiles", "hours", "tulips", "eggs")
_SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_STYLES: Final = (
    "**Step 1: Find the total**\n{f} \u00d7 {e} = {p}\n\n**Step 2: Subtract**\n{p} \u2212 {l} = {r}\n\n",
    "There are {f} rows of {e}, that is, {p} in all. {l} of these are gone by the end of the day.\n",
    "Given: {f} rows, {e} in each row, {l} taken.\n\nSolution: {f}({e}) - {l} = {p} - {l} = {r}\n\n",
    "How many are there at first? There are {f}*{e}={p} {thing}.\nHow many are taken? {l}.\n",
    "1. Total: {f} * {e} = {p} {thing}\n2. Taken: {l} {thing}\n3. Left: {p} - {l} = {r} {thing}\n\n",
    "\\begin{{aligned}}\n&{f} \\times {e} = {p} \\\\\n&{p} - {l} = {r}\n\\end{{aligned}}\n\n",
    "Let $t$ be the total. Then $t = {f} \\cdot {e} = {p}$, and $t - {l} = {r}$.\n\n",
    "I need {f} times {e} first, which is {p}. Taking away {l} gives {r}.\n\n",
    "First, {who} counts {f} rows. Next, each row holds {e}. So {f} * {e} = {p}. Finally, {l} are taken away.\n\n",
    "#### Counting\nThere are {p} in total.\n\n#### Subtracting\n{p} - {l} = {r}\n\n",
    "total = {f} * {e}  # {p}\nleft = total - {l}  # {r}\n\n",
    "Sure thing! We multiply and then subtract.\n\n",
    "",
)
_ENDINGS: Final = (
    "#### {}",
    "#### {}",
    "#### **{} {thing}**",
    "#### Answer = {}",
    "#### Final result: {} {thing}",
    "#### {who} ends up with {} {thing}.",
    "###### {}",
    "### Final Answer:\n### {}",
    "Final answer:\n\n{} {thing}",
    "**Answer**\n\n{}",
    "Answer\n------\n{}",
    "The final answer is:\n\n$$\\boxed{{{tex}}}$$",
    "$$\\text{{left}} = \\boxed{{{tex}}}$$",
    "The remaining number of {thing} is $\\boxed{{{tex}}}$.",
    "$\\boxed{{\\text{{{} {thing}}}}}$",
    "\\boxed{{\\mathbf{{{tex}}}}}",
    "\\[ \\boxed{{{tex}\\;\\text{{{thing}}}}} \\]",
    "Hence the answer: $\\boxed{{{tex}}}$",
    "<answer>\\boxed{{{tex}}}</answer>",
    "<answer>The answer is {}</answer>",
    "<answer>{} {thing} are left</answer>",
    "<Answer>{}</Answer>",
    "The answer is therefore {} {thing}.",
    "The answer is: {}",
    "I conclude that the answer is {}.",
    "This means that the answer is {} {thing}.",
    "So the final answer would be {}.",
    "The right answer is {} {thing}.",
    "Thus, the final answer is {who} has {} {thing} left.",
    "Answer: there are {} {thing} left.",
    "Answer: {who} has {} {thing}.",
    "_Answer_: {}",
    "Ans: {}",
    "A: {} {thing}",
    '{{"final_answer": "{}"}}',
    "{} {thing}",
    "{} {thing} are left",
    "`{}`",
    "left = {}",
    "Thus: {} {thing}",
    "**Result: {}**",
    "**{who} has {} {thing} left.**",
    "In conclusion, {who} has {} {thing} left.",
    "Finally, {who} has {} {thing}.",
    "That leaves {} {thing}.",
    "So it's {} {thing}.",
    "{who} has {} {thing} left.",
    "There are {} {thing} left.",
)
"""The braces without a name hold the answer."""
_INLINE: Final = ("####", "boxed", "<answer>")
_TAILS: Final = (
    *[""] * 8,
    "\n",
    "\n\nI hope that helps.",
    "\n\nLet me know if you need more help!",
    "\n\nIf you have any questions, just ask.",
    "\n\nWould you like to try a similar problem?",
    "\n\nThank you!",
    "<|end|>",
    "\n</s>",
)
_TAILS_BEHIND_MARKERS: Final = (
    "\n\nTo check: {r} plus {l} is {p}.",
    "\n\nRemark: had there been {f} more, we would need a bigger room.",
    "\n\nQuestion 2: How many {thing} are in {e} boxes?",
    "\n\nConfidence: {e}%",
)
_GIVEN_UP: Final = (
    "I don't have enough information.",
    "Unfortunately, that is all I can say.",
    "What happens afterwards is not stated.",
    "Let me think about what {who} does next.",
    "#### N/A",
    "<answer>?</answer>",
    "\\boxed{{\\text{{unknown}}}}",
    "Sorry, I lost track.",
    "Should I round this?",
    "The rest is up to {who}",
)
_UNSURE: Final = (
    "{} or {}",
    "{} or perhaps {}",
    "either {} or {}",
    "{}-{}",
    "{} to {}",
    "{} and {}",
    "{} (or {}?)",
    "{} | {}",
    "neither {} nor {}",
    "at least {} and at most {}",
)
_SECOND_THOUGHTS: Final = (
    "\n\nHmm, let me check that again. It should be different.\n\n",
    "\n\nI made a mistake. Here is the right version:\n\n",
    "\n\nActually, no.\n\n",
    "\n\nRe-reading the question, I see that I misread it.\n\n",
)
_RED_HERRINGS: Final = (
    "One could think it is {}, but let us compute it.\n\n",
    "My first guess: {}.\n\n",
    "The example in the book had {}.\n\n",
    "(Exercise {})\n\n",
    "Yesterday there were {}.\n\n",
    "Not {}, surely. Let me see.\n\n",
)


def cases(seed: int = SEED, count: int = COUNT) -> Iterator[Case]:
    """The cases of a seed."""
    rng = random.Random(seed)  # noqa: S311 - not for security
    kinds: tuple[tuple[int, Callable[[random.Random, _Problem], tuple[str, bool]]], ...] = (
        (10, _right),
        (5, _slipped),
        (3, _mentioned),
        (2, _given_up),
        (2, _unsure),
        (1, _corrected),
        (1, _spoiled),
    )
    weights, makers = zip(*kinds, strict=True)
    for make in rng.choices(makers, weights, k=count):
        problem = _problem(rng)
        response, right = make(rng, problem)
        yield Case(make.__name__.removeprefix("_"), response, _reference(problem), right)


def _right(rng: random.Random, problem: _Problem) -> tuple[str, bool]:
    return _response(rng, problem, problem.result), True


def _slipped(rng: random.Random, problem: _Problem) -> tuple[str, bool]:
    return _response(rng, problem, _slip(rng, problem)), False


def _mentioned(rng: random.Random, problem: _Problem) -> tuple[str, bool]:
    """The right value is named before, another one is the answer."""
    lead = rng.choice(_RED_HERRINGS).format(problem.amount(problem.result))
    return lead + _response(rng, problem, _slip(rng, problem)), False


def _given_up(rng: random.Random, problem: _Problem) -> tuple[str, bool]:
    lead = rng.choice(_RED_HERRINGS).format(problem.amount(problem.result))
    return lead + _worked(rng, problem, problem.result + 1) + rng.choice(_GIVEN_UP).format(who=problem.who), False


def _unsure(rng: random.Random, problem: _Problem) -> tuple[str, bool]:
    both = [problem.amount(problem.result), problem.amount(_slip(rng, problem))]
    rng.shuffle(both)
    return _worked(rng, problem, problem.result) + _ended(rng, problem, rng.choice(_UNSURE).format(*both)), False


def _corrected(rng: random.Random, problem: _Problem) -> tuple[str, bool]:
    return _twice(rng, problem, _slip(rng, problem), problem.result), True


def _spoiled(rng: random.Random, problem: _Problem) -> tuple[str, bool]:
    return _twice(rng, problem, problem.result, _slip(rng, problem)), False


def _twice(rng: random.Random, problem: _Problem, first: int, last: int) -> str:
    ending = rng.choice([one for one in _ENDINGS if "nswer" in one or any(mark in one for mark in _INLINE)])
    said = [_filled(rng, problem, ending, _spelled(rng, problem, value), value) for value in (first, last)]
    return _worked(rng, problem, first) + rng.choice(_SECOND_THOUGHTS).join(said)


def _response(rng: random.Random, problem: _Problem, value: int) -> str:
    return _worked(rng, problem, value) + _ended(rng, problem, _spelled(rng, problem, value), value)


def _worked(rng: random.Random, problem: _Problem, value: int) -> str:
    return _filled(rng, problem, rng.choice(_STYLES), "", value)


def _ended(rng: random.Random, problem: _Problem, said: str, value: int = 0) -> str:
    ending = rng.choice(_ENDINGS)
    tail = rng.choice(_TAILS)
    if any(mark in ending for mark in _INLINE) and rng.random() < 1 / 4:
        tail = rng.choice(_TAILS_BEHIND_MARKERS)
    return _filled(rng, problem, ending + tail, said, value)


def _filled(rng: random.Random, problem: _Problem, template: str, said: str, value: int) -> str:
    return template.replace("{}", "{said}").format(
        said=said,
        tex=said.replace("$", "\\$").replace("%", "\\%").replace(",", rng.choice((",", "{,}", ",\\!"))),
        who=problem.who,
        thing="dollars" if problem.is_money else problem.thing,
        f=problem.first,
        e=problem.amount(problem.each),
        p=problem.amount(problem.product),
        l=problem.amount(problem.less),
        r=problem.amount(value),
    )


def _problem(rng: random.Random) -> _Problem:
    is_money = rng.random() < 1 / 4
    first, each = rng.randint(2, 40), rng.randint(2, 3_000 if is_money or rng.random() < 1 / 4 else 60)
    most = first * each * (2 if rng.random() < 1 / 10 else 1)  # what is owed can be more than what is there
    return _Problem(rng.choice(_WHO), rng.choice(_THINGS), first, each, rng.randint(1, most), is_money)


def _slip(rng: random.Random, problem: _Problem) -> int:
    """A wrong value as models come to it."""
    result, less = problem.result, problem.less
    slips = [problem.product, problem.product + less, problem.first + problem.each - less, less]
    slips += [result + 1, result - 10, result + 100, result * 10, -result]
    return rng.choice([slip for slip in slips if slip != result])


def _reference(problem: _Problem) -> str:
    return problem.amount(problem.result)


def _spelled(rng: random.Random, problem: _Problem, value: int) -> str:
    spellings = [problem.amount(value), problem.amount(value), problem.amount(value, grouped=True)]
    if problem.is_money and value >= 0:
        spellings += [f"${value / 100:,.2f}", f"${value / 100:.2f}"]
    if problem.is_money and value % 100 == 0:
        spellings.append(f"${value // 100}" if value >= 0 else f"-${-value // 100}")
    if not problem.is_money and 0 <= value < 100:  # noqa: PLR2004 - spelled below
        spellings.append(_SMALL[value] if value < len(_SMALL) else _in_words(value))
    if not problem.is_money:
        spellings.append(f"{value}.0")
    return rng.choice(spellings)


def _in_words(number: int) -> str:
    ten, one = divmod(number, 10)
    return _TENS[ten - 2] + (f"-{_SMALL[one]}" if one else "")


if __name__ == "__main__":
    for kind, cases_of_kind in Counter(case.kind for case in cases()).most_common():
        print(f"{kind:<10} {cases_of_kind}")
