"""The queue as it moves: a stream at `/console/events`, and a cheap question for screens that cannot hold one open.

The stream is served by `citizen events` alone: where threads answer requests, every open stream would take one away.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Flask, Response, current_app, request

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.rules.search import filed_at
from hotline.store.queue import CHANNEL
from services.actor import Actor
from services.database.engine import listening_connection
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database, GrantEnded
from services.errors import CitizenError
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import declared, scopes
from services.web.json_writer import json_response
from services.web.preconditions import etag
from services.web.streams import Event, Feed, stream_of

streams = PageBlueprint("hotline_streams", "hotline", service="hotline")


@streams.route("/console/events")
@scopes(access.WORK)
def stream_queue() -> Response:
    """Server-sent events: one for every step of a ticket that the reader may see; ids and codes only."""
    # The stream outlives the request: it needs the app itself, not the request's stand-in for it.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    actor = current_actor()
    body = stream_of(
        _feed(app),
        is_for_reader=lambda event: actions.may_see_change(actor, event.audience.split()),
        last=_last_seen(),
        may_stay=_asks_again(app, actor),
    )
    response = Response(body, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    # A proxy that collects before it passes on would make live news old.
    response.headers["X-Accel-Buffering"] = "no"
    return response


@blueprint.route("/console/events")
@scopes(access.WORK)
def decline_stream() -> Response:
    """Nobody streams here: with 204 a browser gives up without a word, and the screen asks for changes instead."""
    return Response(status=204)


@blueprint.route("/console/hotline/changes")
@scopes(access.WORK)
def ask_for_changes() -> Response:
    """Whether anything moved since the last answer: 304 when not."""
    newest = actions.newest_queue_change(current_session())
    response = json_response({"newest": None if newest is None else str(newest)})
    response.headers["ETag"] = tag = etag(str(newest))
    if tag in {one.strip() for one in request.headers.get("If-None-Match", "").split(",")}:
        response.status_code = 304
        response.set_data(b"")
    return response


@blueprint.route("/console/hotline/<uuid:ticket_id>/presence", methods=["POST"])
@scopes(access.WORK)
def stay_present(ticket_id: UUID) -> Response:
    """Say that the ticket is still open here; who else has it open."""
    return json_response(
        {"seats": actions.open_ticket(current_session(), current_actor(), ticket_id=ticket_id)}
    )


def _last_seen() -> datetime | None:
    """The instant in Last-Event-ID, which is a UUIDv7 of ours; any other is as good as none."""
    try:
        return filed_at(UUID(request.headers.get("Last-Event-ID", "")))
    except (ValueError, OverflowError, OSError):
        return None


def _feed(app: Flask) -> Feed:
    """The one feed of this process, made when the first stream opens: after the fork."""
    found: Feed | None = app.extensions.get("hotline_feed")
    if found is None:
        database: Database = app.extensions["citizen_database"]
        found = Feed(
            CHANNEL,
            connect=lambda: listening_connection(database.engine),
            read=lambda since: _read(database, since),
        )
        app.extensions["hotline_feed"] = found
    return found


def _read(database: Database, since: datetime) -> list[Event]:
    with database.transaction(Opening(role=Role.STAFF, service="hotline")) as session:
        rows = actions.list_queue_changes(session, since=since)
    return [
        Event(
            id=row.id,
            audience=" ".join((row.unit, *row.co_units)),
            data={
                "ticket": str(row.ticket_id),
                "number": row.number,
                "category": row.category,
                "district": row.district,
                "state": row.state,
                "unit": row.unit,
                "version": row.version,
                "is_held": row.holder is not None,
            },
        )
        for row in rows
    ]


def _asks_again(app: Flask, actor: Actor) -> Callable[[], bool]:
    """Whether the session behind this request still lives, with the same account and roles."""
    environ = dict(request.environ)
    declaration, guard = declared(stream_queue), app.extensions["citizen_guard"]

    def may_stay() -> bool:
        try:
            with app.request_context(environ):
                admission = guard.admit(request, declaration, streams)
                if admission.opening is not None:
                    with app.extensions["citizen_database"].transaction(admission.opening):
                        pass
        except (CitizenError, GrantEnded):
            return False
        return bool(admission.actor.roles == actor.roles and admission.actor.account == actor.account)

    return may_stay
