"""Signing keys: seen in their ring, stepped by the worker, which alone may write them."""

from datetime import timedelta

from flask import redirect, render_template
from werkzeug.wrappers import Response

from services import audit, jobs
from services.actor import Actor
from services.database.session import Session
from services.gateway.console.blueprint import administrator, blueprint
from services.manifest import Job
from services.vault.signing import list_ring, rotate_signing_keys, rotation_safe_from
from services.web.current import current_actor, current_session
from services.web.language import gettext as _

PLACE = "/console/gateway/keys"
ROTATE = "gateway.rotate_signing_keys"


def rotate(session: Session, actor: Actor) -> None:
    """Step the ring, unless a verifier might not know the next key yet; run again, it does nothing.

    Effects: one audit row `vault.signing_keys.rotated`.
    """
    if rotation_safe_from(session) <= session.at:
        rotate_signing_keys(session)
        audit.append(session, actor, "vault.signing_keys.rotated")


ROTATION_JOB = Job(ROTATE, rotate)


@blueprint.get(PLACE)
@administrator()
def show_keys() -> str:
    """Next, active and retired keys of each use."""
    session = current_session()
    safe_from = rotation_safe_from(session)
    return render_template(
        "gateway/console/keys.html",
        keys=list_ring(session),
        uses={"token": _("令牌"), "audit": _("审计日志"), "receipt": _("回执")},
        states={"next": _("下一把"), "active": _("在用"), "retired": _("已退下")},
        kinds={"next": "neutral", "active": "good", "retired": "neutral"},
        # A moment's margin, so that nobody is told to wait for an instant that has passed.
        waits_until=safe_from if safe_from > session.at + timedelta(seconds=1) else None,
    )


@blueprint.get(f"{PLACE}/rotate")
@administrator()
def confirm_rotation() -> str:
    """What follows when the keys step."""
    return render_template("gateway/console/keys_rotate.html")


@blueprint.post(f"{PLACE}/rotate")
@administrator()
def queue_rotation() -> Response:
    """Ask the worker to step them."""
    jobs.enqueue(current_session(), current_actor(), ROTATE, once=ROTATE)
    return redirect(PLACE, 303)
