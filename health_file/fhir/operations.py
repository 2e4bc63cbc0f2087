"""The operations that the server answers: the capability statement and the routes' test read this table.

Standard: FHIR R4 operations.html.
"""

from dataclasses import dataclass
from enum import StrEnum

from health_file.rules import HELD_TYPES

# Ours, as decision 0021 describes them.
OURS = "urn:citizen:operation-definition:"
HL7 = "http://hl7.org/fhir/OperationDefinition/"
BULK = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/"


class Level(StrEnum):
    """On what an operation works."""

    SYSTEM = "system"
    TYPE = "type"
    INSTANCE = "instance"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `types` it works on, empty at the level of the system; `scope` is that of its routes."""

    name: str
    definition: str
    levels: frozenset[Level]
    types: tuple[str, ...]
    methods: tuple[str, ...]
    scope: str = "health_file:read"


OPERATIONS: tuple[Operation, ...] = (
    Operation("access-log", f"{OURS}access-log", frozenset({Level.INSTANCE}), ("Patient",), ("GET",)),
    Operation(
        "break-glass", f"{OURS}break-glass", frozenset({Level.TYPE, Level.INSTANCE}), ("Patient",), ("POST",)
    ),
    Operation(
        "erase", f"{OURS}erase", frozenset({Level.INSTANCE}), ("Patient",), ("POST",), "health_file:erase"
    ),
    Operation(
        "match", f"{HL7}Patient-match", frozenset({Level.TYPE}), ("Patient",), ("POST",), "health_file:write"
    ),
    Operation(
        "everything",
        f"{HL7}Patient-everything",
        frozenset({Level.TYPE, Level.INSTANCE}),
        ("Patient",),
        ("GET", "POST"),
    ),
    Operation(
        "summary",
        "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
        frozenset({Level.TYPE, Level.INSTANCE}),
        ("Patient",),
        ("GET", "POST"),
    ),
    Operation("lastn", f"{HL7}Observation-lastn", frozenset({Level.TYPE}), ("Observation",), ("GET", "POST")),
    Operation("stats", f"{HL7}Observation-stats", frozenset({Level.TYPE}), ("Observation",), ("GET", "POST")),
    Operation("export", f"{BULK}patient-export", frozenset({Level.TYPE}), ("Patient",), ("GET", "POST")),
    Operation("export", f"{BULK}export", frozenset({Level.SYSTEM}), (), ("GET", "POST")),
    Operation(
        "validate",
        f"{HL7}Resource-validate",
        frozenset({Level.TYPE, Level.INSTANCE}),
        HELD_TYPES,
        ("POST",),
        scope="health_file:write",
    ),
)
