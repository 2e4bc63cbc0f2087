"""One open transaction: the only thing through which actions and stores reach PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, CursorResult, Executable

from services.database.roles import Role
from services.ports import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """With what reach a transaction opens.

    `subjects` are whom row-level security shows; `service` the schema whose rows staff may reach; `checks`
    says what must still be alive: `grant` (a token's), `session` (a page's), or nothing. `token` is the
    access token's id, looked up among the revoked ones; `client` a client that must live besides the grant, which
    for an exchanged token was given to another one.
    """

    role: Role
    service: str = ""
    account: UUID | None = None
    subjects: tuple[UUID, ...] = ()
    checks: str = ""
    grant: UUID | None = None
    token: UUID | None = None
    client: UUID | None = None


@dataclass(slots=True)
class Session:
    """A transaction that has been opened for one actor.

    Access: row-level security is already set; every statement is filtered by it.
    Effects: nothing is durable before the `with` block that opened it ends without an error.
    """

    connection: Connection
    driver: psycopg.Connection[Any]
    keys: KeyRing
    at: datetime
    opening: Opening
    data_keys: dict[UUID, bytes] = field(default_factory=dict)
    # Keys of parts, (subject, part) to (key id, wrapped); None where it is known that there is none.
    part_keys: dict[tuple[UUID, str], tuple[UUID, bytes] | None] = field(default_factory=dict)
    closing: list[tuple[bytes | str, Sequence[Any] | Mapping[str, Any]]] = field(default_factory=list)
    announced: set[str] = field(default_factory=set)

    def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy Core statement."""
        return self.connection.execute(statement, parameters)

    def raw(
        self, query: LiteralString, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> psycopg.Cursor[Any]:
        """Run one statement on the driver itself, with `%s` places: for the few hot ones."""
        return self.driver.execute(query, parameters)

    def named(self, query: LiteralString, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        """The same, read whole: rows whose columns are called by their names."""
        return self.driver.cursor(row_factory=namedtuple_row).execute(query, parameters).fetchall()

    @contextmanager
    def entered(self, role: Role) -> Iterator[None]:
        """Act in another role for a few statements, as the opener could have done from the start."""
        self.driver.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role.value)))
        try:
            yield
        finally:
            # After a failed statement the server takes none; the transaction is over then anyway.
            with suppress(psycopg.Error):
                self.driver.execute(
                    sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(self.opening.role.value))
                )

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Run a part that fails alone: all it did is undone when it raises, and what it queued for COMMIT too.

        Raises: whatever the part raised. When the connection is gone with it, the whole transaction is.
        """
        waiting, announced = len(self.closing), set(self.announced)
        keys, part_keys = dict(self.data_keys), dict(self.part_keys)
        self.driver.execute("SAVEPOINT apart")
        try:
            yield
        except BaseException:
            with suppress(psycopg.Error):
                self.driver.execute("ROLLBACK TO SAVEPOINT apart")
                self.driver.execute("RELEASE SAVEPOINT apart")
            del self.closing[waiting:]
            self.announced, self.data_keys, self.part_keys = announced, keys, part_keys
            raise
        self.driver.execute("RELEASE SAVEPOINT apart")

    def at_commit(self, query: LiteralString, parameters: Sequence[Any] | Mapping[str, Any]) -> None:
        """Queue a statement that needs no answer; it travels with COMMIT in one round trip.

        Audit rows, jobs and stored answers go this way. Queued statements run in order; one that fails
        undoes the whole transaction.
        """
        self.closing.append((query, parameters))

    def announce(self, channel: str) -> None:
        """Wake whoever listens on a channel, once this transaction has committed.

        It says nothing but that there is news: a NOTIFY inside the transaction would make all commits of the server
        wait for one another, so it follows COMMIT in the same message, and a listener also looks by itself.
        """
        self.announced.add(channel)
