"""A patch in either of the two languages that a resource may be patched in. Pure.

Standard: FHIR R4 http.html#patch: JSON Patch (RFC 6902), and FHIRPath Patch as a Parameters resource.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from health_file.errors import PatchInvalid
from health_file.fhir import fhirpath_patch, json_patch
from services.web import json_reader

JSON_PATCH = json_patch.MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class Patch:
    """What is to be changed: operations of JSON Patch, or a Parameters resource."""

    content: Any
    is_fhirpath: bool

    def apply(self, document: Mapping[str, Any]) -> Any:
        """The resource after the patch. Raises: PatchInvalid 400, PatchFailed 422."""
        language = fhirpath_patch if self.is_fhirpath else json_patch
        return language.apply(self.content, document)


def patch_in(resource: Mapping[str, Any]) -> Patch:
    """The patch that an entry of a Bundle brings: a Binary of JSON Patch, or Parameters (http.html#transaction).

    Raises: PatchInvalid 400.
    """
    if resource.get("resourceType") == "Parameters":
        return Patch(resource, is_fhirpath=True)
    if resource.get("resourceType") != "Binary" or resource.get("contentType") != JSON_PATCH:
        raise PatchInvalid("resource", f"a Binary of {JSON_PATCH}, or Parameters")
    try:
        raw = base64.b64decode("".join(str(resource.get("data", "")).split()), validate=True)
    except binascii.Error:
        raise PatchInvalid("resource", "base64") from None
    return Patch(json_reader.read(raw, exact=True), is_fhirpath=False)
