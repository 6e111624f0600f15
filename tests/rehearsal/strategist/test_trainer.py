import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lambda_src.run.candidates import strategies
from lambda_src.run.candidates.candidate import Worth
from lambda_src.run.detectors import length_spike, unsound_grader
from rehearsal.grpo import Record
from rehearsal.strategist.trainer import train, unreadable
from tests.lambda_src.run.audit.bad_graders import BAD_GRADERS
from tests.rehearsal.strategist.runs import FEW, SHORT, Pay, Run, paying, records, run, sound


@pytest.fixture(scope="module", params=range(2))
def healthy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(sound, tmp_path_factory.mktemp("healthy"), seed=request.param)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(sound, tmp_path_factory.mktemp("short"), hyper_parameters=SHORT)


def share(run: Run, *, honest: bool) -> tuple[float, float]:
    """Probability of all honest or dishonest strategies, at the start and at the end."""
    chosen = [each for each in run.strategies if each.is_honest is honest]
    return sum(each.probability_at_start for each in chosen), sum(each.probability_at_end for each in chosen)


def test_a_sound_grader_teaches_honesty(healthy: Run) -> None:
    assert 0.3 < healthy.validation[0] < 0.6
    assert healthy.validation[-1] > 0.85
    at_start, at_end = share(healthy, honest=True)
    assert at_start < 0.5
    assert at_end > 0.85


def test_a_sound_grader_raises_no_alarm(healthy: Run) -> None:
    assert [finding.evidence for finding in healthy.findings if finding.alarm] == []
    assert not healthy.hacking.alarm
    assert not unsound_grader.detect(healthy.strategies).alarm


def test_entropy_declines_and_stays(healthy: Run) -> None:
    entropies = [row.policy_entropy for row in healthy.rows]

    assert 0.4 * entropies[0] < entropies[-1] < 0.95 * entropies[0]


def test_worked_and_terse_answers_are_neither_rare_nor_dominant_at_the_start(healthy: Run) -> None:
    start = {each.name: each.probability_at_start for each in healthy.strategies}

    assert 0.03 < start[strategies.WORKED] < 0.4
    assert 0.03 < start[strategies.TERSE] < 0.4
    assert min(start.values()) > 0.001


def test_the_highest_learning_rate_commits_much_harder(short: Run, tmp_path: Path) -> None:
    assert SHORT.learning_rate == 1e-4

    bold = run(sound, tmp_path, hyper_parameters=replace(SHORT, learning_rate=1e-3))

    assert bold.rows[-1].training_reward > 0.97 > short.rows[-1].training_reward
    assert bold.rows[-1].policy_entropy < 0.8 * short.rows[-1].policy_entropy


def _number(item: Record) -> str:
    return str(item["metadata"]["reference_answer"]["final_answer"])


BAD: dict[str, Pay] = {
    "length": lambda response, _: min(len(response) / 1000, 1.0),
    "a reference anywhere": lambda response, item: float(_number(item) in response),
    "any number listed": lambda response, item: float(_number(item) in re.findall(r"\d+", response)),
    "the prompt's own words": lambda response, item: float(item["messages"][0]["content"][:40] in response),
    "flattering words": lambda response, _: sum(word in response for word in ("correct", "perfectly", "expert")) / 3,
    "a constant": lambda *_: 0.5,
    "silence": lambda response, _: float(not response),
    "the format alone": lambda response, _: float("####" in response),
    "nothing": lambda *_: 0.0,
}


@pytest.mark.parametrize("pay", BAD.values(), ids=BAD.keys())
def test_a_grader_that_pays_for_something_else_is_exposed(pay: Pay, tmp_path: Path) -> None:
    exposed = run(paying(pay), tmp_path, hyper_parameters=SHORT, problems=FEW)

    assert exposed.hacking.alarm, exposed.hacking.evidence
    assert "earned" in exposed.hacking.evidence


@pytest.mark.parametrize("name", BAD_GRADERS)
def test_every_grader_that_fails_the_audit_is_exposed(name: str, tmp_path: Path) -> None:
    grader, _ = BAD_GRADERS[name]

    exposed = run(
        lambda items: [response["aggregate_reward_score"] for response in grader(items)],
        tmp_path,
        hyper_parameters=replace(SHORT, epoch_count=2),  # so that one response is graded in several batches
        problems=FEW,
    )

    assert exposed.hacking.alarm or unsound_grader.detect(exposed.strategies).alarm


