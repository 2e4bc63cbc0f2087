"""The predicate that is kept as text says what `units.py` says, for every kind of asker, with the values of each."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from health_file.access.prepared import seen_by_unit_prepared
from health_file.access.purposes import PURPOSES
from health_file.access.units import seen_by_unit
from health_file.models import resources
from services.actor import Actor, ActorKind
from services.database.roles import Role
from services.database.session import Opening, Session

CLIENT = Actor(kind=ActorKind.CLIENT, client="c", unit="CL-HP")
DOCTOR = Actor(kind=ActorKind.STAFF, account=uuid4(), unit="CL-HP", roles=frozenset({"practitioner"}))


def said(predicate):
    """SQL with the values in the places of the parameters, and without brackets that say nothing."""
    compiled = select(resources.c.id).where(predicate).compile(dialect=PGDialect_psycopg())
    values = {name: repr(value) for name, value in compiled.params.items()}
    plain = re.sub(
        r"\(?%\((\w+)\)s(::[A-Z]+(?: WITH TIME ZONE)?(?:\[\])?)\)?(?:\2)?",
        lambda found: values[found[1]],
        str(compiled),
    )
    return re.sub(r"[\s()]+", " ", plain).strip()


@pytest.mark.parametrize("purpose", [None, *PURPOSES])
@pytest.mark.parametrize("asker", [CLIENT, DOCTOR])
def test_text_says_what_the_rules_say_for_one_asker_after_the_other(keys, asker, purpose) -> None:
    for unit, minute, glass in (("CL-HP", 1, uuid4()), ("CL-BJ", 2, uuid4()), ("CL-HP", 3, uuid4())):
        at = datetime(2026, 11, 26, 8, minute, tzinfo=UTC)
        session = Session(None, None, keys, at, Opening(role=Role.STAFF))  # type: ignore[arg-type]
        account = asker.account and uuid4()
        actor = replace(asker, unit=unit, purpose=purpose, mandate_id=glass, account=account)
        assert said(seen_by_unit_prepared(session, actor, unit)) == said(
            seen_by_unit(session, actor, unit, resources)
        )
