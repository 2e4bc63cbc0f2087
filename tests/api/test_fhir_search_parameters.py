"""Every standard search parameter finds HL7's own examples by what they say, and by nothing else."""

import gzip
import json
from uuid import UUID

import pytest

from health_file import store
from health_file.actions.search import index_resources, search_resources
from health_file.actions.views import ResourceView, row_of
from health_file.fhir import query
from health_file.fhir.index import PRESENT, index_of
from health_file.fhir.parameters import PARAMETERS
from services import ids
from services.actor import Actor, ActorKind, Relation
from services.database.roles import Role
from services.database.session import Opening
from services.settings import CHECKOUT
from tests.support.people import enrol_resident

CORPUS = CHECKOUT / "tests" / "official" / "hl7" / "examples.ndjson.gz"
BASE = "http://localhost:8000/health-file/fhir"
WRITER = Actor(
    kind=ActorKind.STAFF,
    relation=Relation.STAFF,
    unit="CL-HP",
    roles=frozenset({"practitioner"}),
    scopes=frozenset({"health_file:read", "health_file:write"}),
)
# Parameters of extensions and elements that no example of the supported types carries.
WITHOUT_EXAMPLE = {
    ("CarePlan", "instantiates-canonical"), ("DiagnosticReport", "assessed-condition"),
    ("DiagnosticReport", "encounter"), ("DiagnosticReport", "specimen"), ("Encounter", "reason-reference"),
    ("FamilyMemberHistory", "instantiates-canonical"),
    ("FamilyMemberHistory", "instantiates-uri"), ("CarePlan", "instantiates-uri"), ("Procedure", "instantiates-uri"),
    ("Immunization", "reaction"), ("Immunization", "reaction-date"), ("Immunization", "reason-reference"),
    ("Observation", "amino-acid-change"), ("Observation", "dna-variant"), ("Observation", "gene-amino-acid-change"),
    ("Observation", "gene-dnavariant"), ("Patient", "mothersMaidenName"), ("Provenance", "patient"),
    ("Provenance", "when"), ("QuestionnaireResponse", "item-subject"), ("Observation", "code-value-date"),
}  # fmt: skip


class Shelf:
    """HL7's examples in one file, and their ids there."""

    def __init__(self, session, views) -> None:
        self.session, self.views = session, views

    def find(self, resource_type, *pairs) -> set[UUID]:
        asked = query.parse(resource_type, pairs, base_url=BASE)
        found = search_resources(self.session, WRITER, [asked], query.Results(count=200))
        assert found.total == len(found.views)
        return {view.id for view in found.views}

    def of(self, resource_type):
        return [view for view in self.views if view.type == resource_type]


@pytest.fixture
def shelf(database):
    owner = enrol_resident(database).account
    examples = [json.loads(line) for line in gzip.decompress(CORPUS.read_bytes()).splitlines()]
    opening = Opening(role=Role.STAFF, service="health_file", subjects=(owner,))
    with database.transaction(opening) as session:
        session.raw("SELECT gateway.reach(%s)", (owner,))
        views = [
            ResourceView(
                id=ids.new_id(),
                type=example["resourceType"],
                version=1,
                author="CL-HP",
                recorded_at=session.at,
                body=example,
                subject_id=owner,
            )
            for example in examples
        ]
        store.add_resources(session, [row_of(session, view) for view in views])
        index_resources(session, views)
        yield Shelf(session, views)


def written(kind, text) -> str:
    """An indexed text as somebody would ask for it."""
    if kind == "token":
        return text.replace(",", "\\,").replace("$", "\\$")
    return text.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|").replace("$", "\\$")


def test_every_parameter_finds_its_examples_and_a_value_that_is_nowhere_finds_none(shelf) -> None:
    untried = set()
    for resource_type, parameters in PARAMETERS.items():
        views = shelf.of(resource_type)
        indexed = {view.id: index_of(view.body) for view in views}
        for code, parameter in parameters.items():
            if parameter.is_owner or code.startswith("_") or parameter.kind in {"quantity", "composite"}:
                continue
            place = f"{resource_type}.{code}"
            if parameter.kind == "date":
                values = {
                    f"{first}"
                    for found in indexed.values()
                    for name, first, last in found.days
                    if name == code and first == last
                }
                wanted = {
                    value: {
                        own
                        for own, found in indexed.items()
                        if any(name == code and f"{a}" == value == f"{b}" for name, a, b in found.days)
                    }
                    for value in sorted(values)[:2]
                }
                nowhere = "1066-10-14"
            else:
                texts = {text for found in indexed.values() for name, text in found.texts if name == code}
                texts -= {text for text in texts if text == PRESENT or text.startswith("=")}
                wanted = {
                    written(parameter.kind, text): {
                        own for own, found in indexed.items() if (code, text) in found.texts
                    }
                    for text in sorted(texts, key=len)[-2:]
                }
                nowhere = "nowhere-at-all"
            present = {own for own, found in indexed.items() if (code, PRESENT) in found.texts}
            if not present and views:
                untried.add((resource_type, code))
            for value, expected in wanted.items():
                assert shelf.find(resource_type, (code, value)) == expected, (place, value)
            assert shelf.find(resource_type, (code, nowhere)) == set(), place
            assert shelf.find(resource_type, (f"{code}:missing", "false")) == present, place
            if code != "deceased":
                everyone = {view.id for view in views}
                assert shelf.find(resource_type, (f"{code}:missing", "true")) == everyone - present, place
    assert untried <= WITHOUT_EXAMPLE


