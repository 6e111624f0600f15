"""What the local base models earn before training, and how fast they answer: ``python -m benchmarks.converse``.

Probes every bundled project's local stage in this process, 8 responses to 64 prompts at temperature 0.6, graded by the
project's own rubric. Then asks for 512 responses through the embedded AWS, 8 at a time. Goal on 2 cores: 512 responses
of at most 64 tokens in 10 s, either way. ``--temperature 1`` probes the models as a training starts from them.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.config import Config

from infra.config import LOCAL, ProjectConfig
from lambda_src.run.probe import Probe, Settings, probe
from rehearsal.bedrock import runtime
from rehearsal.environment import LocalAws, free_port
from rft.local_grader import local_grader

ROOT = Path(__file__).parents[1]
MODELS = ("local.tiny-lm", "local.strategist")
PROMPTS, SAMPLES, TEMPERATURE, AT_ONCE = 64, 8, 0.6, 8
MOST_TOKENS = 64

Converse = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A bundled project and a base model that can read its prompts."""

    project: Path
    model: str

    def probe(self, temperature: float) -> tuple[Probe, float]:
        """What the model earns, and the seconds that the probe took."""
        stage = ProjectConfig.load(self.project).for_stage(LOCAL)
        records, client = _records(str(stage.dataset)), runtime.Client()
        settings = Settings(
            self.model, PROMPTS, SAMPLES, temperature, stage.hyper_parameters.inference_max_tokens or MOST_TOKENS
        )
        with local_grader(stage.rubric) as grade:
            client.know(records, grade=lambda items: [score["aggregate_reward_score"] for score in grade(items)])
            started = time.perf_counter()
            return probe(client.converse, grade, records, settings), time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.converse")
    parser.add_argument("--temperature", type=float, default=TEMPERATURE)
    temperature = parser.parse_args().temperature
    print(
        f"{'project':14}{'model':18}{'seconds':>8}{'reward':>8}{'95 %':>14}{'full':>7}{'flat':>7}{'tokens':>8}  verdict"
    )
    for case in _cases():
        found, seconds = case.probe(temperature)
        low_high = f"{found.reward.low:.2f} to {found.reward.high:.2f}"
        print(
            f"{case.project.stem:14}{case.model:18}{seconds:8.1f}{found.reward.mean:8.2f}{low_high:>14}"
            f"{found.pass_at_1 or 0:7.2f}{found.flat_share:7.2f}{found.response_tokens.mean:8.0f}  {found.verdict.name}"
        )
    records = _records("gsm8k-style")
    client = runtime.Client()
    client.know(records)
    with _embedded(records) as converse:
        for where, asked in (("in this process", client.converse), ("through the embedded AWS", converse)):
            for model in MODELS:
                print(f"{PROMPTS * SAMPLES} responses of {model} {where}: {_seconds(asked, model, records):.1f} s")


def _cases() -> Iterator[Case]:
    for project in sorted((ROOT / "projects").glob("*.yaml")):
        yield from (Case(project, model) for model in MODELS if model != MODELS[0] or project.stem == "gsm8k-style")


def _records(dataset: str) -> list[dict[str, Any]]:
    lines = (ROOT / "datasets" / dataset / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _seconds(converse: Converse, model: str, records: list[dict[str, Any]]) -> float:
    def ask(record: dict[str, Any]) -> None:
        messages = [{"role": "user", "content": [{"text": record["messages"][0]["content"]}]}]
        settings = {"temperature": TEMPERATURE, "maxTokens": MOST_TOKENS}
        converse(modelId=model, messages=messages, inferenceConfig=settings)

    asked = [record for record in records[:PROMPTS] for _ in range(SAMPLES)]
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, asked))
    return time.perf_counter() - started


@contextmanager
def _embedded(records: list[dict[str, Any]]) -> Iterator[Converse]:
    with tempfile.TemporaryDirectory() as folder, LocalAws(port=free_port(), state_dir=Path(folder)) as aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="train.jsonl", Body="\n".join(map(json.dumps, records)).encode())
        yield aws.client("bedrock-runtime", config=Config(max_pool_connections=AT_ONCE)).converse


if __name__ == "__main__":
    main()
