"""The checker of the patient summary is honest: it takes HL7's own documents, and finds what is planted in them."""

import copy

import pytest

from tests.support import ips
from tests.support.ips import BASE, Checker, check_document, examples

DOCUMENTS = [one for one in examples() if one["resourceType"] == "Bundle"]


def test_every_example_of_the_package_is_taken() -> None:
    assert len(examples()) == 44
    assert [check_document(one) for one in DOCUMENTS] == [[]] * 5
    checked = 0
    for example in examples():
        checker = Checker()
        claimed = {*example.get("meta", {}).get("profile", []), *ips._only_profile(example)}
        for profile in claimed & set(ips.profiles()):
            checker.check(example, profile)
            checked += 1
        assert checker.faults == [], example["id"]
    assert checked > 40


def section(bundle, code):
    found = bundle["entry"][0]["resource"]["section"]
    return next(one for one in found if one["code"]["coding"][0]["code"] == code)


def first(bundle, resource_type):
    return next(
        one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == resource_type
    )


def drop_section(bundle):
    bundle["entry"][0]["resource"]["section"].remove(section(bundle, "10160-0"))


def repeat_section(bundle):
    bundle["entry"][0]["resource"]["section"].append(section(bundle, "11450-4"))


def point_elsewhere(bundle):
    wrong = next(
        e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "AllergyIntolerance"
    )
    section(bundle, "11450-4")["entry"] = [{"reference": wrong}]


PLANTED = {
    "another type": lambda one: one.update(type="collection"),
    "no identifier": lambda one: one.pop("identifier"),
    "no timestamp": lambda one: one.pop("timestamp"),
    "no medications": drop_section,
    "problems twice": repeat_section,
    "an allergy among the problems": point_elsewhere,
    "another code": lambda one: one["entry"][0]["resource"].update(
        type={"coding": [{"code": "1", "system": "x"}]}
    ),
    "no title": lambda one: section(one, "48765-2").pop("title"),
    "no narrative": lambda one: section(one, "48765-2")["text"].update(div="<div>bare</div>"),
    "neither entry nor reason": lambda one: section(one, "48765-2").pop("entry"),
    "a nameless patient": lambda one: first(one, "Patient").update(name=[{"use": "official"}]),
    "no birth date": lambda one: first(one, "Patient").pop("birthDate"),
    "a condition without code": lambda one: first(one, "Condition").pop("code"),
    "a lost resource": lambda one: one["entry"].pop(2),
    "two compositions": lambda one: one["entry"].append(one["entry"][0]),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_planted_is_found(fault) -> None:
    bundle = copy.deepcopy(next(one for one in DOCUMENTS if one["id"] == "bundle-minimal"))
    PLANTED[fault](bundle)
    assert check_document(bundle)


def test_results_need_category_performer_moment_and_value() -> None:
    profile = BASE + "Observation-results-laboratory-pathology-uv-ips"
    good = next(
        one for one in examples() if one["id"] == "hemoglobin" and one["resourceType"] == "Observation"
    )
    for name in ("category", "performer", "effectiveDateTime", "valueQuantity", "subject"):
        wrong = {key: value for key, value in good.items() if key != name}
        checker = Checker()
        checker.check(wrong, profile)
        assert checker.faults, name
