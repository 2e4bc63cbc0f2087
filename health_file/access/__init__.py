"""Who may read and write a health file."""

from health_file.access.authors import author_of
from health_file.access.policy import digest_of
from health_file.access.predicate import visible_to
from health_file.access.purposes import purpose_of
from health_file.access.scopes import CONSENT, ERASE, READ, REVIEW, WRITE
from health_file.access.smart import check_write, has_smart_scopes, may_read, may_search, may_write

__all__ = [
    "CONSENT",
    "ERASE",
    "READ",
    "REVIEW",
    "WRITE",
    "author_of",
    "check_write",
    "digest_of",
    "has_smart_scopes",
    "may_read",
    "may_search",
    "may_write",
    "purpose_of",
    "visible_to",
]
