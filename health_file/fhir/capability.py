"""The CapabilityStatement, from the same tables that the routes and the validation read."""

from collections.abc import Iterator
from typing import Any

from health_file.fhir.operations import OPERATIONS, Level, Operation
from health_file.fhir.parameters import PARAMETERS
from health_file.fhir.references import codes_of
from health_file.rules import HELD_TYPES

SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
INTERACTIONS = (
    "create",
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "search-type",
)
# A file's Patient is not deleted: the file ends by erasure.
WITHOUT = {"Patient": frozenset({"delete"})}
SYSTEM_INTERACTIONS = ("transaction", "batch", "search-system", "history-system")
# Of every resource, and known to the server itself.
OWN_PARAMETERS = (
    ("_id", "http://hl7.org/fhir/SearchParameter/Resource-id", "token"),
    ("_lastUpdated", "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "date"),
)
RELEASED = "2026-11-26"


def statement(base_url: str) -> dict[str, Any]:
    """What this server can do (capabilitystatement.html)."""
    return {
        "resourceType": "CapabilityStatement",
        **_about(base_url),
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/fhir+json", "application/json-patch+json"],
        "rest": [
            {
                "mode": "server",
                "security": _security(base_url),
                "resource": [_of_type(name) for name in HELD_TYPES],
                "interaction": [{"code": code} for code in SYSTEM_INTERACTIONS],
                "searchParam": [_parameter(*one) for one in _of_every_type()],
                **_operations(Level.SYSTEM, ""),
                "compartment": ["http://hl7.org/fhir/CompartmentDefinition/patient"],
            }
        ],
    }


def terminology(base_url: str) -> dict[str, Any]:
    """What this server can do with code systems (terminologycapabilities.html): bindings are validated, no more."""
    return {"resourceType": "TerminologyCapabilities", **_about(base_url), "codeSearch": "explicit"}


def _about(base_url: str) -> dict[str, Any]:
    return {
        "url": f"{base_url}/health-file/fhir/metadata",
        "name": "CitizenHealthFile",
        "title": "Electronic health file of the city's residents",
        "status": "active",
        "date": RELEASED,
        "publisher": "Citizen Services",
        "description": "FHIR R4 for residents, clinics and their systems: consent is part of every query.",
        "kind": "instance",
        "software": {"name": "Citizen Services"},
        "implementation": {"description": "Citizen Services", "url": f"{base_url}/health-file/fhir"},
    }


def _security(base_url: str) -> dict[str, Any]:
    """How to get a token; `oauth-uris` says it to clients that read no SMART configuration (security.html#http)."""
    coding = {"system": SECURITY_SERVICE, "code": "SMART-on-FHIR", "display": "SMART-on-FHIR"}
    places = {
        "authorize": "/oauth/authorize",
        "token": "/oauth/token",
        "introspect": "/oauth/introspect",
        "revoke": "/oauth/revoke",
        "register": "/oauth/register",
        "manage": "/my/account/consents",
    }
    uris = [{"url": name, "valueUri": f"{base_url}{path}"} for name, path in places.items()]
    return {
        "extension": [{"url": OAUTH_URIS, "extension": uris}],
        "cors": True,
        "service": [{"coding": [coding], "text": "OAuth 2.1 with SMART App Launch 2.2"}],
    }


def _of_type(name: str) -> dict[str, Any]:
    return {
        "type": name,
        "interaction": [
            {"code": code} for code in INTERACTIONS if code not in WITHOUT.get(name, frozenset())
        ],
        # An update says in If-Match which version it has seen.
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        **_included(name),
        "searchParam": [
            _parameter(*one)
            for one in (
                *OWN_PARAMETERS,
                *((code, found.canonical, found.kind) for code, found in sorted(PARAMETERS[name].items())),
            )
        ],
        **_operations(Level.TYPE, name),
        "referencePolicy": ["literal", "logical", "local"],
    }


def _included(name: str) -> dict[str, list[str]]:
    found = {
        "searchInclude": [f"{name}:{code}" for code in sorted(codes_of(name))],
        "searchRevInclude": sorted(
            f"{other}:{code}" for other in HELD_TYPES for code in codes_of(other, name)
        ),
    }
    return {key: ["*", *values] for key, values in found.items() if values}


def _parameter(name: str, definition: str, kind: str) -> dict[str, str]:
    return {"name": name, "definition": definition, "type": kind}


def _of_every_type() -> Iterator[tuple[str, str, str]]:
    yield from OWN_PARAMETERS
    shared = set.intersection(*(set(PARAMETERS[name]) for name in HELD_TYPES))
    for code in sorted(shared):
        found = PARAMETERS["Patient"][code]
        yield code, found.canonical, found.kind


def _operations(level: Level, name: str) -> dict[str, list[dict[str, str]]]:
    found = [_operation(one) for one in OPERATIONS if _stands_at(one, level, name)]
    return {"operation": found} if found else {}


def _stands_at(operation: Operation, level: Level, name: str) -> bool:
    if level is Level.SYSTEM:
        return Level.SYSTEM in operation.levels
    return name in operation.types


def _operation(operation: Operation) -> dict[str, str]:
    return {"name": operation.name, "definition": operation.definition}
