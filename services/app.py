"""Builds the Flask app: refuses undeclared routes, and puts one transaction round every view."""

import functools
import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import psycopg
from flask import Blueprint, Flask, current_app, g, make_response, redirect, request
from flask_smorest import Api
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from services import audit
from services.actor import NOBODY, Actor
from services.database.embedded import database_url
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database, GrantEnded
from services.errors import CitizenError, Unavailable
from services.gateway.access_tokens import AccessTokenReader
from services.gateway.catalogue import build_catalogue
from services.gateway.console.access import DESKS
from services.gateway.doors import blueprints as gateway_blueprints
from services.gateway.errors import StepUpNeeded
from services.gateway.guard import FOR, Admission, Guard, ScopeMissing, SignInNeeded, turn_to_subject
from services.gateway.oauth import dpop
from services.gateway.oauth.client_certificate import CertificateReader
from services.gateway.oauth.client_keys import KeysWanted, fetch_keys
from services.gateway.people.acr import LADDER
from services.gateway.people.step_up import step_up_page
from services.ground import all_audit_events
from services.manifest import Manifest
from services.settings import Settings
from services.vault import load_keys
from services.vault.signing import PublicKey, list_public_keys
from services.web import edge, idempotency, presentation
from services.web.blueprints import ApiBlueprint, PageBlueprint
from services.web.declare import Declared, declared

RETRY_BUDGET_SECONDS = 2.5
RETRIED = ("40001", "40P01", "57P01", "57P02", "57P03", "08000", "08003", "08006", "XX000")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

log = logging.getLogger(__name__)


class UndeclaredRoute(Exception):
    """A view says neither which scopes it needs nor why it is public, so the app does not boot."""


def create_app(
    settings: Settings,
    manifests: Iterable[Manifest],
    database: Database | None = None,
    *,
    with_streams: bool = False,
) -> Flask:
    """Build the app of these settings over these services; `with_streams` mounts what only `citizen events` serves.

    Without a database one is made for the settings' own, and no connection is opened before the first
    request, so that gunicorn may fork the finished app.
    """
    services = tuple(manifests)
    if database is None:
        database = Database(engine_for(settings, database_url(settings)), load_keys(settings))
    app = Flask("services", static_folder=None, template_folder=None)
    catalogue = build_catalogue(services)
    app.extensions["citizen_settings"] = settings
    app.extensions["citizen_manifests"] = services
    app.extensions["citizen_audit_events"] = all_audit_events(services)
    app.extensions["citizen_catalogue"] = catalogue
    app.extensions["citizen_ports"] = {
        port: offered for manifest in services for port, offered in manifest.ports.items()
    }
    app.extensions["citizen_caller_contexts"] = {
        one.name: one.caller_context for one in services if one.caller_context is not None
    }
    gateway_desks = DESKS if _is_mounted(settings, "gateway") else ()
    app.extensions["citizen_desks"] = (*(desk for one in services for desk in one.desks), *gateway_desks)
    app.extensions["citizen_database"] = database
    api = edge.register(app, settings)
    dpop.register(app)
    presentation.register(app)
    for manifest in services:
        if _is_mounted(settings, manifest.name):
            # A stream goes before the page that declines it under the same address.
            if with_streams:
                _mount(app, api, manifest.streams)
            _mount(app, api, manifest.blueprints)
    if _is_mounted(settings, "gateway"):
        _mount(app, api, gateway_blueprints())
    _mount(app, api, presentation.blueprints())
    certificates = CertificateReader(settings)
    app.extensions["citizen_certificates"] = certificates
    guard = Guard(
        settings=settings,
        keys=database.keys,
        reader=_token_reader(settings, database),
        catalogue=catalogue,
        slugs={manifest.name: manifest.slug for manifest in services},
        certificates=certificates,
    )
    app.extensions["citizen_guard"] = guard
    enclose_views(app, database, guard)
    return app


def _is_mounted(settings: Settings, name: str) -> bool:
    return not settings.services or name in settings.services


def _mount(app: Flask, api: Api, blueprints: Iterable[Blueprint]) -> None:
    for blueprint in blueprints:
        if isinstance(blueprint, ApiBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)


def _token_reader(settings: Settings, database: Database) -> AccessTokenReader:
    def public_keys() -> list[PublicKey]:
        with database.transaction(Opening(role=Role.RESIDENT)) as session:
            return list_public_keys(session, "token")

    return AccessTokenReader(issuer=settings.base_url, keys=database.keys, public_keys=public_keys)


def enclose_views(app: Flask, database: Database, guard: Guard) -> None:
    """Wrap every view: guard first, then one transaction, then the answer.

    Raises: UndeclaredRoute naming the endpoint.
    """
    for endpoint, view in list(app.view_functions.items()):
        blueprint = app.blueprints.get(endpoint.rpartition(".")[0])
        declaration = declared(view)
        if declaration is None or not isinstance(blueprint, ApiBlueprint | PageBlueprint):
            raise UndeclaredRoute(f"{endpoint}: declare scopes(...), signed_in() or public(why)")
        if declaration.step_up is not None and declaration.step_up.acr not in LADDER:
            raise UndeclaredRoute(f"{endpoint}: step_up names no rung of the ladder")
        app.view_functions[endpoint] = _enclosed(view, declaration, blueprint, database, guard)


