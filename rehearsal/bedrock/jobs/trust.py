"""The customization role, assumed as ``bedrock.amazonaws.com`` assumes it.

The embedded AWS lets an account's root assume any of its roles. Whether Bedrock itself might do so is decided here, by
the role's trust policy for the service principal with the job's account and ARN:
https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-iam-role.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.bedrock.errors import JobFailure

SERVICE = "bedrock.amazonaws.com"
_ACTION = "sts:AssumeRole"
_ARN_PARTS = 6


@dataclass(frozen=True, slots=True)
class Source:
    """On whose behalf Bedrock asks: values of ``aws:SourceAccount`` and ``aws:SourceArn``."""

    account: str
    arn: str

    def value(self, key: str) -> str:
        """Value of a condition key.

        Raises:
            JobFailure: The key is one that cannot be evaluated here.
        """
        values = {"aws:sourceaccount": self.account, "aws:sourcearn": self.arn}
        if key.lower() not in values:
            raise JobFailure(
                f"condition key {key} cannot be evaluated locally (known: aws:SourceAccount, aws:SourceArn)"
            )
        return values[key.lower()]


def check_trust(policy: Mapping[str, Any], source: Source) -> None:
    """Make sure that a trust policy lets Bedrock assume its role for ``source``.

    Raises:
        JobFailure: It does not; the message says which statement or condition stands against it.
    """
    statements = [s for s in _listed(policy.get("Statement", [])) if _concerns_bedrock(s)]
    if not statements:
        raise JobFailure(f"no statement allows {_ACTION} to the service {SERVICE}")
    unmet = {index: _unmet_conditions(s, source) for index, s in enumerate(statements)}
    for index, statement in enumerate(statements):
        if statement["Effect"] == "Deny" and not unmet[index]:
            raise JobFailure(f"statement {statement.get('Sid', index)!r} denies {_ACTION} to {SERVICE}")
    allows = [unmet[index] for index, statement in enumerate(statements) if statement["Effect"] == "Allow"]
    if not any(not reasons for reasons in allows):
        raise JobFailure("; ".join(r for reasons in allows for r in reasons) or f"no statement allows {SERVICE}")


def _concerns_bedrock(statement: Mapping[str, Any]) -> bool:
    for unsupported in ("NotPrincipal", "NotAction"):
        if unsupported in statement:
            raise JobFailure(f"{unsupported} cannot be evaluated locally")
    principal = statement.get("Principal", {})
    services = _listed(principal.get("Service", [])) if isinstance(principal, Mapping) else []
    if principal != "*" and SERVICE not in services:
        return False
    return any(_like(_ACTION.lower(), str(action).lower()) for action in _listed(statement.get("Action", [])))


def _unmet_conditions(statement: Mapping[str, Any], source: Source) -> list[str]:
    unmet = []
    for operator, keys in statement.get("Condition", {}).items():
        if operator not in _OPERATORS:
            raise JobFailure(f"condition operator {operator} cannot be evaluated locally (known: {sorted(_OPERATORS)})")
        for key, expected in keys.items():
            actual = source.value(key)
            if not any(_OPERATORS[operator](actual, str(value)) for value in _listed(expected)):
                unmet.append(f"{operator} {key} asks for {expected!r} but this job has {actual!r}")
    return unmet


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _equals(actual: str, expected: str) -> bool:
    return actual == expected


def _like(actual: str, expected: str) -> bool:
    pattern = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in expected)
    return re.fullmatch(pattern, actual, re.DOTALL) is not None


def _arn_like(actual: str, expected: str) -> bool:
    """Part by part: a wildcard never crosses one of an ARN's first five colons."""
    ours, theirs = actual.split(":", _ARN_PARTS - 1), expected.split(":", _ARN_PARTS - 1)
    return len(ours) == len(theirs) and all(_like(*pair) for pair in zip(ours, theirs, strict=True))


_OPERATORS = {"StringEquals": _equals, "StringLike": _like, "ArnEquals": _arn_like, "ArnLike": _arn_like}
