import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from lambda_src.reward.batched import NEVER, Deadline, Judgement
from lambda_src.reward.options import OptionError, checked
from lambda_src.reward.rewards import judge
from lambda_src.reward.rewards._judge import batch as _judge_batch
from lambda_src.reward.rewards._judge import call as _judge_call
from lambda_src.reward.rewards._judge.call import JudgeRefusedError
from lambda_src.reward.rewards._judge.rubric import known_rubrics, load
from lambda_src.reward.rollout import RecordError, Rollout, TransientError
from lambda_src.reward.rubric import Rubric, RubricError
from tests.lambda_src.reward.rewards.conftest import answer, verdict

NOVA = "amazon.nova-pro-v1:0"
FOLLOWING = "instruction-following"
FULL: dict[str, Any] = {"instructions": 5, "correctness": 5, "clarity": 5}
ANY = {"fields": {"label": "spam"}, "rationale": "It sells."}

Ask = Callable[[Callable[..., Any]], None]


def rollout(name: str = "r1", response: str = "Paris.") -> Rollout:
    fields = {"reference_answer": ANY}
    return Rollout(name, response, reference="Paris it is.", prompt="Capital of France?", fields=fields)


def score(*rollouts: Rollout, deadline: Deadline = NEVER, **options: Any) -> list[Judgement | RecordError]:
    defaults: dict[str, Any] = {"rubric": FOLLOWING, "model": NOVA, "concurrency": 1}
    return judge.score(rollouts or [rollout()], deadline, **(defaults | options))


def values(judgements: Sequence[Judgement | RecordError]) -> list[float | str]:
    return [one.value if isinstance(one, Judgement) else str(one) for one in judgements]


def metric(judgement: Judgement | RecordError, name: str) -> float | None:
    assert isinstance(judgement, Judgement)
    return judgement.metrics.get(name)


def test_the_value_is_the_weighted_mean_of_the_marks(judge: Stubber) -> None:
    judge.add_response("converse", verdict(instructions=5, correctness=3, clarity=1))

    (judgement,) = score()

    assert values([judgement]) == [pytest.approx(0.5 * 1 + 0.35 * 0.5 + 0.15 * 0)]
    assert metric(judgement, "instruction-following.correctness") == 0.5


@pytest.mark.parametrize(("mark", "value"), [(5, 1.0), (1, 0.0)], ids=["highest", "lowest"])
@pytest.mark.parametrize("rubric", [name for name in known_rubrics() if load(name).mode == "scores"])
def test_full_marks_are_worth_exactly_one_and_the_lowest_nothing(
    judge: Stubber, rubric: str, mark: int, value: float
) -> None:
    marks: dict[str, Any] = {one.name: mark for one in load(rubric).criteria}
    judge.add_response("converse", verdict(**marks))

    assert values(score(rubric=rubric)) == [value]


@pytest.mark.parametrize("structure", ["tool", "json_schema"])
@pytest.mark.parametrize("rubric", known_rubrics())
@pytest.mark.parametrize(
    "model",
    [
        pytest.param(NOVA, id="Nova"),
        pytest.param("us.anthropic.claude-haiku-4-5-20251001-v1:0", id="Claude through a profile"),
        pytest.param("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123", id="ARN"),
        pytest.param("local.judge", id="stand-in"),
    ],
)
def test_every_request_is_one_that_the_api_takes(judge: Stubber, model: str, rubric: str, structure: str) -> None:
    judge.add_client_error("converse", "AccessDeniedException", "reached the service", 403)

    with pytest.raises(JudgeRefusedError, match="reached the service"):
        score(model=model, rubric=rubric, structure=structure)


def test_models_that_refuse_a_temperature_are_asked_without(ask: Ask) -> None:
    seen = recorded(ask, verdict(**FULL), verdict(**FULL))

    score()
    score(temperature=None)

    assert [request["inferenceConfig"] for request in seen] == [
        {"maxTokens": 1000, "temperature": 0.0},
        {"maxTokens": 1000},
    ]


def test_one_criterion_can_stand_for_all_and_costs_no_call_of_its_own(judge: Stubber) -> None:
    judge.add_response("converse", verdict(instructions=5, correctness=2, clarity=4))

    found = [score(criterion=name)[0] for name in ("instructions", "correctness", "clarity")]

    assert values(found) == [1.0, 0.25, 0.75]


