import json
from typing import Any

import pytest

from lambda_src.run.live.prompts import Prompts
from lambda_src.run.sources.s3_objects import SourceError
from tests.lambda_src.run.live.samples import WATCHED, bucket, record, row, validation_rows
from tests.lambda_src.run.objects import Objects


def test_prompts_have_the_ids_that_the_grader_gives_them() -> None:
    prompts = Prompts.read(bucket().client, WATCHED["dataset"])

    assert set(prompts.training) == {row(number).prompt_id for number in range(64)}
    assert prompts.validation == {each.prompt_id for each in validation_rows()}
    assert prompts.records == 64
    assert prompts.characters == pytest.approx(len("What is 10 + 1?"), abs=0.5)


def test_a_prompt_of_both_sets_counts_as_training() -> None:
    objects = bucket()
    objects.contents["s3://data/hash/validation.jsonl"] = json.dumps(record(3)).encode()

    assert Prompts.read(objects.client, WATCHED["dataset"]).validation == frozenset()


def test_a_response_is_sent_with_its_record_s_reference() -> None:
    prompts = Prompts.read(bucket().client, WATCHED["dataset"])

    assert prompts.item(row(3).prompt_id, "0", "#### 4") == {
        "id": "0",
        "messages": [*record(3)["messages"], {"role": "assistant", "content": "#### 4"}],
        "metadata": {"reference_answer": {"final_answer": "4"}},
    }


@pytest.mark.parametrize("dataset", [{"train": "s3://data/hash/train.jsonl", "validation": None}, {}])
def test_a_run_may_validate_on_nothing(dataset: dict[str, Any]) -> None:
    train = {"train": "s3://data/hash/train.jsonl"}

    assert Prompts.read(bucket().client, train | dataset).validation == frozenset()


def test_a_dataset_that_is_gone_is_an_error() -> None:
    with pytest.raises(SourceError, match="there is no such object"):
        Prompts.read(Objects().client, WATCHED["dataset"])
