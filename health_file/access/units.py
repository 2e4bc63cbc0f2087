"""What a clinic's practitioners and systems see: what they wrote, whom they treat, what the resident permits.

The order of things: a denial takes away whatever the rest gives, an emergency excepted, which only a denial that names
emergencies stops. Whatever cannot be known (a purpose, a day) counts against whoever asks.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, any_, exists, false, func, literal, or_, true

from health_file.access.policy import Audience, has_label, withheld_from
from health_file.access.purposes import EMERGENCY, OPERATIONS, RESEARCH, TREATMENT, purpose_of
from health_file.models import consent_rules, emergencies, treating_relations
from health_file.rules import RESIDENT_AUTHOR
from services.actor import Actor
from services.database.session import Session

Predicate = ColumnElement[bool]


def seen_by_unit(session: Session, actor: Actor, unit: str, rows: FromClause) -> Predicate:
    """Whether somebody who works for a unit sees a row of a resident's file."""
    columns: Any = rows.c
    purpose = purpose_of(actor)
    # Whom residents let in and whom they shut out is between them and this city.
    is_theirs = ~and_(columns.type == "Consent", columns.author == RESIDENT_AUTHOR)
    if purpose == EMERGENCY:
        return and_(is_theirs, _in_emergency(session, actor, rows), ~_denied(session, actor, unit, rows))
    permitted = _permitted(session, actor, unit, rows)
    if purpose == TREATMENT:
        given = or_(columns.author == unit, _treated(session, unit, rows), permitted)
    elif purpose == OPERATIONS:
        given = or_(columns.author == unit, permitted)
    elif purpose == RESEARCH:
        given = permitted
    else:
        return false()
    return and_(is_theirs, given, ~_denied(session, actor, unit, rows))


def treats(session: Session, unit: str, rows: FromClause) -> Predicate:
    """Whether a unit stands in a treating relation to whom a row is about, now."""
    columns: Any = rows.c
    relation = treating_relations.alias()
    found = exists().where(
        relation.c.subject_id == columns.subject_id,
        relation.c.unit == unit,
        relation.c.starts_at <= session.at,
        relation.c.ends_at > session.at,
    )
    return found.correlate(rows)


def _treated(session: Session, unit: str, rows: FromClause) -> Predicate:
    return and_(treats(session, unit, rows), ~_labelled(session, rows, Audience.TREATING))


def _in_emergency(session: Session, actor: Actor, rows: FromClause) -> Predicate:
    """Of the one resident of a glass that was broken and has not been closed; what is restricted, once confirmed."""
    columns: Any = rows.c
    glass = emergencies.alias()
    found = exists().where(
        glass.c.subject_id == columns.subject_id,
        glass.c.id == actor.mandate_id,
        glass.c.account_id == actor.account,
        glass.c.state == "active",
        glass.c.expires_at > session.at,
        or_(glass.c.is_confirmed, ~_labelled(session, rows, Audience.EMERGENCY)),
    )
    return found.correlate(rows)


def _permitted(session: Session, actor: Actor, unit: str, rows: FromClause) -> Predicate:
    rule = consent_rules.alias()
    # What is withheld from those who treat is permitted only by a rule that names how confidential it is, or names it
    # itself: who permits a kind does not think of what was locked away within it.
    is_named = or_(
        rule.c.levels.is_not(None),
        rule.c.instances.is_not(None),
        ~_labelled(session, rows, Audience.TREATING),
    )
    return _fires(session, actor, unit, rows, rule, ~rule.c.is_denial, is_named)


def _denied(session: Session, actor: Actor, unit: str, rows: FromClause) -> Predicate:
    rule = consent_rules.alias()
    # An emergency is stopped by a denial that names it, and by no other.
    is_meant = rule.c.purposes.is_not(None) if purpose_of(actor) == EMERGENCY else true()
    return _fires(session, actor, unit, rows, rule, rule.c.is_denial, is_meant)


def _fires(
    session: Session, actor: Actor, unit: str, rows: FromClause, rule: Any, *conditions: Predicate
) -> Predicate:
    """A rule covers the row, and none of the exceptions within it does (Consent.provision.provision)."""
    exception = consent_rules.alias()
    excepted = exists().where(
        exception.c.consent_id == rule.c.consent_id,
        exception.c.within == rule.c.number,
        *_covers(session, actor, unit, rows, exception),
    )
    # Both are said to be of the row that is asked about: two levels down it would be looked for anew.
    inside = ~excepted.correlate(rule, rows)
    return exists().where(*conditions, *_covers(session, actor, unit, rows, rule), inside).correlate(rows)


def _covers(session: Session, actor: Actor, unit: str, rows: FromClause, rule: Any) -> list[Predicate]:
    """Whom, when, for what and what a rule is about; a row of unknown day is covered by denials alone."""
    row: Any = rows.c
    its: Any = rule.c
    day_is_within = and_(
        or_(its.data_from.is_(None), row.dated_on >= its.data_from),
        or_(its.data_until.is_(None), row.dated_on <= its.data_until),
    )
    is_person = false() if actor.account is None else literal(actor.account) == any_(its.persons)
    return [
        its.subject_id == row.subject_id,
        or_(its.units.is_(None), literal(unit) == any_(its.units)),
        or_(its.persons.is_(None), is_person),
        or_(its.starts_at.is_(None), its.starts_at <= session.at),
        or_(its.ends_at.is_(None), its.ends_at > session.at),
        or_(its.purposes.is_(None), literal(purpose_of(actor)) == any_(its.purposes)),
        or_(its.types.is_(None), row.type == any_(its.types)),
        or_(its.levels.is_(None), row.labels.op("&&", is_comparison=True)(its.levels)),
        or_(its.labels.is_(None), row.labels.op("&&", is_comparison=True)(its.labels)),
        or_(its.instances.is_(None), row.id == any_(its.instances)),
        func.coalesce(day_is_within, its.is_denial),
    ]


def _labelled(session: Session, rows: FromClause, audience: Audience) -> Predicate:
    return has_label(session, rows, withheld_from(audience, None))
