"""For what somebody asks: purposes of use, each with who may name it, and what is assumed of whom.

Standard: HL7 v3-ActReason, PurposeOfUse.
"""

from collections.abc import Mapping

from services.actor import Actor, ActorKind

SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
TREATMENT, OWN, RESEARCH, OPERATIONS, EMERGENCY = "TREAT", "PATRQT", "HRESCH", "HOPERAT", "BTG"
PURPOSES = (TREATMENT, OWN, RESEARCH, OPERATIONS, EMERGENCY)
DEFAULTS: Mapping[ActorKind, str] = {
    ActorKind.RESIDENT: OWN,
    ActorKind.STAFF: TREATMENT,
    ActorKind.CLIENT: TREATMENT,
}
# What X-Purpose-Of-Use may say. An emergency is no header: it takes `$break-glass`.
NAMEABLE: Mapping[ActorKind, frozenset[str]] = {
    ActorKind.RESIDENT: frozenset({OWN}),
    ActorKind.STAFF: frozenset({TREATMENT, RESEARCH, OPERATIONS}),
    ActorKind.CLIENT: frozenset({TREATMENT, RESEARCH, OPERATIONS}),
}


def purpose_of(actor: Actor) -> str | None:
    """For what an actor asks; None for systems, who do what they were queued for."""
    return actor.purpose or DEFAULTS.get(actor.kind)
