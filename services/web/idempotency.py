"""Idempotency-Key: pressing twice does it once.

The record, the effect and the stored answer commit together or not at all. A concurrent twin waits on the unique
index up to the lock timeout, then hears 503 with Retry-After. Stored answers are sealed and expire.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Request, Response, current_app

from services import vault
from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError
from services.web import forms, store
from services.web.blueprints import ApiBlueprint, PageBlueprint
from services.web.models import idempotency_records
from services.words import msgid

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{1,255}")
# Location is kept with the body, sealed: after a consent it carries an authorization code.
KEPT_HEADERS = ("Content-Type", "ETag")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
PURPOSE = "idempotent-answer"
SEALED = idempotency_records.c.body_sealed


class KeyMalformed(CitizenError):
    """The header is not 1 to 255 visible ASCII characters."""

    code = "web.idempotency_key_malformed"
    status = 400
    title = msgid("Idempotency-Key 要用 1 到 255 个可见的 ASCII 字符")


class KeyReused(CitizenError):
    """The same key came with another request."""

    code = "web.idempotency_key_reused"
    status = 422
    title = msgid("这个 Idempotency-Key 已用在另一个请求上，请换一个")


def has_key(request: Request) -> bool:
    """Whether this request may be repeated safely."""
    return HEADER in request.headers or forms.FIELD in request.form


def run_once(session: Session, actor: Actor, request: Request, view: Callable[[], Response]) -> Response:
    """Answer a request; one with a key is answered by its effect once, and from the record ever after.

    A refusal is not recorded: the same key may be sent again once the cause is mended.
    Raises: KeyMalformed 400, KeyReused 422.
    """
    if request.method not in UNSAFE:
        return view()
    key = _key_of(session, actor, request)
    if key is None:
        return view()
    caller = actor.label
    digest = hashlib.sha256(key.encode()).digest()
    asked = _request_digest(session, request)
    store.set_caller(session, caller)
    if not store.add_record(session, caller, digest, asked, session.at + KEPT_FOR):
        return _replay(session, actor, caller, digest, asked)
    try:
        response = view()
    except CitizenError:
        # An error that keeps its effects commits; a record without an answer must not commit with it.
        store.delete_record(session, caller, digest)
        raise
    if response.status_code < 400:
        _keep(session, actor, caller, digest, response)
    return response


def _key_of(session: Session, actor: Actor, request: Request) -> str | None:
    """The key of this request: a page's one-time form token, or an API caller's header."""
    blueprint = current_app.blueprints.get(request.blueprint or "")
    if isinstance(blueprint, PageBlueprint):
        if request.endpoint in blueprint.unprotected:
            return None
        form_id = forms.verify_form_token(session.keys, actor, request)
        return None if request.endpoint in blueprint.unrecorded else form_id
    if not isinstance(blueprint, ApiBlueprint):
        return None
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise KeyMalformed
    if actor.account is None and actor.client is None:
        return None
    return key


def _request_digest(session: Session, request: Request) -> bytes:
    """What makes two requests the same: method, path, query and body; a form's own token is left out.

    Keyed, because a short form could be guessed from its digest.
    """
    digest = hashlib.sha256()
    body = request.get_data(cache=True)
    if request.form and not body:
        pairs = sorted((name, value) for name, values in request.form.lists() for value in values)
        body = repr([pair for pair in pairs if pair[0] != forms.FIELD]).encode()
    parts = (request.method.encode(), request.path.encode(), request.query_string, body)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return session.keys.index(PURPOSE, digest.hexdigest())


def _keep(session: Session, actor: Actor, caller: str, key: bytes, response: Response) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    location = response.headers.get("Location", "").encode()
    store.change_record(
        session,
        caller,
        key,
        status=response.status_code,
        headers=headers,
        body=_seal(session, actor, key, location + b"\n" + response.get_data()),
    )


def _seal(session: Session, actor: Actor, key: bytes, content: bytes) -> bytes:
    """Under the caller's own key, so that shredding a person takes the answers they got along.

    A machine client has no data key; its answers are sealed under a key of the suite's.
    """
    if actor.account is not None:
        return vault.seal(session, SEALED, actor.account, UUID(bytes=key[:16]), content)
    return session.keys.seal_reference(f"{PURPOSE}:{actor.label}", content).encode()


def _open(session: Session, actor: Actor, key: bytes, sealed: bytes) -> bytes:
    if actor.account is not None:
        return vault.unseal(session, SEALED, actor.account, UUID(bytes=key[:16]), sealed)
    return session.keys.open_reference(f"{PURPOSE}:{actor.label}", sealed.decode()) or b""


def _replay(session: Session, actor: Actor, caller: str, key: bytes, asked: bytes) -> Response:
    found = store.get_record(session, caller, key)
    if found is None or bytes(found[0]) != asked:
        raise KeyReused
    status, headers, sealed = found[1:]
    location, _, body = _open(session, actor, key, bytes(sealed)).partition(b"\n")
    response = Response(body, status)
    response.headers.update(headers)
    if location:
        response.headers["Location"] = location.decode()
    response.headers["Idempotency-Replayed"] = "true"
    return response
