"""Who issues: the suite's public address and the scopes it knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, current_app

from services.gateway.access_tokens import AccessTokenReader
from services.gateway.catalogue import ScopeCatalogue, current_catalogue
from services.gateway.oauth.errors import InvalidTarget
from services.vault.signing import list_public_keys
from services.web.current import current_session, current_settings


@dataclass(frozen=True, slots=True)
class Issuer:
    """The authorization server as its tokens name it: `base_url` is the issuer identifier.

    `reader` remembers the access tokens that this process has verified; without one each is verified anew.
    """

    base_url: str
    catalogue: ScopeCatalogue
    requires_par: bool = False
    requires_dpop_nonce: bool = True
    mtls_base_url: str | None = None
    reader: AccessTokenReader | None = None

    def audience(self, scopes: Iterable[str]) -> tuple[str, ...]:
        """Whom a token with these scopes is for; with no service's scope, the gateway itself (userinfo).

        Standard: RFC 9068 section 2.2 (`aud` is required).
        """
        return self.catalogue.audience(self.base_url, scopes) or (self.base_url,)

    def narrow(self, scopes: tuple[str, ...], resources: tuple[str, ...]) -> tuple[str, ...]:
        """The scopes that remain when a client names the services it wants the token for.

        Standard: RFC 8707 section 2: the token is for those resources only. The standards' own scopes stay.
        Raises: InvalidTarget when a resource is unknown or no scope reaches it.
        """
        if not resources:
            return scopes
        if set(resources) - set(self.catalogue.audience(self.base_url, scopes)):
            raise InvalidTarget("resource names no service that the scopes reach.")
        return tuple(
            scope
            for scope in scopes
            if self.catalogue.service_of(scope) is None
            or set(self.catalogue.audience(self.base_url, [scope])) & set(resources)
        )


def current_issuer() -> Issuer:
    """The issuer of the running app."""
    settings = current_settings()
    return Issuer(
        settings.base_url,
        current_catalogue(),
        requires_par=settings.require_par,
        requires_dpop_nonce=settings.require_dpop_nonce,
        mtls_base_url=settings.mtls_base_url,
        reader=_reader_of(current_app),
    )


def _reader_of(app: Flask) -> AccessTokenReader:
    """The one reader of a process, which loads keys through whatever transaction is open when it needs them."""
    found: AccessTokenReader | None = app.extensions.get("citizen_shown_tokens")
    if found is None:
        found = AccessTokenReader(
            issuer=app.extensions["citizen_settings"].base_url,
            keys=app.extensions["citizen_database"].keys,
            public_keys=lambda: list_public_keys(current_session(), "token"),
        )
        app.extensions["citizen_shown_tokens"] = found
    return found
