"""One transaction per request, job or command: opened for an actor, closed in one round trip.

The arrangement was measured (docs/decisions): BEGIN and the opener travel together on the raw driver, the
domain's statements go through SQLAlchemy Core, and audit rows, jobs and the stored answer travel with COMMIT.
"""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, LiteralString

import psycopg
from sqlalchemy import Connection, Engine

from services import clock
from services.database.session import Opening, Session
from services.errors import CitizenError
from services.ports import KeyRing

OPEN_REQUEST = (
    "SELECT alive, owners, keys, part_owners, part_ids, part_keys "
    "FROM gateway.open_request(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)

ANNOUNCE = "SELECT pg_notify(%s, '')"

_inside: ContextVar[bool] = ContextVar("transaction_inside", default=False)


class GrantEnded(Exception):
    """The grant, page session or client behind this request was revoked, ended, or has expired."""


def is_inside_transaction() -> bool:
    """Whether this context has a transaction open: then nothing outside may be called."""
    return _inside.get()


class Database:
    """Opens transactions on one engine with one process's keys."""

    begin: ClassVar[LiteralString] = "BEGIN"
    commit: ClassVar[LiteralString] = "COMMIT"

    def __init__(self, engine: Engine, keys: KeyRing) -> None:
        self.engine = engine
        self.keys = keys

    @contextmanager
    def transaction(self, opening: Opening) -> Iterator[Session]:
        """Run a block as one transaction with the reach of `opening`.

        Effects: commits when the block ends, or when it raises an error that keeps its effects; everything
            else rolls back.
        Raises: GrantEnded before the block runs; psycopg.OperationalError when the server is away.
        """
        with self._checkout() as connection:
            driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
            session = Session(connection, driver, self.keys, clock.now(), opening)
            was_inside = _inside.get()
            _inside.set(True)
            try:
                self._open(session)
                yield session
            except CitizenError as error:
                if not error.keeps_effects:
                    self._undo(session)
                    raise
                self._close(session)
                raise
            except BaseException:
                self._undo(session)
                raise
            else:
                self._close(session)
            finally:
                _inside.set(was_inside)

    @contextmanager
    def _checkout(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            try:
                yield connection
            except psycopg.OperationalError:
                # Errors of the raw driver pass SQLAlchemy by; a broken connection must not go back to the pool.
                connection.invalidate()
                raise

    def _open(self, session: Session) -> None:
        opening = session.opening
        parameters = (
            opening.role.value,
            opening.service,
            opening.account,
            list(opening.subjects),
            opening.checks,
            opening.grant,
            opening.token,
            session.at,
            opening.client,
        )
        with session.driver.pipeline():
            session.driver.execute(self.begin)
            row = session.driver.execute(OPEN_REQUEST, parameters)
        alive, owners, keys, *parts = row.fetchone() or (False, None, None, None, None, None)
        if not alive:
            raise GrantEnded
        session.data_keys.update(zip(owners or (), keys or (), strict=True))
        session.part_keys.update(dict.fromkeys((one, opening.service) for one in opening.subjects))
        for owner, key_id, wrapped in zip(*(one or () for one in parts), strict=True):
            session.part_keys[owner, opening.service] = (key_id, wrapped)

    def _close(self, session: Session) -> None:
        try:
            with session.driver.pipeline():
                for query, parameters in session.closing:
                    session.driver.execute(query, parameters)
                session.driver.execute(self.commit)
                for channel in sorted(session.announced):
                    session.driver.execute(ANNOUNCE, (channel,))
        except BaseException:
            self._undo(session)
            raise

    def _undo(self, session: Session) -> None:
        # A connection that is gone has rolled back by itself; the first error is the one worth reporting.
        with contextlib.suppress(psycopg.Error):
            session.driver.rollback()
