"""The invariants of R4 that a server can judge by itself, by structure. Data: key, where it fails, what it wants.

A rule sees a value whose shape is already right. Source: the StructureDefinitions' constraints of severity error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Value = Mapping[str, Any]
CONDITION_OVER = frozenset({"inactive", "resolved", "remission"})
MEALS = frozenset({"C", "CM", "CD", "CV"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint: `holds` says whether a value keeps it; `element` is what to point at ("" = the whole)."""

    key: str
    element: str
    wants: str
    holds: Callable[[Value], bool]


def _has(value: Value, *names: str) -> bool:
    return any(name in value or f"_{name}" in value for name in names)


def _starts(value: Value, prefix: str) -> bool:
    return any(name.removeprefix("_").startswith(prefix) for name in value)


def _codes(concept: Any) -> set[str]:
    return {coding.get("code", "") for coding in (concept or {}).get("coding", ())}


def _pairs(concept: Any) -> set[tuple[str, str]]:
    return {
        (coding.get("system", ""), coding["code"])
        for coding in (concept or {}).get("coding", ())
        if "code" in coding
    }


def _in_order(period: Value) -> bool:
    start, end = period.get("start", ""), period.get("end", "")
    # Of unequal precision only the common part can be compared; zones beyond the day are left alone.
    length = min(len(start), len(end), 10)
    return not length or start[:length] <= end[:length]


def _low_below_high(span: Value) -> bool:
    low, high = span.get("low", {}), span.get("high", {})
    if "value" not in low or "value" not in high or low.get("code") != high.get("code"):
        return True
    return bool(
        low.get("unit") != high.get("unit") or Decimal(str(low["value"])) <= Decimal(str(high["value"]))
    )


def _components_differ(observation: Value) -> bool:
    own = _pairs(observation["code"]) if _starts(observation, "value") else set()
    return not any(own & _pairs(one.get("code")) for one in observation.get("component", ()))


def _answered_once(item: Value) -> bool:
    return not ("item" in item and "answer" in item)


def _is_abated_and_over(condition: Value) -> bool:
    status = condition.get("clinicalStatus")
    return not _starts(condition, "abatement") or bool(_codes(status) & CONDITION_OVER)


def _unique_urls(bundle: Value) -> bool:
    seen = set()
    for entry in bundle.get("entry", ()):
        meta = entry.get("resource", {}).get("meta", {})
        key = (entry.get("fullUrl"), meta.get("versionId") if isinstance(meta, dict) else None)
        if entry.get("fullUrl") and key in seen:
            return False
        seen.add(key)
    return True


def _entries_have(bundle: Value, *types: str, name: str) -> bool:
    wanted = bundle.get("type") in types
    return all((name in entry) == wanted for entry in bundle.get("entry", ()))


def _first_is(bundle: Value, kind: str, resource_type: str) -> bool:
    if bundle.get("type") != kind:
        return True
    first: Value = next(iter(bundle.get("entry", ())), {})
    return bool(first.get("resource", {}).get("resourceType") == resource_type)


