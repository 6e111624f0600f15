"""Who calls, and from which account and region."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    account: str
    region: str

    def arn(self, kind: str, base_model: str, resource_id: str) -> str:
        """ARN of one of the caller's own jobs or models.

        >>> Caller("000000000000", "us-east-1").arn("custom-model", "local.tiny-lm", "abcdefghijkl")
        'arn:aws:bedrock:us-east-1:000000000000:custom-model/local.tiny-lm/abcdefghijkl'
        """
        return f"arn:aws:bedrock:{self.region}:{self.account}:{kind}/{base_model}/{resource_id}"
