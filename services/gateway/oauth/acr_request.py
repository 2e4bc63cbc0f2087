"""How surely a client wants the person authenticated: `acr_values`, or `acr` among the claims of the ID token.

Standard: OpenID Connect Core sections 3.1.2.1 and 5.5.1.1, RFC 9470 section 4.
"""

from dataclasses import dataclass
from typing import Any

from services.gateway.oauth.errors import InvalidRequest
from services.gateway.people import acr
from services.web.json_reader import MalformedJson, read


@dataclass(frozen=True, slots=True)
class AcrRequest:
    """The classes asked for, any of which does; `is_essential` when nothing but one of them does."""

    values: tuple[str, ...] = ()
    is_essential: bool = False

    @property
    def least(self) -> str | None:
        """The lowest rung that does; None when no class asked for is known here."""
        known = [value for value in self.values if value in acr.LADDER]
        return min(known, key=acr.LADDER.index, default=None)

    @property
    def is_out_of_reach(self) -> bool:
        """Whether nothing that anybody could show here would do."""
        return self.is_essential and bool(self.values) and self.least is None

    def told(self, held: str) -> str:
        """The class that tokens state: what is held, or where only certain classes do, the highest of them it meets.

        Section 5.5.1.1: an essential `acr` must match one of the requested values.
        """
        if not self.is_essential or held in self.values:
            return held
        met = [value for value in self.values if acr.meets(held, value)]
        return max(met, key=acr.LADDER.index, default=held)


ANY_ACR = AcrRequest()


def read_acr_request(acr_values: str | None, claims: str | None) -> AcrRequest:
    """Both parameters; the claim is the more particular and wins.

    Raises: InvalidRequest when `claims` is not JSON, or its `acr` not what section 5.5.1 allows.
    """
    asked = _acr_claim(claims)
    if asked is not None and {"value", "values"} & set(asked):
        values = asked.get("values", [asked.get("value")])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise InvalidRequest("acr in claims has value or values of text.")
        return AcrRequest(tuple(values), is_essential=asked.get("essential") is True)
    return AcrRequest(tuple((acr_values or "").split()))


def _acr_claim(claims: str | None) -> dict[str, Any] | None:
    if claims is None:
        return None
    try:
        found = read(claims.encode("utf-8", "surrogatepass"))
    except MalformedJson:
        raise InvalidRequest("claims is not JSON.") from None
    place = found.get("id_token") if isinstance(found, dict) else None
    asked = place.get("acr") if isinstance(place, dict) else None
    if asked is not None and not isinstance(asked, dict):
        raise InvalidRequest("acr in claims is null or an object.")
    return asked
