"""What stands now: allergies, long-term illnesses, medicines, blood group, family doctor; and what is over or void.

Whether a record still stands is read from its own status and dates; nothing is inferred from its content.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from health_file.display.days import day_of
from health_file.display.plain import at, choice, codes_of, every, plain
from health_file.display.reader import Reader
from health_file.display.records import Record
from health_file.display.results import Result

VOID = frozenset({"entered-in-error", "refuted", "rejected", "cancelled", "not-taken"})
OVER = frozenset({"inactive", "resolved", "completed", "stopped", "finished", "revoked", "superseded"})
ICD10 = "http://hl7.org/fhir/sid/icd-10"
# Codes that say that somebody was asked and named no allergy (SNOMED CT; HL7 International Patient Summary).
NO_ALLERGY = frozenset({
    "716186003", "409137002", "429625007", "428607008", "428197003",
    "no-known-allergies", "no-known-medication-allergies", "no-known-food-allergies",
    "no-known-environmental-allergies", "no-allergy-info",
})  # fmt: skip
# LOINC: ABO group, Rh type, and both in one.
BLOOD = ("883-9", "10331-7", "882-1")


def is_void(body: Mapping[str, Any]) -> bool:
    """Whether a record was written in error, or what it says was ruled out."""
    verification = {code for _, code in codes_of(at(body, "verificationStatus"))}
    return body.get("status") in VOID or bool(verification & VOID)


def is_standing(body: Mapping[str, Any], today: date) -> bool:
    """Whether what a record says is so now: not void, not over, not ended before today."""
    clinical = {code for _, code in codes_of(at(body, "clinicalStatus"))}
    if is_void(body) or body.get("status") in OVER or clinical & OVER:
        return False
    ended = (
        day_of(choice(body, "abatement")) or _end_of(choice(body, "effective")) or _end_of(body.get("period"))
    )
    return ended is None or ended.civil >= today


def is_no_allergy(body: Mapping[str, Any]) -> bool:
    """Whether an AllergyIntolerance says that none is known."""
    return any(code in NO_ALLERGY for _, code in codes_of(at(body, "code")))


def is_long_term(body: Mapping[str, Any], today: date) -> bool:
    """Whether a Condition stands and is on the list of problems, not only a visit's diagnosis."""
    categories = {code for one in every(body, "category") for _, code in codes_of(one)}
    return is_standing(body, today) and categories != {"encounter-diagnosis"}


def has_code_under(body: Mapping[str, Any], prefixes: tuple[str, ...]) -> bool:
    """Whether a Condition is coded in ICD-10 under one of these blocks."""
    found = (code for system, code in codes_of(at(body, "code")) if system.startswith(ICD10))
    return any(code.startswith(prefixes) for code in found)


def blood_group(results: Iterable[Result], reader: Reader) -> str:
    """ABO and Rh, each in its newest result."""
    newest = {one.code: one for one in results if one.code in BLOOD and not one.is_void}
    told = [newest[code].words for code in BLOOD if code in newest]
    if "10331-7" in newest and "883-9" in newest:
        told[1] = f"Rh {told[1]}"
    return ("," if reader.is_english else "，").join(told).replace(",", ", ")


def family_doctor(
    records: Iterable[Record], patient: Mapping[str, Any] | None, today: date, reader: Reader
) -> str:
    """Who looks after the person: by the standing contract, else as the Patient names them."""
    for one in records:
        if one.type == "EpisodeOfCare" and is_standing(one.raw, today):
            names = (plain(one.raw.get(part), reader) for part in ("careManager", "managingOrganization"))
            if told := " · ".join(name for name in names if name):
                return told
    return plain(at(patient, "generalPractitioner"), reader) if patient else ""


def _end_of(value: Any) -> Any:
    return day_of(at(value, "end")) if isinstance(value, Mapping) else None
