"""The probe from its first request to its result."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from ...reward.batched import NEVER, Deadline
from ...reward.rubric import Rubric
from .assessment import Sampled, assess
from .conversation import UnaskableError, request
from .failures import ProbeError
from .floor import floor
from .grading import BATCH, Grade, Grader
from .prompts import Counted, Line, Prompt, choose, shuffled
from .result import Probe
from .rollout import Rollout
from .sampling import Answer, Converse, Question, Sampler
from .settings import Settings

_MOST_IN_A_ROW: Final = 16  # questions without an answer, after many attempts each: the service is down
_MOST_FLOOR: Final = 0.5  # a reward that pays more to blind responses is not for what the record asks
_SHOWN: Final = 3  # reasons


def probe(
    converse: Converse,
    grade: Grade,
    records: Iterable[Line],
    settings: Settings,
    *,
    rubric: Rubric | None = None,
    total: int | None = None,
    known: Sequence[Mapping[str, Any]] = (),
    deadline: Deadline = NEVER,
    progress: Callable[[int, int], None] = lambda done, total: None,
    keep: Callable[[Mapping[str, Any]], None] = lambda rollout: None,
) -> Probe:
    """Sample the base model on the records, grade what it says, and judge what that means for a training run.

    An interrupt (Ctrl-C) ends the sampling as the deadline does: what is graded by then is judged.

    Args:
        converse: As boto3's ``bedrock-runtime`` client has it, with retries of its own turned off.
        grade: The project's grader; it is asked in this thread, while others sample.
        records: Lines of the training file, or records; more of them than ``settings.prompts`` are chosen from.
        rubric: The grader's, to find out what a response earns that does not answer its prompt; without it, that is 0.
        total: Records of the training file, where ``records`` are not all of them.
        known: Rollouts of an earlier probe with the same settings, as they were kept; they are not sampled again.
        progress: Called with the responses that are done, and with all there will be.
        keep: Called with each rollout, ready for ``rollouts.jsonl``.

    Raises:
        ProbeError: The model refuses to be sampled, or the grader fails.
        ValueError: A chosen line is no JSON object.
    """
    counted = Counted(records)
    chosen = choose(counted, settings.prompts, settings.seed)
    course = _Course(settings, Grader(grade, deadline), deadline, progress, keep, total=len(chosen) * settings.samples)
    prompts = list(course.askable(chosen))
    try:
        if rubric is not None and prompts:
            course.find_floor(prompts, rubric)
        course.resume(known, prompts)
        course.sample(converse, prompts)
    except KeyboardInterrupt:
        course.notes.append(f"interrupted after {course.done:,} of {course.total:,} responses")
    finally:
        course.keep_pending()
    return assess(course.sampled(total or counted.number), settings)


@dataclass(slots=True)
class _Course:
    """What is known so far.

    Attributes:
        total: Responses that are wanted.
        rollouts: Graded, or with the reason why not.
        pending: Sampled and not yet graded.
        failures: Why there is no response, and how often.
        in_a_row: Questions that had no answer since the last that had.
    """

    settings: Settings
    grader: Grader
    deadline: Deadline
    progress: Callable[[int, int], None]
    keep: Callable[[Mapping[str, Any]], None]
    total: int
    rollouts: list[Rollout] = field(default_factory=list)
    pending: list[Rollout] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    in_a_row: int = 0
    floor: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        return len(self.rollouts) + self.failures.total()

    def askable(self, prompts: Iterable[Prompt]) -> Iterator[Prompt]:
        """Those that Converse can be asked; responses to the others are failures."""
        for prompt in prompts:
            try:
                request(prompt.record, self.settings, 0)
            except UnaskableError as error:
                self.failures[f"record {prompt.id}: {error}"] += self.settings.samples
            else:
                yield prompt

    def find_floor(self, prompts: Sequence[Prompt], rubric: Rubric) -> None:
        found = floor(self.grader, prompts, rubric)
        if found <= _MOST_FLOOR:
            self.floor = found
        else:
            self.notes.append(
                f"the answer to a similar record earns {found:.3g}: the reward hardly depends on the record, so every "
                "response that earns anything counts as one that succeeds; rft check says more"
            )

    def resume(self, known: Sequence[Mapping[str, Any]], prompts: Sequence[Prompt]) -> None:
        """Take over what an earlier probe knows of these prompts; what it could not grade is graded now."""
        by_id = {prompt.id: prompt for prompt in prompts}
        read = [rollout for line in known if (rollout := Rollout.from_json(line, by_id)) is not None]
        for rollout in {rollout.id: rollout for rollout in read if rollout.number < self.settings.samples}.values():
            if rollout.reward is None:
                self._take(rollout)
            else:
                self._add(rollout)
        if self.done + len(self.pending):
            self.notes.append(f"{self.done + len(self.pending):,} responses are those of an earlier probe")
        self.progress(self.done, self.total)

    def sample(self, converse: Converse, prompts: Sequence[Prompt]) -> None:
        """Ask what is not known and grade it on the way."""
        sampler = Sampler(
            converse,
            list(self._questions(prompts)),
            model=self.settings.model,
            concurrency=self.settings.concurrency,
        )
        with closing(sampler.answers(self._seconds_left)) as answers:
            for answer in answers:
                self._hear(answer)
                if self.in_a_row == _MOST_IN_A_ROW:
                    self._give_up(answer)
                    break
        while self.pending and self._has_time:
            self._grade()
        if self.done < self.total and self.in_a_row < _MOST_IN_A_ROW:
            self.notes.append(f"time was up after {self.done:,} of {self.total:,} responses")

    def keep_pending(self) -> None:
        """Keep what was paid for and could not be graded, for another probe to go on with."""
        for rollout in self.pending:
            self.keep(rollout.to_json())

    def sampled(self, records: int) -> Sampled:
        """What there is to judge."""
        notes = [*self.notes, *_reasons("no response", self.failures), *_reasons("not graded", self._errors())]
        if not self.settings.is_bounded:
            notes.append(
                f"at high reasoning effort the model takes neither temperature nor a limit: responses of more than "
                f"{self.settings.max_tokens:,} tokens are graded whole and counted as cut off"
            )
        return Sampled(self.rollouts, self.failures.total(), self.pending, self.floor, records, tuple(notes))

    def _questions(self, prompts: Sequence[Prompt]) -> Iterator[Question]:
        """Prompt by prompt, in random order: at any time, what is known is whole groups of a fair part of the file."""
        known = {rollout.id for rollout in (*self.rollouts, *self.pending)}
        for prompt in shuffled(prompts, self.settings.seed):
            for number in range(self.settings.samples):
                question = Question(prompt, number, request(prompt.record, self.settings, number))
                if question.id not in known:
                    yield question

    def _seconds_left(self) -> float:
        """For sampling: what has come must be graded before the deadline, and so must what comes meanwhile."""
        return self.deadline.remaining - 2 * self.grader.slowest

    def _hear(self, answer: Answer) -> None:
        if answer.reply is None:
            self.failures[answer.failure] += 1
            self.in_a_row += 1
            self.progress(self.done, self.total)
            return
        self.in_a_row = 0
        self._take(Rollout(answer.question.prompt, answer.question.number, answer.reply))

    def _take(self, rollout: Rollout) -> None:
        self.pending.append(rollout)
        if len(self.pending) >= BATCH and self._has_time:
            self._grade()

    @property
    def _has_time(self) -> bool:
        """Whether another batch will probably be graded before the deadline."""
        return self.deadline.remaining > self.grader.slowest

    def _grade(self) -> None:
        graded = self.grader.graded(self.pending[:BATCH])
        del self.pending[:BATCH]
        for rollout in graded:
            self._add(rollout)
        self.progress(self.done, self.total)

    def _add(self, rollout: Rollout) -> None:
        self.rollouts.append(rollout)
        self.keep(rollout.to_json())

    def _give_up(self, answer: Answer) -> None:
        if not self.rollouts and not self.pending:
            raise ProbeError(f"{self.settings.model} gives no answer: {answer.failure}")
        self.notes.append(f"stopped: {_MOST_IN_A_ROW} requests in a row had no answer, at last with {answer.failure}")

    def _errors(self) -> Counter[str]:
        return Counter(rollout.error for rollout in self.rollouts if rollout.error)


def _reasons(what: str, counts: Counter[str]) -> Iterator[str]:
    """The commonest reasons, and how many others there are."""
    for reason, number in counts.most_common(_SHOWN):
        yield f"{what} ({number:,}): {reason}"
    others = sum(number for _, number in counts.most_common()[_SHOWN:])
    if others:
        yield f"{what} ({others:,}): for other reasons"
