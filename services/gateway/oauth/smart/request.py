"""What SMART adds to an authorization request: for which FHIR base it is, and which launch it continues.

Standard: SMART App Launch 2.2.0, section 2.0.9 (Obtain authorization code).
"""

from collections.abc import Iterable

from services.gateway.catalogue import LAUNCH
from services.gateway.oauth.errors import InvalidRequest
from services.gateway.oauth.handles import Handle, read_handle
from services.gateway.oauth.issuer import Issuer


def check_audience(issuer: Issuer, scopes: Iterable[str], audience: str | None) -> None:
    """Whether who asks means this server: an application that was led to a false one must not get a token for ours.

    Raises: InvalidRequest where SMART scopes are asked for without `aud`, or for another base.
    """
    smart = issuer.catalogue.smart
    if smart is None or not any(issuer.catalogue.is_smart(scope) for scope in scopes):
        return
    base = f"{issuer.base_url}{smart.base_path}"
    if audience is None or audience.removesuffix("/") != base:
        raise InvalidRequest(f"aud must be {base} for these scopes.")


def read_launch(scopes: Iterable[str], launch: str | None) -> Handle | None:
    """The launch that a request continues; the parameter and the scope come together, or neither counts.

    Raises: InvalidRequest.
    """
    if LAUNCH not in scopes:
        return None
    handle = read_handle(launch) if launch is not None else None
    if handle is None:
        raise InvalidRequest(
            "The scope launch needs the launch parameter that the application was opened with."
        )
    return handle
