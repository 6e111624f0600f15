"""Which permissions a call of Bedrock needs, as pure functions.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlencode

_NEW = "000000000000"
"""Stands for the id of a job or model that does not exist yet, which policies can only match with a wildcard."""
_ON_PATH = {
    "GetModelCustomizationJob": "model-customization-job",
    "StopModelCustomizationJob": "model-customization-job",
    "GetCustomModel": "custom-model",
    "DeleteCustomModel": "custom-model",
}
_ON_BODY = ("ListTagsForResource", "TagResource", "UntagResource")
_INVOCATION = re.compile(r"/model/(?P<model>.+)/(?P<operation>[a-z-]+)")
_PROFILE_ID = re.compile(r"(?P<geography>us|us-gov|eu|apac|jp|au|ca|global)\.(?P<model>[a-z0-9-]+\..+)")


@dataclass(frozen=True, slots=True)
class Resource:
    """An existing job or model."""

    arn: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """One permission the caller must have; ``context`` holds condition keys in lower case."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)


def identifier(operation: str, path: str, request: Mapping[str, Any]) -> str | None:
    """Return the name or ARN of the existing resource a call is about, if it is about one."""
    if operation in _ON_PATH:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        tail = parts[1:-1] if operation == "StopModelCustomizationJob" else parts[1:]
        return "/".join(tail)
    return request.get("resourceARN") if operation in _ON_BODY else None


def target(operation: str, path: str, query: Mapping[str, list[str]]) -> str:
    """Return path and query as a client encodes them: an ARN in the path is one segment."""
    name = identifier(operation, path, {}) if operation in _ON_PATH else None
    if name:
        first, last = path.strip("/").split("/")[0], "/stop" if operation == "StopModelCustomizationJob" else ""
        path = f"/{first}/{quote(name, safe='')}{last}"
    encoded = urlencode(query, doseq=True)
    return path + ("?" + encoded if encoded else "")


def checks(
    operation: str, request: Mapping[str, Any], resource: Resource | None, *, account: str, region: str
) -> Iterator[Check]:
    """Yield every permission the call needs, in the order in which AWS would name the first that is missing."""
    if operation == "CreateModelCustomizationJob":
        yield from _create_job(request, account=account, region=region)
    elif resource is None:
        yield Check(f"bedrock:{operation}", "*")
    else:
        context = {f"aws:resourcetag/{key}".lower(): value for key, value in resource.tags.items()}
        yield Check(f"bedrock:{operation}", resource.arn, context | _request_tags(request.get("tags", [])))


def invoked_model(path: str) -> str | None:
    """Return the model or inference profile that a call of the runtime is for, if it is for one."""
    found = _INVOCATION.fullmatch(path)
    return unquote(found["model"]) if found else None


def invocation_target(path: str) -> str:
    """Return the path of a call of the runtime as a client encodes it: the model, even an ARN, is one segment."""
    found = _INVOCATION.fullmatch(path)
    return f"/model/{quote(unquote(found['model']), safe='')}/{found['operation']}" if found else path


def invocations(model: str, *, account: str, region: str) -> Iterator[Check]:
    """Yield every permission that asking a model needs.

    A cross-region inference profile needs the profile and the models behind it; of the regions that it may choose,
    the one that is asked stands for all. A global one asks for the model without any region, too.
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
    """
    name = model.rsplit("/", 1)[-1]
    profile = _PROFILE_ID.fullmatch(name)
    if profile is None:
        yield Check("bedrock:InvokeModel", model if model.startswith("arn:") else _foundation_model(region, name))
        return
    arn = f"arn:aws:bedrock:{region}:{account}:inference-profile/{name}"
    through = {"bedrock:inferenceprofilearn": arn}
    yield Check("bedrock:InvokeModel", arn)
    yield Check("bedrock:InvokeModel", _foundation_model(region, profile["model"]), through)
    if profile["geography"] == "global":
        anywhere = through | {"aws:requestedregion": "unspecified"}
        yield Check("bedrock:InvokeModel", _foundation_model("", profile["model"]), anywhere)


def _foundation_model(region: str, name: str) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


def _create_job(request: Mapping[str, Any], *, account: str, region: str) -> Iterator[Check]:
    base = request["baseModelIdentifier"]
    base_arn = base if base.startswith("arn:") else _foundation_model(region, base)
    own = f"arn:aws:bedrock:{region}:{account}"
    base_name = base.rsplit("/", 1)[-1]
    model, job = f"{own}:custom-model/{base_name}/{_NEW}", f"{own}:model-customization-job/{base_name}/{_NEW}"
    job_tags, model_tags = request.get("jobTags", []), request.get("customModelTags", [])
    context = _request_tags([*job_tags, *model_tags])
    yield Check("bedrock:CreateModelCustomizationJob", base_arn, context)
    yield Check("bedrock:CreateModelCustomizationJob", model, context)
    if job_tags:
        yield Check("bedrock:TagResource", job, _request_tags(job_tags))
    if model_tags:
        yield Check("bedrock:TagResource", model, _request_tags(model_tags))
    yield Check("iam:PassRole", request["roleArn"], {"iam:passedtoservice": "bedrock.amazonaws.com"})


def _request_tags(tags: list[Mapping[str, str]]) -> dict[str, Any]:
    if not tags:
        return {}
    context: dict[str, Any] = {f"aws:requesttag/{tag['key']}".lower(): tag["value"] for tag in tags}
    return context | {"aws:tagkeys": sorted({tag["key"] for tag in tags})}
