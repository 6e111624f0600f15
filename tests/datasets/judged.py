"""How the bundled projects with a judge grade the candidates, with the stand-in as their judge."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.config import LOCAL, ProjectConfig
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import Candidate, candidates
from rehearsal.bedrock.runtime import converse

ROOT = Path(__file__).parents[2]

Record = dict[str, Any]


def records(project: str, *splits: str) -> list[Record]:
    folder = ROOT / "datasets" / project
    lines = [line for split in splits for line in (folder / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def rubric(project: str) -> Rubric:
    return Rubric.from_config(ProjectConfig.load(ROOT / "projects" / f"{project}.yaml").for_stage(LOCAL).rubric)


def paid(project: str, chosen: Sequence[Record]) -> Mapping[Candidate, list[float]]:
    """What each candidate for each record earns; keyed without the response, which differs by record."""
    task = rubric(project)
    trials = [
        (record, candidate)
        for i, record in enumerate(chosen)
        for candidate in candidates(task, record, [*chosen[i + 1 :], *chosen[:i]])
    ]
    with asking(converse):
        scores = task.grade([_item(str(n), record, one.response) for n, (record, one) in enumerate(trials)])
    assert [score.error for score in scores if score.error] == []
    earned: defaultdict[Candidate, list[float]] = defaultdict(list)
    for (_, candidate), score in zip(trials, scores, strict=True):
        earned[Candidate(candidate.strategy, candidate.worth, "", candidate.dresses_right)].append(score.reward)
    return earned


def rewards_of(project: str, chosen: Sequence[Record], responses: Sequence[str]) -> list[float]:
    with asking(converse):
        pairs = zip(chosen, responses, strict=True)
        scores = rubric(project).grade([_item(str(n), record, said) for n, (record, said) in enumerate(pairs)])
    return [score.reward for score in scores]


def _item(name: str, record: Record, response: str) -> Record:
    return {
        "id": name,
        "messages": [*record["messages"], {"role": "assistant", "content": response}],
        "metadata": {key: value for key, value in record.items() if key not in ("id", "messages")},
    }
