"""What all sections of a project file share: keys that are known, numbers that are numbers, errors in plain words."""

from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationInfo, field_validator, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


@dataclass(frozen=True, slots=True)
class Expected:
    """Says in words what a pattern asks for; in ``Annotated``, behind the ``Field`` with the pattern.

    Attributes:
        message: In place of pydantic's own.
    """

    message: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(handler(source), "expected", custom_error_message=self.message)


class Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        known = ", ".join(str(field.alias) for field in cls.model_fields.values())
        if not isinstance(data, dict | cls):
            raise PydanticCustomError("section", "expected keys and values; keys are {known}", {"known": known})
        for key, value in data.items() if isinstance(data, dict) else ():
            if key not in known.split(", "):
                text = "unknown key; expected one of {known}"
                raise PydanticCustomError("unknown_key", text, {"key": str(key), "value": value, "known": known})
        return data

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_booleans_as_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        """Pydantic takes true for 1, and YAML takes yes and on for true."""
        values = value if isinstance(value, list) else [value]
        if any(isinstance(each, bool) for each in values) and _is_number(cls.model_fields[str(info.field_name)]):
            raise PydanticCustomError("number", "expected a number")
        return value


def _is_number(annotation: Any) -> bool:
    """Whether numbers are what a field is for, on their own or in a list."""
    kind = getattr(annotation, "annotation", annotation)
    return kind in (int, float) or any(_is_number(each) for each in get_args(kind))
