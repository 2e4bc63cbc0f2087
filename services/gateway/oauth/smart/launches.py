"""EHR launch: a practitioner opens an application on one patient's file.

The launch is a secret of five minutes for one client and one practitioner, spent by the answer to the authorization
request that continues it.

Standard: SMART App Launch 2.2.0, section 2.0.5 (EHR launch).
"""

from datetime import timedelta
from uuid import UUID

from services.database.session import Session
from services.gateway.catalogue import LAUNCH, LAUNCH_PATIENT
from services.gateway.clients import Client, find_client, list_clients
from services.gateway.oauth.authorization_request import AuthorizationRequest
from services.gateway.oauth.errors import AccessDenied, InvalidRequest, InvalidScope
from services.gateway.oauth.handles import new_handle
from services.gateway.oauth.issuer import Issuer
from services.gateway.store import launches as store

LIFE = timedelta(minutes=5)
NOT_LIVE = "launch is unknown, expired, already used, or somebody else's."
OF_PATIENT = "patient/"


def list_launchable(session: Session) -> list[Client]:
    """The clients that can be opened on a patient, oldest first."""
    return [client for client, is_live in list_clients(session) if is_live and _is_launchable(client)]


def find_launchable(session: Session, client_id: str) -> Client | None:
    """The client of this name, where it can be opened on a patient."""
    client = find_client(session, client_id)
    return client if client is not None and _is_launchable(client) else None


def _is_launchable(client: Client) -> bool:
    """Whether it said where it begins, and may ask for the scope that continues a launch."""
    return client.initiate_login_uri is not None and LAUNCH in client.scopes


def open_launch(session: Session, *, client: Client, account: UUID, patient: UUID) -> str:
    """A new launch of a client by a practitioner, on the file of the resident `patient`.

    Access: the caller has seen that the practitioner may open this file. Effects: one row, its digest alone.
    """
    expires_at = session.at + LIFE
    secret, handle = new_handle(expires_at)
    values = {
        "digest": handle.digest,
        "expires_on": handle.expires_on,
        "client_id": client.client_id,
        "account_id": account,
        "patient_id": patient,
        "expires_at": expires_at,
        "consumed_at": None,
    }
    store.add_launch(session, values)
    return secret


def check_context(
    session: Session,
    issuer: Issuer,
    request: AuthorizationRequest,
    *,
    account: UUID,
    is_staff: bool,
    subject: UUID | None = None,
) -> None:
    """Whether it can be said whose file the answer would be about.

    A resident's is the person chosen, `subject`, once there is one; a member of staff's comes with a launch.

    Raises: InvalidRequest for a launch that is not theirs now; InvalidScope without one; AccessDenied without a file.
    """
    if request.launch is not None:
        launch, client_id = request.launch, request.client.client_id
        if not store.is_launch_live(session, launch.digest, launch.expires_on, client_id, account):
            raise InvalidRequest(NOT_LIVE)
        return
    wants_patient = any(scope.startswith(OF_PATIENT) or scope == LAUNCH_PATIENT for scope in request.scopes)
    if is_staff and wants_patient:
        raise InvalidScope("Staff open an application on a patient by a launch.")
    smart = issuer.catalogue.smart
    if smart is None or subject is None or LAUNCH_PATIENT not in request.scopes:
        return
    if smart.find_patient(session, subject) is None:
        raise AccessDenied("This person has no health file yet.")


def spend_launch(session: Session, request: AuthorizationRequest, account: UUID) -> UUID | None:
    """Whose file the launch opens; None where the request continues none.

    Effects: the launch is spent, once. Raises: InvalidRequest.
    """
    launch, client_id = request.launch, request.client.client_id
    if launch is None:
        return None
    patient = store.consume_launch(session, launch.digest, launch.expires_on, client_id, account)
    if patient is None:
        raise InvalidRequest(NOT_LIVE)
    return patient
