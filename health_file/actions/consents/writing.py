"""Giving, changing and withdrawing a Consent: its rules hold from the commit on, in every process."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import digest_of
from health_file.actions.deciders import decider_of
from health_file.actions.views import ResourceView, view_of
from health_file.actions.writing import following, write_version
from health_file.errors import (
    ConsentNotPossible,
    Issue,
    ResidentUnknown,
    ResourceDeleted,
    ResourceInvalid,
    VersionOutdated,
)
from health_file.fhir.consent import ConsentState, Party, Rule, compile_consent, references_in
from health_file.fhir.consent.rule import STAFF_SYSTEM
from health_file.fhir.consent.states import may_become
from health_file.fhir.validation import validate
from health_file.rules import RESIDENT_AUTHOR, units_claimed_by
from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound


def give_consent(session: Session, actor: Actor, *, resource: dict[str, Any]) -> ResourceView:
    """Keep a resident's Consent and, where it is active, let its provisions hold.

    Standard: FHIR R4 consent.html; how provisions combine: health_file/fhir/consent/compiling.py.
    Access: scope health_file:consent; the resident, or a child's parent.
    Effects: the resource, its rules in the same transaction, audit health_file.consent.given.
    Raises: Denied 403, ResourceInvalid 422 for what no rule can say, ResidentUnknown 422, ConsentNotPossible 409.
    """
    subject = decider_of(actor)
    validate(resource, "Consent")
    _check_patient(session, subject, resource)
    view = ResourceView(
        id=ids.new_id(),
        type="Consent",
        version=1,
        author=RESIDENT_AUTHOR,
        recorded_at=session.at,
        body=resource,
        subject_id=subject,
    )
    _write(session, actor, view, was=None)
    audit.append(session, actor, "health_file.consent.given", subject_id=subject, details=_details(view))
    return view


def change_consent(
    session: Session, actor: Actor, *, resource_id: UUID, seen: int, resource: dict[str, Any]
) -> ResourceView:
    """Put a new version of a resident's Consent in the place of the one seen; its old rules end with it.

    Access, Raises: as `give_consent`; NotFound 404, ResourceDeleted 410, VersionOutdated 412.
    Effects: the next version, its rules, audit health_file.consent.changed.
    """
    row = _find(session, actor, resource_id)
    if row.version != seen:
        raise VersionOutdated
    validate(resource, "Consent")
    if resource.get("id") != str(resource_id):
        raise ResourceInvalid([Issue("Consent.id", "the id of the address")])
    _check_patient(session, row.subject_id, resource)
    return _follow(session, actor, row, resource)


def withdraw_consent(session: Session, actor: Actor, *, consent_id: UUID) -> ResourceView:
    """End a Consent at once: the next request anywhere is judged without it.

    Access: scope health_file:consent; the resident, or a child's parent.
    Effects: a version of status inactive, no rules, audit health_file.consent.changed. A second time does nothing.
    Raises: Denied 403, NotFound 404, ConsentNotPossible 409, VersionOutdated 412.
    """
    row = _find(session, actor, consent_id)
    view = view_of(session, row)
    if view.body["status"] == ConsentState.INACTIVE:
        return view
    body = {**view.body, "id": str(view.id), "status": ConsentState.INACTIVE.value}
    return _follow(session, actor, row, body)


def parties_of(session: Session, consent: Mapping[str, Any]) -> dict[str, Party]:
    """Whom the literal references of a Consent mean, as far as the directory knows."""
    found = {}
    for reference in sorted(references_in(consent)):
        kind, _, own = reference.partition("/")
        party = _find_party(session, kind, own)
        if party is not None:
            found[reference] = party
    return found


def _find_party(session: Session, kind: str, own: str) -> Party | None:
    store.reach_directory(session, kind)
    try:
        row = store.find_in_directory(session, kind, UUID(own))
    except ValueError:
        return None
    if row is None:
        return None
    body = view_of(session, row).body
    if kind == "Organization":
        codes = [code for _, code in units_claimed_by(body)]
        # Only a unit itself may write its code into the directory.
        return Party(unit=codes[0]) if codes == [row.author] else None
    accounts = [one.get("value") for one in body.get("identifier", []) if one.get("system") == STAFF_SYSTEM]
    try:
        return Party(person=UUID(str(accounts[0]))) if len(accounts) == 1 else None
    except ValueError:
        return None


def _find(session: Session, actor: Actor, consent_id: UUID) -> Any:
    decider_of(actor)
    row = store.find_resource(session, actor, "Consent", consent_id, None)
    if row is None or row.author != RESIDENT_AUTHOR:
        raise NotFound
    if row.is_deleted:
        raise ResourceDeleted
    return row


def _follow(session: Session, actor: Actor, row: Any, body: dict[str, Any]) -> ResourceView:
    was = view_of(session, row).body["status"]
    view = following(session, row, RESIDENT_AUTHOR, body)
    _write(session, actor, view, was=was)
    audit.append(
        session, actor, "health_file.consent.changed", subject_id=row.subject_id, details=_details(view)
    )
    return view


def _write(session: Session, actor: Actor, view: ResourceView, *, was: str | None) -> None:
    status = view.body["status"]
    if not may_become(was, status):
        raise ConsentNotPossible
    rules: Sequence[Rule] = ()
    if status == ConsentState.ACTIVE:
        rules = compile_consent(view.body, parties_of(session, view.body))
    write_version(session, actor, view)
    store.replace_rules(session, view.subject_id, view.id, [_row(session, rule) for rule in rules])


def _row(session: Session, rule: Rule) -> dict[str, Any]:
    def listed(values: frozenset[Any] | None) -> list[Any] | None:
        return None if values is None else sorted(values)

    def digests(values: frozenset[str] | None) -> list[bytes] | None:
        return None if values is None else sorted(digest_of(session.keys, one) for one in values)

    return {
        "number": rule.number,
        "within": rule.within,
        "is_denial": rule.is_denial,
        "units": listed(rule.units),
        "persons": listed(rule.persons),
        "purposes": listed(rule.purposes),
        "types": listed(rule.types),
        "levels": digests(rule.levels),
        "labels": digests(rule.labels),
        "instances": listed(rule.instances),
        "starts_at": rule.starts_at,
        "ends_at": rule.ends_at,
        "data_from": rule.data_from,
        "data_until": rule.data_until,
    }


def _check_patient(session: Session, subject: UUID, resource: Mapping[str, Any]) -> None:
    own = store.find_patient_id(session, subject)
    if own is None:
        raise ResidentUnknown
    if resource.get("patient", {}).get("reference") != f"Patient/{own}":
        raise ResourceInvalid([Issue("Consent.patient", f"Patient/{own}", "business-rule")])


def _details(view: ResourceView) -> dict[str, Any]:
    return {"consent_id": str(view.id), "status": view.body["status"], "version": view.version}
