"""The `claims` parameter: which single claims a client wants, and where it wants them.

Standard: OpenID Connect Core section 5.5, OpenID Connect for Identity Assurance 1.0 section 6. A claim that somebody
has to agree to brings the scope that says so on the consent page; what cannot be given is left out in silence, as
section 5.5.1 has it. Of a request no value is kept: only which claims, and from which trust framework.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.oauth.errors import InvalidRequest
from services.web.json_reader import MalformedJson, read

PROFILE, VERIFIED = "profile", "verified_identity"
VERIFIED_CLAIMS = "verified_claims"
TRUST_FRAMEWORK = "cn_resident_id"
# What the city has checked itself: the name against the ID number, and the birth date inside that number.
CHECKED = ("name", "birthdate")
MOST_ENTRIES = 5


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """One entry of `verified_claims`: which checked claims; `max_age` is how old, in seconds, the check may be."""

    claims: tuple[str, ...]
    max_age: int | None


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """What one place (`userinfo` or `id_token`) should hold; `verified` is None where it was not asked for."""

    name: bool = False
    verified: tuple[VerifiedRequest, ...] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Both places; `sub` is the only one whom the answer may be about (OpenID Connect Core section 5.5.1)."""

    userinfo: ClaimsRequest = ClaimsRequest()
    id_token: ClaimsRequest = ClaimsRequest()
    sub: str | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes by which a person agrees to these claims."""
        places = (self.userinfo, self.id_token)
        named = (PROFILE,) if any(place.name for place in places) else ()
        return (*named, VERIFIED) if any(place.verified for place in places) else named

    def stored(self) -> dict[str, Any] | None:
        """As a grant keeps it; None when nothing was asked for."""
        kept = {place: _stored(getattr(self, place)) for place in ("userinfo", "id_token")}
        return kept if any(kept.values()) else None


NOTHING = Wanted()


def read_claims_request(text: str | None) -> Wanted:
    """The parameter.

    Raises: InvalidRequest when it is not a JSON object of objects, or an entry of `verified_claims` names no
        verification or no claim (Identity Assurance section 6.1).
    """
    if text is None:
        return NOTHING
    try:
        found = read(text.encode("utf-8", "surrogatepass"))
    except MalformedJson:
        raise InvalidRequest("claims is not JSON.") from None
    if not isinstance(found, dict) or not all(
        isinstance(found.get(place) or {}, dict) for place in ("userinfo", "id_token")
    ):
        raise InvalidRequest("claims is an object with userinfo and id_token.")
    userinfo, id_token = (found.get(place) or {} for place in ("userinfo", "id_token"))
    return Wanted(_read_place(userinfo), _read_place(id_token), _read_sub(id_token))


def restore(stored: Mapping[str, Any] | None) -> Wanted:
    """What a grant kept."""
    if stored is None:
        return NOTHING
    userinfo, id_token = (_restored(stored.get(place) or {}) for place in ("userinfo", "id_token"))
    return Wanted(userinfo, id_token)


def _read_sub(id_token: Mapping[str, Any]) -> str | None:
    wanted = id_token.get("sub")
    value = wanted.get("value") if isinstance(wanted, dict) else None
    if value is not None and not isinstance(value, str):
        raise InvalidRequest("The value of sub is a text.")
    return value


def _read_place(place: Mapping[str, Any]) -> ClaimsRequest:
    given = place.get(VERIFIED_CLAIMS)
    entries = given if isinstance(given, list) else [given] if VERIFIED_CLAIMS in place else []
    if len(entries) > MOST_ENTRIES:
        raise InvalidRequest("verified_claims has too many entries.")
    read_entries = [_read_entry(entry) for entry in entries]
    name = place.get("name", {})
    return ClaimsRequest(
        name="name" in place and not _is_conditional(name),
        verified=tuple(entry for entry in read_entries if entry is not None)
        if VERIFIED_CLAIMS in place
        else None,
    )


def _read_entry(entry: Any) -> VerifiedRequest | None:
    """One entry; None for a sound one that we cannot satisfy: then nothing is given for it."""
    verification = entry.get("verification") if isinstance(entry, dict) else None
    claims = entry.get("claims") if isinstance(entry, dict) else None
    if not isinstance(verification, dict) or "trust_framework" not in verification:
        raise InvalidRequest("verified_claims needs verification with trust_framework.")
    if not isinstance(claims, dict) or not claims:
        raise InvalidRequest("verified_claims needs claims.")
    # What we have of a verification is its framework and time: who insists on more gets nothing.
    insists = any(
        isinstance(wanted, dict | list) and bool(wanted)
        for member, wanted in verification.items()
        if member not in {"trust_framework", "time"}
    )
    time = verification.get("time") or {}
    max_age = time.get("max_age") if isinstance(time, dict) else None
    if max_age is not None and (isinstance(max_age, bool) or not isinstance(max_age, int) or max_age < 0):
        raise InvalidRequest("max_age is a number of seconds.")
    known = tuple(name for name in CHECKED if name in claims and not _is_conditional(claims[name]))
    is_ours = TRUST_FRAMEWORK in _values(verification["trust_framework"], default=TRUST_FRAMEWORK)
    return VerifiedRequest(known, max_age) if known and is_ours and not insists else None


def _is_conditional(wanted: Any) -> bool:
    """Whether a claim is wanted only with a certain value: we do not tell whether a guess is right."""
    return isinstance(wanted, dict) and bool({"value", "values"} & set(wanted))


def _values(wanted: Any, *, default: str) -> Iterable[Any]:
    if not isinstance(wanted, dict) or not {"value", "values"} & set(wanted):
        return (default,)
    values = wanted.get("values", [wanted.get("value")])
    return values if isinstance(values, list) else (values,)


def _stored(place: ClaimsRequest) -> dict[str, Any]:
    kept: dict[str, Any] = {"name": True} if place.name else {}
    if place.verified is not None:
        kept["verified"] = [{"claims": list(one.claims), "max_age": one.max_age} for one in place.verified]
    return kept


def _restored(kept: Mapping[str, Any]) -> ClaimsRequest:
    entries = kept.get("verified")
    return ClaimsRequest(
        name=bool(kept.get("name")),
        verified=None
        if entries is None
        else tuple(VerifiedRequest(tuple(one["claims"]), one["max_age"]) for one in entries),
    )
