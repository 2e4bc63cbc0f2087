"""What stops a file from leaving: exports, links, erasure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.errors import CitizenError
from services.words import msgid

if TYPE_CHECKING:
    from health_file.retention import Blocking


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


class TooManyExports(CitizenError):
    """So many exports of this resident or unit are under way already."""

    code = "health_file.too_many_exports"
    status = 429
    title = msgid("已经有几份在准备了。等它们好了，或取消一份，再要新的")

    def __init__(self) -> None:
        super().__init__(retry_after=60)


class AsynchronousOnly(CitizenError):
    """A bulk export is answered later: the caller has to say that it will come back for it."""

    code = "health_file.asynchronous_only"
    status = 400
    title = msgid("批量导出要过一会儿才好：请带上 Prefer: respond-async")


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
