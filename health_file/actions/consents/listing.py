"""A resident's Consents as pages and programs show them: where each stands, and what it says, with names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.consents.writing import parties_of
from health_file.actions.deciders import decider_of
from health_file.actions.disclosure import record_disclosure
from health_file.actions.readers import names_of_people, names_of_units
from health_file.actions.views import ResourceView, views_of
from health_file.errors import ResourceInvalid
from health_file.fhir.consent import BLOCK, ConsentState, Rule, compile_consent, state_at
from services.actor import Actor
from services.database.session import Session

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One rule of a Consent; an empty list is about any. `within` is the one that it is an exception of."""

    number: int
    within: int | None
    is_denial: bool
    units: tuple[str, ...] = ()
    persons: tuple[UUID, ...] = ()
    purposes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    data_from: date | None = None
    data_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """A Consent: `names` are those of the units (by code) and people (by id) that its provisions name."""

    id: UUID
    version: int
    state: str
    changed_at: datetime
    is_block: bool
    provisions: tuple[Provision, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_standing(self) -> bool:
        """Whether it holds now."""
        return self.state == ConsentState.ACTIVE


def list_consents(session: Session, actor: Actor) -> list[ConsentView]:
    """What the resident has decided, newest first, what has ended included.

    Access: scope health_file:consent; the resident, or a child's parent.
    Effects: audit health_file.consents.read. Raises: Denied 403.
    """
    subject = decider_of(actor)
    rows = store.list_consents(session, actor, subject, limit=MOST)
    views = views_of(session, rows)
    if views:
        record_disclosure(session, actor, "health_file.consents.read", views)
    return [view_of_consent(session, view) for view in views]


def view_of_consent(session: Session, view: ResourceView) -> ConsentView:
    """A Consent with its provisions read and its parties named."""
    rules = _rules(session, view.body)
    ends = [rule.ends_at for rule in rules]
    until = max((end for end in ends if end is not None), default=None) if None not in ends else None
    units = {unit for rule in rules for unit in rule.units or ()}
    people = {person for rule in rules for person in rule.persons or ()}
    names = {**names_of_units(session, units), **names_of_people(session, people)}
    return ConsentView(
        id=view.id,
        version=view.version,
        state=state_at(view.body["status"], until, session.at).value,
        changed_at=view.recorded_at,
        is_block=_is_block(view.body),
        provisions=tuple(_provision(rule) for rule in rules),
        names=names,
    )


def _rules(session: Session, consent: dict[str, Any]) -> list[Rule]:
    """A draft may say what no rule can: it is shown without."""
    try:
        return compile_consent(consent, parties_of(session, consent))
    except ResourceInvalid:
        return []


def _provision(rule: Rule) -> Provision:
    def listed(values: frozenset[Any] | None) -> tuple[Any, ...]:
        return tuple(sorted(values or ()))

    return Provision(
        number=rule.number,
        within=rule.within,
        is_denial=rule.is_denial,
        units=listed(rule.units),
        persons=listed(rule.persons),
        purposes=listed(rule.purposes),
        types=listed(rule.types),
        labels=listed((rule.levels or frozenset()) | (rule.labels or frozenset())),
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
        data_from=rule.data_from,
        data_until=rule.data_until,
    )


def _is_block(consent: Mapping[str, Any]) -> bool:
    return BLOCK in {
        (coding.get("system"), coding.get("code"))
        for concept in consent.get("category", [])
        for coding in concept.get("coding", [])
    }
