"""The facts that stop an e-bill use case."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.errors import CitizenError
from services.words import msgid

MOST_FAULTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend in a biller's file: where it stands and what was expected, never what stood there."""

    line: int
    field: str
    code: str
    expected: str

    @property
    def pointer(self) -> str:
        """The place, in the form of the other field errors."""
        return f"/lines/{self.line}/{self.field}"


class FileRefused(CitizenError):
    """A biller's file was refused whole, with every fault that was found."""

    code = "ebills.file_refused"
    status = 422
    title = msgid("账单文件没有导入：%(count)d 处要改，一行也没有保存")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)
        self.errors = [
            {"field": fault.pointer, "code": fault.code, "expected": fault.expected}
            for fault in self.faults[:MOST_FAULTS_SHOWN]
        ]


class NotTheBiller(CitizenError):
    """A biller imports its own bills and nobody else's."""

    code = "ebills.not_the_biller"
    status = 403
    title = msgid("文件里的单位不是您所在的单位。请换成本单位的文件")


class AccountNotProven(CitizenError):
    """Account number and proof do not fit together; which of them is wrong is told nowhere."""

    code = "ebills.account_not_proven"
    status = 422
    title = msgid("户号和账单金额对不上。请照最近一张账单填写")
    keeps_effects = True


class TooManyClaims(CitizenError):
    """Too many wrong proofs lately: amounts can be guessed, so nothing is looked at until a wait is over."""

    code = "ebills.too_many_claims"
    status = 429
    title = msgid("试的次数太多，%(seconds)d 秒后再试；着急请打 12345")

    def __init__(self, *, seconds: int) -> None:
        super().__init__(retry_after=seconds, seconds=seconds)


class AccountAlreadyClaimed(CitizenError):
    """The proof is right, but the account has its holder already."""

    code = "ebills.account_already_claimed"
    status = 409
    title = msgid("这个户号已经绑定。要换人，请打 12345")
