"""Tags of jobs and custom models."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.store import Job, Model, Store, tag_map

_MOST = 200  # the service model's bound on a tag list


class Tagging:
    def __init__(self, store: Store) -> None:
        self._store = store

    def tag(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        with self._store.lock:
            resource = self._find(caller, parameters["resourceARN"])
            tags = resource.tags | tag_map(parameters["tags"])
            if len(tags) > _MOST:
                raise ApiError(
                    "TooManyTagsException", f"A resource has {_MOST} tags at most, this would be {len(tags)}"
                )
            self._put(resource, tags)
        return {}

    def untag(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        with self._store.lock:
            resource = self._find(caller, parameters["resourceARN"])
            self._put(resource, {k: v for k, v in resource.tags.items() if k not in parameters["tagKeys"]})
        return {}

    def list_tags(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        tags = self._find(caller, parameters["resourceARN"]).tags
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _find(self, caller: Caller, arn: str) -> Job | Model:
        known: Mapping[str, Sequence[Job | Model]] = {"jobArn": self._store.jobs(), "modelArn": self._store.models()}
        for name, resources in known.items():
            for resource in resources:
                own = (resource.account, resource.region) == (caller.account, caller.region)
                if own and resource.detail[name] == arn:
                    return resource
        raise ApiError("ResourceNotFoundException", f"There is no job or custom model {arn}")

    def _put(self, resource: Job | Model, tags: dict[str, str]) -> None:
        if isinstance(resource, Job):
            self._store.put_job(replace(resource, tags=tags))
        else:
            self._store.put_model(replace(resource, tags=tags))
