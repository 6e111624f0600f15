"""Credentials of the customization role, as Bedrock gets them for one job."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.bedrock import aws
from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.jobs.trust import Source, check_trust
from rehearsal.bedrock.store import Job


class RoleSession:
    """Assumes one job's customization role whenever credentials are asked for."""

    def __init__(self, job: Job, emulator_url: str) -> None:
        root = aws.root_session(job.account, job.region)
        self._iam = aws.client("iam", root, emulator_url)
        self._sts = aws.client("sts", root, emulator_url)
        self._role_arn = job.request["roleArn"]
        self._session_name = f"bedrock-{job.id}"
        self._source = Source(job.account, job.detail["jobArn"])

    def credentials(self) -> dict[str, str]:
        """Fresh credentials, good for an hour, in the form botocore's refreshable credentials take.

        Raises:
            JobFailure: The role does not exist or does not let Bedrock assume it.
        """
        try:
            check_trust(self._role()["AssumeRolePolicyDocument"], self._source)
            session = self._sts.assume_role(RoleArn=self._role_arn, RoleSessionName=self._session_name)
        except JobFailure as failure:
            raise self._refused(str(failure)) from failure
        except (ClientError, BotoCoreError) as error:
            raise self._refused(aws.reason(error)) from error
        issued = session["Credentials"]
        return {
            "access_key": issued["AccessKeyId"],
            "secret_key": issued["SecretAccessKey"],
            "token": issued["SessionToken"],
            "expiry_time": issued["Expiration"].isoformat(),
        }

    def _refused(self, reason: str) -> JobFailure:
        return JobFailure(f"Bedrock may not assume (sts:AssumeRole) the customization role {self._role_arn}: {reason}")

    def _role(self) -> dict[str, Any]:
        role: dict[str, Any] = self._iam.get_role(RoleName=self._role_arn.rpartition("/")[2])["Role"]
        if role["Arn"] != self._role_arn:
            raise JobFailure(f"there is no such role, only {role['Arn']}")
        return role
