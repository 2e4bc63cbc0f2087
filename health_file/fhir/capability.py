"""The CapabilityStatement, from the same tables that the routes and the validation read."""

from typing import Any

from health_file.fhir.parameters import PARAMETERS
from health_file.rules import HELD_TYPES

SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
INTERACTIONS = ("create", "read", "vread", "update", "patch", "delete", "history-instance", "search-type")
# A file's Patient is not deleted: the file ends by erasure.
WITHOUT = {"Patient": frozenset({"delete"})}


def statement(base_url: str) -> dict[str, Any]:
    """What this server can do (capabilitystatement.html)."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-26",
        "kind": "instance",
        "software": {"name": "Citizen Services"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json"],
        "implementation": {"description": "Citizen Services", "url": f"{base_url}/health-file/fhir"},
        "rest": [
            {
                "mode": "server",
                "security": _security(base_url),
                "resource": [_of_type(name) for name in HELD_TYPES],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
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
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "searchParam": [
            {"name": "_id", "type": "token"},
            {"name": "_lastUpdated", "type": "date"},
            *({"name": code, "type": one.kind} for code, one in sorted(PARAMETERS[name].items())),
        ],
        "referencePolicy": ["literal", "logical", "local"],
    }
