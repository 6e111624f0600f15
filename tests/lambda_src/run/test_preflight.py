import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rollout import TransientError
from lambda_src.run.audit import grading
from lambda_src.run.preflight import Preflight, PreflightError, preflight
from lambda_src.run.preflight.refusal import LENGTH, paragraph
from tests.lambda_src.run.audit import bad_graders
from tests.lambda_src.run.audit.bad_graders import Items, sound
from tests.lambda_src.run.audit.deployed import deployed
from tests.lambda_src.run.objects import Objects
from tests.lambda_src.run.probe.pupils import Pupil, error
from tests.lambda_src.run.stubs import RUN, Aws

MATHS = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
NAME = "gsm8k-dev-0123456789ab-aaaaaa"
TRAIN, VALIDATION = "s3://data/hash/train.jsonl", "s3://data/hash/validation.jsonl"
REPORT, ROLLOUTS = f"s3://runs/preflight/{NAME}/report.json", f"s3://runs/preflight/{NAME}/rollouts.jsonl"
PROBE = {"deploy": "refuse", "model": "base", "prompts": 16, "samples": 4, "temperature": 0.6}


def record(number: int) -> dict[str, Any]:
    answer = {"final_answer": str(number + 7), "solution": f"{number} + 7 = {number + 7}"}
    messages = [{"role": "user", "content": f"What is {number} + 7? Put the final answer after ####."}]
    return {"id": f"r{number}", "messages": messages, "reference_answer": answer}


def lines(*records: object, count: int = 100, first: int = 0) -> bytes:
    each = [*records, *map(record, range(first, first + count - len(records)))]
    return b"".join(json.dumps(one).encode() + b"\n" for one in each)


def unasked(*_: Any, **__: Any) -> Any:
    raise AssertionError("this is not to be asked")


@dataclass
class Deploy:
    """What a preflight meets."""

    objects: Objects = field(default_factory=lambda: Objects({TRAIN: lines()}))
    grade: Callable[[Items], Any] = sound
    converse: Callable[..., Any] = unasked
    deadline: Deadline | None = None

    def client(self, service: str) -> Any:
        if service == "lambda":
            return deployed(self.grade)
        return self.objects.client if service == "s3" else SimpleNamespace(converse=self.converse)

    def check(self, **changes: Any) -> Preflight:
        given = {} if self.deadline is None else {"deadline": self.deadline}
        return preflight(RUN | {"rubric": MATHS} | changes, NAME, client=self.client, bucket="runs", **given)

    def refusal(self, **changes: Any) -> str:
        with pytest.raises(PreflightError) as raised:
            self.check(**changes)
        return str(raised.value)

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.objects.contents[REPORT]))

    def rollouts(self) -> Iterator[Mapping[str, Any]]:
        return map(json.loads, self.objects.contents[ROLLOUTS].splitlines())


@pytest.fixture
def deploy() -> Deploy:
    return Deploy()


