"""Facts that stop a use case. One class per fact, each with a code, a status and a sentence."""

from typing import Any, ClassVar

from services.words import msgid


class CitizenError(Exception):
    """The root of every expected failure; `services.web.problems` alone turns it into an answer.

    Attributes:
        code: stable machine name, `<package>.<fact>`; its page is `/docs/errors/<code>`.
        status: HTTP status of the answer.
        title: one Chinese sentence marked with `msgid`, saying what is so and what to do next. It may hold
            `%(name)s` places filled from `facts`; facts never hold a person's data.
        keeps_effects: the failing request's own writes (attempt counters, replay revocation, denial audit)
            commit before the answer leaves, instead of rolling back.
        field: the request field at fault, if one is.
        retry_after: whole seconds for the Retry-After header.
    """

    code: ClassVar[str] = "web.unexpected"
    status: ClassVar[int] = 500
    title: ClassVar[str] = msgid("我们这边出错了，这一步没有保存。请再试一次，不会办两遍")
    keeps_effects: ClassVar[bool] = False

    def __init__(self, *, field: str | None = None, retry_after: int | None = None, **facts: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.retry_after = retry_after
        self.facts = facts


class NotFound(CitizenError):
    """What does not exist, and what the actor may not see: the two are told apart nowhere."""

    code = "web.not_found"
    status = 404
    title = msgid("没有找到，或不是您的。查一下网址，或回首页")


class Denied(CitizenError):
    """The actor is known and may not do this."""

    code = "web.denied"
    status = 403
    title = msgid("您现在的身份不能办这件事。换账户，或回首页")


class Invalid(CitizenError):
    """A field is well formed but breaks a rule; `field` says which, `expected` what would do."""

    code = "web.invalid"
    status = 422
    title = msgid("有一处要改：%(expected)s")


class IllegalTransition(CitizenError):
    """The state table has no arrow from here for this act."""

    code = "web.illegal_transition"
    status = 409
    title = msgid("这件事现在的状态不能这样办。刷新一下，看看最新进展")


class Unavailable(CitizenError):
    """Something we lean on is away or too busy; nothing was done."""

    code = "web.unavailable"
    status = 503
    title = msgid("现在人太多，这一步还没办。%(seconds)d 秒后再试，不会办两遍")

    def __init__(self, *, seconds: int = 5) -> None:
        super().__init__(retry_after=seconds, seconds=seconds)
