"""The front door of legal-person ID."""

from legal_id import access, context, demo, home, models, pages, routes
from legal_id.rules import TRANSITIONS
from services.manifest import AuditEvent, AuthorizationDetailType, Desk, Manifest, Scope
from services.words import msgid

manifest = Manifest(
    name="legal_id",
    slug="legal-id",
    title=msgid("企业身份"),
    metadata=models.metadata,
    blueprints=(routes.blueprint, pages.blueprint),
    scopes=(
        Scope("legal_id:read", msgid("看您代表哪些企业"), frozenset({"resident"})),
        Scope("legal_id:register", msgid("替您登记企业、报歇业和复业"), frozenset({"resident"})),
        Scope("legal_id:work", msgid("办理企业登记"), frozenset({"officer"})),
    ),
    authorization_details=(
        AuthorizationDetailType(
            name="legal_person",
            title=msgid("企业事务"),
            actions={"read": "legal_id:read", "register": "legal_id:register"},
        ),
    ),
    audit_events=(
        AuditEvent("legal_id.legal_person.registered", msgid("登记了一家企业"), frozenset({"uscc"})),
        AuditEvent(
            "legal_id.legal_person.changed", msgid("企业的登记状态变了"), frozenset({"uscc", "event", "to"})
        ),
        AuditEvent("legal_id.bindings.read", msgid("看了代表哪些企业"), frozenset({"fields", "count"})),
    ),
    home_line=home.home_line,
    desks=(Desk("legal_id:work", "/console/legal", msgid("登记"), unit=access.OFFICE),),
    demo=demo.seed,
    transitions=TRANSITIONS,
    caller_context=context.MandateInContext(),
)
