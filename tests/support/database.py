"""Databases for tests: one whose transactions are savepoints and vanish, and one that really commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, LiteralString

import psycopg
from sqlalchemy import Connection, Engine

from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.ports import KeyRing

CLEAR = (
    "RESET ROLE; SET LOCAL citizen.service = ''; SET LOCAL citizen.account = ''; "
    "SET LOCAL citizen.subjects = ''; SET LOCAL citizen.owners = ''; SET LOCAL citizen.caller = ''"
)


class SavepointDatabase(Database):
    """Every transaction is a savepoint of one outer transaction, which is rolled back after the test.

    It always runs the opener, and clears role and settings at its end: the next savepoint must never act as the
    last one's actor.
    """

    begin: ClassVar[LiteralString] = "SAVEPOINT citizen"
    commit: ClassVar[LiteralString] = "RELEASE SAVEPOINT citizen"

    def __init__(self, engine: Engine, keys: KeyRing) -> None:
        super().__init__(engine, keys)
        self._connection: Connection | None = None

    def open_outer(self) -> None:
        """Begin the transaction that will be rolled back."""
        self._connection = self.engine.connect()
        self._driver.execute("BEGIN")

    def read_as(self, role: Role, query: LiteralString) -> list[str]:
        """The first column of a query, in a role, for the alarm and for assertions."""
        self._driver.execute(f"SET LOCAL ROLE {role.value}")  # type: ignore[arg-type]
        rows = self._driver.execute(query).fetchall()
        self._driver.execute(CLEAR)
        return [row[0] for row in rows]

    def close_outer(self) -> None:
        """Forget everything the test wrote."""
        if self._connection is not None:
            self._driver.rollback()
            self._connection.close()
            self._connection = None

    @property
    def _driver(self) -> psycopg.Connection:
        assert self._connection is not None
        return self._connection.connection.driver_connection  # type: ignore[return-value]

    @contextmanager
    def transaction(self, opening: Opening) -> Iterator[Session]:
        """A savepoint with the opener's reach."""
        try:
            with super().transaction(opening) as session:
                yield session
        finally:
            if self._connection is not None:
                self._driver.execute(CLEAR)

    @contextmanager
    def _checkout(self) -> Iterator[Connection]:
        assert self._connection is not None, "the test's outer transaction is not open"
        yield self._connection

    def _undo(self, session: Session) -> None:
        session.driver.execute("ROLLBACK TO SAVEPOINT citizen")
        session.driver.execute("RELEASE SAVEPOINT citizen")
