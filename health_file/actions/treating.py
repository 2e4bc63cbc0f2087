"""Treating relations follow what clinics write: opened, carried on and ended in the transaction of the resource."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.openings import begin, note_ended
from health_file.actions.readers import name_of_unit
from health_file.actions.views import ResourceView, view_of
from health_file.fhir.treating import CARD, KINDS, ORGANISATIONS, relation_of
from health_file.rules import DIRECTORY, units_claimed_by
from services.actor import Actor, ActorKind, system
from services.database.roles import Role
from services.database.session import Session
from services.gateway.directory import list_guardians
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.words import msgid

OPENED = NoticeKind(
    name="health_file.treating_opened",
    service="health_file",
    sentence=msgid("%(unit)s 开始为您看病，可以看您的健康档案。不认识的话，打开这里看看，可以马上拦住"),
    channels=(),
)
UNUSUAL = NoticeKind(
    name="health_file.treating_unusual",
    service="health_file",
    sentence=msgid(
        "%(unit)s 开始为您看病，可以看您的健康档案。这次有些反常，会有人复核。没有去过的话，打开这里结束"
    ),
)
REFUSED = NoticeKind(
    name="health_file.treating_refused",
    service="health_file",
    sentence=msgid("%(unit)s 又说在为您看病。您说过不是，所以档案没有打开，这次会有人复核"),
)
declare(OPENED, UNUSUAL, REFUSED)
PAGE = "/my/health/readers"
WRITER = system("health_file.keep_relations")


def keep_relations(session: Session, actor: Actor, views: Sequence[ResourceView]) -> None:
    """Open, carry on or end the relations of Encounters and EpisodesOfCare that somebody just wrote.

    Effects: rows of treating relations, and of openings where a unit had none before; a message to the resident, and to
        a child's parents. Raises: TooManyOpenings 429.
    """
    for view in views:
        if view.type not in KINDS or view.subject_id == DIRECTORY:
            continue
        given = None if view.is_deleted else relation_of(view.body, view.recorded_at)
        units = [] if given is None else _units_of(session, view)
        if view.version > 1:
            store.end_relations(session, view.subject_id, view.id, but=units)
        if given is None:
            if view.version > 1:
                note_ended(session, view.subject_id, view.id)
            continue
        kind, ends_at = given
        for unit in units:
            place = {"subject_id": view.subject_id, "unit": unit, "basis_id": view.id, "kind": kind}
            if store.find_standing(session, view.subject_id, unit) is not None:
                store.open_relation(session, {**place, "starts_at": session.at, "ends_at": ends_at})
            else:
                _begin(session, actor, ends_at=ends_at, **place)


def _begin(session: Session, actor: Actor, *, ends_at: datetime, **place: Any) -> None:
    """Let a unit begin to treat a resident, and tell whom it concerns."""
    begun = begin(session, actor, **place)
    if begun.is_allowed:
        store.open_relation(session, {**place, "starts_at": session.at, "ends_at": ends_at})
    kind = REFUSED if not begun.is_allowed else UNUSUAL if begun.reasons else OPENED
    subject, facts = place["subject_id"], {"unit": name_of_unit(session, place["unit"])}
    notify(session, WRITER, subject_id=subject, kind=kind.name, facts=facts, link=PAGE)
    if actor.kind is ActorKind.SYSTEM:
        return
    # A child has no inbox that anybody opens: what begins with it, its parents hear.
    with session.entered(Role.WORKER):
        for guardian in list_guardians(session, subject):
            link = f"{PAGE}?for={subject}"
            notify(session, WRITER, subject_id=guardian, kind=kind.name, facts=facts, link=link)


def open_by_card(session: Session, subject_id: UUID, unit: str, basis_id: UUID, *, ends_at: datetime) -> None:
    """Let a unit read for whom a card was shown there: the resident's own act, which ends what they rejected before.

    Effects: a relation; a message where the unit had none.
    """
    store.forgive_rejection(session, subject_id, unit)
    is_new = store.find_standing(session, subject_id, unit) is None
    store.open_relation(
        session,
        {
            "subject_id": subject_id,
            "unit": unit,
            "basis_id": basis_id,
            "kind": CARD,
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
