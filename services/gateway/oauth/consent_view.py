"""What the consent page shows, as plain words and lists: who asks, what it would see, what it would not."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from services.actor import Actor, ActorKind
from services.clock import SHANGHAI
from services.database.session import Session
from services.gateway.clients import Client
from services.gateway.consent import Person
from services.gateway.oauth.authorization import ALWAYS, Ask
from services.gateway.oauth.authorization_code import GRANT_LIFE
from services.gateway.oauth.authorization_details import Details, limits_shown, scopes_of
from services.gateway.oauth.authorization_request import AuthorizationRequest
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.questions import PART
from services.gateway.people.persons import list_people
from services.gateway.people.sessions import PageSession
from services.web.current import current_manifests
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

    field: str
    value: str
    title: str
    limits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """What a person is asked, whatever page asks it: who, for whom, what, until when."""

    asker: str
    is_checked: bool
    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    unseen: tuple[str, ...]
    until: date | None
    is_in_part: bool
    may_choose: bool
    part_url: str
    whole_url: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView(ConsentFacts):
    """Everything the template of the authorization endpoint draws."""

    place: str


def consent_view(
    session: Session, issuer: Issuer, asked: AuthorizationRequest, ask: Ask, *, query: str, sealed: str
) -> ConsentView:
    """Draw up the page.

    Effects: one audit row where names of others are unsealed, masked, for choosing among them.
    """
    parts = urlsplit(asked.redirect_uri)
    facts = consent_facts(
        session,
        issuer,
        asked.client,
        asked.scopes,
        ask.page,
        ask.people,
        path="/oauth/authorize",
        query=query,
        sealed=sealed,
        details=asked.details,
    )
    return ConsentView(place=parts.netloc or parts.scheme, **facts)


def consent_facts(
    session: Session,
    issuer: Issuer,
    client: Client,
    scopes: tuple[str, ...],
    page: PageSession,
    people: tuple[Person, ...],
    *,
    path: str,
    query: str,
    sealed: str,
    details: Details = (),
) -> dict[str, Any]:
    """The fields of `ConsentFacts`, for the page at `path` that was drawn from `query`.

    Effects: as `consent_view`.
    """
    reached = issuer.catalogue.packages(scopes)
    is_in_part = PART in dict(_pairs(query))
    bare = urlencode([(name, value) for name, value in _pairs(query) if name not in {PART, "nothing"}])
    return {
        "asker": client.name if current_language() == "zh-Hans" else client.name_en,
        "is_checked": client.unit is not None,
        "choices": _choices(session, client, page, people),
        "rows": _rows(issuer, scopes, details, in_part=is_in_part),
        "unseen": tuple(_(service.title) for service in current_manifests() if service.name not in reached),
        "until": (session.at + GRANT_LIFE).astimezone(SHANGHAI).date()
        if "offline_access" in scopes
        else None,
        "is_in_part": is_in_part,
        "may_choose": len(_rows(issuer, scopes, details, in_part=True)) > 1,
        "part_url": f"{path}?{bare}&{PART}=yes",
        "whole_url": f"{path}?{bare}",
        "question": sealed,
    }


def _rows(issuer: Issuer, scopes: tuple[str, ...], details: Details, *, in_part: bool) -> tuple[Row, ...]:
    """What it wants: details with their limits first, then the scopes that no detail stands for.

    To allow only some of it, a scope over everything is shown as the parts it is made of.
    """
    limited = scopes_of(issuer.catalogue, details)
    rows = []
    for index, detail in enumerate(details):
        kind = issuer.catalogue.detail_types[detail["type"]]
        actions = {kind.actions[action] for action in detail["actions"]}
        titles = [_(issuer.catalogue.scopes[scope].title) for scope in sorted(actions)]
        limits = tuple((_(title), value) for title, value in limits_shown(kind, detail))
        rows.append(Row("detail", str(index), _(kind.title) + _("：") + _("、").join(titles), limits))
    known = (issuer.catalogue.find(name) for name in scopes if name not in ALWAYS and name not in limited)
    for scope in known:
        if scope is not None:
            shown = scope.parts if in_part and scope.parts else (scope,)
            rows += [Row("scope", part.name, part.shown(_)) for part in shown]
    return tuple(rows)


def _choices(
    session: Session, client: Client, page: PageSession, people: tuple[Person, ...]
) -> tuple[Choice, ...]:
    account = page.account
    oneself = Choice(account, None)
    if page.kind == "staff" or len(people) == 1:
        return (oneself,)
    actor = Actor(kind=ActorKind.RESIDENT, account=account, subject=account, client=client.client_id)
    return (oneself, *(Choice(person.subject, person.name) for person in list_people(session, actor)))


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)
