"""On which day what a resource tells happened: what periods of data in a consent are compared with. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from health_file.fhir.dates import span_of

# The first of these that a resource has; a Period counts from its start.
ELEMENTS = (
    "effectiveDateTime", "effectivePeriod", "effectiveInstant", "occurrenceDateTime", "performedDateTime",
    "performedPeriod", "occurredDateTime", "occurredPeriod", "onsetDateTime", "onsetPeriod", "recordedDate",
    "authoredOn", "authored", "period", "date", "dateTime", "dateAsserted", "issued", "recorded", "created",
    "timestamp",
)  # fmt: skip


def day_of(resource: Mapping[str, Any]) -> date | None:
    """The day, in the city's time; None where none is told, or only a month or a year."""
    for name in ELEMENTS:
        value = resource.get(name)
        text = value.get("start") if isinstance(value, Mapping) else value
        if isinstance(text, str):
            try:
                first, last = span_of(text)
            except ValueError:
                return None
            return first if first == last else None
    return None
