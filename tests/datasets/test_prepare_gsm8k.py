import json
from pathlib import Path
from typing import Any

import pytest

from datasets.prepare_gsm8k import PrepareError, main, prepare

TRAIN = [
    {
        "question": "A pen costs $3. How much are 4 pens and a $5 book?",
        "answer": "The pens are 4*3=$<<4*3=12>>12.\nTogether that is 12+5=$<<12+5=17>>17.\n#### 17",
    },
    {
        "question": "A town of 1,000 people grows by a fifth. How many live there now?",
        "answer": "A fifth is 1000/5=<<1000/5=200>>200.\nThat makes 1000+200=<<1000+200=1200>>1200.\n#### 1,200",
    },
]
TEST = [{"question": "It is -4 degrees and cools by 2. How cold is it?", "answer": "-4-2=<<-4-2=-6>>-6\n#### -6"}]


def _jsonl(records: list[dict[str, str]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_record_becomes_one_of_bedrocks_without_calculator_annotations(tmp_path: Path) -> None:
    prepare(_jsonl(TRAIN[:1]), _jsonl(TEST), tmp_path)

    assert _read(tmp_path / "train.jsonl") == [
        {
            "id": "train-0001",
            "messages": [
                {
                    "role": "user",
                    "content": "A pen costs $3. How much are 4 pens and a $5 book? "
                    "Reason step by step. Put the final answer after ####.",
                }
            ],
            "reference_answer": {
                "final_answer": "17",
                "solution": "The pens are 4*3=$12.\nTogether that is 12+5=$17.",
            },
        }
    ]


def test_thousands_separators_and_signs_of_answers_are_read(tmp_path: Path) -> None:
    prepare(_jsonl(TRAIN[1:]), _jsonl(TEST), tmp_path)

    answers = [_read(tmp_path / f"{split}.jsonl")[0]["reference_answer"]["final_answer"] for split in ("train", "test")]
    assert answers == ["1200", "-6"]


def test_a_tenth_of_the_training_file_becomes_the_validation_split(tmp_path: Path) -> None:
    counts = prepare(_jsonl(TRAIN * 15), _jsonl(TEST), tmp_path)

    assert counts == {"train": 27, "validation": 3, "test": 1}


def test_preparing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    for folder in (first, second):
        prepare(_jsonl(TRAIN * 15), _jsonl(TEST), folder)

    assert (first / "train.jsonl").read_bytes() == (second / "train.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("not json", "JSONDecodeError", id="no JSON"),
        pytest.param('{"question": "1?"}', "KeyError 'answer'", id="no answer"),
        pytest.param('{"question": "1?", "answer": "one"}', "expected '#### <number>'", id="no marker"),
        pytest.param('{"question": "1?", "answer": "#### one"}', "expected '#### <number>'", id="no number"),
        pytest.param("[]", "TypeError", id="no object"),
    ],
)
def test_a_line_that_is_no_gsm8k_record_is_named(line: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(PrepareError, match=r"train\.jsonl, line 3") as raised:
        prepare(_jsonl(TRAIN) + line, _jsonl(TEST), tmp_path)

    assert reason in str(raised.value)


def test_a_missing_file_ends_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(tmp_path)])

    assert code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_failed_download_ends_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasets.prepare_gsm8k.SOURCE", "https://localhost:1")

    code = main(["--download", "--output", str(tmp_path)])

    assert code == 1
    assert "without a network" in capsys.readouterr().err


def test_the_files_of_a_folder_are_converted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "train.jsonl").write_text(_jsonl(TRAIN), encoding="utf-8")
    (tmp_path / "test.jsonl").write_text(_jsonl(TEST), encoding="utf-8")

    code = main([str(tmp_path), "--output", str(tmp_path / "out")])

    assert code == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out'}: 2 train, 0 validation, 1 test\n"