def test_equal_responses_are_judged_once_and_their_cost_is_told_once(judge: Stubber) -> None:
    judge.add_response("converse", verdict(**FULL, tokens=(900, 60)))

    first, second = score(rollout("a"), rollout("b"))
    (third,) = score(rollout("c"))

    assert values([first, second, third]) == [1.0, 1.0, 1.0]
    assert metric(first, "judgeInputTokens") == 900
    assert metric(first, "judgeOutputTokens") == 60
    assert metric(second, "judgeInputTokens") is None
    assert metric(third, "judgeInputTokens") is None


def test_the_reasoning_is_kept(judge: Stubber) -> None:
    judge.add_response("converse", verdict(**FULL, reasoning="It names the capital."))

    (judgement,) = score()

    assert isinstance(judgement, Judgement)
    assert judgement.reason == "It names the capital."


def test_what_the_judge_says_beside_the_tool_is_not_read(judge: Stubber) -> None:
    call = verdict(instructions=1, correctness=1, clarity=1)["output"]["message"]["content"]
    judge.add_response("converse", answer([{"text": '<thinking>{"instructions": 5}</thinking>'}, *call], "tool_use"))

    assert values(score()) == [0.0]


@pytest.mark.parametrize(
    "unreadable",
    [
        pytest.param(verdict(instructions=7, correctness=5, clarity=5), id="mark out of range"),
        pytest.param(verdict(instructions=5, correctness=5), id="mark missing"),
        pytest.param(verdict(**FULL, stop="max_tokens"), id="cut off"),
        pytest.param(answer([{"text": '{"instructions": 5, "correctness": 5, "clarity": 5}'}]), id="no tool called"),
    ],
)
def test_an_answer_that_cannot_be_read_is_asked_for_again(judge: Stubber, unreadable: dict[str, Any]) -> None:
    judge.add_response("converse", unreadable)
    judge.add_response("converse", verdict(**FULL, tokens=(950, 40)))

    (judgement,) = score()

    assert values([judgement]) == [1.0]
    assert metric(judgement, "judgeInputTokens") == 900 + 950
    assert metric(judgement, "judgeOutputTokens") == 60 + 40


def test_the_second_try_says_what_was_wrong_with_the_first(ask: Ask) -> None:
    seen = recorded(ask, verdict(), verdict(**FULL))

    score()

    first, second = (request["messages"][0]["content"] for request in seen)
    assert second[: len(first)] == first
    assert "could not be read" in second[-1]["text"]


def test_without_a_verdict_in_three_tries_a_response_costs_itself_alone(judge: Stubber) -> None:
    for _ in range(3):
        judge.add_response("converse", verdict(instructions=6, correctness=5, clarity=5))
    judge.add_response("converse", verdict(**FULL))

    broken, fine = score(rollout("r1", "Rome."), rollout("r2"))

    assert isinstance(broken, RecordError)
    assert str(broken) == (
        f"rollout r1: judge {NOVA} gave no verdict in 3 tries: instructions is 6; expected one of 1, 2, 3, 4, 5"
    )
    assert values([fine]) == [1.0]


def test_a_model_that_fails_on_a_request_is_asked_again(judge: Stubber) -> None:
    message = "The model produced an invalid sequence as part of ToolUse."
    judge.add_client_error("converse", "ModelErrorException", message, 424)
    judge.add_response("converse", verdict(**FULL))

    assert values(score()) == [1.0]


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 429), ("ModelTimeoutException", 408), ("InternalServerException", 500), ("Odd", 503)],
)
def test_trouble_that_may_pass_is_waited_for(judge: Stubber, code: str, status: int) -> None:
    judge.add_client_error("converse", code, "later", status)
    judge.add_response("converse", verdict(**FULL))

    assert values(score()) == [1.0]


