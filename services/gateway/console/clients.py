"""Clients: listed, seen, registered, changed, withdrawn."""

import json
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from services.errors import Invalid, NotFound
from services.gateway.catalogue import current_catalogue
from services.gateway.client_rules import AUTH_METHODS, CERTIFICATE_NAMES, GRANTS
from services.gateway.clients import (
    Client,
    cancel_client,
    change_client,
    create_client,
    find_client,
    list_clients,
)
from services.gateway.console.blueprint import administrator, blueprint
from services.gateway.console.forms import mistakes, typed
from services.gateway.oauth.registration.metadata import shown_metadata
from services.web.current import current_actor, current_session
from services.web.language import gettext as _

PLACE = "/console/gateway"
TEXTS = (
    "name",
    "name_en",
    "auth_method",
    "scopes",
    "redirect_uris",
    "jwks",
    "jwks_uri",
    CERTIFICATE_NAMES[0],
)
FLAGS = ("require_pushed_authorization_requests", "dpop_bound_access_tokens")

# A secret is shown once: no record of the answer is kept.
blueprint.unrecorded |= {f"{blueprint.name}.register_client"}


@blueprint.get(PLACE)
@administrator()
def show_clients() -> str:
    """Every client, withdrawn ones last."""
    found = sorted(list_clients(current_session()), key=lambda one: not one[1])
    return render_template("gateway/console/clients.html", clients=found)


@blueprint.get(f"{PLACE}/clients/new")
@administrator()
def new_client() -> str:
    """The form of a new client."""
    return _form({"auth_method": "private_key_jwt"}, ["authorization_code"], {})


@blueprint.post(f"{PLACE}/clients/new")
@administrator()
def register_client() -> str | tuple[str, int]:
    """Register it, and show its secret this once."""
    form, grants = typed(*TEXTS), request.form.getlist("grants")
    flags: dict[str, Any] = {name: name in request.form for name in FLAGS}
    try:
        made = create_client(
            current_session(),
            current_actor(),
            catalogue=current_catalogue(),
            name=_needed(form["name"]),
            name_en=form["name_en"] or None,
            auth_method=form["auth_method"],
            grants=grants,
            scopes=form["scopes"].split(),
            redirect_uris=form["redirect_uris"].split(),
            jwks=_jwks(form["jwks"]),
            jwks_uri=form["jwks_uri"] or None,
            certificate_names={CERTIFICATE_NAMES[0]: form[CERTIFICATE_NAMES[0]]},
            **flags,
        )
    except Invalid as error:
        return _form(form, grants, mistakes(error, "name")), 422
    return render_template("gateway/console/client_made.html", client=made.client, secret=made.secret)


@blueprint.get(f"{PLACE}/clients/<string:client_id>")
@administrator()
def show_client(client_id: str) -> str:
    """All that is registered, and the form to change what may change."""
    return _page(_found(client_id), {}, {})


@blueprint.post(f"{PLACE}/clients/<string:client_id>")
@administrator()
def change_registration(client_id: str) -> Response | tuple[str, int]:
    """Change scopes and addresses."""
    form = typed("scopes", "redirect_uris", "post_logout_redirect_uris")
    lists: dict[str, Any] = {name: value.split() for name, value in form.items()}
    try:
        change_client(
            current_session(),
            current_actor(),
            client_id,
            catalogue=current_catalogue(),
            **lists,
        )
    except Invalid as error:
        return _page(_found(client_id), form, mistakes(error, "scopes")), 422
    return redirect(f"{PLACE}/clients/{client_id}", 303)


@blueprint.get(f"{PLACE}/clients/<string:client_id>/disable")
@administrator()
def confirm_disabling(client_id: str) -> str:
    """What stops when it is withdrawn."""
    return render_template("gateway/console/client_disable.html", client=_found(client_id))


@blueprint.post(f"{PLACE}/clients/<string:client_id>/disable")
@administrator()
def disable_client(client_id: str) -> Response:
    """Withdraw it, with every grant it was given."""
    cancel_client(current_session(), current_actor(), client_id)
    return redirect(PLACE, 303)


def _form(form: dict[str, str], grants: list[str], errors: Any) -> str:
    return render_template(
        "gateway/console/client_new.html",
        form=form,
        chosen=grants,
        errors=errors,
        methods={name: name for name in AUTH_METHODS},
        grants=GRANTS,
        flagged=[name for name in FLAGS if name in request.form],
        flags=_flags(),
    )


def _flags() -> dict[str, str]:
    return {
        "require_pushed_authorization_requests": _("授权请求必须先推送（RFC 9126）"),
        "dpop_bound_access_tokens": _("令牌绑定密钥（DPoP，RFC 9449）"),
    }


def _page(client: Client, form: dict[str, str], errors: Any) -> str:
    kept = {
        "scopes": " ".join(client.scopes),
        "redirect_uris": "\n".join(client.redirect_uris),
        "post_logout_redirect_uris": "\n".join(client.post_logout_redirect_uris),
    }
    facts = [
        (name, ", ".join(value) if isinstance(value, list) else _("是") if value is True else str(value))
        for name, value in shown_metadata(client).items()
        if name != "jwks" and value not in ([], None, False)
    ]
    return render_template(
        "gateway/console/client.html", client=client, facts=facts, form=kept | form, errors=errors
    )


def _found(client_id: str) -> Client:
    client = find_client(current_session(), client_id)
    if client is None:
        raise NotFound
    return client


def _needed(name: str) -> str:
    if not name or len(name) > 100 or not name.isprintable():
        raise Invalid(field="name", expected="1 - 100")
    return name


def _jwks(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise Invalid(field="jwks", expected="JWK Set {keys: [...]}") from None
