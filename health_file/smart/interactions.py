"""What each FHIR route does, in the letters of SMART scopes: the table by which such a scope opens a route.

Standard: SMART App Launch 2.2.0, section 3.0.2.2. A route that does not stand here is opened by our own scopes alone.
"""

from collections.abc import Mapping

from flask import Request

from services.manifest import Interaction

# In an address any type will do; asked of a scope, it has to be over all of them.
EVERY_TYPE = "*"
# By the name of the view: the letters, any of which does; the type stands in the address or below, or any does.
ROUTES: Mapping[str, str] = {
    "create": "c",
    "read": "r",
    "vread": "r",
    "update": "u",
    "delete": "d",
    "patch": "u",
    "update_found": "u",
    "patch_found": "u",
    "delete_found": "d",
    "validate_new": "c",
    "validate_held": "u",
    "history": "r",
    "history_of_patient": "r",
    "history_of_type": "r",
    "history_of_all": "r",
    "search": "s",
    "search_by_form": "s",
    "search_all": "s",
    "search_all_by_form": "s",
    "search_file": "s",
    "search_file_by_form": "s",
    "everything": "s",
    "own_everything": "s",
    "last_observations": "s",
    "statistics_of_observations": "s",
    "export_patients": "rs",
    "export_group": "rs",
    "export_system": "rs",
    "export_status": "rs",
    "export_file": "rs",
    "cancel_export": "rs",
    "search_audit_events": "s",
    "read_audit_event": "r",
    "access_log": "r",
}
TYPES: Mapping[str, str] = {
    "history_of_patient": "Patient",
    "last_observations": "Observation",
    "statistics_of_observations": "Observation",
    "search_audit_events": "AuditEvent",
    "read_audit_event": "AuditEvent",
    "access_log": "AuditEvent",
}
# Documents that would mislead if a part of the file were left out of them: scopes over all of it alone open these.
WHOLE: Mapping[str, str] = {"summary": "r", "summary_of_identifier": "r"}


def interaction_of(request: Request) -> Interaction | None:
    """What a request to the FHIR base would do; None where SMART scopes say nothing about it."""
    name = (request.endpoint or "").rpartition(".")[2]
    if name in WHOLE:
        return Interaction(WHOLE[name], EVERY_TYPE)
    letters = ROUTES.get(name)
    if letters is None:
        return None
    named = TYPES.get(name) or (request.view_args or {}).get("resource_type", EVERY_TYPE)
    return Interaction(letters, None if named == EVERY_TYPE else named)
