"""One resident's file as a practitioner of the demo writes it: small builders of FHIR, each kept by the real action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from health_file import actions
from health_file.demo.codes import (
    DIASTOLIC,
    PRESSURE,
    SYSTOLIC,
    TERMINOLOGY,
    UCUM,
    Concept,
    Measure,
    Medicine,
)
from services.actor import Actor
from services.database.session import Session
from services.demo.city import Organisation, Resident, StaffMember

CONFIDENTIALITY = f"{TERMINOLOGY}/v3-Confidentiality"
SENSITIVITY = f"{TERMINOLOGY}/v3-ActCode"


@dataclass(slots=True)
class Chart:
    """A resident's file, the clinic that writes it, and the references of what is in it already."""

    session: Session
    author: Actor
    doctor: StaffMember
    clinic: Organisation
    resident: Resident
    source: Random
    today: date
    directory: Mapping[str, str] = field(default_factory=dict)
    patient: dict[str, str] = field(default_factory=dict)

    def add(self, resource_type: str, **elements: Any) -> str:
        """Keep a resource; its reference."""
        body = {
            "resourceType": resource_type,
            **{name: one for name, one in elements.items() if one is not None},
        }
        view = actions.create_resource(self.session, self.author, resource_type=resource_type, resource=body)
        return f"{resource_type}/{view.id}"

    @property
    def organisation(self) -> dict[str, str]:
        """The clinic as a Reference."""
        return self._known(self.clinic.code, self.clinic.name)

    @property
    def practitioner(self) -> dict[str, str]:
        """The doctor as a Reference."""
        return self._known(self.doctor.username, f"{self.doctor.name}医生")

    def _known(self, key: str, words: str) -> dict[str, str]:
        found = self.directory.get(key)
        return {"display": words} if found is None else {"reference": found, "display": words}

    def measure(
        self, what: Measure, value: float, on: date, *, visit: str | None = None, category: str = "laboratory"
    ) -> str:
        """A number with its unit and the laboratory's range."""
        return self.add(
            "Observation",
            status="final",
            category=[_coded("observation-category", category)],
            code=what.what.as_fhir(),
            subject=self.patient,
            encounter=None if visit is None else {"reference": visit},
            effectiveDateTime=on.isoformat(),
            performer=[self.organisation],
            valueQuantity=quantity(what, value),
            referenceRange=range_of(what),
        )

    def pressure(self, systolic: int, diastolic: int, on: date, *, visit: str | None = None) -> str:
        """Blood pressure: two numbers of one measurement."""
        return self.add(
            "Observation",
            status="final",
            category=[_coded("observation-category", "vital-signs")],
            code=PRESSURE.as_fhir(),
            subject=self.patient,
            encounter=None if visit is None else {"reference": visit},
            effectiveDateTime=f"{on.isoformat()}T09:{self.source.randint(10, 59)}:00+08:00",
            performer=[self.organisation],
            component=[
                {
                    "code": one.what.as_fhir(),
                    "valueQuantity": quantity(one, value),
                    "referenceRange": range_of(one),
                }
                for one, value in ((SYSTOLIC, systolic), (DIASTOLIC, diastolic))
            ],
        )

    def fact(self, what: Concept, answer: Concept, on: date, *, category: str = "laboratory") -> str:
        """A finding in words."""
        return self.add(
            "Observation",
            status="final",
            category=[_coded("observation-category", category)],
            code=what.as_fhir(),
            subject=self.patient,
            effectiveDateTime=on.isoformat(),
            performer=[self.organisation],
            valueCodeableConcept=answer.as_fhir(),
        )

    def condition(
        self, what: Concept, began: date, *, ended: date | None = None, label: str = "", **more: Any
    ) -> str:
        """An illness: long-term while it has no end."""
        return self.add(
            "Condition",
            meta=security(label),
            clinicalStatus=_coded("condition-clinical", "resolved" if ended else "active"),
            verificationStatus=_coded("condition-ver-status", "confirmed"),
            category=[_coded("condition-category", "encounter-diagnosis" if ended else "problem-list-item")],
            code=what.as_fhir(),
            subject=self.patient,
            onsetDateTime=f"{began:%Y-%m}",
            abatementDateTime=ended and f"{ended:%Y-%m}",
            recordedDate=began.isoformat(),
            recorder=self.practitioner,
            **more,
        )

    def visit(
        self, on: date, why: Concept, *, kind: str = "AMB", status: str = "finished", label: str = ""
    ) -> str:
        """A contact with the clinic; `kind` as in v3-ActCode: AMB, EMER, IMP, HH."""
        titles = {"AMB": "门诊", "EMER": "急诊", "IMP": "住院", "HH": "上门"}
        return self.add(
            "Encounter",
            meta=security(label),
            status=status,
            **{"class": {"system": SENSITIVITY, "code": kind, "display": ENGLISH[kind]}},
            type=[{"text": titles[kind]}],
            subject=self.patient,
            participant=[{"individual": self.practitioner}],
            period={"start": on.isoformat()} if status == "in-progress" else _day(on),
            reasonCode=[why.as_fhir()],
            serviceProvider=self.organisation,
        )

    def takes(self, what: Medicine, since: date, *, until: date | None = None, label: str = "") -> str:
        """A medicine being taken, or taken until a day."""
        period = {"start": since.isoformat(), **({"end": until.isoformat()} if until else {})}
        return self.add(
            "MedicationStatement",
            meta=security(label),
            status="completed" if until else "active",
            medicationCodeableConcept=what.what.as_fhir(),
            subject=self.patient,
            effectivePeriod=period,
            informationSource=self.practitioner,
            dosage=[dosage_of(what)],
        )

    def prescribed(self, what: Medicine, on: date, *, visit: str | None = None) -> str:
        """A prescription."""
        return self.add(
            "MedicationRequest",
            status="completed",
            intent="order",
            medicationCodeableConcept=what.what.as_fhir(),
            subject=self.patient,
            encounter=None if visit is None else {"reference": visit},
            authoredOn=on.isoformat(),
            requester=self.practitioner,
            dosageInstruction=[dosage_of(what)],
        )

    def vaccinated(self, what: Concept, on: date, dose: int) -> str:
        """A vaccination."""
        return self.add(
            "Immunization",
            status="completed",
            vaccineCode=what.as_fhir(),
            patient=self.patient,
            occurrenceDateTime=on.isoformat(),
            primarySource=True,
            lotNumber=f"20{on:%y%m}{self.source.randint(100, 999)}",
            performer=[{"actor": self.organisation}],
            protocolApplied=[{"doseNumberPositiveInt": dose}],
        )

    def allergy(self, what: Concept, signs: Concept | None, on: date, *, criticality: str = "low") -> str:
        """An allergy, or with no signs the statement that none is known."""
        return self.add(
            "AllergyIntolerance",
            clinicalStatus=_coded("allergyintolerance-clinical", "active"),
            verificationStatus=_coded("allergyintolerance-verification", "confirmed"),
            code=what.as_fhir(),
            criticality=criticality if signs else None,
            patient=self.patient,
            recordedDate=on.isoformat(),
            recorder=self.practitioner,
            reaction=[{"manifestation": [signs.as_fhir()], "onset": f"{on:%Y}"}] if signs else None,
        )


