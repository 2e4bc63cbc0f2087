"""What stops somebody from reading, or from saying who may."""

from services.errors import CitizenError
from services.words import msgid


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


class TooManyOpenings(CitizenError):
    """So many residents have newly been treated by this person or unit within a day as nobody treats."""

    code = "health_file.too_many_openings"
    status = 429
    title = msgid("一天里新开的病人太多，超过了规定。请找单位管理员核对")

    def __init__(self) -> None:
        super().__init__(retry_after=3600)


class ApplicationNotLaunchable(CitizenError):
    """The application is unknown, or has not said where it is opened on a patient."""

    code = "health_file.application_not_launchable"
    status = 422
    title = msgid("这个应用不能从这里打开")


class ReviewNotPossible(CitizenError):
    """The emergency is still open, or was reviewed before."""

    code = "health_file.review_not_possible"
    status = 409
    title = msgid("这次急救查看还没结束，或已经复核过了")
