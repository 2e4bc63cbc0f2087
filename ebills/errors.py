"""The facts that stop an e-bill use case."""

from collections.abc import Sequence

from services.errors import CitizenError
from services.words import msgid


class FileRefused(CitizenError):
    """A biller's file was refused whole; `faults` say line, field and what was expected."""

    code = "ebills.file_refused"
    status = 422
    title = msgid("账单文件没有导入：%(count)d 处要改，一行也没有保存")

    def __init__(self, faults: Sequence[tuple[int, str, str]]) -> None:
        super().__init__(count=len(faults))
        self.errors = [
            {"field": f"/lines/{line}/{name}", "expected": expected} for line, name, expected in faults[:100]
        ]


class NotTheBiller(CitizenError):
    """A biller imports its own bills and nobody else's."""

    code = "ebills.not_the_biller"
    status = 403
    title = msgid("文件里的单位不是您所在的单位，请换成本单位的文件")


class AccountNotProven(CitizenError):
    """Account number and proof do not fit together; which of them is wrong is not said."""

    code = "ebills.account_not_proven"
    status = 422
    title = msgid("户号和账单金额对不上。请照最近一张纸质账单填写")


class AccountAlreadyLinked(CitizenError):
    """The account is linked to a resident already."""

    code = "ebills.account_already_linked"
    status = 409
    title = msgid("这个户号已经绑定。要换人，请打 12345")
