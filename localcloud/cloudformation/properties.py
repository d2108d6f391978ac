# SPDX-License-Identifier: Apache-2.0
"""CloudFormation's check of a resource's properties before it calls the service, by the schema of the type.

Lengths, patterns, ranges, enumerations, required and unknown properties: what the schema has. As in AWS, numbers and
booleans may be written as text. The messages have the form of AWS's ("Properties validation failed for resource …"),
as in aws/aws-cdk#22888 and aws-cloudformation/cloudformation-coverage-roadmap#1514.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
import regex
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from localcloud.clock import Clock
from localcloud.cloudformation import unchanged_resources
from localcloud.cloudformation.schemas import is_custom, schema_of
from localcloud.cloudformation.taken_names import check_free
from localcloud.ministack import cloudformation

type Properties = Mapping[str, Any]

_CUSTOM_RESOURCE_TOKEN = "ServiceToken"  # noqa: S105 (the name of a property)
_TYPE_NAMES = {"string": "String", "object": "JSONObject", "array": "JSONArray", "boolean": "Boolean"}


def install(_clock: Clock) -> None:
    """Check every resource that a stack makes or updates."""

    def provision_resource(
        resource_type: str, logical_id: str, props: Properties, stack_name: str
    ) -> cloudformation.Created:
        unchanged_resources.changes(stack_name, logical_id)
        check(resource_type, logical_id, props)
        check_free(resource_type, props)
        return cloudformation.provision_resource.own(resource_type, logical_id, props, stack_name)

    def update_resource(
        resource_type: str,
        physical_id: str,
        old_props: Properties,
        new_props: Properties,
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: Mapping[str, Any] | None = None,
    ) -> cloudformation.Created:
        if old_props != new_props:
            unchanged_resources.changes(stack_name, logical_id)
            check(resource_type, logical_id or physical_id, new_props)
            _check_token(resource_type, old_props, new_props)
        return cloudformation.update_resource.own(
            resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs
        )

    cloudformation.provision_resource.replace(provision_resource)
    cloudformation.update_resource.replace(update_resource)


def check(resource_type: str, logical_id: str, properties: Properties) -> None:
    """Raise ValueError with AWS's message if the properties are not as the schema of their type says."""
    if is_custom(resource_type) or schema_of(resource_type) is None:
        return
    reasons = sorted({_reason(error) for error in _leaves(_validator(resource_type).iter_errors(properties))})
    if reasons:
        raise ValueError(f"Properties validation failed for resource {logical_id} with message:\n" + "\n".join(reasons))


def _check_token(resource_type: str, old: Properties, new: Properties) -> None:
    """A custom resource stays with its function ("Updates are not supported", AWS::CloudFormation::CustomResource)."""
    if is_custom(resource_type) and old.get(_CUSTOM_RESOURCE_TOKEN) != new.get(_CUSTOM_RESOURCE_TOKEN):
        raise ValueError("Modifying service token is not allowed.")


def _leaves(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    """The errors themselves, in place of an `allOf` that only gathers them."""
    for error in errors:
        if error.validator == "allOf" and error.context:
            yield from _leaves(iter(error.context))
        else:
            yield error


def _reason(error: ValidationError) -> str:
    where = "#" + "".join(f"/{step}" for step in error.absolute_path)
    value, wanted = error.instance, error.validator_value
    match error.validator:
        case "maxLength" | "minLength":
            return f"{where}: expected {error.validator}: {wanted}, actual: {len(str(value))}"
        case "maxItems" | "minItems":
            return f"{where}: expected {error.validator}: {wanted}, found: {len(value)}"
        case "required":
            missing = next(name for name in wanted if name not in value)
            return f"{where}: required key [{missing}] not found"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            patterns = error.schema.get("patternProperties", {})
            extra = [name for name in value if name not in known and not any(re.search(p, name) for p in patterns)]
            return f"{where}: extraneous key [{', '.join(extra)}] is not permitted"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"{where}: expected type: {', '.join(_TYPE_NAMES.get(kind, kind.title()) for kind in kinds)}"
    return f"{where}: failed validation constraint for keyword [{error.validator}]"


@cache
def _validator(resource_type: str) -> Draft7Validator:
    schema = schema_of(resource_type)
    kind = jsonschema.validators.extend(Draft7Validator, _KEYWORDS, type_checker=_TYPES)
    return kind(schema)


def _number(value: object) -> float | None:
    """The number that a property is, if it is one, or text of one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    return None


def _is_integer(_checker: object, value: object) -> bool:
    number = _number(value)
    return number is not None and float(number).is_integer()


def _is_boolean(_checker: object, value: object) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false"))


_TYPES = Draft7Validator.TYPE_CHECKER.redefine_many(
    {
        "integer": _is_integer,
        "number": lambda _checker, value: _number(value) is not None,
        "boolean": _is_boolean,
        "string": lambda _checker, value: isinstance(value, str | int | float),
        # CloudFormation takes a JSON document where a schema says so by text, too.
        "object": lambda _checker, value: isinstance(value, Mapping),
    }
)


def _minimum(_validator: object, wanted: float, value: object, _schema: object) -> Iterator[ValidationError]:
    number = _number(value)
    if number is not None and number < wanted:
        yield ValidationError(f"{value} is less than {wanted}")


def _maximum(_validator: object, wanted: float, value: object, _schema: object) -> Iterator[ValidationError]:
    number = _number(value)
    if number is not None and number > wanted:
        yield ValidationError(f"{value} is more than {wanted}")


def _enumeration(_validator: object, wanted: list[object], value: object, _schema: object) -> Iterator[ValidationError]:
    if str(value).lower() not in [str(one).lower() for one in wanted]:
        yield ValidationError(f"{value} is not one of {wanted}")


def _max_length(_validator: object, wanted: int, value: object, _schema: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and len(value) > wanted:
        yield ValidationError(f"{value} is too long")


def _min_length(_validator: object, wanted: int, value: object, _schema: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and len(value) < wanted:
        yield ValidationError(f"{value} is too short")


def _pattern(_validator: object, wanted: str, value: object, _schema: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and not regex.search(wanted, value):
        yield ValidationError(f"{value} does not match {wanted}")


_KEYWORDS = {
    "minimum": _minimum,
    "maximum": _maximum,
    "enum": _enumeration,
    "maxLength": _max_length,
    "minLength": _min_length,
    "pattern": _pattern,
}
