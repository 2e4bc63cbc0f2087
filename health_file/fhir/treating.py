"""Until when a resource makes its unit one that treats the resident. Pure.

A contact that goes on (Encounter) and an episode of care (EpisodeOfCare) give a treating relation for 90 days from when
they were last written, so that one which nobody closes ends by itself; the contract with a family doctor, an episode of
that type, lasts as long as it says, at most 366 days from when it was last written.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from health_file.fhir.dates import span_of
from services.clock import SHANGHAI

LONGEST = timedelta(days=90)
LONGEST_CONTRACT = timedelta(days=366)
OPEN: Mapping[str, frozenset[str]] = {
    "Encounter": frozenset({"arrived", "triaged", "in-progress", "onleave"}),
    "EpisodeOfCare": frozenset({"active", "onhold"}),
}
# Of EpisodeOfCare.type: the yearly contract that a household signs (家庭医生签约).
FAMILY_DOCTOR = ("urn:citizen:episode-type", "family-doctor")
KINDS = {"Encounter": "encounter", "EpisodeOfCare": "episode"}
CONTRACT = "family-doctor"
# Not of a resource: the resident showed their card at a desk.
CARD = "card"
# Where an Encounter or an EpisodeOfCare names the organisation that it is for.
ORGANISATIONS = {"Encounter": "serviceProvider", "EpisodeOfCare": "managingOrganization"}


def relation_of(resource: Mapping[str, Any], at: datetime) -> tuple[str, datetime] | None:
    """The kind of relation that a resource gives, written at an instant, and its end; None where it gives none."""
    resource_type = resource.get("resourceType", "")
    if resource.get("status") not in OPEN.get(resource_type, ()):
        return None
    is_contract = resource_type == "EpisodeOfCare" and FAMILY_DOCTOR in {
        (coding.get("system"), coding.get("code"))
        for concept in resource.get("type", [])
        for coding in concept.get("coding", [])
    }
    kind = CONTRACT if is_contract else KINDS[resource_type]
    ends_at = at + (LONGEST_CONTRACT if is_contract else LONGEST)
    last = resource.get("period", {}).get("end")
    if isinstance(last, str):
        ends_at = min(ends_at, _end_of(last))
    return (kind, ends_at) if ends_at > at else None


def _end_of(text: str) -> datetime:
    """The last instant of a dateTime; in the city's time where it names a day."""
    if "T" in text:
        return datetime.fromisoformat(text.replace(":60", ":59"))
    return datetime.combine(span_of(text)[1], time.max, SHANGHAI).astimezone(UTC)