def test_a_throttled_batch_is_tried_again_and_what_was_judged_is_kept(judge: Stubber) -> None:
    judge.add_response("converse", verdict(**FULL))
    for _ in range(6):
        judge.add_client_error("converse", "ThrottlingException", "Too many tokens", 429)
    batch = [rollout("r1"), rollout("r2", "Rome.")]

    with pytest.raises(TransientError, match="failed 6 times, at last with ThrottlingException: Too many tokens"):
        score(*batch)

    judge.add_response("converse", verdict(instructions=1, correctness=1, clarity=1))
    assert values(score(*batch)) == [1.0, 0.0]
    judge.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("AccessDeniedException", 403, "not authorized to perform: bedrock:InvokeModel"),
        ("ResourceNotFoundException", 404, "Could not resolve the foundation model"),
        ("ValidationException", 400, "The provided model identifier is invalid."),
    ],
)
def test_a_judge_that_cannot_be_asked_fails_the_batch_at_the_first_call(
    judge: Stubber, code: str, status: int, message: str
) -> None:
    judge.add_client_error("converse", code, message, status)

    with pytest.raises(JudgeRefusedError, match=f"judge {NOVA} cannot be asked: {code}: {message}"):
        score(*(rollout(f"r{n}", f"Answer {n}.") for n in range(20)))

    judge.assert_no_pending_responses()


def test_a_refused_temperature_is_explained(judge: Stubber) -> None:
    judge.add_client_error("converse", "ValidationException", "`temperature` is deprecated for this model.", 400)

    with pytest.raises(JudgeRefusedError, match="need the option temperature: null"):
        score()


def test_missing_credentials_fail_the_batch(ask: Ask) -> None:
    def nobody(**_: Any) -> Any:
        raise NoCredentialsError

    ask(nobody)

    with pytest.raises(JudgeRefusedError, match="Unable to locate credentials"):
        score()


def test_a_lost_connection_is_waited_for(ask: Ask) -> None:
    calls = itertools.count()

    def shaky(**_: Any) -> Any:
        if next(calls) == 0:
            raise EndpointConnectionError(endpoint_url="https://bedrock-runtime")
        return verdict(**FULL)

    ask(shaky)

    assert values(score()) == [1.0]


def test_a_response_that_is_too_long_for_the_judge_costs_itself_alone(judge: Stubber) -> None:
    judge.add_client_error("converse", "ValidationException", "Input is too long for requested model.", 400)
    judge.add_response("converse", verdict(**FULL))

    long, fine = score(rollout("r1", "x" * 90_000), rollout("r2"))

    assert "Input is too long" in str(long)
    assert values([fine]) == [1.0]


def test_no_call_begins_with_less_time_left_than_it_takes(ask: Ask) -> None:
    calls: list[Any] = []
    ask(lambda **request: calls.append(request))

    with pytest.raises(TransientError, match="asking the judge"):
        score(deadline=Deadline.after(_judge_call.CALL_SECONDS - 1))

    assert calls == []


def test_known_verdicts_need_no_time(judge: Stubber) -> None:
    judge.add_response("converse", verdict(**FULL))
    score()

    assert values(score(deadline=Deadline.after(0.1))) == [1.0]


