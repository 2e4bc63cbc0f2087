"""Opening an application on a patient's file, from a practitioner's own session.

Standard: SMART App Launch 2.2.0, section 2.0.5 (EHR launch).
"""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from health_file import store
from health_file.errors import ApplicationNotLaunchable
from services import audit
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import Denied, NotFound
from services.gateway.clients import Client
from services.gateway.directory import find_resident
from services.gateway.oauth.smart.launches import LIFE, find_launchable, list_launchable, open_launch

PRACTITIONER = "practitioner"


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch that waits for its application: where to send the browser, and for how many seconds."""

    url: str
    launch: str
    expires_in: int


def list_applications(session: Session, actor: Actor) -> list[Client]:
    """The applications that a practitioner can open. Raises: Denied 403."""
    _account_of(actor)
    return list_launchable(session)


def launch_application(
    session: Session, actor: Actor, *, base_url: str, client_id: str, patient_id: UUID
) -> Launch:
    """Open an application on the file of a patient whom the practitioner sees.

    Access: a practitioner signed in as themselves, or with a token of our own scope; the patient by `visible_to`.
    Effects: a launch of five minutes, once, for this client and this practitioner; audit health_file.launch.opened.
    Raises: Denied 403, NotFound 404, ApplicationNotLaunchable 422.
    """
    account = _account_of(actor)
    row = store.find_resource(session, actor, "Patient", patient_id, None)
    if row is None or row.is_deleted:
        raise NotFound
    client = find_launchable(session, client_id)
    if client is None or client.initiate_login_uri is None:
        raise ApplicationNotLaunchable
    secret = open_launch(session, client=client, account=account, patient=row.subject_id)
    details = {"resource_id": str(row.id), "client": client.client_id}
    audit.append(session, actor, "health_file.launch.opened", subject_id=row.subject_id, details=details)
    separator = "&" if "?" in client.initiate_login_uri else "?"
    query = urlencode({"iss": base_url, "launch": secret})
    url = f"{client.initiate_login_uri}{separator}{query}"
    return Launch(url, secret, int(LIFE.total_seconds()))


def find_patient_by(session: Session, number: str) -> UUID:
    """The id of the Patient that a file's number or a resident's ID number names; whether it is seen is asked later.

    Raises: NotFound 404.
    """
    try:
        return UUID(number)
    except ValueError:
        pass
    resident = find_resident(session, number)
    found = None if resident is None else store.find_patient_id(session, resident)
    if found is None:
        raise NotFound
    return found


def _account_of(actor: Actor) -> UUID:
    if actor.kind is not ActorKind.STAFF or PRACTITIONER not in actor.roles or actor.account is None:
        raise Denied
    return actor.account
