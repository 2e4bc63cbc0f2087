"""FHIRPath Patch over a resource, all operations or none. Pure.

Standard: FHIR R4 fhirpatch.html. Paths are the part of FHIRPath that names places (`paths.py`); every other expression
is refused by name, because a patch that is half understood changes what nobody meant.
"""

from health_file.fhir.fhirpath_patch.operations import MOST_OPERATIONS, apply

__all__ = ["MOST_OPERATIONS", "apply"]
