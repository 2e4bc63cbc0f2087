"""The predicate in SQL against the same rules written slowly in Python, over invented rules, rows and readers."""

from dataclasses import asdict
from datetime import date, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from health_file.access import digest_of, visible_to
from health_file.fhir.consent import Rule
from health_file.fhir.labels import MENTAL
from health_file.models import consent_rules, resources, treating_relations
from services import ids
from services.actor import Actor, ActorKind, Relation
from services.database.roles import Role
from services.database.session import Opening

UNITS, PURPOSES = ("CL-A", "CL-B"), ("TREAT", "HRESCH", "HOPERAT", "BTG")
PEOPLE = (ids.new_id(), ids.new_id())
KINDS, DAYS = ("Observation", "Condition"), (None, date(2020, 1, 1), date(2026, 1, 1))
LEVELS = ("security=N", "security=R", "security=V")
# Every row that differs in what the rules look at.
ROWS = [
    (ids.new_id(), kind, author, frozenset(labels), day)
    for kind in KINDS
    for author in (*UNITS, "CL-C")
    for labels in ((LEVELS[0],), (LEVELS[1], MENTAL), (LEVELS[2],))
    for day in DAYS
]
READERS = st.tuples(
    st.sampled_from(UNITS), st.sampled_from((*PEOPLE, None)), st.sampled_from(PURPOSES[:3]), st.booleans()
)


def some(values):
    return st.none() | st.frozensets(st.sampled_from(values), min_size=1)


def shifts():
    return st.none() | st.sampled_from((-2, -1, 1, 2))


@st.composite
def rule_sets(draw):
    found, numbers = [], []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        within = draw(st.none() | st.sampled_from(numbers)) if numbers else None
        found.append(
            (
                Rule(
                    number=number,
                    within=within,
                    is_denial=draw(st.booleans()),
                    units=draw(some(UNITS)),
                    persons=draw(some(PEOPLE)),
                    purposes=draw(some(PURPOSES)),
                    types=draw(some(KINDS)),
                    levels=draw(some(LEVELS)),
                    labels=draw(st.none() | st.just(frozenset({MENTAL}))),
                    instances=draw(st.none() | st.just(frozenset(row[0] for row in ROWS[:20]))),
                    data_from=draw(st.none() | st.just(date(2025, 1, 1))),
                    data_until=draw(st.none() | st.just(date(2025, 1, 1))),
                ),
                draw(shifts()),
                draw(shifts()),
            )
        )
        numbers.append(number)
    return found


def covers(rule, starts, ends, row, reader):
    own, kind, _, labels, day = row
    unit, person, purpose, _ = reader
    checks = [
        rule.units is None or unit in rule.units,
        rule.persons is None or person in rule.persons,
        rule.purposes is None or purpose in rule.purposes,
        rule.types is None or kind in rule.types,
        rule.levels is None or bool(labels & rule.levels),
        rule.labels is None or bool(labels & rule.labels),
        rule.instances is None or own in rule.instances,
        starts is None or starts < 0,
        ends is None or ends > 0,
    ]
    if rule.data_from is not None or rule.data_until is not None:
        if day is None:
            checks.append(rule.is_denial)
        else:
            checks.append(rule.data_from is None or day >= rule.data_from)
            checks.append(rule.data_until is None or day <= rule.data_until)
    return all(checks)


def fires(rules, row, reader, *, is_denial):
    for rule, *times in rules:
        excepted = any(
            one.within == rule.number and covers(one, *others, row, reader) for one, *others in rules
        )
        is_meant = is_denial or rule.levels or rule.instances or LEVELS[2] not in row[3]
        if rule.is_denial is is_denial and is_meant and covers(rule, *times, row, reader) and not excepted:
            return True
    return False


def sees(rules, row, reader):
    unit, _, purpose, is_treated = reader
    permitted = fires(rules, row, reader, is_denial=False)
    treated = is_treated and LEVELS[2] not in row[3]
    given_to = {
        "TREAT": row[2] == unit or treated or permitted,
        "HOPERAT": row[2] == unit or permitted,
        "HRESCH": permitted,
    }[purpose]
    return given_to and not fires(rules, row, reader, is_denial=True)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rules=rule_sets(), reader=READERS)
def test_predicate_shows_what_the_rules_say(database, keys, rules, reader) -> None:
    subject, consent = UUID(int=ids.new_id().int), ids.new_id()
    unit, person, purpose, is_treated = reader
    listed = ("units", "persons", "purposes", "types", "instances")
    with database.transaction(Opening(role=Role.WORKER, service="health_file")) as session:
        for own, kind, author, labels, day in ROWS:
            values = {
                "subject_id": subject, "id": own, "version": 1, "type": kind, "author": author, "is_current": True,
                "body_sealed": b"x", "recorded_at": session.at, "dated_on": day, "is_deleted": False,
                "labels": [digest_of(keys, one) for one in sorted(labels)],
            }  # fmt: skip
            session.execute(insert(resources), values)
        for rule, starts, ends in rules:
            row = asdict(rule)
            row |= {name: None if row[name] is None else sorted(row[name]) for name in listed}
            for name in ("levels", "labels"):
                row[name] = None if row[name] is None else [digest_of(keys, one) for one in sorted(row[name])]
            row |= {"starts_at": starts and session.at + timedelta(hours=starts)}
            row |= {"ends_at": ends and session.at + timedelta(hours=ends)}
            session.execute(insert(consent_rules), {**row, "subject_id": subject, "consent_id": consent})
        if is_treated:
            session.execute(
                insert(treating_relations),
                {
                    "subject_id": subject, "unit": unit, "basis_id": consent, "kind": "encounter",
                    "starts_at": session.at, "ends_at": session.at + timedelta(days=1),
                },
            )  # fmt: skip
    actor = Actor(
        kind=ActorKind.STAFF if person else ActorKind.CLIENT,
        account=person,
        relation=Relation.STAFF,
        roles=frozenset({"practitioner"}) if person else frozenset(),
        unit=unit,
        purpose=purpose,
        scopes=frozenset({"health_file:read"}),
    )
    with database.transaction(Opening(role=Role.STAFF, service="health_file", account=person)) as session:
        found = select(resources.c.id).where(resources.c.subject_id == subject, visible_to(session, actor))
        shown = set(session.execute(found).scalars())
    assert shown == {row[0] for row in ROWS if sees(rules, row, reader)}


def test_residents_read_their_file_by_the_index(database, resident) -> None:
    actor = Actor(
        kind=ActorKind.RESIDENT,
        account=resident.account,
        subject=resident.subject,
        scopes=frozenset({"health_file:read"}),
    )
    opening = Opening(
        role=Role.RESIDENT, service="health_file", account=actor.account, subjects=(actor.subject,)
    )
    with database.transaction(opening) as session:
        session.raw("SET LOCAL enable_seqscan = off")
        wanted = select(resources.c.id).where(
            resources.c.id == ids.new_id(), resources.c.is_current, visible_to(session, actor)
        )
        shown = wanted.compile(dialect=session.connection.dialect, compile_kwargs={"literal_binds": True})
        plan = "\n".join(row[0] for row in session.execute(text(f"EXPLAIN {shown}")))
    assert "Seq Scan" not in plan
    assert "SubPlan" not in plan
    assert "Index" in plan
