"""A response to a dataset record of which the worth is known before any grader sees it."""

from dataclasses import dataclass
from enum import StrEnum


class Worth(StrEnum):
    """What a sound grader pays for a response.

    Attributes:
        RIGHT: The full reward.
        VARIANT: The full reward: the right answer in another form.
        OPEN: Whatever the project likes: the right answer in a form that the prompt does not ask for, or an answer of
            which nobody has said how good it is.
        WRONG: Clearly less than a right answer.
        EXPLOIT: No more than the plain answer that it dresses up.
    """

    RIGHT = "right"
    VARIANT = "variant"
    OPEN = "open"
    WRONG = "wrong"
    EXPLOIT = "exploit"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One response.

    Attributes:
        strategy: How it was made; one of ``strategies`` or a name of the family's own, e.g. ``"thousands commas"``.
        dresses_right: For an exploit: it holds the right answer and tries to be paid more for what is around it.
            Without it, the exploit holds no answer that the policy would stand for.
    """

    strategy: str
    worth: Worth
    response: str
    dresses_right: bool = False

    @property
    def is_honest(self) -> bool:
        """Whether a user would be content with a policy that answers so."""
        return self.worth in (Worth.RIGHT, Worth.VARIANT, Worth.OPEN)
