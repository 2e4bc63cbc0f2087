"""What a client hears beside its token: whose file it is about, and which FHIR resource stands for who signed in.

Standard: SMART App Launch 2.2.0, sections 2.0.11 (access token response), 3.0.3 (launch context), 3.0.6 (fhirUser)
and 6 (token introspection).
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from services.database.session import Session
from services.gateway.catalogue import FHIR_USER, LAUNCH, LAUNCH_PATIENT
from services.gateway.oauth.issuer import Issuer


def patient_context(
    session: Session, issuer: Issuer, scopes: Collection[str], patient: UUID | None
) -> dict[str, Any]:
    """`patient`, the id of the Patient resource of the resident that the grant is tied to, where a scope asks for it.

    Applications get a window of their own, in which nothing of ours says whose file it is: hence the banner.
    """
    smart = issuer.catalogue.smart
    if smart is None or patient is None or not {LAUNCH, LAUNCH_PATIENT} & set(scopes):
        return {}
    found = smart.find_patient(session, patient)
    return {} if found is None else {"patient": found, "need_patient_banner": True}


def user_context(
    session: Session, issuer: Issuer, scopes: Collection[str], account: UUID | None, *, unit: str | None
) -> dict[str, Any]:
    """`fhirUser`, the absolute address of who signed in, where the scopes `openid` and `fhirUser` are both given."""
    smart = issuer.catalogue.smart
    if smart is None or account is None or not {"openid", FHIR_USER} <= set(scopes):
        return {}
    found = smart.find_user(session, account, unit=unit)
    return {} if found is None else {FHIR_USER: f"{issuer.base_url}{smart.base_path}/{found}"}
