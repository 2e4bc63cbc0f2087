"""Which resources of a file belong into which section of a summary."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from health_file.ips.words import codes_of, codes_of_all, when

Resource = Mapping[str, Any]
Chosen = Callable[[Sequence[Resource]], list[Resource]]

ACTIVE = frozenset({"active", "recurrence", "relapse"})
ENDED = frozenset({"inactive", "remission", "resolved"})
# Statements that turned out wrong or not to be so (verification status).
UNTRUE = frozenset({"entered-in-error", "refuted"})
NO_KNOWN_ALLERGY = frozenset({"716186003", "409137002", "428607008", "429625007"})
TOBACCO, ALCOHOL, PREGNANCY = "72166-2", "74013-4", "82810-3"
# IPS ValueSet pregnancies-summary.
PREGNANCY_OUTCOMES = frozenset(
    {"11636-8", "11637-6", "11638-4", "11639-2", "11640-0", "11612-9", "11613-7", "11614-5", "33065-4"}
)
# IPS ValueSet results-status and diagnostics-report-status.
RESULT_STATUS = frozenset({"registered", "preliminary", "final", "amended", "corrected"})
REPORT_STATUS = frozenset(
    {"registered", "partial", "preliminary", "final", "amended", "corrected", "appended"}
)
# A lifelong file holds thousands of measurements: of each code the newest few tell how it is now.
NEWEST_OF_A_CODE = 3


def of_type(*names: str) -> Chosen:
    """Every resource of these types, newest first."""
    return lambda found: _newest_first([one for one in found if one["resourceType"] in names])


def problems(found: Sequence[Resource]) -> list[Resource]:
    """Conditions that last: active ones, and those of which nobody says that they ended."""
    return [one for one in _conditions(found) if _is_active(one) and not _is_disability(one)]


def past_problems(found: Sequence[Resource]) -> list[Resource]:
    """Conditions that are over."""
    return [one for one in _conditions(found) if not _is_active(one) and not _is_disability(one)]


def disabilities(found: Sequence[Resource]) -> list[Resource]:
    """Conditions recorded as a disability."""
    return [one for one in _conditions(found) if _is_disability(one)]


def allergies(found: Sequence[Resource]) -> list[Resource]:
    """Allergies and intolerances that stand; "none known" only where no other is recorded."""
    kept = [
        one
        for one in of_type("AllergyIntolerance")(found)
        if not codes_of(one.get("verificationStatus")) & UNTRUE
        and not codes_of(one.get("clinicalStatus")) & {"inactive", "resolved"}
    ]
    named = [one for one in kept if not codes_of(one.get("code")) & NO_KNOWN_ALLERGY]
    return named or kept[:1]


def medications(found: Sequence[Resource]) -> list[Resource]:
    """What is being taken or prescribed to be taken."""
    return [
        one
        for one in of_type("MedicationStatement", "MedicationRequest")(found)
        if one.get("status") in {"active", "intended", "on-hold", "unknown"}
        and one.get("doNotPerform") is not True
    ]


def immunizations(found: Sequence[Resource]) -> list[Resource]:
    """Vaccinations given."""
    return [one for one in of_type("Immunization")(found) if one.get("status") == "completed"]


def procedures(found: Sequence[Resource]) -> list[Resource]:
    """Operations and treatments done or under way."""
    kept = {"completed", "in-progress", "on-hold", "stopped", "unknown"}
    return [one for one in of_type("Procedure")(found) if one.get("status") in kept]


def results(found: Sequence[Resource]) -> list[Resource]:
    """Laboratory and imaging results, the newest of each code, and reports."""
    measured = [one for one in _observations(found) if _categories(one) & {"laboratory", "imaging"}]
    # What nobody sorted into a category is a result as far as anybody knows.
    measured += [one for one in _observations(found) if not _categories(one) and not _is_of_a_life(one)]
    measured = [one for one in measured if one.get("status") in RESULT_STATUS]
    reports = [one for one in of_type("DiagnosticReport")(found) if one.get("status") in REPORT_STATUS]
    return _newest_of_each(_newest_first(measured), NEWEST_OF_A_CODE) + reports


def vital_signs(found: Sequence[Resource]) -> list[Resource]:
    """Blood pressure, weight and the like, the newest of each code; a day at least must be known."""
    kept = [
        one
        for one in _observations(found)
        if "vital-signs" in _categories(one) and len(when(one, "effectiveDateTime", "effectivePeriod")) == 10
    ]
    return _newest_of_each(kept, NEWEST_OF_A_CODE)


def social_history(found: Sequence[Resource]) -> list[Resource]:
    """Tobacco, alcohol and what else is recorded of how somebody lives: the newest of each code."""
    kept = [
        one
        for one in _observations(found)
        if "social-history" in _categories(one) or codes_of(one.get("code")) & {TOBACCO, ALCOHOL}
    ]
    return _newest_of_each([one for one in kept if not _is_pregnancy(one)], 1)


def pregnancies(found: Sequence[Resource]) -> list[Resource]:
    """Pregnancy status and outcomes, the newest of each."""
    return _newest_of_each([one for one in _observations(found) if _is_pregnancy(one)], 1)


def alerts(found: Sequence[Resource]) -> list[Resource]:
    """Flags in force."""
    return [one for one in of_type("Flag")(found) if one.get("status") == "active"]


def care_plans(found: Sequence[Resource]) -> list[Resource]:
    """Plans being followed."""
    return [one for one in of_type("CarePlan")(found) if one.get("status") in {"active", "on-hold"}]


def advance_directives(found: Sequence[Resource]) -> list[Resource]:
    """Consents of the scope of advance care directives."""
    return [
        one
        for one in of_type("Consent")(found)
        if one.get("status") == "active" and "adr" in codes_of(one.get("scope"))
    ]


def family_history(found: Sequence[Resource]) -> list[Resource]:
    """Illnesses of relatives."""
    kept = {"partial", "completed", "health-unknown"}
    return [one for one in of_type("FamilyMemberHistory")(found) if one.get("status") in kept]


def _conditions(found: Sequence[Resource]) -> list[Resource]:
    kept = of_type("Condition")(found)
    return [one for one in kept if not codes_of(one.get("verificationStatus")) & UNTRUE]


def _is_active(condition: Resource) -> bool:
    states = codes_of(condition.get("clinicalStatus"))
    if states:
        return bool(states & ACTIVE)
    return not any(name.startswith("abatement") for name in condition)


def _is_disability(condition: Resource) -> bool:
    return "disability" in codes_of_all(condition.get("category", []))


def _observations(found: Sequence[Resource]) -> list[Resource]:
    wrong = {"entered-in-error", "cancelled"}
    return [one for one in of_type("Observation")(found) if one.get("status") not in wrong]


def _categories(observation: Resource) -> set[str]:
    return codes_of_all(observation.get("category", []))


def _is_pregnancy(observation: Resource) -> bool:
    return bool(codes_of(observation.get("code")) & ({PREGNANCY} | PREGNANCY_OUTCOMES))


def _is_of_a_life(observation: Resource) -> bool:
    return _is_pregnancy(observation) or bool(codes_of(observation.get("code")) & {TOBACCO, ALCOHOL})


def _newest_first(found: Sequence[Resource]) -> list[Resource]:
    return sorted(found, key=_day, reverse=True)


def _day(one: Resource) -> str:
    return when(
        one, "effectiveDateTime", "effectivePeriod", "occurrenceDateTime", "performedDateTime", "performedPeriod",
        "authoredOn", "onsetDateTime", "recordedDate", "dateAsserted", "issued", "period", "date",
    )  # fmt: skip


def _newest_of_each(found: Sequence[Resource], most: int) -> list[Resource]:
    """Of what is sorted newest first, so many of each code."""
    seen: dict[str, int] = {}
    kept = []
    for one in found:
        code = next(iter(sorted(codes_of(one.get("code")))), "") or str(one.get("code", {}).get("text", ""))
        seen[code] = seen.get(code, 0) + 1
        if seen[code] <= most:
            kept.append(one)
    return kept
