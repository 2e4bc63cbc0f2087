"""What the consent page shows, as plain words and lists: who asks, what it would see, what it would not."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from flask import current_app

from services.actor import Actor, ActorKind
from services.clock import SHANGHAI
from services.database.session import Session
from services.gateway.oauth.authorization import ALWAYS, Ask
from services.gateway.oauth.authorization_code import GRANT_LIFE
from services.gateway.oauth.authorization_request import AuthorizationRequest
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.questions import PART
from services.gateway.people.persons import list_people
from services.web.language import current_language
from services.web.language import gettext as _


@dataclass(frozen=True, slots=True)
class Choice:
    """One person it may be for; no name means oneself."""

    subject: UUID
    name: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing it would see or do."""

    scope: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """Everything the template draws."""

    asker: str
    place: str
    is_checked: bool
    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    unseen: tuple[str, ...]
    until: date | None
    is_in_part: bool
    part_url: str
    whole_url: str
    question: str


def consent_view(
    session: Session, issuer: Issuer, asked: AuthorizationRequest, ask: Ask, *, query: str, sealed: str
) -> ConsentView:
    """Draw up the page.

    Effects: one audit row where names of others are unsealed, masked, for choosing among them.
    """
    client = asked.client
    services = issuer.catalogue.services
    reached = {services[name].name for name in asked.scopes if name in services}
    parts = urlsplit(asked.redirect_uri)
    bare = urlencode([(name, value) for name, value in _pairs(query) if name not in {PART, "nothing"}])
    return ConsentView(
        asker=client.name if current_language() == "zh-Hans" else client.name_en,
        place=parts.netloc or parts.scheme,
        is_checked=client.unit is not None,
        choices=_choices(session, asked, ask),
        rows=tuple(
            Row(name, _(issuer.catalogue.scopes[name].title)) for name in asked.scopes if name not in ALWAYS
        ),
        unseen=tuple(
            _(service.title)
            for service in current_app.extensions["citizen_manifests"]
            if service.name not in reached
        ),
        until=(session.at + GRANT_LIFE).astimezone(SHANGHAI).date()
        if "offline_access" in asked.scopes
        else None,
        is_in_part=PART in dict(_pairs(query)),
        part_url=f"/oauth/authorize?{bare}&{PART}=yes",
        whole_url=f"/oauth/authorize?{bare}",
        question=sealed,
    )


def _choices(session: Session, asked: AuthorizationRequest, ask: Ask) -> tuple[Choice, ...]:
    account = ask.page.account
    oneself = Choice(account, None)
    if ask.page.kind == "staff" or len(ask.people) == 1:
        return (oneself,)
    actor = Actor(kind=ActorKind.RESIDENT, account=account, subject=account, client=asked.client.client_id)
    return (oneself, *(Choice(person.subject, person.name) for person in list_people(session, actor)))


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)
