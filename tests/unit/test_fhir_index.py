"""By what HL7's own examples are found."""

import gzip
import json
from datetime import date

import pytest

from health_file.fhir.dates import span_of
from health_file.fhir.index import index_of, normalised
from health_file.fhir.parameters import PARAMETERS
from health_file.rules import HELD_TYPES
from services.settings import CHECKOUT

CORPUS = CHECKOUT / "tests" / "official" / "hl7" / "examples.ndjson.gz"


def official(resource_type: str) -> list[dict]:
    lines = gzip.decompress(CORPUS.read_bytes()).splitlines()
    return [example for example in map(json.loads, lines) if example["resourceType"] == resource_type]


@pytest.mark.parametrize("resource_type", HELD_TYPES)
def test_official_examples_of_a_type_are_found_by_something(resource_type) -> None:
    codes = set()
    for example in official(resource_type):
        found = index_of(example)
        codes |= {code.partition(":")[0] for code, _ in found.texts}
        assert all(first <= last for _, first, last in found.days)
    assert codes <= set(PARAMETERS[resource_type])
    assert codes or resource_type == "Binary"  # whose own elements no standard parameter reads


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024-02-03T20:00:00Z", date(2024, 2, 4), date(2024, 2, 4)),
        ("2016-12-31T23:59:60Z", date(2017, 1, 1), date(2017, 1, 1)),
        ("9999-12-31T23:59:59Z", date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_date_covers_days_in_the_citys_time(text, first, last) -> None:
    assert span_of(text) == (first, last)


def test_strings_are_found_without_case_accents_and_doubled_spaces() -> None:
    assert normalised("  Müller   LÜDENSCHEIDT ") == "muller ludenscheidt"
