"""The demo city's people: residents, guardians, staff and the clients they use."""

from collections.abc import Callable, Iterator

from services.actor import Relation, system
from services.database.session import Session
from services.demo.city import City, Resident, StaffMember
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.clients import create_client
from services.gateway.people.enrolment import create_resident, create_staff
from services.gateway.people.relations import create_relation
from services.settings import Settings

BATCH = 40
ACTOR = system("demo.people")
CLIENT_ID = "demo-app"
Step = tuple[str, Callable[[Session], None]]


def steps(city: City, settings: Settings, catalogue: ScopeCatalogue) -> Iterator[Step]:
    """What is done in one transaction each, in order."""
    for start in range(0, len(city.residents), BATCH):
        batch = city.residents[start : start + BATCH]
        yield f"residents {start + len(batch)}", _adding(batch)
    yield "staff", lambda session: _add_staff(session, city.staff)
    yield "guardians", lambda session: _add_guardians(session, city)
    yield "clients", lambda session: _add_clients(session, settings, catalogue)


def _adding(batch: tuple[Resident, ...]) -> Callable[[Session], None]:
    def add(session: Session) -> None:
        for resident in batch:
            create_resident(
                session,
                ACTOR,
                name=resident.name,
                id_number=resident.id_number,
                phone=resident.phone,
                email=resident.email,
                password=resident.password,
                subject_id=resident.subject_id,
            )

    return add


def _add_staff(session: Session, members: tuple[StaffMember, ...]) -> None:
    for member in members:
        create_staff(
            session,
            ACTOR,
            name=member.name,
            username=member.username,
            password=member.password,
            totp_secret=member.totp_secret,
            roles=member.roles,
            unit=member.unit,
            subject_id=member.subject_id,
        )


def _add_guardians(session: Session, city: City) -> None:
    for child in city.residents:
        for guardian in child.guardians:
            create_relation(
                session, ACTOR, account=guardian, for_subject=child.subject_id, relation=Relation.GUARDIAN
            )


def _add_clients(session: Session, settings: Settings, catalogue: ScopeCatalogue) -> None:
    """A public app that residents can let in; it asks for everything a resident may grant."""
    resident = sorted(catalogue.held_by({"resident"}))
    create_client(
        session,
        ACTOR,
        catalogue=catalogue,
        client_id=CLIENT_ID,
        name="安康生活",
        name_en="Ankang Living",
        auth_method="none",
        grants=["authorization_code"],
        scopes=["openid", "profile", "offline_access", *resident],
        redirect_uris=[redirect_uri(settings)],
        post_logout_redirect_uris=[redirect_uri(settings)],
    )


def redirect_uri(settings: Settings) -> str:
    """Where the demo app's answers go: an address of the suite itself that says so."""
    return f"{settings.base_url}/help"
