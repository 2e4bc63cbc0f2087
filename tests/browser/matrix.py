"""Which pages the browser looks at, as whom, and how it comes to each; `tests/contract/test_page_matrix.py` finds gaps.

A page is at its own address, behind links from another page, or at the end of a scene (tests/browser/scenes.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

# Everything a signed-out browser opens.
EVERYBODY = (
    "/", "/help", "/accessibility", "/privacy", "/track", "/display", "/docs", "/legal-id/search", "/device/allowed",
    "/device/denied", "/sign-in", "/sign-up", "/sign-up/done", "/recover", "/recover/done", "/hotline/statistics",
    "/hotline/articles/noise-hours", "/nothing",
)  # fmt: skip
# Somebody in the middle of opening an account, and of recovering one.
APPLICANT = ("/sign-up/code", "/recover/code")
# Somebody of the demo city with a file, bills, a card, a firm and a ticket.
RESIDENT = (
    "/", "/my", "/my/inbox", "/my/account", "/my/account/security", "/my/account/devices", "/my/account/consents",
    "/my/account/passkeys/new", "/my/account/code/new", "/my/account/recovery-codes", "/my/account/code/remove",
    "/my/account/password", "/my/account/contact", "/my/account/contact/phone", "/my/account/contact/email",
    "/my/account/delegates", "/my/account/delegates/new", "/my/account/events", "/step-up", "/device",
    "/my/health", "/my/health/timeline", "/my/health/medicines", "/my/health/allergies", "/my/health/conditions",
    "/my/health/immunisations", "/my/health/results", "/my/health/results/4548-4", "/my/health/results/85354-9",
    "/my/health/documents", "/my/health/plans", "/my/health/readers", "/my/health/readers/block?unit=CL-HP",
    "/my/health/readers/reject?unit=CL-HP",
    "/my/health/consents", "/my/health/consents/new", "/my/health/delegates", "/my/health/download",
    "/my/health/download/links", "/my/health/erasure", "/my/bills", "/my/bills/accounts", "/my/bills/accounts/new",
    "/my/card", "/my/card/apply", "/my/card/qr", "/my/card/loss", "/business", "/business/register",
    "/my/tickets", "/my/tickets/new", "/my/tickets/new/1", "/my/tickets/context",
    "/oauth/logout",
)  # fmt: skip
READERS: Mapping[str, tuple[str, ...]] = {
    "everybody": EVERYBODY,
    "applicant": APPLICANT,
    "representative": RESIDENT,
    "operator": (
        "/console", "/console/hotline", "/console/hotline/search", "/console/desk", "/console/hotline/templates",
        "/console/hotline/calls", "/console/hotline/new", "/console/hotline/articles",
    ),
    "supervisor": (
        "/console", "/console/wall", "/console/health/emergencies", "/console/health/openings",
        "/console/hotline/templates/new", "/console/hotline/articles/new", "/console/hotline/articles/noise-hours",
    ),
    "officer": ("/console", "/console/desk"),
    "officer of CARD": ("/console", "/console/card"),
    "officer of REGISTER": ("/console", "/console/legal"),
    "biller": ("/console", "/console/bills"),
    "practitioner": ("/console", "/console/health/apps", "/console/card/checks"),
    "admin": (
        "/console", "/console/gateway", "/console/gateway/clients/new", "/console/gateway/invitations",
        "/console/gateway/keys", "/console/gateway/keys/rotate", "/console/gateway/staff", "/console/gateway/staff/new",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """A page behind others: whose, the rule of its address, where to begin, and the links to follow."""

    who: str
    rule: str
    start: str
    links: tuple[str, ...]


WAYS = (
    Way("everybody", "/docs/errors/<code>", "/docs", ("main a[href^='/docs/errors/']",)),
    Way("representative", "/my/health/documents/<uuid:document_id>", "/my/health/documents", ("main .rows a",)),
    Way("representative", "/my/health/records/<uuid:record_id>", "/my/health/timeline", ("a[href*='/records/']",)),
    Way("representative", "/my/health/consents/<uuid:consent_id>", "/my/health/consents", ("main .rows a",)),
    Way("representative", "/my/health", "/my/health", ("main a[href^='/my/health?for=']",)),
    Way("representative", "/my/bills/<uuid:bill_id>", "/my/bills", ("main tbody a",)),
    Way("representative", "/my/tickets/<uuid:ticket_id>", "/my/tickets", ("main .rows a",)),
    Way("representative", "/my/inbox/<uuid:message_id>", "/my/inbox", ("main .rows a",)),
    Way("operator", "/console/hotline/<uuid:ticket_id>", "/console/hotline", ("main tbody a",)),
    Way("officer", "/console/hotline/<uuid:ticket_id>", "/console/desk", ("main tbody a",)),
    Way("supervisor", "/console/hotline/<uuid:ticket_id>", "/console/hotline", ("main tbody a",)),
    Way("operator", "/console/hotline/templates/<string:code>", "/console/hotline/templates", ("main tbody a",)),
    Way("admin", "/console/gateway/clients/<string:client_id>", "/console/gateway", ("main tbody a",)),
    Way(
        "admin", "/console/gateway/clients/<string:client_id>/disable", "/console/gateway",
        ("main tbody a", "a[href$='/disable']"),
    ),
    Way("admin", "/console/gateway/staff/<uuid:subject>", "/console/gateway/staff", ("main .rows a",)),
    Way(
        "admin", "/console/gateway/staff/<uuid:subject>/end", "/console/gateway/staff",
        ("main .rows a", "a[href$='/end']"),
    ),
)  # fmt: skip