class TestCourse:
    def test_good_data_and_a_good_grader_pass_with_summaries_for_the_record(self, deploy: Deploy) -> None:
        found = deploy.check()

        assert found.audit["passed"]
        assert found.audit["records"] == 32
        assert {rule["verdict"] for rule in found.audit["rules"]} == {"passed"}
        assert found.summary["report"] == REPORT
        assert found.summary["dataset"]["files"] == {
            "train": {"records": 100, "sha256": hashlib.sha256(lines()).hexdigest()}
        }
        assert found.summary["dataset"]["promptTokens"]["total"] == 100
        assert found.summary["probe"] is None

    def test_the_size_of_the_job_is_that_of_the_deployed_data(self, deploy: Deploy) -> None:
        deploy.objects.contents[VALIDATION] = lines(count=10, first=100)

        found = deploy.check(
            dataset={"train": TRAIN, "validation": VALIDATION},
            hyperParameters={"epochCount": 2, "batchSize": 20, "trainingSamplePerPrompt": 4, "evalInterval": 5},
        )

        assert found.audit["latency"]["jobRollouts"] == 10 * 20 * 4 + 3 * 10

    def test_what_goes_with_a_run_is_small(self, deploy: Deploy) -> None:
        """The state of an execution holds 256 KB; request and run are in it too."""
        deploy.converse = Pupil(lambda number: number % 3 / 2)
        deploy.objects.contents[TRAIN] = lines(
            *({**record(number), "x" * number: "\u0107" * 500} for number in range(100))
        )

        found = deploy.check(probe=PROBE | {"deploy": "warn"})

        assert len(json.dumps([found.audit, found.summary])) < 10_000

    def test_when_time_is_short_what_was_graded_is_judged_and_the_summary_says_so(self, deploy: Deploy) -> None:
        _Clock.looks = 4
        deploy.deadline = _Clock(0.0)

        audit = deploy.check().audit

        assert audit["records"] == 2
        assert {rule["verdict"] for rule in audit["rules"]} == {"passed", "not tried"}
        assert "stopped after 64 of" in audit["notes"][0]

    def test_a_reason_is_one_line_and_ends_with_the_place_of_the_report(self, deploy: Deploy) -> None:
        deploy.objects.contents[TRAIN] = (b"{}" + b"x" * 10_000 + b"\n") * 1000

        reason = deploy.refusal()

        assert "\n" not in reason
        assert reason.endswith(f"The whole report: {REPORT}")

    def test_a_long_reason_is_cut_and_the_place_of_the_report_is_not(self) -> None:
        where = f"The whole report: {REPORT}"

        reason = paragraph("line 1: messages is empty; " * 500, where)

        assert len(reason) <= LENGTH
        assert reason.endswith(f" ... {where}")

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param("\u95ee\u9898 " * 1_000, id="words of three bytes a letter"),
            pytest.param("no records, " + "\N{GRINNING FACE}" * 400, id="letters of four bytes"),
        ],
    )
    def test_a_long_reason_is_cut_by_the_bytes_that_cloudformation_counts(self, said: str) -> None:
        where = f"The whole report: {REPORT}"

        reason = paragraph(said, where)

        assert len(reason.encode()) <= LENGTH
        assert reason.startswith("Training was not started: ")
        assert reason.endswith(f" {where}")


class TestRecords:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            pytest.param(lines(count=99), "train.jsonl: 99 records; expected 100", id="99 records"),
            pytest.param(lines() + b"{\n", "train.jsonl line 101: is not", id="no JSON"),
            pytest.param(
                lines(record(0), {"messages": record(0)["messages"]}),
                "train.jsonl line 2: reference_answer",
                id="no reference",
            ),
        ],
    )
    def test_that_cannot_be_used_are_refused_before_the_grader_is_asked(
        self, deploy: Deploy, content: bytes, reason: str
    ) -> None:
        deploy.objects.contents[TRAIN] = content
        deploy.grade = unasked

        refusal = deploy.refusal()

        assert refusal.startswith("Training was not started: the dataset cannot be used. train.jsonl")
        assert reason in refusal

    def test_without_references_are_enough_for_a_reward_that_reads_none(self, deploy: Deploy) -> None:
        deploy.objects.contents[TRAIN] = lines(*({"messages": record(number)["messages"]} for number in range(100)))

        assert "the dataset cannot be used" not in deploy.refusal(references="none")

    def test_that_may_not_be_read_are_refused_with_their_uri(self, deploy: Deploy) -> None:
        deploy.objects.denied["GetObject"] = "not authorized to perform: s3:GetObject"

        reason = deploy.refusal()

        assert TRAIN in reason
        assert "s3:GetObject" in reason

    def test_of_the_validation_file_are_checked_too(self, deploy: Deploy) -> None:
        deploy.objects.contents[VALIDATION] = b"{"
        deploy.grade = unasked

        assert "validation.jsonl line 1" in deploy.refusal(dataset={"train": TRAIN, "validation": VALIDATION})

    def test_that_are_odd_are_counted_in_the_summary_and_named_in_the_report(self, deploy: Deploy) -> None:
        again = {**record(0), "id": "again"}
        deploy.objects.contents[TRAIN] = lines(again, first=0, count=101)

        warnings = deploy.check().summary["dataset"]["warnings"]

        found = deploy.report["dataset"]
        shown = [
            one["rule"] for one in (*found["files"][0]["findings"]["shown"], *found["content"]["findings"]["shown"])
        ]
        assert warnings
        assert set(warnings) == set(shown)


