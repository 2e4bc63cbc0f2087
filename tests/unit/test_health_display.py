"""Records in plain words: everything that FHIR allows comes out as text, and no number is changed on the way."""

import gzip
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from health_file.display import Day, Reader, age_on, day_of, plain, record_of, result_of, series_of
from health_file.display.kinds import KINDS
from health_file.display.reader import in_chinese
from health_file.display.results import by_unit, newest_of_each
from health_file.fhir import text
from services import ids
from services.settings import CHECKOUT

CORPUS = CHECKOUT / "tests" / "official" / "hl7" / "examples.ndjson.gz"
CHINESE = Reader("zh-Hans", in_chinese)
ENGLISH = Reader("en", in_chinese)
MMOL = {"unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}


def examples():
    with gzip.open(CORPUS) as lines:
        return [text.read(line) for line in lines]


def observation(value, on="2026-05-01", code="14771-0", unit=MMOL, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {
            "coding": [{"system": "http://loinc.org", "code": code, "display": "Glucose"}],
            "text": "血糖",
        },
        "effectiveDateTime": on,
        "valueQuantity": {"value": Decimal(value), **unit},
        **more,
    }


def results(*bodies):
    return [result_of(ids.new_id(), body, CHINESE) for body in bodies]


@pytest.mark.parametrize("reader", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_every_official_example_is_told_without_an_exception(reader) -> None:
    told = Counter()
    for body in examples():
        record = record_of(ids.new_id(), body, reader)
        assert record.title, body["resourceType"]
        shown = "".join((record.title, record.maker, *(text for line in record.lines for text in line)))
        assert "<div" not in shown
        assert "{'" not in shown
        told[body["resourceType"]] += 1
        if body["resourceType"] == "Observation":
            series_of([result_of(record.id, body, reader)])
    assert set(told) & set(KINDS) >= set(KINDS) - {"Patient"}
    assert sum(told.values()) > 250


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resourceType": "Observation"},
        {"resourceType": "Observation", "code": [], "component": [None, 3, {}], "referenceRange": "x"},
        {"resourceType": "Condition", "code": {"coding": {}}, "onsetDateTime": 3, "clinicalStatus": "x"},
        {"resourceType": "Immunization", "vaccineCode": {"text": None, "coding": [{}, {"code": 5}]}},
        {"resourceType": "Unheard"},
    ],
)
def test_what_is_not_even_fhir_is_told_all_the_same(body) -> None:
    assert record_of(ids.new_id(), body, CHINESE).title
    assert result_of(ids.new_id(), body, CHINESE).values


@pytest.mark.parametrize(
    ("given", "words", "english"),
    [
        ("2024", "2024年", "2024"),
        ("2024-05", "2024年5月", "May 2024"),
        ("2024-05-01", "2024年5月1日", "1 May 2024"),
        ("2024-04-30T20:00:00Z", "2024年5月1日", "1 May 2024"),
        ("2024-05-01T09:00:00+08:00", "2024年5月1日", "1 May 2024"),
        ({"start": "2024-05-01", "end": "2024-06-01"}, "2024年5月1日", "1 May 2024"),
        ({"end": "2024-06"}, "2024年6月", "June 2024"),
        ("2024-02-31", "2024年", "2024"),
    ],
)
def test_date_is_told_as_exactly_as_it_was_given(given, words, english) -> None:
    assert day_of(given).words(CHINESE) == words
    assert day_of(given).words(ENGLISH) == english


@pytest.mark.parametrize("given", [None, 3, "", "soon", "0000", {"start": None}, []])
def test_what_is_no_date_is_none(given) -> None:
    assert day_of(given) is None


def test_undated_stands_before_nothing_and_a_year_before_its_months() -> None:
    assert sorted([Day("2024-05"), Day("2024"), Day("2023-12-31")]) == [
        Day("2023-12-31"),
        Day("2024"),
        Day("2024-05"),
    ]


def test_age_counts_birthdays() -> None:
    assert age_on(date(2014, 11, 27), date(2026, 11, 26)) == 11
    assert age_on(date(2014, 11, 26), date(2026, 11, 26)) == 12


