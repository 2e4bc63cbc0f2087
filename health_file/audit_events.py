"""The audit events of what is shown, and of what residents decide about that."""

from services.manifest import AuditEvent
from services.words import msgid

# What `actions.disclosure.record_disclosure` adds to every event of something shown.
DISCLOSED = frozenset({"purpose", "consent", "unit", "grant", "resources", "count"})

DECISIONS = (
    AuditEvent(
        "health_file.consent.given",
        msgid("写下了一份健康档案的授权"),
        frozenset({"consent_id", "status", "version"}),
    ),
    AuditEvent(
        "health_file.consent.changed",
        msgid("改了一份健康档案的授权"),
        frozenset({"consent_id", "status", "version"}),
    ),
    AuditEvent("health_file.consents.read", msgid("看了健康档案的授权"), DISCLOSED),
    AuditEvent(
        "health_file.access_log.read",
        msgid("看了谁看过健康档案"),
        frozenset({"count", "consent", "grant"}),
    ),
)
