"""Last check before training is paid for: the deployed data, the deployed grader and, where asked, the base model.

All are taken as Bedrock will meet them: the records from S3, the grader through the alias that the job will invoke.
Whatever is found is written to ``preflight/<run>/report.json`` in the runs bucket, also where nothing is started.

Permissions: s3:GetObject (and kms:Decrypt) on the training and validation object, and where the project pins files in
S3 on those, too; s3:PutObject (and kms:GenerateDataKey) on the objects that these are copied to, and on ``preflight/*``
of the runs bucket; lambda:InvokeFunction on the grader's alias; bedrock:InvokeModel on the base model, where the run
says that it is probed.
"""

from .course import Preflight, preflight
from .grader import GraderError, grade_with
from .refusal import PreflightError

__all__ = ["GraderError", "Preflight", "PreflightError", "grade_with", "preflight"]
