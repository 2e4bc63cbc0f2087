"""What an import reads: texts taken apart into entries, and the names by which these refer to each other. Pure."""

from health_file.fhir.importing.entries import Entry, Place
from health_file.fhir.importing.references import (
    Unresolved,
    names_of_reference,
    resolved,
    scoped,
    wanted_references,
)
from health_file.fhir.importing.scanning import Scanner

__all__ = [
    "Entry",
    "Place",
    "Scanner",
    "Unresolved",
    "names_of_reference",
    "resolved",
    "scoped",
    "wanted_references",
]
