"""Who may read and write a health file."""

from health_file.access.authors import author_of
from health_file.access.policy import digest_of
from health_file.access.predicate import visible_to
from health_file.access.purposes import purpose_of
from health_file.access.scopes import READ, WRITE

__all__ = ["READ", "WRITE", "author_of", "digest_of", "purpose_of", "visible_to"]
