"""Treating relations follow what clinics write: opened, carried on and ended in the transaction of the resource."""

from collections.abc import Sequence
from uuid import UUID

from health_file import store
from health_file.actions.readers import name_of_unit
from health_file.actions.views import ResourceView, view_of
from health_file.fhir.treating import KINDS, ORGANISATIONS, relation_of
from health_file.rules import DIRECTORY, units_claimed_by
from services.actor import system
from services.database.session import Session
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.words import msgid

OPENED = NoticeKind(
    name="health_file.treating_opened",
    service="health_file",
    sentence=msgid("%(unit)s 开始为您看病，可以看您的健康档案。不认识的话，打开这里看看，可以马上拦住"),
    channels=(),
)
declare(OPENED)
PAGE = "/my/health/readers"
WRITER = system("health_file.keep_relations")


def keep_relations(session: Session, views: Sequence[ResourceView]) -> None:
    """Open, carry on or end the relations of Encounters and EpisodesOfCare that were just written.

    Effects: rows of treating relations; a message to the resident where a unit had none before.
    """
    for view in views:
        if view.type not in KINDS or view.subject_id == DIRECTORY:
            continue
        given = None if view.is_deleted else relation_of(view.body, view.recorded_at)
        units = [] if given is None else _units_of(session, view)
        if view.version > 1:
            store.end_relations(session, view.subject_id, view.id, but=units)
        if given is None:
            continue
        kind, ends_at = given
        for unit in units:
            open_relation(session, view.subject_id, unit, view.id, kind=kind, ends_at=ends_at)


def open_relation(
    session: Session, subject_id: UUID, unit: str, basis_id: UUID, *, kind: str, ends_at: object
) -> None:
    """Let a unit treat a resident until an instant. Effects: a message where it did not before."""
    is_new = store.find_standing(session, subject_id, unit) is None
    store.open_relation(
        session,
        {
            "subject_id": subject_id,
            "unit": unit,
            "basis_id": basis_id,
            "kind": kind,
            "starts_at": session.at,
            "ends_at": ends_at,
        },
    )
    if is_new:
        facts = {"unit": name_of_unit(session, unit)}
        notify(session, WRITER, subject_id=subject_id, kind=OPENED.name, facts=facts, link=PAGE)


def _units_of(session: Session, view: ResourceView) -> list[str]:
    """The unit that wrote it, and the one that it is for, where the directory knows that one's code."""
    reference = view.body.get(ORGANISATIONS[view.type], {}).get("reference", "")
    units = [view.author]
    if isinstance(reference, str) and reference.startswith("Organization/"):
        found = _find_unit(session, reference.removeprefix("Organization/").partition("/_history/")[0])
        units += [found] if found and found != view.author else []
    return units


def _find_unit(session: Session, own: str) -> str | None:
    try:
        row = store.find_in_directory(session, "Organization", UUID(own))
    except ValueError:
        return None
    codes = [] if row is None else [code for _, code in units_claimed_by(view_of(session, row).body)]
    # Only a unit itself may write its code into the directory.
    return codes[0] if len(codes) == 1 and row is not None and codes[0] == row.author else None