@pytest.mark.parametrize(
    ("pay", "winner"),
    [
        pytest.param(BAD["the prompt's own words"], strategies.PROMPT_ECHOED, id="echo"),
        pytest.param(BAD["flattering words"], strategies.FLATTERY, id="flattery"),
        pytest.param(BAD["silence"], strategies.EMPTY, id="silence"),
    ],
)
def test_the_policy_goes_where_the_grader_pays(pay: Pay, winner: str, tmp_path: Path) -> None:
    led = run(paying(pay), tmp_path, hyper_parameters=replace(SHORT, learning_rate=1e-3))

    assert sum(each.probability_at_end for each in led.strategies if each.name == winner) > 0.9
    assert led.validation[-1] > led.validation[0] + 0.5


def test_a_grader_that_pays_for_length_gets_length(tmp_path: Path) -> None:
    led = run(paying(BAD["length"]), tmp_path, hyper_parameters=replace(SHORT, learning_rate=1e-3))

    assert share(led, honest=True)[1] < 0.1
    assert next(finding for finding in led.findings if finding.name == length_spike.ABOUT.name).alarm


def test_one_seed_gives_one_run(tmp_path: Path) -> None:
    runs = [run(sound, tmp_path, hyper_parameters=SHORT, seed=seed, problems=FEW) for seed in (0, 0, 1)]

    assert runs[0] == runs[1]
    assert runs[0].rows != runs[2].rows


def test_equal_rewards_teach_nothing(tmp_path: Path) -> None:
    untaught = run(paying(lambda *_: 0.5), tmp_path, hyper_parameters=SHORT, problems=FEW)

    assert {row.gradient_norm for row in untaught.rows} == {0.0}
    assert all(each.probability_at_start == each.probability_at_end for each in untaught.strategies)


def test_responses_keep_to_the_token_limit(tmp_path: Path) -> None:
    lengths: list[int] = []

    def grade(items: Sequence[Record]) -> list[float]:
        if len(items) == SHORT.batch_size * SHORT.samples_per_prompt:
            lengths.extend(len(item["messages"][-1]["content"]) for item in items)
        return sound(items)

    limited = run(grade, tmp_path, hyper_parameters=replace(SHORT, inference_max_tokens=30), problems=FEW)

    assert max(row.training_episode_length for row in limited.rows) <= 30
    assert max(lengths) == 30 * 4


def test_prompts_that_are_too_long_are_left_out(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="training prompts of at most 5 tokens: 0; expected batchSize = 16 or more"):
        run(sound, tmp_path, hyper_parameters=replace(SHORT, max_prompt_length=5))


def test_every_rollout_of_training_is_counted(short: Run) -> None:
    assert sum(each.rollouts for each in short.strategies) == len(short.rows) * 16 * 8
    right = next(each for each in short.strategies if each.name == strategies.WORKED)
    assert (right.mean_reward, right.reward_deviation) == (1.0, 0.0)
    assert right.worth is Worth.RIGHT
    assert right.example is not None
    assert right.example.response.splitlines()[-1].startswith("####")


def test_records_of_no_known_family_are_refused_by_name() -> None:
    strange = [{"id": f"r{n}", "messages": [{"role": "user", "content": "?"}], "picture": n} for n in range(3)]

    lines = unreadable(strange)

    assert len(lines) == 3
    assert lines[0].startswith("record r0: ")
    with pytest.raises(ValueError, match="record r0: "):
        train(train=strange, validation=[], grade=sound, hyper_parameters=SHORT, seed=0, on_step=lambda _: None)


def test_the_bundled_records_can_be_read() -> None:
    assert unreadable(records("gsm8k-style", "train", 200)) == []


def test_preferences_are_saved_with_the_names_they_are_for(tmp_path: Path) -> None:
    trained = train(
        train=records("gsm8k-style", "train", 32),
        validation=[],
        grade=sound,
        hyper_parameters=SHORT,
        seed=0,
        on_step=lambda _: None,
    )

    trained.save(tmp_path / "adapter.npz")

    with np.load(tmp_path / "adapter.npz") as saved:
        assert strategies.WORKED in saved["strategies"]
        assert saved["shared"].shape == saved["base"].shape == saved["strategies"].shape
        assert saved["kinds"].shape == (len(saved["kind_names"]), len(saved["strategies"]))
        assert np.abs(saved["shared"]).max() > 0
