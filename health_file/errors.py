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


class SeveralResidents(CitizenError):
    """One resource belongs into one file."""

    code = "health_file.several_residents"
    status = 422
    title = msgid("一条记录只能属于一位居民的档案，请按居民分开写")


class TypeReadOnly(CitizenError):
    """The server itself writes resources of this type."""

    code = "health_file.type_read_only"
    status = 405
    title = msgid("这种资源由系统自己记录，只能看，不能写")
    headers = {"Allow": "GET, HEAD, OPTIONS"}  # noqa: RUF012  # read by the edge, never changed


class PatientAlreadyHeld(CitizenError):
    """A resident has one Patient resource."""

    code = "health_file.patient_already_held"
    status = 409
    title = msgid("这位居民已有健康档案，请直接往里写")


class ResourceDeleted(CitizenError):
    """The resource was deleted; its history stays."""

    code = "health_file.resource_deleted"
    status = 410
    title = msgid("这条记录已删除，旧的版本在 _history 里")


class VersionOutdated(CitizenError):
    """If-Match names another version than the current one."""

    code = "health_file.version_outdated"
    status = 412
    title = msgid("别人刚改过这条记录。请先重新读取，再带上新的 If-Match")


class ResidentChanged(CitizenError):
    """A new version may not move a resource into somebody else's file."""

    code = "health_file.resident_changed"
    status = 422
    title = msgid("一条记录不能改到别人的档案里。请在那位居民的档案里新写一条")


class DeletionNotAllowed(CitizenError):
    """A Patient ends with the file, by erasure."""

    code = "health_file.deletion_not_allowed"
    status = 405
    title = msgid("档案首页（Patient）不能删除")
    headers = {"Allow": "GET, HEAD, OPTIONS, PUT"}  # noqa: RUF012  # read by the edge, never changed


class NotAcceptable(CitizenError):
    """The caller takes no FHIR JSON."""

    code = "health_file.not_acceptable"
    status = 406
    title = msgid("这里只用 application/fhir+json 回答")


class ParameterInvalid(CitizenError):
    """A parameter that this server does not know, or whose value it cannot read; never repeated back."""

    code = "health_file.parameter_invalid"
    status = 400
    title = msgid("网址里的参数不认识或写错了，可用的参数见 metadata")

    def __init__(self, name: str, expected: str, code: str = "value") -> None:
        super().__init__()
        self.errors = [{"field": "", "expected": f"{name}: {expected}", "code": code}]


class SearchTooCostly(CitizenError):
    """A search would have to open more resources than one search may."""

    code = "health_file.search_too_costly"
    status = 400
    title = msgid("这样搜索要打开的记录太多了，请加上居民、日期等条件再搜")


class IndexBehind(CitizenError):
    """A parameter is not yet in the index of every resource; an answer would be silently incomplete."""

    code = "health_file.index_behind"
    status = 503
    title = msgid("这个搜索条件正在建立索引，请稍后再试")
    headers = {"Retry-After": "60"}  # noqa: RUF012  # read by the edge, never changed


class SeveralMatches(CitizenError):
    """The condition of a conditional create matches more than one resource."""

    code = "health_file.several_matches"
    status = 412
    title = msgid("有不止一条记录符合 If-None-Exist 的条件，请写得更准确")