ENGLISH = {"AMB": "ambulatory", "EMER": "emergency", "IMP": "inpatient encounter", "HH": "home health"}


def quantity(what: Measure, value: float) -> dict[str, Any]:
    """A Quantity with as many digits as the laboratory gives."""
    shown = Decimal(str(value)).quantize(Decimal(1).scaleb(-what.digits))
    return {"value": shown, "unit": what.unit, "system": UCUM, "code": what.ucum}


def range_of(what: Measure) -> list[dict[str, Any]] | None:
    """The laboratory's range."""
    limits = {
        side: {"value": Decimal(limit), "unit": what.unit, "system": UCUM, "code": what.ucum}
        for side, limit in (("low", what.low), ("high", what.high))
        if limit
    }
    return [limits] if limits else None


def dosage_of(what: Medicine) -> dict[str, Any]:
    """How much, how often, in words and in numbers."""
    return {
        "text": f"每次 {what.dose} {what.unit}，每天 {what.times} 次，{what.words}",
        "timing": {"repeat": {"frequency": what.times, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [
            {
                "doseQuantity": {
                    "value": Decimal(what.dose),
                    "unit": what.unit,
                    "system": UCUM,
                    "code": what.unit,
                }
            }
        ],
    }


def security(category: str) -> dict[str, Any] | None:
    """The labels of a record that is shown to fewer people: restricted, and of which kind."""
    if not category:
        return None
    return {
        "security": [
            {"system": CONFIDENTIALITY, "code": "R", "display": "restricted"},
            {"system": SENSITIVITY, "code": category},
        ]
    }


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}


def _day(on: date) -> dict[str, str]:
    return {"start": on.isoformat(), "end": on.isoformat()}
