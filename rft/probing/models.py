"""Who answers a probe: a model in this process, or Bedrock's."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Final

from infra.config import StageConfig
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.run.audit import Grade
from lambda_src.run.probe.sampling import Converse
from rehearsal.bedrock import runtime
from rft.local_grader import local_grader

_LOCAL: Final = "local."
_STRATEGIST: Final = "local.strategist"
_LOCAL_CONCURRENCY: Final = 32  # local.tiny-lm answers what is asked at the same time as one batch
_CONCURRENCY: Final = 8
_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 600  # a long response at high reasoning effort takes minutes
_JUDGE_CONNECTIONS: Final = 32


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and the region that is asked for it.

    Attributes:
        name: Id or ARN; those that begin with ``local.`` are in this process and cost nothing.
    """

    name: str
    region: str

    @property
    def is_local(self) -> bool:
        return self.name.startswith(_LOCAL)

    @property
    def concurrency(self) -> int:
        """Requests under way at most."""
        return _LOCAL_CONCURRENCY if self.is_local else _CONCURRENCY

    def converse(self, lines: Iterable[bytes], grade: Grade) -> Converse:
        """The function that asks it.

        Args:
            lines: The training file; ``local.strategist`` reads no prompt, it has to recognise one.
            grade: Tells it which family of rewards the records are for.
        """
        if not self.is_local:
            asks: Converse = _client(self.region, connections=self.concurrency).converse
            return asks
        client = runtime.Client()
        if self.name == _STRATEGIST:
            client.know([json.loads(line) for line in lines if line.strip()], grade=_rewards(grade))
        return client.converse

    @contextmanager
    def grader(self, config: StageConfig) -> Iterator[Grade]:
        """The stage's grader; judges of a real model are real ones, those of a local model the stand-in."""
        with ExitStack() as stack:
            grade = stack.enter_context(local_grader(config.rubric))
            if not self.is_local and config.asks_judge:
                client = _client(self.region, connections=_JUDGE_CONNECTIONS)
                stack.enter_context(asking(client.converse))
            yield grade


def _rewards(grade: Grade) -> Any:
    """Rewards alone, from whichever thread they are asked for: which judge is asked is known to this one."""
    context = copy_context()

    def rewards(items: Sequence[Mapping[str, Any]]) -> list[float]:
        return [score["aggregate_reward_score"] for score in context.copy().run(grade, items)]

    return rewards


def _client(region: str, *, connections: int) -> Any:
    import boto3  # noqa: PLC0415 - half a second, and local models need none
    from botocore.config import Config  # noqa: PLC0415 - likewise

    # botocore's own retries know neither the others under way nor when to stop
    config = Config(
        max_pool_connections=connections,
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 1},
    )
    return boto3.client("bedrock-runtime", region_name=region, config=config)
