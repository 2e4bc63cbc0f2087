"""The kinds of messages that services declare: one sentence each, and where it may be sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of message. `sentence` is marked with `msgid` and may hold `%(name)s` places."""

    name: str
    service: str
    sentence: str
    channels: tuple[str, ...] = ("sms", "email")


_KINDS: dict[str, NoticeKind] = {}


def declare(*kinds: NoticeKind) -> None:
    """Make kinds known; two of one name are a mistake."""
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"notice kind {kind.name} is declared twice")


def kind_of(name: str) -> NoticeKind:
    """A declared kind."""
    return _KINDS[name]