class TestPinnedRecords:
    """They lie in a bucket of somebody else's; the deploy copies what it has checked."""

    SOURCE = "s3://theirs/2026/train.jsonl"

    def test_are_checked_and_copied_to_where_the_job_reads_them(self, deploy: Deploy) -> None:
        deploy.objects.contents = {self.SOURCE: lines()}

        found = deploy.check(pinned=self.pin(lines()))

        assert deploy.objects.contents[TRAIN] == lines()
        assert found.summary["dataset"]["files"]["train"] == {
            "records": 100,
            "sha256": hashlib.sha256(lines()).hexdigest(),
            "source": self.SOURCE,
        }

    def test_of_other_content_than_pinned_are_refused_and_not_copied(self, deploy: Deploy) -> None:
        deploy.objects.contents = {self.SOURCE: lines()}
        deploy.grade = unasked

        reason = deploy.refusal(pinned=self.pin(b"other"))

        assert f"{self.SOURCE}: the SHA-256 of its content is {hashlib.sha256(lines()).hexdigest()}" in reason
        assert TRAIN not in deploy.objects.contents

    def test_that_cannot_be_used_are_refused_by_their_own_name_and_not_copied(self, deploy: Deploy) -> None:
        deploy.objects.contents = {self.SOURCE: lines() + b"{\n"}

        assert f"{self.SOURCE} line 101" in deploy.refusal(pinned=self.pin(lines() + b"{\n"))
        assert TRAIN not in deploy.objects.contents

    def test_that_may_not_be_copied_are_refused_before_the_grader_is_asked(self, deploy: Deploy) -> None:
        deploy.objects.contents = {self.SOURCE: lines()}
        deploy.objects.denied["CopyObject"] = "not authorized to perform: s3:PutObject"
        deploy.grade = unasked

        assert "s3:PutObject" in deploy.refusal(pinned=self.pin(lines()))

    def pin(self, content: bytes) -> dict[str, Any]:
        return {"train": {"uri": self.SOURCE, "sha256": hashlib.sha256(content).hexdigest()}}


