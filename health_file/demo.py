"""The demo city's health files: a Patient for everybody, and a few observations each."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from health_file import actions
from health_file.rules import ID_NUMBER_SYSTEM
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.demo.city import SEED, City, Resident

# LOINC code, name, unit (UCUM), lowest and highest invented value, the laboratory's range.
MEASURED = (
    ("8480-6", "收缩压", "mm[Hg]", 98, 148, (90, 140)),
    ("8462-4", "舒张压", "mm[Hg]", 58, 95, (60, 90)),
    ("8867-4", "心率", "/min", 55, 98, (60, 100)),
    ("29463-7", "体重", "kg", 18, 88, None),
    ("2339-0", "空腹血糖", "mg/dL", 72, 128, (70, 110)),
)


def seed(session: Session, city: City) -> Iterator[str]:
    """Open a file for every resident and write observations as the clinics' practitioners do."""
    source = Random(f"{SEED}-health")  # noqa: S311  # the same city every time
    practitioners = [
        Actor(
            kind=ActorKind.STAFF,
            account=member.subject_id,
            relation=Relation.STAFF,
            roles=frozenset(member.roles),
            unit=member.unit,
        )
        for member in city.staff_in("practitioner")
    ]
    for index, resident in enumerate(city.residents):
        author = practitioners[index % len(practitioners)]
        patient = actions.create_resource(
            session, author, resource_type="Patient", resource=_patient(resident)
        )
        for measured in source.sample(MEASURED, 3):
            body = _observation(source, str(patient.id), measured, city)
            actions.create_resource(session, author, resource_type="Observation", resource=body)
        if index % 25 == 0:
            yield f"files {index}/{len(city.residents)}"


def _patient(resident: Resident) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [{"use": "official", "system": ID_NUMBER_SYSTEM, "value": resident.id_number}],
        "active": True,
        "name": [{"use": "official", "text": resident.name}],
        "gender": resident.sex,
        "birthDate": resident.born_on.isoformat(),
        "address": [{"text": resident.address}],
    }


def _observation(source: Random, patient: str, measured: tuple[Any, ...], city: City) -> dict[str, Any]:
    code, name, unit, least, most, usual = measured
    on = city.today - timedelta(days=source.randint(3, 300))
    body: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": on.isoformat(),
        "valueQuantity": {
            "value": source.randint(least, most),
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
    }
    if usual:
        body["referenceRange"] = [{"low": {"value": usual[0]}, "high": {"value": usual[1]}}]
    return body
