"""What a role may do, and why where that has a wildcard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import aws_iam as iam

from . import nag


@dataclass(frozen=True, slots=True)
class Permission:
    """Actions on resources.

    Attributes:
        wildcard: Why a ``*`` among the resources is as narrow as it can be; without it, cdk-nag objects.
    """

    actions: Sequence[str]
    resources: Sequence[str]
    wildcard: str | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)


def give(holder: iam.Role | iam.Policy, permissions: Iterable[Permission]) -> None:
    """Add permissions to a role's own policy, or to one policy."""
    for permission in permissions:
        statement = iam.PolicyStatement(
            actions=list(permission.actions),
            resources=list(permission.resources),
            conditions=dict(permission.conditions),
        )
        if isinstance(holder, iam.Role):
            holder.add_to_policy(statement)
        else:
            holder.add_statements(statement)
        if permission.wildcard is not None:
            findings = [nag.wildcard(holder, arn) for arn in permission.resources if "*" in arn]
            nag.acknowledge(holder, dict.fromkeys(findings, permission.wildcard))
