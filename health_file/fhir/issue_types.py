"""FHIR's own code of every kind of failure. Pure."""

# FHIR's issue types by status (http://hl7.org/fhir/R4/valueset-issue-type.html).
ISSUE_TYPES = {
    400: "structure", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 410: "deleted", 412: "conflict", 413: "too-long", 414: "too-long", 415: "not-supported",
    422: "invariant", 428: "required", 429: "throttled", 503: "transient",
}  # fmt: skip
# Facts that have a code of their own there.
FACTS = {
    "health_file.resident_unknown": "business-rule", "health_file.resident_changed": "business-rule",
    "health_file.several_residents": "business-rule", "health_file.patient_already_held": "duplicate",
    "health_file.type_not_supported": "not-supported", "health_file.type_read_only": "not-supported",
    "health_file.several_matches": "multiple-matches", "health_file.entry_repeated": "duplicate",
    "health_file.subset_written": "business-rule",
    "health_file.reference_unresolved": "not-found", "health_file.bundle_too_large": "too-costly",
    "web.cursor_invalid": "value", "health_file.search_too_costly": "too-costly",
    "health_file.references_left": "not-found", "health_file.patient_kept": "duplicate",
    "health_file.entry_twice": "duplicate",
}  # fmt: skip


def issue_type(code: str, status: int) -> str:
    """The issue type of a fact, or else of its status."""
    return FACTS.get(code) or ISSUE_TYPES.get(status, "exception")
