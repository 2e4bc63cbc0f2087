"""The facts that stop a health-file use case."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from services.errors import CitizenError
from services.words import msgid

if TYPE_CHECKING:
    from health_file.retention import Blocking


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


class ErasureBlocked(CitizenError):
    """The law has records of this file kept; each rule is named with its clause, the unit and until when."""

    code = "health_file.erasure_blocked"
    status = 409
    title = msgid("档案里有按法规还要保存的病历，现在不能销毁")

    def __init__(self, blocking: "Sequence[Blocking]") -> None:
        super().__init__()
        self.blocking = tuple(blocking)
        self.errors = [
            {
                "field": "Patient",
                "title": one.rule.title,
                "expected": f"{one.rule.clause}; {one.unit}; {one.until or '…'}",
                "code": "business-rule",
            }
            for one in blocking
        ]


class ErasureNotPossible(CitizenError):
    """Erasure was asked for already, or has ended."""

    code = "health_file.erasure_not_possible"
    status = 409
    title = msgid("销毁的要求已经在办，或者已经办完，请看它现在的情况")


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
    title = msgid("补丁写错了，请按 RFC 6902 来写")

    def __init__(self, place: str, expected: str) -> None:
        super().__init__()
        self.errors = [{"field": "", "expected": f"{place}: {expected}", "code": "structure"}]


class PatchTypeNotSupported(CitizenError):
    """A patch in another language than JSON Patch."""

    code = "health_file.patch_type_not_supported"
    status = 415
    title = msgid("补丁请用 application/json-patch+json 发送")
    headers = {"Accept-Patch": "application/json-patch+json"}  # noqa: RUF012  # read by the edge, never changed


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


class EntryRepeated(CitizenError):
    """Two entries of one transaction are about the same resource."""

    code = "health_file.entry_repeated"
    status = 400
    title = msgid("同一条记录在一批里出现了两次，请只留一处")


class ReferenceUnresolved(CitizenError):
    """A reference inside a transaction leads to nothing, or to more than one thing."""

    code = "health_file.reference_unresolved"
    status = 422
    title = msgid("引用的记录在这批里和档案里都没有找到，或不止一条")

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__()
        self.errors = [
            {"field": issue.expression, "expected": issue.expected, "code": issue.code} for issue in issues
        ]


class BundleTooLarge(CitizenError):
    """More entries than one request may hold."""

    code = "health_file.bundle_too_large"
    status = 413
    title = msgid("一批最多 %(most)d 条，请分开发送")

    def __init__(self, most: int) -> None:
        super().__init__(most=most)
        self.errors = [{"field": "Bundle.entry", "expected": f"at most {most} entries"}]


class EntriesRefused(CitizenError):
    """Entries of a transaction failed, so nothing of it was written; each is pointed at."""

    code = "health_file.entries_refused"
    title = msgid("整批都没有写入：%(count)d 条有问题")

    def __init__(self, status: int, errors: Sequence[dict[str, str]]) -> None:
        super().__init__(count=len({one["field"].partition("]")[0] for one in errors}))
        # The first failing entry's own status: a client that sent one entry hears what it would have heard alone.
        self.status = status  # type: ignore[misc]  # the one fact whose status is its cause's
        self.errors = list(errors)


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
    """A condition that should name one resource matches more than one."""

    code = "health_file.several_matches"
    status = 412
    title = msgid("有不止一条记录符合条件，请写得更准确")


class EntryMalformed(ResourceInvalid):
    """An entry of an import that cannot be taken apart, or that asks for something else than to be kept."""

    code = "health_file.entry_malformed"
    status = 400
    title = msgid("这一条读不了：%(count)d 处要改")


class EntryTwice(CitizenError):
    """Two entries of one import bear the same name and say different things."""

    code = "health_file.entry_twice"
    status = 409
    title = msgid("同一次导入里，有两条用同一个名称而内容不同。只收第一条")


class ChangedHere(CitizenError):
    """What an import brought before was changed or deleted here since."""

    code = "health_file.changed_here"
    status = 409
    title = msgid("这条记录导入以后，在这里改过或删过。导入不覆盖它")


class EntryChanged(CitizenError):
    """A file of an import changed between its two passes."""

    code = "health_file.entry_changed"
    status = 409
    title = msgid("导入进行时文件变了，这一条没有收。请再导入一次")


class ReferencesLeft(ResourceInvalid):
    """References of an imported resource to what neither the import nor the file holds; they stay as they were sent."""

    code = "health_file.references_left"
    status = 200
    title = msgid("有 %(count)d 处引用没有找到所指的记录，按原样保留")


class PatientKept(CitizenError):
    """The resident has a Patient of another clinic's; the import's own is left out, its records go into that file."""

    code = "health_file.patient_kept"
    status = 200
    title = msgid("这位居民已有健康档案首页，导入的首页没有写入，其余记录照常导入")


class EntryFailed(CitizenError):
    """An entry that the database would not take; nothing of it was kept."""

    code = "health_file.entry_failed"
    status = 500
    title = msgid("这一条没有存进去，别的不受影响。请联系系统运行人员")


class ConsentNotPossible(CitizenError):
    """A Consent's status does not lead to the one wanted."""

    code = "health_file.consent_not_possible"
    status = 409
    title = msgid("这份授权现在的状态不能这样改。已结束的授权请新写一份")


class PurposeNotPossible(CitizenError):
    """A purpose of use that this caller may not name."""

    code = "health_file.purpose_not_possible"
    status = 403
    title = msgid("不能以这个目的来看档案。可用的目的见文档")


class TooManyExports(CitizenError):
    """So many exports of this resident or unit are under way already."""

    code = "health_file.too_many_exports"
    status = 429
    title = msgid("已经有几份在准备了。等它们好了，或取消一份，再要新的")

    def __init__(self) -> None:
        super().__init__(retry_after=60)


class TooManyOpenings(CitizenError):
    """So many residents have newly been treated by this person or unit within a day as nobody treats."""

    code = "health_file.too_many_openings"
    status = 429
    title = msgid("一天里新开的病人太多，超过了规定。请找单位管理员核对")

    def __init__(self) -> None:
        super().__init__(retry_after=3600)


class AsynchronousOnly(CitizenError):
    """A bulk export is answered later: the caller has to say that it will come back for it."""

    code = "health_file.asynchronous_only"
    status = 400
    title = msgid("批量导出要过一会儿才好：请带上 Prefer: respond-async")


class ApplicationNotLaunchable(CitizenError):
    """The application is unknown, or has not said where it is opened on a patient."""

    code = "health_file.application_not_launchable"
    status = 422
    title = msgid("这个应用不能从这里打开")


class ShareInvalid(CitizenError):
    """A link cannot be made or opened like this; `field` says what to mend."""

    code = "health_file.share_invalid"
    status = 422
    title = msgid("分享链接有一处要改：%(expected)s")


class PasscodeWrong(CitizenError):
    """The passcode of a link is not this one; the attempt is spent for good."""

    code = "health_file.passcode_wrong"
    status = 401
    title = msgid("口令不对，试错有次数限制")
    keeps_effects = True

    def __init__(self, left: int) -> None:
        super().__init__()
        self.errors = [{"field": "passcode", "expected": str(left)}]


class ReviewNotPossible(CitizenError):
    """The emergency is still open, or was reviewed before."""

    code = "health_file.review_not_possible"
    status = 409
    title = msgid("这次急救查看还没结束，或已经复核过了")