# Written by hand from HL7's examples: the extraction is not asked what it extracts.
KNOWN = [
    ("Patient", "example", "birthdate", "1974-12-25"), ("Patient", "example", "phone", "(03) 5555 6473"),
    ("Patient", "example", "family", "chalm"), ("Patient", "example", "address-city", "PleasantVille"),
    ("Patient", "example", "deceased", "false"), ("Patient", "example", "gender", "male"),
    ("Patient", "example", "gender", "http://hl7.org/fhir/administrative-gender|male"),
    ("Patient", "example", "organization", "Organization/1"),
    ("Patient", "example", "identifier", "urn:oid:1.2.36.146.595.217.0.1|12345"),
    ("Patient", "example", "identifier:of-type", "http://terminology.hl7.org/CodeSystem/v2-0203|MR|12345"),
    ("Patient", "example", "name:contains", "almer"), ("Patient", "example", "name:exact", "Chalmers"),
    ("Patient", "example", "active", "true"), ("Patient", "example", "address:contains", "erewhon"),
    ("Observation", "example", "value-quantity", "185|http://unitsofmeasure.org|[lb_av]"),
    ("Observation", "example", "value-quantity", "gt184||lbs"), ("Observation", "example", "value-quantity", "ap190"),
    ("Observation", "example", "code-value-quantity", "http://loinc.org|29463-7$ge185"),
    ("Observation", "example", "date", "2016-03-28"), ("Observation", "example", "code:text", "body weight"),
    ("Observation", "blood-pressure", "component-code-value-quantity", "http://loinc.org|8480-6$107"),
    ("Observation", "blood-pressure", "combo-code-value-quantity", "8462-4$lt61"),
    ("Observation", "blood-pressure", "component-code", "http://loinc.org|8480-6"),
    ("Observation", "f001", "date", "ge2013-04-02T09:30:10+01:00"),
    ("Observation", "f001", "date", "lt2013-04-02T09:30:11+01:00"),
    ("Observation", "f001", "performer", "Practitioner/f005"), ("Observation", "f001", "identifier", "6323"),
    ("Condition", "example", "onset-date", "2012-05-24"), ("Condition", "example", "clinical-status", "active"),
    ("Encounter", "f001", "length", "140||min"), ("Encounter", "f001", "practitioner", "f002"),
    ("MedicationRequest", "medrx0301", "intent", "order"),
    ("DocumentReference", "example", "relationship", "appends$DocumentReference/example"),
    ("DocumentReference", "example", "location:below", "http://example.org/xds"),
    ("AuditEvent", "example", "action", "E"), ("Bundle", "father", "type", "document"),
    ("Organization", "hl7", "name", "health level"), ("Practitioner", "example", "family", "careful"),
    ("PractitionerRole", "example", "organization", "f001"), ("Provenance", "example", "target", "Procedure/example"),
    ("Consent", "consent-example-basic", "status", "active"), ("CarePlan", "example", "activity-code", "3141-9"),
    ("Immunization", "example", "vaccine-code", "FLUVAX"), ("Composition", "example", "section", "11348-0"),
    ("QuestionnaireResponse", "gcs", "questionnaire", "Questionnaire/gcs"),
    ("FamilyMemberHistory", "father", "relationship", "FTH")
]  # fmt: skip


NOT_FOUND = [
    ("Patient", "example", "name:exact", "chalmers"), ("Patient", "example", "deceased", "true"),
    ("Patient", "example", "gender", "http://example.org|male"), ("Patient", "example", "identifier", "|12345"),
    ("Observation", "example", "value-quantity", "185|http://unitsofmeasure.org|kg"),
    ("Observation", "example", "value-quantity", "lt185"), ("Observation", "example", "value-quantity", "184.6"),
    ("Observation", "example", "code-value-quantity", "http://loinc.org|29463-7$gt185"),
    ("Observation", "blood-pressure", "component-code-value-quantity", "http://loinc.org|8480-6$60"),
    ("Observation", "f001", "date", "eb2013-04-02T09:30:12+01:00,2013-04-02T09:30:11+01:00"),
    ("Observation", "f001", "date", "lt2013-04-02T09:30:10+01:00"), ("Encounter", "f001", "length", "141||min"),
    ("DocumentReference", "example", "relationship", "replaces$DocumentReference/example"),
    ("DocumentReference", "example", "location:below", "http://example.org/xd"),
]  # fmt: skip


def test_values_read_off_the_examples_by_hand_find_them_and_others_do_not(shelf) -> None:
    names = {(view.type, view.body["id"]): view.id for view in shelf.views}
    missed = [
        (resource_type, example, name)
        for resource_type, example, name, value in KNOWN
        if names[resource_type, example] not in shelf.find(resource_type, (name, value))
    ]
    assert missed == []
    found = [
        (resource_type, example, name)
        for resource_type, example, name, value in NOT_FOUND
        if names[resource_type, example] in shelf.find(resource_type, (name, value))
    ]
    assert found == []
