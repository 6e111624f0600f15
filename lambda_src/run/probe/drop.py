"""Which of the probed records a training run can do without: their responses all earn the same, at either end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..dataset.limits import MIN_RECORDS
from .estimates import repeated
from .groups import Group

_CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Drop:
    """A record without gradient.

    Attributes:
        why: What its responses earned.
    """

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class _End:
    """The prompts that always, or those that never succeeded.

    Attributes:
        other: How many of them are expected to do otherwise at least once in as many new samples.
    """

    groups: Sequence[Group]
    other: int

    @classmethod
    def of(cls, groups: Sequence[Group], successes: Sequence[int], samples: int) -> "_End":
        """The groups of an end.

        Args:
            successes: Of every prompt, in reaching this end.
        """
        return cls(groups, round(len(groups) * (1 - repeated(successes, samples)))) if groups else cls(groups, 0)

    @property
    def is_likely(self) -> bool:
        """Whether most of them are there for what they are, and not by chance."""
        return 2 * self.other <= len(self.groups)


@dataclass(frozen=True, slots=True)
class Flat:
    """Prompts whose samples are all graded, and which of them have no gradient.

    Attributes:
        samples: Of each.
        floor: What a response earns that does not answer its prompt.
        total: Records of the file.
    """

    groups: Sequence[Group]
    samples: int
    floor: float
    total: int

    def drops(self) -> tuple[Drop, ...]:
        """What may be dropped, so that at least 100 records are left; those that always succeed come first."""
        return tuple(self._likely()[: max(self.total - MIN_RECORDS, 0)])

    def notes(self) -> Iterator[str]:
        """How sure that is."""
        n, least = self.samples, (1 - _CONFIDENCE) ** (1 / self.samples)
        if self._always.groups:
            shown = f"in {n} of {n} samples, which shows a rate above {least:.2f} (at 95 %) and not 1"
            yield _note(self._always, shown, "fail")
        if self._never.groups:
            shown = f"in none of {n} samples, which shows a rate below {1 - least:.2f} (at 95 %) and not 0"
            yield _note(self._never, shown, "succeed")
        likely, listed = len(self._likely()), len(self.drops())
        if listed < likely:
            yield (
                f"Of {likely} probed records without gradient, {listed} are listed for dropping: training takes "
                f"{MIN_RECORDS} records, and there are {self.total}."
            )

    def _likely(self) -> list[Drop]:
        never = f"none of {self.samples} responses earns more than {self.floor:.3g}"
        ends = ((self._always, f"all {self.samples} responses earn the full reward"), (self._never, never))
        return [Drop(group.prompt.id, why) for end, why in ends if end.is_likely for group in end.groups]

    @property
    def _always(self) -> _End:
        passed = [group.passed for group in self.groups]
        return _End.of([group for group in self.groups if group.passed == self.samples], passed, self.samples)

    @property
    def _never(self) -> _End:
        failed = [group.above(self.floor).count(False) for group in self.groups]
        ended = [group for group in self.groups if group.is_flat and not any(group.above(self.floor))]
        return _End.of(ended, failed, self.samples)


def _note(end: _End, shown: str, otherwise: str) -> str:
    prompts = "1 prompt" if len(end.groups) == 1 else f"{len(end.groups)} prompts"
    yet = "" if end.is_likely else "; too many to drop any of them before more samples say more"
    return (
        f"{prompts} succeeded {shown}: in as many new samples, {end.other} of them can be expected to {otherwise} once "
        f"or more{yet}."
    )
