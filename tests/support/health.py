"""A resident with a file that tells something, written by the demo's stories through the real actions."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from health_file import actions
from health_file.demo import stories
from health_file.demo.chart import Chart
from health_file.rules import UNIT_SYSTEM
from services import clock
from services.actor import Actor, ActorKind, Relation
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.demo.city import Resident, invent_city
from tests.support.people import Enrolled

CITY = invent_city()
DOCTOR = CITY.staff_in("practitioner")[0]
CLINIC = next(one for one in CITY.clinics if one.code == DOCTOR.unit)


def doctor() -> Actor:
    """The practitioner who writes it."""
    return Actor(
        kind=ActorKind.STAFF,
        account=DOCTOR.subject_id,
        relation=Relation.STAFF,
        roles=frozenset({"practitioner"}),
        unit=DOCTOR.unit,
        scopes=frozenset({"health_file:read", "health_file:write"}),
    )


def tell(
    database: Database,
    person: Enrolled,
    *told: Callable[[Chart], None],
    name: str = "王桂兰",
    **given: object,
) -> Chart:
    """Open somebody's file and let these stories happen in it."""
    number = person.username
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    resident = Resident(
        subject_id=person.account,
        name=name,
        sex="female",
        born_on=clock.today().fromisoformat(born),
        id_number=number,
        phone=None,
        household=1,
        address="东岸区和平路1号",
        district="东岸区",
        **given,
    )
    with database.transaction(Opening(role=Role.WORKER, service="health_file")) as session:
        chart = Chart(session, doctor(), DOCTOR, CLINIC, resident, Random("test"), clock.today())
        stories.open_file(chart)
        for story in told:
            story(chart)
    return chart


def fill_directory(database: Database) -> None:
    """The clinics of the demo city, as whoever looks for a unit finds them."""
    with database.transaction(Opening(role=Role.WORKER, service="health_file")) as session:
        for clinic in CITY.clinics:
            number = {"system": UNIT_SYSTEM, "value": clinic.code}
            body = {
                "resourceType": "Organization",
                "identifier": [number],
                "active": True,
                "name": clinic.name,
            }
            writer = replace(doctor(), unit=clinic.code)
            actions.create_resource(session, writer, resource_type="Organization", resource=body)


def write(database: Database, chart: Chart, resource_type: str, **elements: object) -> str:
    """One more resource in a file; its id."""
    with database.transaction(Opening(role=Role.WORKER, service="health_file")) as session:
        chart.session = session
        return chart.add(resource_type, **elements).partition("/")[2]
