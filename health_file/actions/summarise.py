"""The patient summary: a document drawn up from what the reader may see of a file."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from health_file import pdf, store
from health_file.actions.disclosure import record_disclosure
from health_file.actions.search.index import token_of
from health_file.actions.views import ResourceView, view_of, views_of
from health_file.errors import ParameterInvalid, ResourceDeleted
from health_file.ips.document import document, draw
from health_file.ips.frame import Frame
from health_file.ips.front_page import FRONT_PAGE, GENDERS
from health_file.ips.profiles import BASE
from health_file.ips.references import references_in
from health_file.ips.sections import READ_OF_TYPE
from health_file.rules import DIRECTORY_TYPES
from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.words import msgid

IPS = BASE + "Composition-uv-ips"
PROFILES = {"": IPS, IPS: IPS, BASE + "Bundle-uv-ips": IPS, FRONT_PAGE: FRONT_PAGE}
# What only the front page is drawn from.
FRONT_PAGE_TYPES = {"Encounter": 40, "EpisodeOfCare": 50}
# A Practitioner's role names an Organization, which may be part of another: no document needs more steps.
STEPS = 3
# The words of the printed page that are not in the document itself.
PRINTED = {
    "name": msgid("姓名"),
    "gender": msgid("性别"),
    "birth": msgid("出生日期"),
    "file": msgid("档案编号"),
    "note": msgid("由居民电子健康档案自动生成，数据附在本文件中。文件编号："),
    **GENDERS,
}


def summarise(
    session: Session,
    actor: Actor,
    *,
    base_url: str,
    language: str,
    say: Callable[[str], str],
    patient_id: UUID | None = None,
    identifier: str = "",
    profile: str = "",
) -> dict[str, Any]:
    """A patient's summary as a document Bundle, in one language.

    Standard: IPS 2.0.0 OperationDefinition summary; by default the universal profile, or `cn-front-page`.
    Shapes: the patient by id, by an `identifier` as a token (`system|value`), or the one whom the actor acts for.
    Access: scope health_file:read; every resource in it passes the predicate of the file.
    Effects: audit health_file.summary.read, naming the resources.
    Raises: NotFound 404, ResourceDeleted 410, ParameterInvalid 400.
    """
    if profile not in PROFILES:
        raise ParameterInvalid("profile", " | ".join(filter(None, PROFILES)), "not-supported")
    patient = view_of(session, _patient(session, actor, patient_id, identifier))
    wanted = {**READ_OF_TYPE, **(FRONT_PAGE_TYPES if PROFILES[profile] == FRONT_PAGE else {})}
    rows = store.list_newest_of_types(session, actor, patient.subject_id, wanted)
    found = sorted(views_of(session, rows), key=lambda one: one.id, reverse=True)
    frame = Frame(
        document_id=ids.new_id(),
        composition_id=ids.new_id(),
        at=session.at,
        language=language,
        base_url=base_url,
        profile=PROFILES[profile],
        say=say,
    )
    drawn = draw(frame, patient.as_fhir(), [one.as_fhir() for one in found])
    chosen = [one for one in found if f"{one.type}/{one.id}" in drawn.chosen]
    known = {f"{one.type}/{one.id}" for one in (patient, *found)}
    beside = _named_by(session, actor, [patient, *chosen], base_url, known)
    bundle = document(frame, patient.as_fhir(), drawn, [one.as_fhir() for one in beside])
    disclose(session, actor, bundle, [patient, *found, *beside])
    return bundle


def print_summary(bundle: dict[str, Any], say: Callable[[str], str]) -> bytes:
    """A summary document as a tagged PDF that carries the document inside.

    Standard: PDF/UA-1, PDF/A-3. Raises: FontMissing 503, NotPrintable 422.
    """
    return pdf.print_document(bundle, {name: say(sentence) for name, sentence in PRINTED.items()})


def disclose(session: Session, actor: Actor, bundle: dict[str, Any], views: Sequence[ResourceView]) -> None:
    """Note who was shown what: the resources of the document, not all that were read to choose them."""
    named = {entry["resource"]["id"] for entry in bundle["entry"]}
    shown = [view for view in views if str(view.id) in named]
    details: audit.Details = {
        "document_id": bundle["id"],
        "types": sorted({entry["resource"]["resourceType"] for entry in bundle["entry"]}),
        "count": len(named),
    }
    record_disclosure(session, actor, "health_file.summary.read", shown, details=details)


def _patient(session: Session, actor: Actor, patient_id: UUID | None, identifier: str) -> Any:
    if patient_id is not None:
        row = store.find_resource(session, actor, "Patient", patient_id, None)
        if row is None:
            raise NotFound
        if row.is_deleted:
            raise ResourceDeleted
        return row
    if not identifier and actor.subject is not None:
        rows = store.list_newest_of_types(session, actor, actor.subject, {"Patient": 1})
        if not rows:
            raise NotFound
        return rows[0]
    if not identifier:
        raise ParameterInvalid("identifier", "system|value", "required")
    digest = token_of(session, "Patient", "identifier", identifier)
    rows = store.find_patients(session, actor, [digest])
    if len(rows) != 1:
        raise NotFound
    return rows[0]


def _named_by(
    session: Session, actor: Actor, views: Sequence[ResourceView], base_url: str, known: set[str]
) -> list[ResourceView]:
    """Whom and what the resources refer to and the document carries along: who treated, where, and parts of reports.

    `known` are the resources that were read already, chosen or not.
    """
    beside: list[ResourceView] = []
    waiting: Sequence[ResourceView] = views
    for _ in range(STEPS):
        wanted = {one for view in waiting for one in _followed(view, base_url)} - known
        if not wanted:
            break
        rows = store.list_named(session, actor, _ids(wanted), (*DIRECTORY_TYPES, "Observation"))
        waiting = [view for view in views_of(session, rows) if f"{view.type}/{view.id}" in wanted]
        beside += waiting
        known |= wanted
    return beside


def _followed(view: ResourceView, base_url: str) -> set[str]:
    people = {one for one in references_in(view.body, base_url) if one.partition("/")[0] in DIRECTORY_TYPES}
    parts: list[Any] = [view.body.get("result", []), view.body.get("hasMember", [])]
    if view.type not in {"DiagnosticReport", "Observation"} or not any(parts):
        return people
    return people | {one for one in references_in(parts, base_url) if one.startswith("Observation/")}


def _ids(references: set[str]) -> list[UUID]:
    found = []
    for reference in sorted(references):
        try:
            found.append(UUID(reference.partition("/")[2]))
        except ValueError:
            continue
    return found
