"""The facts that stop a health-file use case."""

from collections.abc import Sequence
from typing import NamedTuple

from services.errors import CitizenError
from services.words import msgid


class Issue(NamedTuple):
    """One fault of a resource: its FHIRPath, what was expected there, and FHIR's own code of the kind of fault."""

    expression: str
    expected: str
    code: str = "value"


class ResourceInvalid(CitizenError):
    """A resource breaks FHIR R4; `issues` never hold what was sent."""

    code = "health_file.resource_invalid"
    status = 422
    title = msgid("资源不符合 FHIR R4：%(count)d 处要改")

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(count=len(issues))
        self.issues = list(issues)
        self.errors = [
            {"field": issue.expression, "expected": issue.expected, "code": issue.code} for issue in issues
        ]


class TypeNotSupported(CitizenError):
    """This server does not keep resources of this type."""

    code = "health_file.type_not_supported"
    status = 404
    title = msgid("这里不存这种类型的资源，可用的类型见 metadata")


class ResidentUnknown(CitizenError):
    """No resident of this city has the identifier that the resource names."""

    code = "health_file.resident_unknown"
    status = 422
    title = msgid("没有找到这位居民。请核对身份证号或档案编号")


class PatientAlreadyHeld(CitizenError):
    """A resident has one Patient resource."""

    code = "health_file.patient_already_held"
    status = 409
    title = msgid("这位居民已有健康档案，请直接往里写")
