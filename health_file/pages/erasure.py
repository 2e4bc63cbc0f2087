"""Erasing the file: what it would touch and what forbids it, the question, how it stands, the receipt."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Response, redirect

from health_file import access, actions
from health_file.display.kinds import KINDS
from health_file.errors import ErasureBlocked, ErasureNotPossible
from health_file.fhir.routes.erase import STEP_UP, issuer
from health_file.pages.blueprint import address, blueprint, open_file, page
from health_file.pages.parties import names_of_units
from health_file.pages.summary import as_file
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _


@blueprint.route("/my/health/erasure")
@scopes(access.ERASE)
def show_erasure() -> str:
    """What erasing touches, what stands against it, and what was asked for so far."""
    session, actor = current_session(), current_actor()
    erasures = actions.list_erasures(session, actor)
    return page(
        "erasure",
        open_file(),
        extent=_extent(),
        blocking=_blocking(),
        pending=next((one for one in erasures if one.is_open), None),
        erasures=erasures,
        states=_states(),
    )


@blueprint.route("/my/health/erasure/confirm")
@scopes(access.ERASE, step_up=STEP_UP)
def confirm_erasure() -> Response | str:
    """The question, before it counts."""
    extent = _extent()
    if _blocking() or not extent:
        return redirect(address("/erasure"), code=303)  # type: ignore[return-value]
    return page("erasure_confirm", open_file(), extent=extent)


@blueprint.route("/my/health/erasure", methods=["POST"])
@scopes(access.ERASE, step_up=STEP_UP)
def ask_for_erasure() -> Response:
    """Ask for it; a second press finds what the first one asked for."""
    # Where it cannot be asked for, the page says why, or how it stands.
    with suppress(ErasureBlocked, ErasureNotPossible):
        actions.ask_for_erasure(current_session(), current_actor(), issuer=issuer())
    return redirect(address("/erasure"), code=303)  # type: ignore[return-value]


@blueprint.route("/my/health/erasure/<uuid:erasure_id>/withdraw", methods=["POST"])
@scopes(access.ERASE)
def withdraw_erasure(erasure_id: UUID) -> Response:
    """Take the wish back."""
    # Where it has ended, the page says how.
    with suppress(ErasureNotPossible):
        actions.withdraw_erasure(current_session(), current_actor(), erasure_id)
    return redirect(address("/erasure"), code=303)  # type: ignore[return-value]


@blueprint.route("/my/health/erasure/<uuid:erasure_id>/receipt.jwt")
@scopes(access.ERASE)
def download_receipt(erasure_id: UUID) -> Response:
    """The signed receipt, to keep."""
    receipt = actions.read_receipt(current_session(), current_actor(), erasure_id)
    return as_file(Response(receipt, mimetype="application/jwt"), "erasure-receipt.jwt")


def _extent() -> list[tuple[str, int]]:
    """Kinds of records in everyday words, and how many."""
    extent = actions.measure_file(current_session(), current_actor())
    found = [
        (_(KINDS[name].title) if name in KINDS else _("其他"), count)
        for name, (count, _versions) in extent.types.items()
    ]
    beside = {"attachments": _("附件"), "links": _("分享链接"), "exports": _("副本")}
    return found + [(words, extent.beside[name]) for name, words in beside.items() if extent.beside[name]]


def _blocking() -> Sequence[dict[str, Any]]:
    """The rules that forbid it, in everyday words, with the names of units."""
    session, subject = current_session(), current_actor().subject
    if subject is None:
        return []
    found = actions.list_blocking(session, subject)
    names = names_of_units({one.unit for one in found})
    return [
        {
            "title": _(one.rule.title),
            "clause": _(one.rule.clause),
            "unit": names.get(one.unit, one.unit),
            "until": one.until,
        }
        for one in found
    ]


def _states() -> dict[str, str]:
    return {
        "cooling": _("等着销毁，还能撤回"),
        "erased": _("已销毁"),
        "withdrawn": _("已撤回"),
        "blocked": _("没有销毁：法规要求还要保存"),
    }
