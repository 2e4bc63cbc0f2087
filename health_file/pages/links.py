"""Sharing by a link: made, shown as a QR code, watched and ended by who owns the file."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from flask import Response, redirect, request

from health_file import access, actions
from health_file.errors import ShareInvalid
from health_file.fhir.routes.addresses import base_url
from health_file.pages.blueprint import address, blueprint, open_file, page
from health_file.shl import routes as shl
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language
from services.web.language import gettext as _

# How long a link may live, as the page offers it.
DAYS = (1, 7, 30, 90)
# A passcode is typed here: nothing of the form is kept, not even a digest.
blueprint.unrecorded = blueprint.unrecorded | {"health_file_pages.create_link"}


@blueprint.route("/my/health/download/links")
@scopes(access.READ)
def show_links() -> str:
    """Every link, and the form of a new one."""
    return _page({}, {})


@blueprint.route("/my/health/download/links", methods=["POST"])
@scopes(access.READ)
def create_link() -> Response | tuple[str, int]:
    """Make a link; it opens on a page of its own."""
    form = {name: request.form.get(name, "").strip() for name in ("days", "passcode", "label", "once")}
    if form["days"] not in {str(one) for one in DAYS}:
        return _page(form, {"days": _("请选链接的期限")}), ShareInvalid.status
    session = current_session()
    try:
        share = actions.create_share(
            session,
            current_actor(),
            address=shl.address(),
            base_url=base_url(),
            language=current_language(),
            say=_,
            expires_at=session.at + timedelta(days=int(form["days"])),
            passcode=form["passcode"],
            label=form["label"],
            uses=1 if form["once"] == "yes" else None,
        )
    except ShareInvalid as error:
        sentences = {
            "passcode": _("口令要 4 到 64 个字"),
            "label": _("名称最多 80 个字"),
        }
        sentence = sentences.get(error.field or "", _("请选链接的期限"))
        return _page(form, {error.field or "days": sentence}), error.status
    return redirect(address(f"/download/links/{share.id}"), code=303)  # type: ignore[return-value]


@blueprint.route("/my/health/download/links/<uuid:share_id>")
@scopes(access.READ)
def show_link(share_id: UUID) -> str:
    """One link: its QR code while it opens, and who opened it."""
    share = actions.read_share(current_session(), current_actor(), share_id)
    qr = None
    if share.link is not None:
        code = segno.make(share.link, error="m")
        qr = code.svg_inline(scale=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return page("link", open_file(), share=share, qr=qr, states=_states())


@blueprint.route("/my/health/download/links/<uuid:share_id>/revoke", methods=["POST"])
@scopes(access.READ)
def revoke_link(share_id: UUID) -> Response:
    """End a link at once."""
    actions.revoke_share(current_session(), current_actor(), share_id)
    return redirect(address(f"/download/links/{share_id}"), code=303)  # type: ignore[return-value]


def _page(form: dict[str, str], errors: dict[str, str]) -> str:
    shares = actions.list_shares(current_session(), current_actor())
    days: dict[str, Any] = {str(one): _("%(days)d 天", days=one) for one in DAYS}
    return page("links", open_file(), shares=shares, form=form, errors=errors, days=days, states=_states())


def _states() -> dict[str, str]:
    return {
        "active": _("能打开"),
        "used_up": _("已用完"),
        "revoked": _("已停用"),
        "expired": _("已到期"),
    }