QUANTITY = (
    Rule("qty-3", "", "a system beside the code", lambda v: not _has(v, "code") or _has(v, "system")),
)
RULES: Mapping[str, tuple[Rule, ...]] = {
    **dict.fromkeys(("Age", "Count", "Distance", "Duration", "Quantity", "SimpleQuantity"), QUANTITY),
    "Extension": (
        Rule(
            "ext-1",
            "",
            "extensions or a value, not both",
            lambda v: ("extension" in v) != _starts(v, "value"),
        ),
    ),
    "Period": (Rule("per-1", "", "start not after end", _in_order),),
    "Range": (Rule("rng-2", "", "low not above high", _low_below_high),),
    "Ratio": (
        Rule(
            "rat-1",
            "",
            "numerator and denominator, or an extension alone",
            lambda v: ("numerator" in v) == ("denominator" in v) and ("numerator" in v or "extension" in v),
        ),
    ),
    "Attachment": (
        Rule(
            "att-1", "contentType", "a contentType", lambda v: not _has(v, "data") or _has(v, "contentType")
        ),
    ),
    "ContactPoint": (
        Rule("cpt-2", "system", "a system", lambda v: not _has(v, "value") or _has(v, "system")),
    ),
    "Timing.repeat": (
        Rule("tim-1", "durationUnit", "a unit", lambda v: not _has(v, "duration") or _has(v, "durationUnit")),
        Rule("tim-2", "periodUnit", "a unit", lambda v: not _has(v, "period") or _has(v, "periodUnit")),
        Rule("tim-4", "duration", "not negative", lambda v: v.get("duration", 0) >= 0),
        Rule("tim-5", "period", "not negative", lambda v: v.get("period", 0) >= 0),
        Rule("tim-6", "periodMax", "a period", lambda v: not _has(v, "periodMax") or _has(v, "period")),
        Rule(
            "tim-7", "durationMax", "a duration", lambda v: not _has(v, "durationMax") or _has(v, "duration")
        ),
        Rule("tim-8", "countMax", "a count", lambda v: not _has(v, "countMax") or _has(v, "count")),
        Rule(
            "tim-9",
            "offset",
            "an event that is no meal",
            lambda v: not _has(v, "offset") or (_has(v, "when") and not MEALS & set(v.get("when", ()))),
        ),
        Rule(
            "tim-10",
            "timeOfDay",
            "no event beside it",
            lambda v: not (_has(v, "timeOfDay") and _has(v, "when")),
        ),
    ),
    "Patient.contact": (
        Rule(
            "pat-1",
            "",
            "a name, a telecom, an address or an organization",
            lambda v: _has(v, "name", "telecom", "address", "organization"),
        ),
    ),
    "Observation": (
        Rule(
            "obs-6",
            "dataAbsentReason",
            "only where there is no value",
            lambda v: "dataAbsentReason" not in v or not _starts(v, "value"),
        ),
        Rule("obs-7", "component", "not the code of the whole", _components_differ),
    ),
    "Observation.referenceRange": (
        Rule("obs-3", "", "low, high or text", lambda v: _has(v, "low", "high", "text")),
    ),
    "AllergyIntolerance": (
        Rule(
            "ait-1",
            "clinicalStatus",
            "a clinicalStatus unless entered in error",
            lambda v: "clinicalStatus" in v or "entered-in-error" in _codes(v.get("verificationStatus")),
        ),
        Rule(
            "ait-2",
            "clinicalStatus",
            "none where entered in error",
            lambda v: (
                "clinicalStatus" not in v or "entered-in-error" not in _codes(v.get("verificationStatus"))
            ),
        ),
    ),
    "Condition": (
        Rule("con-4", "clinicalStatus", "inactive, resolved or remission once abated", _is_abated_and_over),
        Rule(
            "con-5",
            "clinicalStatus",
            "none where entered in error",
            lambda v: (
                "clinicalStatus" not in v or "entered-in-error" not in _codes(v.get("verificationStatus"))
            ),
        ),
    ),
    "Condition.stage": (
        Rule("con-1", "", "a summary or an assessment", lambda v: _has(v, "summary", "assessment")),
    ),
    "Condition.evidence": (Rule("con-2", "", "a code or a detail", lambda v: _has(v, "code", "detail")),),
    "Immunization.education": (
        Rule("imm-1", "", "a documentType or a reference", lambda v: _has(v, "documentType", "reference")),
    ),
    "FamilyMemberHistory": (
        Rule(
            "fhs-1",
            "",
            "an age or a birth, not both",
            lambda v: not (_starts(v, "age") and _starts(v, "born")),
        ),
        Rule(
            "fhs-2",
            "estimatedAge",
            "an age beside it",
            lambda v: not _has(v, "estimatedAge") or _starts(v, "age"),
        ),
    ),
    "CarePlan.activity": (
        Rule(
            "cpl-3",
            "",
            "a reference or a detail, not both",
            lambda v: not ("detail" in v and "reference" in v),
        ),
    ),
    "QuestionnaireResponse.item": (
        Rule("qrs-1", "", "items beneath the answer, not beside it", _answered_once),
    ),
    "Consent": (
        Rule("ppc-1", "policy", "a policy or a policyRule", lambda v: _has(v, "policy", "policyRule")),
    ),
    "Organization": (
        Rule("org-1", "", "an identifier or a name", lambda v: _has(v, "identifier", "name")),
        Rule(
            "org-2",
            "address",
            "no home address",
            lambda v: all(one.get("use") != "home" for one in v.get("address", ())),
        ),
        Rule(
            "org-3",
            "telecom",
            "no home number",
            lambda v: all(one.get("use") != "home" for one in v.get("telecom", ())),
        ),
    ),
    "Composition.section": (
        Rule("cmp-1", "", "a text, entries or sections", lambda v: _has(v, "text", "entry", "section")),
        Rule("cmp-2", "emptyReason", "no entries", lambda v: not (_has(v, "emptyReason") and "entry" in v)),
    ),
    "AuditEvent.entity": (
        Rule(
            "sev-1", "", "a name or a query, not both", lambda v: not (_has(v, "name") and _has(v, "query"))
        ),
    ),
    "Bundle": (
        Rule(
            "bdl-1",
            "total",
            "only in a searchset or a history",
            lambda v: not _has(v, "total") or v.get("type") in {"searchset", "history"},
        ),
        Rule(
            "bdl-2",
            "entry",
            "search only in a searchset",
            lambda v: v.get("type") == "searchset" or all("search" not in e for e in v.get("entry", ())),
        ),
        Rule(
            "bdl-3",
            "entry",
            "a request in each entry of a batch, transaction or history, and in no other",
            lambda v: _entries_have(v, "batch", "transaction", "history", name="request"),
        ),
        Rule(
            "bdl-4",
            "entry",
            "a response in each entry of a batch-response, transaction-response or history, and in no other",
            lambda v: _entries_have(v, "batch-response", "transaction-response", "history", name="response"),
        ),
        Rule("bdl-7", "entry", "each fullUrl once", _unique_urls),
        Rule(
            "bdl-9",
            "identifier",
            "an identifier with system and value in a document",
            lambda v: v.get("type") != "document" or {"system", "value"} <= set(v.get("identifier", ())),
        ),
        Rule(
            "bdl-10",
            "timestamp",
            "a timestamp in a document",
            lambda v: v.get("type") != "document" or _has(v, "timestamp"),
        ),
        Rule(
            "bdl-11",
            "entry",
            "a Composition first in a document",
            lambda v: _first_is(v, "document", "Composition"),
        ),
        Rule(
            "bdl-12",
            "entry",
            "a MessageHeader first in a message",
            lambda v: _first_is(v, "message", "MessageHeader"),
        ),
    ),
    "Bundle.entry": (
        Rule(
            "bdl-5",
            "",
            "a resource, a request or a response",
            lambda v: _has(v, "resource", "request", "response"),
        ),
        Rule(
            "bdl-8",
            "fullUrl",
            "no version in the address",
            lambda v: "/_history/" not in v.get("fullUrl", ""),
        ),
    ),
}
