"""The facts that stop a legal-person use case."""

from services.errors import CitizenError, IllegalTransition, Invalid, NotFound
from services.words import msgid


class UsccInvalid(Invalid):
    """The unified social credit code is not well formed; `expected` says which part."""

    code = "legal_id.uscc_invalid"
    title = msgid("统一社会信用代码不对：%(expected)s")


class LegalPersonRegistered(CitizenError):
    """This code is registered already."""

    code = "legal_id.legal_person_registered"
    status = 409
    title = msgid("这个统一社会信用代码已经登记过。可以在“查企业”里看到它")


class LegalPersonUnknown(NotFound):
    """No legal person has this code."""

    code = "legal_id.legal_person_unknown"
    title = msgid("没有查到这家企业。请核对 18 位统一社会信用代码")


class EventNotAllowed(IllegalTransition):
    """The register's state table has no such arrow from here, or not for this actor."""

    code = "legal_id.event_not_allowed"
    title = msgid("这家企业现在的登记状态不能这样办")
