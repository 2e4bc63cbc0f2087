"""A spliced answer is byte for byte what reading and writing again gives, or is not made at all."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from bench.health.records import life_of
from health_file.actions.views import ResourceView
from health_file.fhir import text
from health_file.fhir.splicing import spliced

ID = UUID("01a21a42-8d32-7a15-bd73-92c06b631ae4")
AT = datetime(2026, 11, 26, 23, 5, 1, 250000, tzinfo=UTC)


def read_and_written(body):
    facts = {"id": ID, "type": body["resourceType"], "version": 3, "recorded_at": AT}
    view = ResourceView(**facts, author="CL-HP", subject_id=ID, body=body)
    return text.write(view.as_fhir())


def made_of(body):
    return spliced(text.write(body), resource_id=ID, version=3, recorded_at=AT)


SPLICED = [
    {"resourceType": "Basic"},
    {"resourceType": "Basic", "id": "own", "code": {"text": "甲"}},
    {"resourceType": "Basic", "meta": {}, "code": {"text": "a"}},
    {"resourceType": "Basic", "meta": {"profile": ["http://x.example/y"], "versionId": "9", "tag": [{"code": "}"}]}},
    {"resourceType": "Basic", "id": "own", "meta": {"lastUpdated": "2020"}, "status": "final"},
    {"resourceType": "Observation", "valueQuantity": {"value": Decimal("1.50")}, "note": [{"text": '{"id":"x"}'}]},
    {"resourceType": "Observation", "meta": {"extension": [{"valueDecimal": Decimal("0.10")}]}, "status": "final"},
    {"resourceType": "Basic", "code": {"text": '","meta":{"versionId":"7"},"id":"other'}},
]  # fmt: skip
READ = [
    {"resourceType": "Basic", "meta": {"source": "x"}, "id": "own"},
    {"resourceType": "Basic", "contained": [{"resourceType": "Basic", "id": "p"}], "meta": {"source": "x"}},
    {"resourceType": "Basic", "code": {"id": "e", "text": "x"}},
    {"id": "own", "resourceType": "Basic"},
    {"meta": {}, "resourceType": "Basic"},
]


@pytest.mark.parametrize("body", SPLICED, ids=str)
def test_bytes_are_those_of_reading_and_writing(body) -> None:
    assert made_of(body) == read_and_written(body)


@pytest.mark.parametrize("body", READ, ids=str)
def test_an_id_or_meta_elsewhere_than_at_the_head_is_read(body) -> None:
    assert made_of(body) is None


def test_whole_lives_are_spliced_into_the_same_bytes() -> None:
    bodies = [text.read(text.write(entry["resource"])) for entry in life_of(7, 300)]
    made = [(made_of(body), body) for body in bodies]
    assert all(one is None or one == read_and_written(body) for one, body in made)
    assert sum(one is not None for one, _ in made) > len(made) / 2