class TestGrader:
    def test_is_asked_in_batches_that_a_lambda_takes(self, deploy: Deploy) -> None:
        sizes = []

        def grade(items: Items) -> Any:
            sizes.append(len(items))
            return sound(items)

        deploy.grade = grade
        deploy.check()

        assert max(sizes) == 16

    def test_gets_every_item_as_bedrock_sends_it(self, deploy: Deploy) -> None:
        seen: list[Any] = []

        def grade(items: Items) -> Any:
            seen.extend(items)
            return sound(items)

        deploy.grade = grade
        deploy.check()

        assert seen[0]["id"] == "preflight/0/0"
        assert [message["role"] for message in seen[0]["messages"]] == ["user", "assistant"]
        assert seen[0]["metadata"] == {"reference_answer": record(0)["reference_answer"]}

    def test_that_raises_is_refused_with_its_error(self, deploy: Deploy) -> None:
        def grade(_: Items) -> Any:
            raise ImportError("Unable to import module 'handler'")

        deploy.grade = grade

        assert "GraderError: ImportError: Unable to import module 'handler'" in deploy.refusal()

    @pytest.mark.parametrize(
        ("payload", "reason"),
        [
            pytest.param({"errorMessage": "Task timed out after 3.00 seconds"}, "Task timed out", id="time-out"),
            pytest.param(b"\xff oops", "oops", id="not JSON"),
            pytest.param(["odd"], "odd", id="not an object"),
        ],
    )
    def test_with_any_function_error_is_refused_with_what_it_says(
        self, deploy: Deploy, aws: Aws, payload: object, reason: str
    ) -> None:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        aws.answer("lambda", "invoke", {"Payload": io.BytesIO(body), "FunctionError": "Unhandled"})

        assert reason in _refusal_of(deploy, aws)

    def test_that_may_not_be_invoked_is_refused_with_the_permission(self, deploy: Deploy, aws: Aws) -> None:
        aws.error("lambda", "invoke", "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction")

        assert "lambda:InvokeFunction" in _refusal_of(deploy, aws)

    def test_that_does_not_answer_is_refused_by_its_name(
        self, deploy: Deploy, aws: Aws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hang(**_: Any) -> Any:
            raise ReadTimeoutError(endpoint_url="https://lambda")

        monkeypatch.setattr(aws.client("lambda"), "invoke", hang)

        assert f"{RUN['graderArn']} could not be invoked: Read timeout" in _refusal_of(deploy, aws)

    def test_whose_judge_is_throttled_for_a_moment_does_not_refuse_the_run(
        self, deploy: Deploy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(grading, "_PAUSE_SECONDS", 0)
        throttled = iter([True, False, True])

        def grade(items: Items) -> Any:
            if next(throttled, False):
                raise TransientError("the judge is throttled")
            return sound(items)

        deploy.grade = grade

        assert deploy.check().audit["passed"]

    def test_that_pays_wrong_answers_is_refused_with_rule_record_strategy_and_reward(self, deploy: Deploy) -> None:
        deploy.grade = bad_graders.tolerant_of_wrong

        reason = deploy.refusal()

        assert "breaks wrong-answer-earns-less on a sample of 32 records" in reason
        assert "record r0, near miss: earns 1; expected less than the 1 of the right answer" in reason

    def test_may_break_a_waived_rule_and_the_summary_says_so(self, deploy: Deploy) -> None:
        deploy.grade = bad_graders.tolerant_of_wrong

        audit = deploy.check(waive={"wrong-answer-earns-less": "Close is good enough here."}).audit

        (rule,) = (rule for rule in audit["rules"] if rule["rule"] == "wrong-answer-earns-less")
        assert rule["verdict"] == "waived"
        assert "Close is good enough here." in rule["reason"]

    def test_that_could_not_be_tried_is_refused(self, deploy: Deploy) -> None:
        deploy.grade, deploy.deadline = unasked, Deadline.after(-1)

        reason = deploy.refusal()

        assert "could not be tried: stopped after 0 of" in reason
        assert "the grader is too slow" in reason

    def test_with_an_unknown_reward_function_is_refused(self, deploy: Deploy) -> None:
        reason = deploy.refusal(rubric=[{"function": "no.such", "weight": 1}])

        assert reason.startswith("Training was not started: the grader cannot be used.")
        assert "unknown function 'no.such'" in reason


class TestBaseModel:
    """Sampled where the project says so; ``Pupil`` answers rightly as often as it is told."""

    @pytest.mark.parametrize("way", ["warn", "refuse"])
    def test_that_can_be_taught_passes_and_is_described(self, deploy: Deploy, way: str) -> None:
        deploy.converse = Pupil(lambda _: 0.5)

        summary = deploy.check(probe=PROBE | {"deploy": way}).summary

        assert summary["probe"]["verdict"]["name"] == "good"
        assert summary["notes"] == []

    def test_is_asked_as_the_job_would_ask_it(self, deploy: Deploy) -> None:
        deploy.converse = pupil = Pupil(lambda _: 0.5)

        deploy.check(probe=PROBE, hyperParameters={"inferenceMaxTokens": 77, "reasoningEffort": "low"})

        request = pupil.requests[0]
        assert len(pupil.requests) == 16 * 4
        assert request["modelId"] == "base"
        assert request["inferenceConfig"] == {"maxTokens": 77, "temperature": 0.6}
        assert request["requestMetadata"].items() >= {"project": "gsm8k", "stage": "dev", "run": "0123456789ab"}.items()
        assert request["additionalModelRequestFields"]["reasoningConfig"]["maxReasoningEffort"] == "low"

    def test_leaves_its_responses_with_what_they_earned(self, deploy: Deploy) -> None:
        deploy.converse = Pupil(lambda _: 0.5)

        deploy.check(probe=PROBE)

        rollouts = list(deploy.rollouts())
        assert len(rollouts) == 16 * 4
        assert {rollout["reward"] for rollout in rollouts} == {0.1, 1.0}
        assert deploy.report["rollouts"] == ROLLOUTS
        assert deploy.report["probe"]["responses"] == len(rollouts)

    BAD = pytest.mark.parametrize(
        ("rate", "verdict"),
        [
            pytest.param(lambda _: 0.0, "too-hard", id="never right"),
            pytest.param(lambda _: 1.0, "too-easy", id="always right"),
            pytest.param(lambda number: float(number % 2), "no-signal", id="always right or never"),
        ],
    )

    @BAD
    def test_with_a_bad_verdict_is_refused_with_reason_advice_and_evidence(
        self, deploy: Deploy, rate: Callable[[int], float], verdict: str
    ) -> None:
        deploy.converse = Pupil(rate)

        reason = deploy.refusal(probe=PROBE)

        found = deploy.report["probe"]["verdict"]
        assert found["name"] == verdict
        assert f"The probe of the base model base says {verdict}: {found['reason'].rstrip('.')}." in reason
        assert found["advice"] in reason
        assert "probe.deploy: warn" in reason
        assert len(list(deploy.rollouts())) == 16 * 4

    @BAD
    def test_with_a_bad_verdict_is_noted_where_the_project_only_warns(
        self, deploy: Deploy, rate: Callable[[int], float], verdict: str
    ) -> None:
        deploy.converse = Pupil(rate)

        summary = deploy.check(probe=PROBE | {"deploy": "warn"}).summary

        assert summary["probe"]["verdict"]["name"] == verdict
        (note,) = summary["notes"]
        assert note.startswith(f"The probe of the base model base says {verdict}: ")
        assert deploy.report["notes"] == [note]

    def test_without_a_verdict_is_noted_and_not_refused(self, deploy: Deploy) -> None:
        deploy.converse = Pupil(lambda _: 0.5)

        summary = deploy.check(probe=PROBE | {"prompts": 2}).summary

        assert summary["probe"]["verdict"]["name"] == "unknown"
        assert "says unknown" in summary["notes"][0]

    def test_that_may_not_be_sampled_is_refused_with_the_permission(self, deploy: Deploy) -> None:
        deploy.converse = denied

        reason = deploy.refusal(probe=PROBE)

        assert "the base model could not be probed: base cannot be sampled: AccessDeniedException" in reason
        assert "bedrock:InvokeModel" in reason

    def test_that_may_not_be_sampled_is_noted_where_the_project_only_warns(self, deploy: Deploy) -> None:
        deploy.converse = denied

        summary = deploy.check(probe=PROBE | {"deploy": "warn"}).summary

        assert summary["probe"] is None
        assert "could not be probed: base cannot be sampled: AccessDeniedException" in summary["notes"][0]

    def test_a_note_that_is_long_is_whole_in_the_report_and_cut_where_it_travels_with_the_run(
        self, deploy: Deploy
    ) -> None:
        def refuse(**_: Any) -> Any:
            raise error("AccessDeniedException", "no " * 100_000)

        deploy.converse = refuse

        (note,) = deploy.check(probe=PROBE | {"deploy": "warn"}).summary["notes"]

        assert "could not be probed" in note
        assert len(note) <= 500
        assert len(deploy.report["notes"][0]) > 300_000

    def test_is_not_asked_where_the_grader_is_unsound(self, deploy: Deploy) -> None:
        deploy.grade = bad_graders.tolerant_of_wrong

        assert "breaks wrong-answer-earns-less" in deploy.refusal(probe=PROBE)


class TestReport:
    def test_of_a_run_that_may_start_holds_everything(self, deploy: Deploy) -> None:
        deploy.check()

        report = deploy.report
        assert (report["passed"], report["refused"]) == (True, None)
        assert (report["project"], report["stage"], report["attempt"]) == ("gsm8k", "dev", 1)
        assert report["dataset"]["files"][0]["records"] == 100
        assert report["audit"]["passed"]
        assert report["probe"] is None

    def test_of_bad_records_holds_what_was_found_in_them(self, deploy: Deploy) -> None:
        deploy.objects.contents[TRAIN] = lines() + b"{\n" * 3

        deploy.refusal()

        report = deploy.report
        assert not report["passed"]
        assert report["refused"].startswith("the dataset cannot be used.")
        assert len([f for f in report["dataset"]["files"][0]["findings"]["shown"] if f["severity"] == "error"]) == 3
        assert report["audit"] is None

    def test_of_a_bad_grader_holds_its_audit(self, deploy: Deploy) -> None:
        deploy.grade = bad_graders.tolerant_of_wrong

        deploy.refusal()

        assert not deploy.report["audit"]["passed"]

    def test_that_cannot_be_written_leaves_a_refusal_standing(self, deploy: Deploy) -> None:
        deploy.objects.contents[TRAIN] = lines(count=99)
        deploy.objects.denied["PutObject"] = "not authorized to perform: s3:PutObject"

        reason = deploy.refusal()

        assert "99 records" in reason
        assert f"The report could not be written to {REPORT}" in reason
        assert "s3:PutObject" in reason

    def test_that_cannot_be_written_refuses_a_run_that_would_leave_no_evidence(self, deploy: Deploy) -> None:
        deploy.objects.denied["PutObject"] = "not authorized to perform: s3:PutObject"

        reason = deploy.refusal()

        assert reason.startswith("Training was not started: the preflight passed, and leaves no trace.")
        assert "s3:PutObject" in reason


class _Clock(Deadline):
    """Runs out after a number of looks at it."""

    looks = 0

    @property
    def remaining(self) -> float:
        type(self).looks -= 1
        return 100.0 if self.looks >= 0 else -1.0


def denied(**_: Any) -> Any:
    raise error("AccessDeniedException", "not authorized to perform: bedrock:InvokeModel")


def _refusal_of(deploy: Deploy, aws: Aws) -> str:
    """With a stubbed Lambda service in place of a grader."""

    def client(service: str) -> Any:
        return aws.client("lambda") if service == "lambda" else deploy.client(service)

    with pytest.raises(PreflightError) as raised:
        preflight(RUN | {"rubric": MATHS}, NAME, client=client, bucket="runs")
    return str(raised.value)
