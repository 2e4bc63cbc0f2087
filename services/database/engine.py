"""From settings to an engine and its pool."""

from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url

from services.settings import Settings


def engine_for(settings: Settings, url: str | URL, *, application: str = "citizen") -> Engine:
    """An engine whose pool never outgrows the threads that share it.

    The driver runs in autocommit because `services.database.transaction` sends BEGIN and COMMIT itself, in
    the same round trip as the opener and the closing statements.
    """
    address = make_url(url).set(drivername="postgresql+psycopg")
    timeouts = (
        f"-c statement_timeout={settings.statement_timeout_ms} -c lock_timeout={settings.lock_timeout_ms} "
        f"-c idle_in_transaction_session_timeout={settings.idle_timeout_ms} -c timezone=UTC"
    )
    return create_engine(
        address,
        isolation_level="AUTOCOMMIT",
        pool_size=settings.threads,
        max_overflow=0,
        pool_timeout=settings.pool_timeout_seconds,
        pool_pre_ping=False,  # the request is retried instead: see services.app
        connect_args={
            "application_name": application,
            "connect_timeout": 2,
            "options": timeouts,
            "tcp_user_timeout": 4000,
        },
    )


def listening_connection(engine: Engine) -> psycopg.Connection[Any]:
    """A connection beside the pool, in autocommit, to listen on."""
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(
        address, autocommit=True, application_name="citizen listening", connect_timeout=2, keepalives_idle=10
    )