def test_concept_speaks_the_readers_language_and_an_unknown_code_keeps_its_text() -> None:
    both = {"coding": [{"system": "s", "code": "c", "display": "Rash"}], "text": "皮疹"}
    assert (plain(both, CHINESE), plain(both, ENGLISH)) == ("皮疹", "Rash")
    assert plain({"coding": [{"system": "urn:x", "code": "Z9"}], "text": "土方"}, ENGLISH) == "土方"
    assert plain({"coding": [{"system": "urn:x", "code": "Z9"}]}, CHINESE) == "Z9"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"value": Decimal("6.40"), "unit": "%"}, "6.40%"),
        ({"value": Decimal("1E+3"), "code": "g"}, "1000 g"),
        ({"value": 5, "unit": "mmol/L", "comparator": "<"}, "<5 mmol/L"),
        ({"numerator": {"value": 1}, "denominator": {"value": 128}}, "1 / 128"),
        ({"low": {"value": 3, "unit": "g"}, "high": {"value": 5, "unit": "g"}}, "3–5 g"),
        ({"high": {"value": Decimal("5.20"), "unit": "mmol/L"}}, "≤ 5.20 mmol/L"),
        ({"start": "2024-01-01", "end": "2024-01-01"}, "2024年1月1日"),
        ({"start": "2024-01"}, "2024年1月起"),
        ({"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}}, "每天 2 次"),
        ({"family": "林", "given": ["小禾"]}, "林小禾"),
        ({"family": "Chalmers", "given": ["Peter", "James"]}, "Peter James Chalmers"),
        (True, "是"),
    ],
)
def test_datatype_is_told_digit_for_digit(value, words) -> None:
    assert plain(value, CHINESE) == words


def test_value_is_only_set_beside_the_one_range_of_its_own_unit() -> None:
    limits = {"low": {"value": Decimal("3.9"), **MMOL}, "high": {"value": Decimal("6.1"), **MMOL}}
    inside, above, below, other_unit, two_ranges = results(
        observation("6.1", referenceRange=[limits]),
        observation("6.11", referenceRange=[limits]),
        observation("3.89", referenceRange=[limits]),
        observation("99", unit={"unit": "mg/dL", "code": "mg/dL"}, referenceRange=[limits]),
        observation("5", referenceRange=[limits, limits]),
    )
    standing = [one.values[0].standing(CHINESE) for one in (inside, above, below, other_unit, two_ranges)]
    assert standing == ["在参考范围内", "比参考范围高", "比参考范围低", "", ""]


def test_comparator_makes_no_number() -> None:
    body = observation("5")
    body["valueQuantity"]["comparator"] = ">"
    (result,) = results(body)
    assert result.values[0].number is None
    assert series_of([result]) == []


def test_units_are_never_mixed_and_void_results_left_out() -> None:
    found = results(
        observation("5.1", "2026-01-01"),
        observation("92", "2026-02-01", unit={"unit": "mg/dL", "code": "mg/dL"}),
        observation("5.3", "2026-03-01"),
        observation("50", "2026-04-01", status="entered-in-error"),
    )
    series = series_of(found)
    assert [(one.unit, [str(value.number) for _, value in one.points]) for one in series] == [
        ("mmol/L", ["5.1", "5.3"]),
        ("mg/dL", ["92"]),
    ]
    assert len(by_unit(series)) == 2


def test_components_are_values_of_one_result_and_series_of_their_own() -> None:
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "血压"},
        "effectiveDateTime": "2026-05-01",
        "component": [
            {"code": {"text": name}, "valueQuantity": {"value": Decimal(value), "unit": "mmHg"}}
            for name, value in (("收缩压", "128"), ("舒张压", "80"))
        ],
    }
    (result,) = results(body)
    assert result.words == "收缩压 128 mmHg；舒张压 80 mmHg"
    assert [one.name for one in series_of([result])] == ["收缩压", "舒张压"]


def test_newest_of_each_code_is_by_clinical_day() -> None:
    old, new, other = results(
        observation("5", "2026-05-01"), observation("6", "2026-06"), observation("7", "2020", code="x")
    )
    assert newest_of_each([new, old, other]) == [new, other]
