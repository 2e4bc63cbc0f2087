"""What stops a Bundle."""

from collections.abc import Sequence

from health_file.errors.resources import Issue
from services.errors import CitizenError
from services.words import msgid


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
