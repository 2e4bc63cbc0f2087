"""`citizen client`: registering and listing OAuth clients from the command line."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.errors import Invalid
from services.gateway.catalogue import build_catalogue
from services.gateway.client_rules import AUTH_METHODS, GRANTS
from services.gateway.clients import Client, create_client, list_clients
from services.gateway.logout_rules import FIELDS
from services.gateway.oauth.registration.invitations import create_invitation
from services.gateway.oauth.registration.metadata import FLAGS
from services.manifest import Manifest
from services.runtime import open_database
from services.settings import Settings

OPENING = Opening(role=Role.GATEWAY, service="gateway")


# What is said of a client, as options.
SAID = (
    click.option("--name", required=True, help="What people read on the consent page."),
    click.option("--name-en", help="The same in English."),
    click.option("--grant", "grants", multiple=True, required=True, type=click.Choice(GRANTS)),
    click.option("--scope", "scopes", multiple=True, required=True, help="Repeat, or separate by spaces."),
    click.option("--redirect-uri", "redirect_uris", multiple=True),
    click.option("--post-logout-redirect-uri", "post_logout_redirect_uris", multiple=True),
    click.option("--initiate-login-uri", help="Where SMART's EHR launch opens it."),
    click.option("--backchannel-logout-uri", help="Told by us when somebody signs out."),
    click.option("--backchannel-logout-session-required", is_flag=True, help="ID tokens carry sid."),
    click.option("--frontchannel-logout-uri", help="Loaded in the browser that signs out."),
    click.option("--frontchannel-logout-session-required", is_flag=True, help="ID tokens carry sid."),
    click.option(
        "--authorization-details-type", "authorization_details_types", multiple=True, help="RFC 9396."
    ),
    click.option(
        "--resource-server",
        "resource_servers",
        multiple=True,
        help="Slug of a service it receives tokens for.",
    ),
    click.option("--auth", "auth_method", required=True, type=click.Choice(AUTH_METHODS)),
    click.option("--jwks", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option("--jwks-uri", help="Where the client publishes its keys, instead of --jwks."),
    click.option("--tls-subject-dn", help="RFC 4514 name in the certificate of a tls_client_auth client."),
    click.option("--tls-san-dns", help="DNS name in that certificate, instead of --tls-subject-dn."),
    click.option(
        "--tls-bound",
        "tls_client_certificate_bound_access_tokens",
        is_flag=True,
        help="Tokens are bound to the client's certificate (RFC 8705).",
    ),
    click.option(
        "--require-par",
        "require_pushed_authorization_requests",
        is_flag=True,
        help="Authorization requests must be pushed (RFC 9126).",
    ),
    click.option(
        "--dpop-bound",
        "dpop_bound_access_tokens",
        is_flag=True,
        help="Tokens are bound to a key by DPoP (RFC 9449).",
    ),
    click.option("--unit", help="Code of the organisation whose system this is."),
)


def client_commands(manifests: Sequence[Manifest]) -> click.Group:
    """The group, over the scopes of these services."""

    @click.group("client")
    def client() -> None:
        """OAuth clients: register one, list them."""

    client.add_command(_create(manifests))
    client.add_command(_list)
    client.add_command(_invite)
    return client


def _create(manifests: Sequence[Manifest]) -> click.Command:
    @click.command("create")
    @_said
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.pass_obj
    def create(settings: Settings, /, *, as_json: bool, **given: Any) -> None:
        """Register a client; its secret, where it has one, is printed once and kept nowhere."""
        given["jwks"] = _read_jwks(given["jwks"])
        given["certificate_names"] = {
            "tls_client_auth_subject_dn": given.pop("tls_subject_dn"),
            "tls_client_auth_san_dns": given.pop("tls_san_dns"),
        }
        given["scopes"] = [scope for value in given["scopes"] for scope in value.split()]
        try:
            with open_database(settings) as database, database.transaction(OPENING) as session:
                made = create_client(
                    session, system("gateway.client"), catalogue=build_catalogue(manifests), **given
                )
        except Invalid as error:
            option = (error.field or "").replace("_", "-")
            sys.exit(f"citizen: --{option}: expected {error.facts['expected']}")
        shown = _shown(made.client) | ({"client_secret": made.secret} if made.secret else {})
        _print(shown, as_json=as_json)

    return create


def _said(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(SAID):
        command = option(command)
    return command


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def _list(settings: Settings, /, *, as_json: bool) -> None:
    """List every client, withdrawn ones too."""
    with open_database(settings) as database, database.transaction(OPENING) as session:
        found = [{**_shown(one), "live": is_live} for one, is_live in list_clients(session)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one['client_id']:<24}{one['token_endpoint_auth_method']:<22}{one['client_name']}")


@click.command("invite")
@click.option("--purpose", required=True, help="Whom it is for; the administrator reads it in the console.")
@click.option("--uses", default=1, show_default=True, help="How many clients may register with it.")
@click.option("--days", default=7, show_default=True, help="How long it lasts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def _invite(settings: Settings, /, *, purpose: str, uses: int, days: int, as_json: bool) -> None:
    """Print an initial access token with which a client registers itself at /oauth/register (RFC 7591)."""
    try:
        with open_database(settings) as database, database.transaction(OPENING) as session:
            actor = system("gateway.client")
            token, made = create_invitation(session, actor, purpose=purpose, uses=uses, days=days)
    except Invalid as error:
        sys.exit(f"citizen: --{error.field}: expected {error.facts['expected']}")
    shown = {
        "initial_access_token": token,
        "registration_endpoint": f"{settings.base_url}/oauth/register",
        "uses": str(uses),
        "expires_at": made.expires_at.isoformat(timespec="seconds"),
    }
    _print(shown, as_json=as_json)


def _read_jwks(path: Path | None) -> Any:
    if path is None:
        return None
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        sys.exit("citizen: --jwks: expected a file with a JWK Set in JSON")


def _shown(client: Client) -> dict[str, Any]:
    """The client by the names of RFC 7591."""
    return {
        "client_id": client.client_id,
        "client_name": client.name,
        "token_endpoint_auth_method": client.auth_method,
        "grant_types": list(client.grants),
        "scope": " ".join(client.scopes),
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        **{name: value for name in (*FIELDS, *FLAGS) if (value := getattr(client, name))},
        **client.certificate_names,
        **({"jwks_uri": client.jwks_uri} if client.jwks_uri else {}),
        "authorization_details_types": list(client.authorization_details_types),
    }


def _print(shown: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for name, value in shown.items():
        click.echo(f"{name}: {value if isinstance(value, str | bool) else ' '.join(value)}")
