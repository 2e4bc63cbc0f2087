"""A resident's own file, or that of a person acted for, as its pages read it: what a page needs, in one disclosure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from health_file import store
from health_file.actions.disclosure import record_disclosure
from health_file.actions.views import ResourceView, view_of, views_of
from health_file.errors import ResourceDeleted
from services import audit
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import Denied, NotFound


def read_own_file(session: Session, actor: Actor, *, wanted: Mapping[str, int]) -> list[ResourceView]:
    """Of each wanted type the newest so many; in no particular order.

    Access: scope health_file:read; residents only, through the one predicate. Effects: one audit row
    health_file.resources.read. Raises: Denied 403 to staff, who have their own doors.
    """
    subject = subject_of(actor)
    views = views_of(session, store.list_newest_of_types(session, actor, subject, wanted))
    _disclose(session, actor, views)
    return views


def read_own_record(session: Session, actor: Actor, *, resource_id: UUID) -> ResourceView:
    """One record of whatever type. Access, Effects: as `read_own_file`. Raises: NotFound 404, ResourceDeleted 410."""
    subject = subject_of(actor)
    row = store.find_own(session, actor, subject, resource_id)
    if row is None:
        raise NotFound
    if row.is_deleted:
        raise ResourceDeleted
    view = view_of(session, row)
    _disclose(session, actor, [view])
    return view


def subject_of(actor: Actor) -> UUID:
    """Whose file a person's page is about. Raises: Denied 403."""
    if actor.kind is not ActorKind.RESIDENT or actor.subject is None:
        raise Denied
    return actor.subject


def _disclose(session: Session, actor: Actor, views: Sequence[ResourceView]) -> None:
    if not views:
        return
    details: audit.Details = {"types": sorted({view.type for view in views}), "count": len(views)}
    record_disclosure(session, actor, "health_file.resources.read", views, details=details)
