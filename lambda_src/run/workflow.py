"""Steps of the run's state machine.

The state is ``{"runName", "run", "request"}``. Each step returns the whole state with what it learned, so the
machine passes it on as it is (``payload_response_only``, no result path). ``start_job`` adds ``jobArn`` and
``status``; ``poll_job`` renews ``status`` (loop while it is ``InProgress`` or ``Stopping``); a Catch adds
``error`` (``result_path="$.error"``) and goes to ``conclude``, which returns ``{"runName", "verdict",
"verdictReason", "record"}``. ``JobRefusedError`` is final; any other error of a step is worth a Retry.

Permissions (``job/*`` is ``arn:<partition>:bedrock:<region>:<account>:model-customization-job/*``):

=========  ===================================================  ===================================================
function   action                                               resource
=========  ===================================================  ===================================================
all        bedrock:GetModelCustomizationJob (no tag condition)  job/*
start_job  bedrock:CreateModelCustomizationJob                  the base model, job/*, custom-model/*
start_job  bedrock:TagResource                                  job/*, custom-model/*
start_job  iam:PassRole to bedrock.amazonaws.com                the customization role
poll_job   cloudwatch:PutMetricData, namespace BedrockRFT       ``*``
conclude   cloudwatch:PutMetricData, namespace BedrockRFT       ``*``
conclude   s3:ListBucket, prefix ``artifacts/*``                the runs bucket
conclude   s3:GetObject (and kms:Decrypt)                       ``artifacts/*`` in the runs bucket
conclude   s3:PutObject (and kms:GenerateDataKey)               ``runs/*`` in the runs bucket
conclude   ssm:PutParameter                                     the model parameter
conclude   sns:Publish (and the topic's key)                    the topic
=========  ===================================================  ===================================================

Environment: ``RFT_PROJECT``, ``RFT_STAGE`` (poll_job, conclude); ``RUNS_BUCKET``, ``MODEL_PARAMETER``, ``TOPIC_ARN``
(conclude).
"""