def test_a_judge_that_hangs_is_not_waited_for_beyond_the_deadline(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (_judge_batch, _judge_call):
        monkeypatch.setattr(module, "CALL_SECONDS", 0.05)
    release = threading.Event()
    ask(lambda **_: release.wait(10) and verdict(**FULL))

    with pytest.raises(TransientError, match="not answered in time"):
        score(deadline=Deadline.after(0.2))

    release.set()


def test_calls_run_side_by_side_up_to_the_limit(ask: Ask) -> None:
    together = threading.Barrier(4, timeout=5)

    def meet(**_: Any) -> Any:
        together.wait()
        return verdict(**FULL)

    ask(meet)

    found = score(*(rollout(f"r{n}", f"Answer {n}.") for n in range(8)), concurrency=4)

    assert values(found) == [1.0] * 8


def test_an_empty_response_is_worth_nothing_and_not_shown_to_the_judge(judge: Stubber) -> None:
    assert values(score(rollout("r1", " \n"))) == [0.0]
    judge.assert_no_pending_responses()


def test_a_record_without_what_the_judge_is_to_see_is_named() -> None:
    (missing,) = score(Rollout("r1", "It is spam.", prompt="Spam?"), rubric="moderation")

    assert isinstance(missing, RecordError)
    assert str(missing).startswith("rollout r1: no reference_answer, which rubric moderation shows to the judge")


def test_repeated_verdicts_are_averaged_and_each_lists_the_criteria_in_another_order(ask: Ask) -> None:
    orders: list[list[str]] = []

    def by_place(**request: Any) -> Any:
        schema = request["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]
        names = list(schema["properties"])[1:]
        orders.append(names)
        marks: dict[str, Any] = {name: 5 if place == 0 else 1 for place, name in enumerate(names)}
        return verdict(**marks)

    ask(by_place)

    found = score(repeats=3, rubric=FOLLOWING)

    assert {order[0] for order in orders} == {"instructions", "correctness", "clarity"}
    assert values(found) == [pytest.approx(1 / 3)]


@pytest.mark.parametrize(
    ("decide", "value"),
    [
        pytest.param(lambda first, _: "first" if first == "Paris." else "second", 1.0, id="better"),
        pytest.param(lambda first, _: "second" if first == "Paris." else "first", 0.0, id="worse"),
        pytest.param(lambda *_: "tie", 0.5, id="as good"),
        pytest.param(lambda *_: "first", 0.5, id="a judge that likes the first place"),
    ],
)
def test_a_comparison_is_asked_in_both_orders(ask: Ask, decide: Callable[[str, str], str], value: float) -> None:
    def compare(**request: Any) -> Any:
        first, second = pair(request)
        return verdict(verdict=decide(first, second))

    ask(compare)

    assert values(score(rubric="pairwise")) == [value]


def test_the_same_text_as_the_one_compared_with_is_a_tie_without_asking(judge: Stubber) -> None:
    assert values(score(rollout("r1", "Paris it is."), rubric="pairwise")) == [0.5]
    judge.assert_no_pending_responses()


def test_a_judge_behind_a_closed_gate_is_not_asked(judge: Stubber) -> None:
    judge.add_response("converse", verdict(**FULL))
    options = {"rubric": FOLLOWING, "model": NOVA}
    rubric = Rubric.from_config(
        [
            {"function": "text.max_words", "gate": 1, "options": {"words": 3}},
            {"function": "judge.score", "weight": 1, "options": options},
        ]
    )

    scores = rubric.grade([item("r1", "Paris."), item("r2", "It must be Paris, I think.")])

    assert [one.reward for one in scores] == [1.0, 0.0]
    assert scores[0].reasons == {"judge.score": "Because."}
    judge.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"rubric": "poetry"}, r"rubric: no rubric 'poetry'; expected one of", id="unknown rubric"),
        pytest.param({"criterion": "wit"}, r"criterion: 'wit'; expected one of instructions", id="unknown criterion"),
        pytest.param(
            {"rubric": "pairwise", "criterion": "clarity"}, "expected none in pairwise mode", id="criterion of a pair"
        ),
        pytest.param({"concurrency": 1000}, "concurrency: 1000; expected 32 at most", id="too many calls"),
        pytest.param({"temperature": 1.5}, "temperature: 1.5; expected a number from 0 to 1", id="too hot"),
        pytest.param({"structure": "xml"}, "structure: 'xml'; expected one of tool, json_schema", id="structure"),
    ],
)
def test_options_that_cannot_work_are_refused_before_anything_is_graded(
    options: dict[str, Any], complaint: str
) -> None:
    entry = {
        "function": "judge.score",
        "weight": 1,
        "options": {"rubric": FOLLOWING, "model": NOVA} | options,
    }

    with pytest.raises(RubricError, match=complaint):
        Rubric.from_config([entry])


def test_a_judge_without_a_model_is_refused() -> None:
    with pytest.raises(OptionError, match="missing"):
        checked(judge.score, {"rubric": FOLLOWING})


def test_the_family_is_imported_without_the_sdk() -> None:
    code = "import sys, lambda_src.reward.rewards.judge; print([m for m in ('boto3', 'botocore') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def recorded(ask: Ask, *answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The requests that are made from here on, answered in order."""
    seen: list[Mapping[str, Any]] = []
    left = iter(answers)

    def converse(**request: Any) -> Mapping[str, Any]:
        seen.append(request)
        return next(left)

    ask(converse)
    return seen


def pair(request: Mapping[str, Any]) -> tuple[str, str]:
    document = request["messages"][0]["content"][0]["text"].split("\n", 1)[1].rsplit("\n", 1)[0]
    material = json.loads(document)
    return material["first"], material["second"]


def item(name: str, response: str) -> dict[str, Any]:
    return {
        "id": name,
        "messages": [{"role": "user", "content": "Capital?"}, {"role": "assistant", "content": response}],
        "metadata": {"reference_answer": "Paris it is."},
    }
