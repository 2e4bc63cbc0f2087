"""The embedded PostgreSQL: the same engine in demo, tests and production, with nothing to install."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from services.database.embedded.cluster import ADMIN, DATABASE, read_passwords
from services.database.embedded.errors import EmbeddedServerError
from services.database.embedded.place import Place, find_place, socket_directory
from services.database.embedded.server import Server
from services.settings import Settings

__all__ = ["EmbeddedServerError", "Server", "Urls", "database_url", "find_place", "running", "urls_of"]


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses of one database: for serving, for migrating, and (embedded only) for the administrator."""

    app_url: str
    owner_url: str
    admin_url: str | None


@contextmanager
def running(settings: Settings, *, supervise: bool = False) -> Iterator[Urls]:
    """The database of these settings, running while the block runs.

    Without CITIZEN_DATABASE_URL the embedded server is adopted, or started and stopped again at the end. With
    `supervise` it is restarted whenever it dies.
    """
    if settings.database_url is not None:
        yield Urls(settings.database_url, settings.database_owner_url or settings.database_url, None)
        return
    server = Server(find_place(settings.data_dir), settings.log_dir / "postgresql.log")
    server.ensure_running()
    if supervise:
        server.watch()
    try:
        yield urls_of(server.place)
    finally:
        server.stop()


def database_url(settings: Settings) -> str:
    """The serving address, without asking whether anything answers there."""
    if settings.database_url is not None:
        return settings.database_url
    return urls_of(find_place(settings.data_dir)).app_url


def urls_of(place: Place) -> Urls:
    """The addresses of the embedded server of a place."""
    host = quote(str(socket_directory(place)), safe="")
    passwords = read_passwords(place)
    return Urls(
        f"postgresql://citizen_app:{passwords['app']}@/{DATABASE}?host={host}",
        f"postgresql://citizen_owner:{passwords['owner']}@/{DATABASE}?host={host}",
        f"postgresql://{ADMIN}@/{DATABASE}?host={host}",
    )
