"""What a process needs before it can work: the database of its settings, with its keys."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.database.embedded import running
from services.database.engine import engine_for
from services.database.transaction import Database
from services.settings import Settings
from services.vault import load_keys


@contextmanager
def open_database(settings: Settings, *, application: str = "citizen-command") -> Iterator[Database]:
    """The database of these settings for one command, starting the embedded server where there is none."""
    with running(settings) as urls:
        engine = engine_for(settings, urls.app_url, application=application)
        try:
            yield Database(engine, load_keys(settings))
        finally:
            engine.dispose()
