"""A state machine invokes only functions its role allows, and a repeated StartExecution is the same execution.

The emulator invokes whatever a machine names, with nobody's permissions, and refuses every second start under one name.
AWS answers a start with the name and the input of a running execution as it answered the first:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

import contextvars
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import stepfunctions

from .patching import original, replace

_ACTION = "lambda:InvokeFunction"
_role: contextvars.ContextVar[str] = contextvars.ContextVar("rft_state_machine_role", default="")


def apply() -> None:
    """Wrap the start and the run of an execution and its calls of Lambda."""
    run = original(stepfunctions, "_run_execution", "exec_arn")
    call_lambda = original(stepfunctions, "_call_lambda", "func_ref", "event")
    start = original(stepfunctions, "_start_execution", "data")
    original(iam_evaluator, "_gather_role_policies", "role_name", "account_id")
    original(iam_evaluator, "evaluate", "ctx", "policies", "limits")

    def _run_execution(exec_arn: str) -> None:
        execution = stepfunctions._executions.get(exec_arn) or {}
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
        _role.set(machine.get("roleArn", ""))
        run(exec_arn)

    def _call_lambda(func_ref: str, event: Any) -> Any:
        if _role.get():
            _require_permission(_role.get(), func_ref)
        return call_lambda(func_ref, event)

    def _start_execution(data: dict[str, Any]) -> Any:
        running = _same_running(data)
        if running is None:
            return start(data)
        return json_response({"executionArn": running["executionArn"], "startDate": running["startDate"]})

    replace(stepfunctions, "_run_execution", _run_execution, "exec_arn")
    replace(stepfunctions, "_call_lambda", _call_lambda, "func_ref", "event")
    replace(stepfunctions, "_start_execution", _start_execution, "data")


def _same_running(data: dict[str, Any]) -> Any:
    machine = data.get("stateMachineArn", "").rpartition(":")[2]
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine}:{data.get('name')}"
    found = stepfunctions._executions.get(arn)
    same = found and found["status"] == "RUNNING" and found["input"] == data.get("input", "{}")
    return found if same else None


def _require_permission(role_arn: str, function: str) -> None:
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    resource = (
        function if function.startswith("arn:") else f"arn:aws:lambda:{get_region()}:{account}:function:{function}"
    )
    session = f"arn:aws:sts::{account}:assumed-role/{name}/states"
    context = iam_evaluator.EvalContext(
        principal_arn=session,
        principal_type="AssumedRole",
        principal_account=account,
        action=_ACTION,
        resource_arn=resource,
        region=get_region(),
    )
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(name, account))
    if result.decision != "Allow":
        denial = iam_actions.identity_denial_message(_ACTION, session, resource, result.decision == "Deny")
        raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", denial)
