"""Fills an empty database with the demo city, through the same actions that serve residents.

Every step commits by itself and leaves a mark, so that an interrupted seeding goes on where it stopped.
"""

from collections.abc import Callable, Sequence

from services import ids
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.demo import people_seed
from services.demo.city import SEED, City, invent_city
from services.gateway.catalogue import build_catalogue
from services.gateway.store import markers
from services.manifest import Manifest
from services.progress import Progress
from services.settings import Settings, SettingsError

MARKER = "demo"


class NotADemo(SettingsError):
    """The database holds no demo city, or holds other people; nothing of the demo may touch it."""


def check_marker(database: Database) -> None:
    """Refuse a database that does not carry this seed's demo city.

    Raises: NotADemo.
    """
    with database.transaction(Opening(role=Role.GATEWAY)) as session:
        if markers.find_marker(session, MARKER) != SEED:
            raise NotADemo("this database does not carry the demo city; run `make demo` first")


def seed_city(
    database: Database, settings: Settings, manifests: Sequence[Manifest], progress: Progress | None = None
) -> None:
    """Seed what is not there yet.

    Effects: one transaction per step; a step's mark commits with its rows.
    Raises: NotADemo when the database already holds people who are not of this city.
    """
    city = invent_city()
    people = list(people_seed.steps(city, settings, build_catalogue(manifests)))
    progress = progress or Progress("demo city", len(manifests) + len(people))
    _claim(database)
    for name, run in people:
        _once(database, f"people:{name}", Opening(role=Role.GATEWAY), run)
        progress.step(name)
    for manifest in manifests:
        if manifest.demo is not None:
            opening = Opening(role=Role.WORKER, service=manifest.name)
            _once(database, manifest.name, opening, _service_step(manifest, city, progress))
        progress.step(manifest.name)


def _service_step(manifest: Manifest, city: City, progress: Progress) -> Callable[[Session], None]:
    def run(session: Session) -> None:
        if manifest.demo is None:
            return
        with ids.seeded(f"{SEED}-{manifest.name}"):
            for words in manifest.demo(session, city):
                progress.step(f"{manifest.name}: {words}", count=0)

    return run


def _once(database: Database, name: str, opening: Opening, run: Callable[[Session], None]) -> None:
    mark = f"demo:{name}"
    with database.transaction(Opening(role=Role.GATEWAY)) as session:
        if markers.find_marker(session, mark):
            return
    with database.transaction(opening) as session:
        session.raw("SET LOCAL statement_timeout = 0")
        run(session)
        markers.add_marker(session, mark, "done")


def _claim(database: Database) -> None:
    with database.transaction(Opening(role=Role.GATEWAY)) as session:
        found = markers.find_marker(session, MARKER)
        if found == SEED:
            return
        if found is not None or markers.count_subjects(session):
            raise NotADemo("this database already holds other people; the demo city needs an empty one")
        markers.add_marker(session, MARKER, SEED)
