"""Word problems that read like GSM8K and stay within what a tiny model can learn.

A story opens with an amount (or with groups of equal size), lets one to three things happen to it and asks
what is left. Every intermediate result lies between 2 and 99.
"""

import random
from dataclasses import dataclass
from typing import Literal

INSTRUCTION = "Put the final answer after ####."
"""Last sentence of every prompt; the marker is the one GSM8K's own solutions use."""

_SMALLEST, _LARGEST = 2, 99
_PEOPLE = (
    *((name, "She", "her") for name in ("Ana", "Emma", "Julia", "Lena", "Mia", "Nora", "Sara", "Zoe")),
    *((name, "He", "his") for name in ("Adam", "Ben", "David", "Felix", "Leo", "Omar", "Sam", "Tom")),
)

Operator = Literal["+", "-", "*"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a solution.

    >>> str(Step(57, "-", 6))
    '57 - 6 = 51'
    """

    left: int
    operator: Operator
    right: int

    @property
    def result(self) -> int:
        """The exact value."""
        return {"+": self.left + self.right, "-": self.left - self.right, "*": self.left * self.right}[self.operator]

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right} = {self.result}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A prompt with its solution, two or three steps long."""

    prompt: str
    steps: tuple[Step, ...]

    @property
    def answer(self) -> int:
        """What the last step results in."""
        return self.steps[-1].result

    @property
    def solution(self) -> str:
        """The steps, one a line."""
        return "\n".join(str(step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Story:
    """Sentences of one kind of story; ``{name}``, ``{He}``, ``{his}`` name a person and ``{n}`` the number.

    Attributes:
        openings: State the first amount ``{n}``.
        groups: State ``{p}`` groups of ``{n}`` each; their product is the first amount.
        gains: Add ``{n}``.
        losses: Take ``{n}`` away.
        question: Asks for the amount in the end.
    """

    openings: tuple[str, ...]
    gains: tuple[str, ...]
    losses: tuple[str, ...]
    question: str
    groups: tuple[str, ...] = ()


STORIES = {
    "shopping": Story(
        openings=("{name} goes to the market with {n} dollars.", "{name} takes {n} dollars to the store."),
        gains=("{He} gets {n} dollars back for old bottles.", "{He} finds {n} dollars in a pocket."),
        losses=("{He} buys bread for {n} dollars.", "{He} spends {n} dollars on fruit."),
        question="How many dollars does {name} have left?",
    ),
    "sharing": Story(
        openings=("{name} has {n} marbles.", "{name} owns a box with {n} marbles."),
        gains=("A friend gives {name} {n} marbles.", "{He} wins {n} marbles in a game."),
        losses=("{He} gives {n} marbles to {his} brother.", "{He} loses {n} marbles at school."),
        question="How many marbles does {name} have now?",
        groups=("{name} has {p} bags of {n} marbles.",),
    ),
    "bus": Story(
        openings=("A bus leaves the station with {n} passengers.", "There are {n} passengers on a bus."),
        gains=("At the next stop {n} people get on.", "{n} more people get on in the city."),
        losses=("At the next stop {n} people get off.", "{n} people get off at the park."),
        question="How many passengers are on the bus now?",
    ),
    "library": Story(
        openings=("A library shelf holds {n} books.", "There are {n} books on a library shelf."),
        gains=("Readers bring back {n} books.", "The library buys {n} new books for it."),
        losses=("Readers borrow {n} books.", "{name} takes {n} books home."),
        question="How many books are on the shelf now?",
        groups=("A library has {p} shelves of {n} books.",),
    ),
    "garden": Story(
        openings=("{name} picks {n} tomatoes in the garden.", "There are {n} tomatoes in the garden of {name}."),
        gains=("{He} picks {n} more in the evening.", "A neighbor brings {n} tomatoes."),
        losses=("{He} cooks soup with {n} tomatoes.", "Birds eat {n} tomatoes."),
        question="How many tomatoes does {name} have in the end?",
        groups=("{name} has {p} plants with {n} tomatoes each.",),
    ),
    "baking": Story(
        openings=("{name} bakes {n} cookies.", "{name} makes {n} cookies for a party."),
        gains=("{He} bakes {n} more in the afternoon.", "{His} mother makes {n} more cookies."),
        losses=("{His} family eats {n} cookies.", "{He} burns {n} cookies and throws them away."),
        question="How many cookies are there in the end?",
        groups=("{name} bakes {p} trays of {n} cookies.", "{name} fills {p} boxes with {n} cookies each."),
    ),
    "savings": Story(
        openings=("{name} has saved {n} dollars for a bike.", "{name} has {n} dollars in the bank."),
        gains=("{He} earns {n} dollars for washing a car.", "{His} uncle sends {n} dollars as a gift."),
        losses=("{He} pays {n} dollars for a ticket.", "{He} lends {n} dollars to {his} sister."),
        question="How many dollars has {name} saved now?",
        groups=("{name} saves {n} dollars a week for {p} weeks.",),
    ),
    "collecting": Story(
        openings=("{name} collects stamps and has {n} of them.", "{name} has a book with {n} stamps."),
        gains=("{He} gets {n} stamps for {his} birthday.", "{His} father brings {n} stamps from a trip."),
        losses=("{He} trades {n} stamps for a coin.", "{He} sells {n} stamps."),
        question="How many stamps does {name} have now?",
        groups=("{name} has {p} pages with {n} stamps each.",),
    ),
    "travel": Story(
        openings=("{name} starts a trip of {n} miles.", "{name} has to drive {n} miles."),
        gains=("A closed road adds {n} miles.", "{He} visits a friend, which adds {n} miles."),
        losses=("{He} drives {n} miles before lunch.", "After a break {he} drives {n} miles."),
        question="How many miles are left?",
    ),
    "classroom": Story(
        openings=("There are {n} students in a class.", "A school club has {n} students."),
        gains=("{n} new students join in spring.", "Then {n} students come from another school."),
        losses=("{n} students leave in summer.", "Then {n} students move to another city."),
        question="How many students are there now?",
        groups=("A class has {p} rows of {n} students.",),
    ),
    "farm": Story(
        openings=("A farm has {n} eggs in a basket.", "{name} collects {n} eggs on a farm."),
        gains=("The hens lay {n} more eggs.", "{name} finds {n} eggs under a tree."),
        losses=("{name} sells {n} eggs.", "{n} eggs fall down and break."),
        question="How many eggs are there now?",
        groups=("On a farm {p} hens lay {n} eggs each.",),
    ),
    "pond": Story(
        openings=("There are {n} ducks on a pond.", "In the morning {name} counts {n} ducks on a pond."),
        gains=("{n} more ducks land on the water.", "Then {n} ducks come from the river."),
        losses=("{n} ducks fly away.", "A dog scares {n} ducks away."),
        question="How many ducks are on the pond now?",
    ),
}


def write(rng: random.Random) -> Problem:
    """A problem of a random kind.

    >>> problem = write(random.Random(1))
    >>> problem.prompt.endswith(INSTRUCTION), 2 <= len(problem.steps) <= 3
    (True, True)
    """
    story = STORIES[rng.choice(list(STORIES))]
    name, subject, possessive = rng.choice(_PEOPLE)
    words = {"name": name, "He": subject, "he": subject.lower(), "his": possessive, "His": possessive.capitalize()}
    length = rng.choice((2, 2, 3))

    opening, steps, amount = _open(story, words, rng)
    sentences = [opening]
    changes: dict[Operator, list[str]] = {
        "+": rng.sample(story.gains, len(story.gains)),
        "-": rng.sample(story.losses, len(story.losses)),
    }
    while len(steps) < length:
        step = _change(amount, [operator for operator in changes if changes[operator]], rng)
        sentences.append(changes[step.operator].pop().format(n=step.right, **words))
        steps.append(step)
        amount = step.result
    sentences += [story.question.format(**words), INSTRUCTION]
    return Problem(" ".join(sentences), tuple(steps))


def _open(story: Story, words: dict[str, str], rng: random.Random) -> tuple[str, list[Step], int]:
    template = rng.choice(story.openings + story.groups)
    if template in story.openings:
        amount = rng.randint(8, 60)
        return template.format(n=amount, **words), [], amount
    step = Step(rng.randint(2, 5), "*", rng.randint(3, 9))
    return template.format(p=step.left, n=step.right, **words), [step], step.result


def _change(amount: int, operators: list[Operator], rng: random.Random) -> Step:
    while True:
        step = Step(amount, rng.choice(operators), rng.randint(2, 9))
        if _SMALLEST <= step.result <= _LARGEST:
            return step
