"""`/my/account/delegates`: who acts for me, for whom I act, and asking somebody."""

from datetime import date
from uuid import UUID

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.database.roles import Role
from services.errors import CitizenError
from services.gateway.people import carers
from services.gateway.people.pages.own_blueprint import blueprint, page, redraw
from services.web.current import current_actor, current_manifests, current_session, current_settings
from services.web.declare import signed_in
from services.web.language import gettext

PAGE = carers.PAGE


@blueprint.get(PAGE)
@signed_in(role=Role.GATEWAY)
def show_delegates() -> Response:
    """Both sides, each with its end."""
    session, actor = current_session(), current_actor()
    return page(
        "gateway/delegates.html",
        given=carers.list_given(session, actor),
        held=carers.list_held(session, actor),
        services=_services(),
        is_done="done" in request.args,
    )


@blueprint.get(f"{PAGE}/new")
@signed_in()
def show_carer_form() -> Response:
    """Whom, for what, until when."""
    return page("gateway/new_delegate.html", services=_services(), chosen=())


@blueprint.post(f"{PAGE}/new")
@signed_in(role=Role.GATEWAY)
def offer_carer() -> AnyResponse:
    """Ask them; the answer is the same whether they exist."""
    carers.offer_carer(
        current_session(),
        current_actor(),
        id_number=request.form.get("id_number", ""),
        name=request.form.get("name", ""),
        services=request.form.getlist("services"),
        until=_date(request.form.get("until", "")),
        known=_services(),
        policy=current_settings().throttle_policy,
    )
    return redirect(f"{PAGE}?done=1", 303)


@blueprint.post(f"{PAGE}/<uuid:relation_id>/accept")
@signed_in(role=Role.GATEWAY)
def accept_carer_offer(relation_id: UUID) -> AnyResponse:
    """Take it up."""
    carers.accept_offer(current_session(), current_actor(), relation_id)
    return redirect(PAGE, 303)


@blueprint.post(f"{PAGE}/<uuid:relation_id>/decline")
@signed_in(role=Role.GATEWAY)
def decline_carer_offer(relation_id: UUID) -> AnyResponse:
    """Say no."""
    carers.decline_offer(current_session(), current_actor(), relation_id)
    return redirect(PAGE, 303)


@blueprint.post(f"{PAGE}/<uuid:relation_id>/end")
@signed_in(role=Role.GATEWAY)
def end_own_carer(relation_id: UUID) -> AnyResponse:
    """Stop somebody from acting for the reader."""
    carers.end_given(current_session(), current_actor(), relation_id)
    return redirect(PAGE, 303)


@blueprint.post(f"{PAGE}/<uuid:relation_id>/leave")
@signed_in(role=Role.GATEWAY)
def end_own_caring(relation_id: UUID) -> AnyResponse:
    """Stop acting for somebody."""
    carers.end_held(current_session(), current_actor(), relation_id)
    return redirect(PAGE, 303)


@redraw("offer_carer")
def show_carer_form_again(error: CitizenError) -> Response:
    """With what was typed and ticked."""
    chosen = tuple(request.form.getlist("services"))
    return page("gateway/new_delegate.html", error, field="id_number", services=_services(), chosen=chosen)


def _services() -> dict[str, str]:
    """Package and title of each service, in the reader's language."""
    manifests = current_manifests()
    return {manifest.name: gettext(manifest.title) for manifest in manifests}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
