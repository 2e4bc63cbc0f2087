"""The reader log: whoever shows resources says so here, in the same transaction, or shows nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from health_file import store
from health_file.access import author_of, purpose_of
from health_file.access.purposes import EMERGENCY, RESEARCH, TREATMENT
from health_file.actions.readers import keep_name
from health_file.actions.views import ResourceView, WrittenView
from health_file.fhir.treating import CARD
from health_file.rules import DIRECTORY
from services import audit
from services.actor import Actor, ActorKind, Relation
from services.audit import Details
from services.database.session import Session

MOST_NAMED = 50
NOTHING: Details = {}
BASES: Mapping[Relation, str] = {
    Relation.SELF: "own",
    Relation.GUARDIAN: "guardian",
    Relation.CARER: "carer",
}


def record_disclosure(
    session: Session,
    actor: Actor,
    event: str,
    views: Sequence[ResourceView | WrittenView],
    *,
    details: Details = NOTHING,
    subject_id: UUID | None = None,
) -> None:
    """Write down who is shown what, for what purpose and on which ground, one audit row for each resident.

    Every path that shows resources calls it once, before it answers; the rows travel with COMMIT, so that without them
    nothing is committed and nothing answered. What was shown is named by ids up to 50, beyond that counted.

    Shapes: `details` are the event's own; `purpose`, `consent`, `unit`, `grant` and `resources` or `count` are added
        here and declared with the event. `subject_id` is whose file was asked for where nothing was found in it.
    """
    keep_name(session, actor)
    named = replace(actor, purpose=purpose_of(actor))
    unit = author_of(actor) if actor.kind is not ActorKind.SYSTEM else None
    by_resident: dict[UUID | None, list[ResourceView | WrittenView]] = {}
    for view in views:
        by_resident.setdefault(view.subject_id, []).append(view)
    if len(by_resident) > 1:
        # What the directory says beside somebody's file is about nobody.
        by_resident.pop(DIRECTORY, None)
    for owner, shown in (by_resident or {subject_id: []}).items():
        ids = list(dict.fromkeys(f"{view.type}/{view.id}" for view in shown))
        said: Details = {
            **details,
            **({"resources": ids} if 0 < len(ids) <= MOST_NAMED else {}),
            **({"count": len(shown)} if len(by_resident) > 1 or len(ids) > MOST_NAMED else {}),
            **({} if named.purpose is None else {"purpose": named.purpose}),
            **({} if unit is None else {"unit": unit}),
            **({} if actor.grant is None else {"grant": str(actor.grant)}),
            "consent": basis_of(session, actor, owner, shown, event=event),
        }
        audit.append(session, named, event, subject_id=owner, details=said)


ASKED = "health_file.resources.asked"


def record_question(
    session: Session, actor: Actor, owners: Iterable[UUID], *, types: Sequence[str], parameters: Sequence[str]
) -> None:
    """Write down that somebody asked about these residents by name and was shown nothing.

    That there is nothing is an answer, too, and who asked is what a resident wants to know. Whoever names nobody has
    asked about nobody.

    Effects: audit health_file.resources.asked, a row for each of them.
    """
    for owner in dict.fromkeys(owners):
        details: Details = {"types": sorted(types), "parameters": sorted(parameters), "count": 0}
        record_disclosure(session, actor, ASKED, [], details=details, subject_id=owner)


def basis_of(
    session: Session,
    actor: Actor,
    owner: UUID | None,
    shown: Sequence[ResourceView | WrittenView],
    *,
    event: str = "",
) -> str:
    """On which ground somebody is shown these resources of one file."""
    if owner is None or owner == DIRECTORY:
        return "directory"
    if actor.kind is ActorKind.RESIDENT:
        return BASES.get(actor.relation, "none")
    if actor.kind is ActorKind.SYSTEM:
        return "system"
    return (
        "break-glass"
        if purpose_of(actor) == EMERGENCY
        else _basis_of_unit(session, actor, owner, shown, event)
    )


def _basis_of_unit(
    session: Session, actor: Actor, owner: UUID, shown: Sequence[ResourceView | WrittenView], event: str
) -> str:
    unit, purpose = author_of(actor) or "", purpose_of(actor) or ""
    is_own = bool(shown) and all(view.author == unit for view in shown)
    if is_own and purpose != RESEARCH:
        return "author"
    standing = store.find_standing(session, owner, unit) if purpose == TREATMENT else None
    if standing is not None:
        return "card" if standing.kind == CARD else "treating"
    found = store.find_permission(session, actor, unit, owner, purpose)
    if found is not None:
        return f"consent:{found}"
    # Who is shown something on no other ground wrote it.
    return "author" if purpose != RESEARCH and event != ASKED else "none"
