"""The social card's front door."""

from services.manifest import AuditEvent, AuthorizationDetailType, Desk, Manifest, Scope
from services.words import msgid
from social_card import access, context, demo, home, models, pages, routes
from social_card.rules import TRANSITIONS

manifest = Manifest(
    name="social_card",
    slug="social-card",
    title=msgid("社会保障卡"),
    metadata=models.metadata,
    blueprints=(routes.blueprint, pages.blueprint),
    scopes=(
        Scope("social_card:read", msgid("看您社会保障卡的状态"), frozenset({"resident", "officer"})),
        Scope("social_card:apply", msgid("替您申领、启用和挂失社会保障卡"), frozenset({"resident"})),
        Scope("social_card:work", msgid("办理社会保障卡"), frozenset({"officer"})),
        Scope(access.CHECK, msgid("在窗口验居民出示的社会保障卡"), frozenset({"practitioner"})),
    ),
    authorization_details=(
        AuthorizationDetailType(
            name="social_card",
            title=msgid("社会保障卡"),
            actions={"read": "social_card:read", "apply": "social_card:apply"},
        ),
    ),
    audit_events=(
        AuditEvent("social_card.card.applied", msgid("申领了社会保障卡"), frozenset({"card_id"})),
        AuditEvent(
            "social_card.card.changed", msgid("社会保障卡的状态变了"), frozenset({"card_id", "event", "to"})
        ),
        AuditEvent(
            "social_card.code.shown", msgid("打开了出示社会保障卡的码"), frozenset({"card_id", "check_id"})
        ),
        AuditEvent(
            "social_card.card.checked",
            msgid("在窗口验了社会保障卡"),
            frozenset({"card_id", "check_id", "unit", "fields"}),
        ),
        AuditEvent(
            "social_card.check.refused",
            msgid("出示的社会保障卡没有通过"),
            frozenset({"card_id", "check_id", "unit", "reason"}),
        ),
        AuditEvent("social_card.card.read", msgid("看了社会保障卡"), frozenset({"card_id", "fields"})),
        AuditEvent("social_card.cards.read", msgid("看了社会保障卡列表"), frozenset({"fields", "count"})),
    ),
    home_cards=home.home_cards,
    home_line=home.home_line,
    desks=(
        Desk("social_card:work", "/console/card", msgid("卡务"), unit=access.OFFICE),
        Desk(access.CHECK, "/console/card/checks", msgid("验社保卡")),
    ),
    demo=demo.seed,
    transitions=TRANSITIONS,
    caller_context=context.CardInContext(),
)
