"""``Custom::BedrockRft``: CloudFormation's hold on a run. Called by CDK's provider framework.

Training costs money and a deploy may fail anywhere, be repeated, or be rolled back. What holds:

* One request, one run. The name is made of the request's id, so a repeated Create or Update finds the
  execution that it started before and starts no other. Starting it is the last thing ``on_event`` does.
* One digest and attempt, one job. An Update to the inputs the physical id carries changes nothing; one to
  inputs that this stack trained before (A, B, A) adopts that job if it is running or left a model.
* A rollback never starts a job. It gets back the old run, whatever became of it, and judges it no more.
* The physical id of a create that failed in ``on_event`` is not ours, and nothing was started: its Delete
  does nothing. One that failed in ``is_complete`` carries the run's id: its Delete cleans the run up.
* Delete stops first and asks later. It is over when the job has ended *and* the execution too, because the
  execution's last step writes the record. With no job yet, the execution is stopped instead, and Delete
  waits for as long as a step in flight could still create one; if one appears, it is stopped as well.
* What is already gone is a success. A model is deleted only where the project says so.

Permissions (``job/*`` is ``arn:<partition>:bedrock:<region>:<account>:model-customization-job/*``):

=============  ================================================================  ==================================
function       action                                                            resource
=============  ================================================================  ==================================
on_event       states:StartExecution                                             the state machine
both           states:DescribeExecution, states:StopExecution                    its executions
on_event       bedrock:ListModelCustomizationJobs                                ``*``
both           bedrock:GetModelCustomizationJob (no tag condition: a job that    job/*
               is gone has no tags, and must read as gone, not as denied)
both           bedrock:StopModelCustomizationJob (tag condition possible)        job/*
on_event       bedrock:ListTagsForResource                                       job/*
on_event       bedrock:GetCustomModel                                            custom-model/*
is_complete    bedrock:DeleteCustomModel (only for ``onDelete: delete``)         custom-model/*
on_event       s3:GetObject (and kms:Decrypt on the data key)                    training and validation object
on_event       lambda:InvokeFunction                                             the grader's alias
on_event       ssm:PutParameter                                                  the model parameter
on_event       cloudformation:DescribeStacks                                     this stack
=============  ================================================================  ==================================

Environment: ``STATE_MACHINE_ARN``, ``RUNS_BUCKET``, ``MODEL_PARAMETER`` (on_event), ``START_TIMEOUT_SECONDS``
(is_complete; at least the time-out of the function that starts the job). The state machine, its functions,
their roles and the topic must outlive the custom resource: let it depend on them.
"""
