"""The demo city's health files, written as its practitioners do: some whole lives, and a little of everybody."""

from collections.abc import Iterator
from random import Random

from health_file import access
from health_file.demo.chart import Chart
from health_file.demo.decisions import SEEN, decide
from health_file.demo.directory import open_directory
from health_file.demo.stories import keep_secret, open_file, story_of, tell_light, tell_long_ill
from health_file.demo.visits import look
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.demo.city import SEED, City, StaffMember

# Whole files for the first families, among them everybody that the demo's welcome names; the others have a little.
TOLD_HOUSEHOLDS = 8
# Their mothers are long ill; of these, one has a record that is shown to fewer people.
SECRET_HOUSEHOLDS = frozenset({1})


def seed(session: Session, city: City) -> Iterator[str]:
    """Open a file for every resident and tell what happened."""
    source = Random(f"{SEED}-health")  # noqa: S311  # the same city every time
    doctors = city.staff_in("practitioner")
    clinics = {clinic.code: clinic for clinic in city.clinics}
    directory = open_directory(session, city, _author)
    for index, resident in enumerate(city.residents):
        # Of one family all go to one doctor.
        doctor = doctors[resident.household % len(doctors)]
        chart = Chart(
            session, _author(doctor), doctor, clinics[doctor.unit], resident, source, city.today, directory
        )
        open_file(chart)
        if resident.household <= TOLD_HOUSEHOLDS:
            story = story_of(resident, city.today, is_long_ill=resident.sex == "female")
            story(chart)
            if story is tell_long_ill and resident.household in SECRET_HOUSEHOLDS:
                keep_secret(chart)
            look(chart, _author(doctor))
            if story is tell_long_ill:
                elsewhere = next(one for one in city.clinics if one.code != doctor.unit)
                unwanted, colleague = [one for one in doctors if one.unit == elsewhere.code][:2]
                decide(chart, elsewhere, unwanted)
                look(chart, _author(colleague), SEEN)
        else:
            tell_light(chart)
        if index % 25 == 0:
            yield f"files {index}/{len(city.residents)}"


def _author(member: StaffMember) -> Actor:
    return Actor(
        kind=ActorKind.STAFF,
        account=member.subject_id,
        relation=Relation.STAFF,
        roles=frozenset(member.roles),
        unit=member.unit,
        scopes=frozenset({access.READ, access.WRITE}),
    )
