"""The local Bedrock: model customization jobs with reinforcement fine-tuning, on this machine.

The control plane of Amazon Bedrock's RFT as an HTTP service of its own, driven by botocore's own model of the API; and
beside it as much of the runtime as judges and probes of a base model need (``runtime``).
The embedded AWS authorises every call and forwards it here; jobs really train ``local.tiny-lm`` or
``local.strategist``, reading data, writing artifacts and invoking the grader with nothing but a session of the job's
customization role.

What AWS does not document, and what is done here instead:

* A repeated ``clientRequestToken`` with a different request is a ``ConflictException``; so are a job name ever used
  before and a custom model name that a model has or a running job will give.
* A stopped job leaves no model. The step-wise CSV holds the steps that were completed.
* A failed job writes no artifacts.
* The grader gets batches of at most 64 responses, four at a time, and every batch has three tries. After the third the
  job fails with the grader's own error. A denied or missing grader is not tried again.
* ``reasoningEffort`` is accepted and has no effect: the local model does not reason. There is no early stopping.
* ``vpcConfig`` and ``customModelKmsKeyId`` are accepted and returned; no network interface and no grant is made.
* Only the S3 form of training data is offered: invocation logs are refused.
"""
