"""Which resources of this server a resource names, by parameter. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from health_file.fhir.index import named_by
from health_file.fhir.parameters import PARAMETERS, values_at
from health_file.fhir.query.values import uuid_of


def named_in(resource: Mapping[str, Any], code: str) -> Iterator[tuple[str, UUID]]:
    """The type and the id of what a reference parameter finds; an address elsewhere names nothing here."""
    for path in PARAMETERS[resource["resourceType"]][code].paths:
        for value in values_at(resource, path.steps):
            for kind, plain in named_by(value):
                own = uuid_of(plain.partition("/")[2]) if kind else None
                if own is not None and (not path.only or path.only == kind):
                    yield kind, own


def codes_of(resource_type: str, target: str = "") -> Iterator[str]:
    """The reference parameters of a type, those that may name `target` where one is given."""
    for code, parameter in PARAMETERS[resource_type].items():
        is_target = not target or not parameter.targets or target in parameter.targets
        if parameter.kind == "reference" and is_target:
            yield code
