"""Signing out at a client's request.

Standard: OpenID Connect RP-Initiated Logout 1.0.
"""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.errors import NotFound
from services.gateway.clients import Client, find_client
from services.gateway.oauth.errors import InvalidRequest, UnknownAsker
from services.gateway.oauth.id_token import person_of, read_id_token_hint
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.parameters import Parameters
from services.gateway.pairwise import pairwise_sub
from services.gateway.people.sessions import PageSession, end_session


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A sound request: where the browser goes afterwards, and whom the client says it knows."""

    client: Client | None
    person: str | None
    return_to: str | None

    def is_about(self, session: Session, page: PageSession) -> bool:
        """Whether the hint names exactly who is signed in, so that nobody need be asked."""
        if self.client is None or self.person is None:
            return False
        return self.person == pairwise_sub(session.keys, self.client.sector, page.account)


def read_logout_request(session: Session, issuer: Issuer, parameters: Parameters) -> LogoutRequest:
    """Check a logout request.

    Raises: UnknownAsker when the address to return to is not registered for the client that the hint (or
        `client_id`) names: a page, never a redirect. InvalidRequest when hint and `client_id` disagree.
    """
    parameters.refuse_faulty()
    hint, client_id = parameters.get("id_token_hint"), parameters.get("client_id")
    claims = read_id_token_hint(session, issuer.base_url, hint) if hint else None
    if hint and claims is None:
        raise InvalidRequest("id_token_hint is not an ID token of ours.")
    if claims is not None and client_id not in {None, claims["aud"]}:
        raise InvalidRequest("client_id is not the one id_token_hint was issued to.")
    named = str(claims["aud"]) if claims is not None else client_id
    client = find_client(session, named) if named else None
    wanted = parameters.get("post_logout_redirect_uri")
    if wanted is not None and (client is None or wanted not in client.post_logout_redirect_uris):
        raise UnknownAsker
    return LogoutRequest(
        client=client,
        person=None if claims is None else person_of(claims),
        return_to=None if wanted is None else _with_state(wanted, parameters.get("state")),
    )


def end_page_session(session: Session, page: PageSession, *, client_id: str | None) -> None:
    """Sign out: the page session ends, and with it every grant that was not given to outlast it.

    Effects: one audit row for the session, one for each grant; none when it had ended already.
    """
    is_staff = page.kind == "staff"
    actor = Actor(
        kind=ActorKind.STAFF if is_staff else ActorKind.RESIDENT,
        account=page.account,
        subject=page.account,
        relation=Relation.STAFF if is_staff else Relation.SELF,
        client=client_id,
        grant=page.session,
    )
    with suppress(NotFound):
        end_session(session, actor, page.session)


def _with_state(uri: str, state: str | None) -> str:
    if state is None:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'state': state})}"
