"""What stops a resource from being written or shown."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

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
    """A resident has one Patient resource; who sees it hears where it stands, others ask `Patient/$match`."""

    code = "health_file.patient_already_held"
    status = 409
    title = msgid("这位居民已有健康档案，请直接往里写")

    def __init__(self, held: UUID | None = None) -> None:
        super().__init__()
        self.headers = {} if held is None else {"Location": f"/health-file/fhir/Patient/{held}"}


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


class IdMismatch(ResourceInvalid):
    """The id of the body is not the one that the address names (http.html#update)."""

    code = "health_file.id_mismatch"
    status = 400
    title = msgid("资源里的 id 要与网址里的一样")

    def __init__(self, resource_type: str) -> None:
        super().__init__([Issue(f"{resource_type}.id", "the id of the address")])


class PatchInvalid(CitizenError):
    """What was sent is no patch."""

    code = "health_file.patch_invalid"
    status = 400
    title = msgid("补丁写错了，请按 RFC 6902 或 FHIR 的 fhirpatch 来写")

    def __init__(self, place: str, expected: str) -> None:
        super().__init__()
        self.errors = [{"field": "", "expected": f"{place}: {expected}", "code": "structure"}]


class PatchTypeNotSupported(CitizenError):
    """A patch in another language than JSON Patch and FHIRPath Patch."""

    code = "health_file.patch_type_not_supported"
    status = 415
    title = msgid("补丁请用 application/json-patch+json 发送，或用 application/fhir+json 发 Parameters")
    headers = {"Accept-Patch": "application/fhir+json, application/json-patch+json"}  # noqa: RUF012  # read by the edge, never changed


class EncodingNotSupported(CitizenError):
    """A body that is compressed in another way than gzip."""

    code = "health_file.encoding_not_supported"
    status = 415
    title = msgid("压缩的内容只收 gzip")
    headers = {"Accept-Encoding": "gzip"}  # noqa: RUF012  # read by the edge, never changed


class PatchFailed(CitizenError):
    """A patch does not fit the resource as it is now, so none of it was applied."""

    code = "health_file.patch_failed"
    status = 422
    title = msgid("补丁与现在的记录对不上，什么都没有改")

    def __init__(self, place: str, expected: str) -> None:
        super().__init__()
        self.errors = [{"field": "", "expected": f"{place}: {expected}", "code": "processing"}]


class SubsetWritten(CitizenError):
    """What is marked as a part of a resource may not take the place of the whole."""

    code = "health_file.subset_written"
    status = 422
    title = msgid("这只是记录的一部分（SUBSETTED）。请先读取整条记录再改")


class VersionRequired(CitizenError):
    """Whoever changes a resource says which version they have seen."""

    code = "health_file.version_required"
    status = 428
    title = msgid("修改时请写明您看到的是哪一版（If-Match 或 ifMatch）")


class ContentContradicted(CitizenError):
    """The bytes of a file are not what its media type says."""

    code = "health_file.content_contradicted"
    status = 415
    title = msgid("文件内容和声明的类型不符，请检查 Content-Type")


class DeletionNotAllowed(CitizenError):
    """A Patient ends with the file, by erasure."""

    code = "health_file.deletion_not_allowed"
    status = 405
    title = msgid("档案首页（Patient）不能删除")
    headers = {"Allow": "GET, HEAD, OPTIONS, PATCH, PUT"}  # noqa: RUF012  # read by the edge, never changed


class NotAcceptable(CitizenError):
    """The caller takes no FHIR JSON."""

    code = "health_file.not_acceptable"
    status = 406
    title = msgid("这里只用 application/fhir+json 回答")