def _enclosed(
    view: Callable[..., Any],
    declaration: Declared,
    blueprint: ApiBlueprint | PageBlueprint,
    database: Database,
    guard: Guard,
) -> Callable[..., Response]:
    @functools.wraps(view)
    def answer(**arguments: Any) -> Response:
        try:
            admission = guard.admit(request, declaration, blueprint)
        except ScopeMissing as denial:
            _audit_denial(database, denial)
            raise
        except (SignInNeeded, StepUpNeeded) as needed:
            return _to_proof(needed, blueprint, database)
        if isinstance(blueprint, ApiBlueprint) and blueprint.actor_for is not None:
            admission = replace(admission, actor=blueprint.actor_for(request, admission.actor))
        g.citizen_actor = admission.actor
        if admission.proof is not None:
            _spend_proof(database, admission.proof, guard.replayed(blueprint))
        if admission.opening is None:
            return make_response(view(**arguments))
        try:
            return _with_keys(database, admission, admission.opening, functools.partial(view, **arguments))
        except StepUpNeeded as needed:
            return _to_proof(needed, blueprint, database)
        except GrantEnded:
            refusal = guard.refusal(blueprint)
            if isinstance(refusal, SignInNeeded):
                return _to_proof(refusal, blueprint, database)
            raise refusal from None

    return answer


def _spend_proof(database: Database, proof: dpop.Proof, refusal: CitizenError) -> None:
    """A proof of possession is spent whatever becomes of its request, so in a transaction of its own."""
    try:
        dpop.spend_in_own_transaction(database, proof)
    except dpop.InvalidDpopProof:
        raise refusal from None


def _with_keys(
    database: Database, admission: Admission, opening: Opening, view: Callable[[], Any]
) -> Response:
    """Answer; where a client's published keys are missing, fetch them between two transactions first."""
    try:
        return _in_transaction(database, admission, opening, view)
    except KeysWanted as wanted:
        fetch_keys(database, current_app.extensions["citizen_settings"], wanted)
    try:
        return _in_transaction(database, admission, opening, view)
    except KeysWanted:
        raise Unavailable from None


def _in_transaction(
    database: Database, admission: Admission, opening: Opening, view: Callable[[], Any]
) -> Response:
    """Answer inside one transaction; when the server falters, try again where that is safe.

    Reads may be repeated; writes only under an idempotency key, which decides an ambiguous COMMIT.
    """
    deadline = time.monotonic() + RETRY_BUDGET_SECONDS
    repeatable = request.method in SAFE or idempotency.has_key(request)
    while True:
        try:
            with database.transaction(opening) as session:
                return _answer(session, admission.actor, view)
        except _Refused as refused:
            return refused.response
        except (psycopg.Error, DBAPIError, PoolTimeout) as error:
            if not _may_retry(error) or not repeatable or time.monotonic() > deadline:
                raise
            log.warning("transaction retried")
            time.sleep(0.05 + random.random() * 0.1)  # noqa: S311  # jitter, not a secret


class _Refused(Exception):
    """Carries an answer with status 400 or more out of the transaction, so that it rolls back."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def _answer(session: Session, actor: Actor, view: Callable[[], Any]) -> Response:
    g.citizen_session = session
    try:
        if FOR in request.args and actor is not NOBODY and actor.client is None:
            actor = turn_to_subject(session, actor, request.args[FOR])
        g.citizen_actor = actor
        response = idempotency.run_once(session, actor, request, lambda: make_response(view()))
    finally:
        del g.citizen_session
    if response.status_code >= 400:
        raise _Refused(response)
    return response


def _may_retry(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        error = error.orig if isinstance(error.orig, Exception) else error
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return error.sqlstate in RETRIED
    return isinstance(error, psycopg.OperationalError)


def _to_proof(
    needed: SignInNeeded | StepUpNeeded, blueprint: ApiBlueprint | PageBlueprint, database: Database
) -> Response:
    """The page where the person proves who they are; a caller that reads no pages hears the fact itself."""
    if getattr(blueprint, "problem_renderer", None) is not None:
        raise needed
    if isinstance(needed, SignInNeeded):
        back = f"?next={quote(_way_back(), safe='/')}" if request.method in SAFE else ""
        return redirect(f"/{back}", code=303)
    return redirect(step_up_page(database.keys, needed.step_up, _way_back()), code=303)


def _way_back() -> str:
    """The page that was wanted; where a form was sent, the page at the same address, or the account's."""
    if request.method in SAFE:
        return request.full_path.rstrip("?")
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return "/my/account"
    return request.path


def _audit_denial(database: Database, denial: ScopeMissing) -> None:
    """A refused act is evidence too; it is written in a transaction of its own, as nobody in particular."""
    with database.transaction(Opening(role=Role.RESIDENT)) as session:
        details = {"route": str(request.url_rule), "scope": str(denial.facts["scope"])}
        audit.append(session, NOBODY, "gateway.access.denied", details=details)
