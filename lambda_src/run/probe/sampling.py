"""Many requests at a time, in threads, until all are answered or nobody waits any more."""

import math
import queue
import random
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .conversation import Reply, UnreadableReplyError
from .failures import described, is_of_one_request, is_throttling, is_transient, refused
from .pace import Pace
from .prompts import Prompt
from .rollout import identity

Converse = Callable[..., Mapping[str, Any]]
"""Called as boto3's ``converse``, with keyword arguments; raises what botocore raises."""

_ATTEMPTS: Final = 8
_FIRST_PAUSE_SECONDS: Final = 0.5  # at most, before the second attempt; then doubled
_LONGEST_PAUSE_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Question:
    """One response that is wanted.

    Attributes:
        number: Among those to the same prompt, from 0.
        request: Arguments of ``converse``.
    """

    prompt: Prompt
    number: int
    request: Mapping[str, Any]

    @property
    def id(self) -> str:
        """That of the rollout that answers it."""
        return identity(self.prompt, self.number)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a question.

    Attributes:
        reply: None where the model gave none.
        failure: Why it gave none.
    """

    question: Question
    reply: Reply | None = None
    failure: str = ""


class Sampler:
    """Asks a model all questions, in order, several at a time.

    A request that is throttled or that the service fails to serve is made again, with full jitter
    (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/), and fewer are made at a time.
    A request that is refused ends everything, unless the model has answered others and this one alone may be wrong.
    """

    def __init__(self, converse: Converse, questions: Sequence[Question], *, model: str, concurrency: int) -> None:
        """Nothing is asked before ``answers`` is iterated.

        Args:
            concurrency: Requests under way at most.
        """
        self._converse, self._model = converse, model
        self._questions, self._total = iter(questions), len(questions)
        self._workers = min(concurrency, len(questions))
        self._pace = Pace(max(self._workers, 1))
        self._taking = threading.Lock()
        self._given_up = threading.Event()
        self._answered = threading.Event()
        self._results: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()

    def answers(self, seconds_left: Callable[[], float]) -> Generator[Answer, None, None]:
        """Answers as they come.

        Args:
            seconds_left: When that is nothing, no more questions are asked and only what has come is given.

        Raises:
            ProbeError: The model refuses, for all requests alike.
        """
        if seconds_left() <= 0:
            return
        # daemons, and no pool: a call that hangs must keep neither a Lambda nor an interrupted command from ending
        for _ in range(self._workers):
            threading.Thread(target=self._work, name="probe", daemon=True).start()
        try:
            for _ in range(self._total):
                result = self._next(seconds_left())
                if result is None:
                    return
                if isinstance(result, Exception):
                    raise result
                yield result
        finally:
            self._given_up.set()

    def _next(self, seconds: float) -> Answer | Exception | None:
        if seconds <= 0:
            self._given_up.set()
        try:
            return self._results.get(timeout=None if math.isinf(seconds) else max(seconds, 0.0))
        except queue.Empty:
            return None

    def _work(self) -> None:
        while (question := self._take()) is not None:
            try:
                self._results.put(self._ask(question))
            except Exception as error:  # of any kind: it must reach the thread that waits
                self._given_up.set()
                self._results.put(error)

    def _take(self) -> Question | None:
        with self._taking:
            return None if self._given_up.is_set() else next(self._questions, None)

    def _ask(self, question: Question) -> Answer:
        problem = "nobody waits for it"
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._pause(attempt)
            turn, throttled = self._pace.enter(), False
            try:
                if self._given_up.is_set():
                    break
                return Answer(question, self._replied(question))
            except Exception as error:  # whatever stands behind ``converse`` may raise anything
                problem, throttled = described(error), is_throttling(error)
                if not is_transient(error):
                    return self._refused(question, error)
            finally:
                self._pace.leave(turn, throttled=throttled)
        return Answer(question, failure=problem)

    def _replied(self, question: Question) -> Reply:
        started = time.monotonic()
        response = self._converse(**question.request)
        reply = Reply.of(response, time.monotonic() - started)
        self._answered.set()
        return reply

    def _refused(self, question: Question, error: Exception) -> Answer:
        if isinstance(error, UnreadableReplyError) or (self._answered.is_set() and is_of_one_request(error)):
            return Answer(question, failure=described(error))
        raise refused(self._model, error) from error

    def _pause(self, attempt: int) -> None:
        longest = min(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), _LONGEST_PAUSE_SECONDS)
        self._given_up.wait(random.uniform(0, longest))  # noqa: S311 - not for security
