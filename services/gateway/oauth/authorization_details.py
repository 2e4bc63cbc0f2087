"""Rich authorization requests: exactly what a client may do, narrower than any scope says it.

A detail stands for the scopes of its actions and limits them: a token with `ebills:read` and a `utility_bill` detail
for one account number reads the bills of that account. Several details of one type add up.

Standard: RFC 9396. Pure, but for the two that seal and open.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column

from services import vault
from services.database.session import Session
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.clients import Client
from services.gateway.oauth.errors import InvalidAuthorizationDetails
from services.gateway.oauth.parameters import Parameters
from services.manifest import AuthorizationDetailType, DetailField
from services.web.json_reader import MalformedJson, read

Detail = Mapping[str, Any]
Details = tuple[Detail, ...]

MOST = 10
_EVERYWHERE = frozenset({"type", "actions", "locations"})


def read_details(catalogue: ScopeCatalogue, base_url: str, client: Client, text: str | None) -> Details:
    """The details that a client asks for, each checked against its type; `actions` left out means all of them.

    Standard: RFC 9396 sections 2 and 5: unknown types, unknown or missing fields and wrong values are refused.
    Raises: InvalidAuthorizationDetails.
    """
    if text is None:
        return ()
    try:
        found = read(text.encode("utf-8", "surrogatepass"))
    except MalformedJson:
        raise InvalidAuthorizationDetails("authorization_details is not JSON.") from None
    if not isinstance(found, list) or not 0 < len(found) <= MOST:
        raise InvalidAuthorizationDetails(f"authorization_details is an array of 1 to {MOST} objects.")
    details: list[Detail] = []
    for one in found:
        detail = _read_detail(catalogue, base_url, client, one)
        if detail not in details:
            details.append(detail)
    return tuple(details)


def refuse_details(parameters: Parameters) -> None:
    """Where no person is asked about details, none are taken: never left aside in silence (section 5).

    Raises: InvalidAuthorizationDetails.
    """
    if parameters.get("authorization_details") is not None:
        raise InvalidAuthorizationDetails("authorization_details is not taken with this grant.")


def _read_detail(catalogue: ScopeCatalogue, base_url: str, client: Client, one: Any) -> Detail:
    name = one.get("type") if isinstance(one, dict) else None
    kind = catalogue.detail_types.get(name) if isinstance(name, str) else None
    if kind is None or kind.name not in client.authorization_details_types:
        raise InvalidAuthorizationDetails("type is unknown, or not one that this client registered.")
    fields = {field.name: field for field in kind.fields}
    if set(one) - _EVERYWHERE - set(fields):
        raise InvalidAuthorizationDetails("A member is not one of this type.")
    actions = one.get("actions", list(kind.actions))
    if not _is_list_of(actions, kind.actions):
        raise InvalidAuthorizationDetails("actions are not those of this type.")
    place = f"{base_url}/{catalogue.detail_services[kind.name].slug}"
    if "locations" in one and one["locations"] != [place]:
        raise InvalidAuthorizationDetails("locations names another place than the service of this type.")
    detail: dict[str, Any] = {"type": kind.name, "actions": sorted(set(actions))}
    if "locations" in one:
        detail["locations"] = [place]
    for field in kind.fields:
        if field.name in one:
            detail[field.name] = _read_field(field, one[field.name])
    return detail


def _is_list_of(values: Any, known: Iterable[str]) -> bool:
    names = set(known)
    return (
        isinstance(values, list) and bool(values) and all(isinstance(v, str) and v in names for v in values)
    )


def _read_field(field: DetailField, value: Any) -> Any:
    values = value if field.most > 1 and isinstance(value, list) else [value]
    is_sound = 0 < len(values) <= field.most and all(
        isinstance(one, str) and len(one) <= field.longest and re.fullmatch(field.pattern, one)
        for one in values
    )
    if not is_sound:
        raise InvalidAuthorizationDetails(f"{field.name} is not as its type has it.")
    return sorted(set(values)) if field.most > 1 else value


def scopes_of(catalogue: ScopeCatalogue, details: Iterable[Detail]) -> frozenset[str]:
    """The scopes that details stand for."""
    return frozenset(
        catalogue.detail_types[detail["type"]].actions[action]
        for detail in details
        for action in detail["actions"]
    )


def given_scopes(
    catalogue: ScopeCatalogue,
    asked: Sequence[str],
    asked_details: Details,
    chosen: Iterable[str],
    chosen_details: Details,
) -> tuple[str, ...]:
    """The scopes that go with a choice: those that a detail stands for come with a detail, or not at all."""
    limited, given = scopes_of(catalogue, asked_details), scopes_of(catalogue, chosen_details)
    wanted = set(chosen)
    return tuple(scope for scope in asked if scope in (given if scope in limited else wanted))


def fit(catalogue: ScopeCatalogue, details: Details, scopes: Iterable[str]) -> Details:
    """What is left of details in a token of these scopes."""
    carried = set(scopes)
    fitted = []
    for detail in details:
        needed = (
            catalogue.detail_types[detail["type"]].actions if detail["type"] in catalogue.detail_types else {}
        )
        actions = [action for action in detail["actions"] if needed.get(action) in carried]
        if actions:
            fitted.append({**detail, "actions": actions})
    return tuple(fitted)


def narrow(
    catalogue: ScopeCatalogue, granted: Details, asked: Details, scopes: tuple[str, ...]
) -> tuple[Details, tuple[str, ...]]:
    """The details and scopes of a token for which a client asks for less than it was granted.

    Standard: RFC 9396 sections 6.1 and 7: never more than was granted.
    Raises: InvalidAuthorizationDetails.
    """
    if not asked:
        return fit(catalogue, granted, scopes), scopes
    if not all(any(is_within(catalogue, one, whole) for whole in granted) for one in asked):
        raise InvalidAuthorizationDetails("authorization_details goes beyond what was granted.")
    limited, left = scopes_of(catalogue, granted), scopes_of(catalogue, asked)
    kept = tuple(scope for scope in scopes if scope not in limited or scope in left)
    return fit(catalogue, asked, kept), kept


def is_within(catalogue: ScopeCatalogue, narrow_one: Detail, wide: Detail) -> bool:
    """Whether everything the first detail allows is allowed by the second."""
    if narrow_one["type"] != wide["type"] or not set(narrow_one["actions"]) <= set(wide["actions"]):
        return False
    kind = catalogue.detail_types.get(wide["type"])
    return kind is not None and all(
        _values(narrow_one, field.name) <= _values(wide, field.name) and field.name in narrow_one
        for field in kind.fields
        if field.name in wide
    )


def _values(detail: Detail, name: str) -> set[str]:
    value = detail.get(name)
    return set(value) if isinstance(value, list) else {value} if value is not None else set()


def covers(catalogue: ScopeCatalogue, standing: Details, asked: Details, asked_scopes: Iterable[str]) -> bool:
    """Whether a standing consent with these details covers a request, as far as details go.

    A scope that the person limited is covered only within the limits; one that was given without any covers every
    limit.
    """
    limited = scopes_of(catalogue, standing)
    by_asked = scopes_of(catalogue, asked)
    if any(scope in limited and scope not in by_asked for scope in asked_scopes):
        return False
    for one in asked:
        if scopes_of(catalogue, [one]) & limited and not any(
            is_within(catalogue, one, whole) for whole in standing
        ):
            return False
    return True


def keep_others(catalogue: ScopeCatalogue, standing: Details, asked_scopes: Iterable[str]) -> Details:
    """The details of a standing consent that a new answer about these scopes says nothing about."""
    answered = set(asked_scopes)
    return tuple(detail for detail in standing if not scopes_of(catalogue, [detail]) & answered)


def seal_details(
    session: Session, column: Column[bytes], account: UUID, row_id: UUID, details: Details
) -> bytes | None:
    """Details as they are stored: an account number is a household's, so they are sealed under its key."""
    if not details:
        return None
    return vault.seal(session, column, account, row_id, json.dumps([dict(one) for one in details]))


def open_details(
    session: Session, column: Column[bytes], account: UUID, row_id: UUID, sealed: bytes | None
) -> Details:
    """Stored details."""
    if sealed is None:
        return ()
    return tuple(json.loads(vault.unseal_text(session, column, account, row_id, sealed)))


def limits_shown(kind: AuthorizationDetailType, detail: Detail) -> list[tuple[str, str]]:
    """The limits of a detail as (title, value), for a page."""
    shown = []
    for field in kind.fields:
        if field.name in detail:
            value = detail[field.name]
            shown.append((field.title, ", ".join(value) if isinstance(value, list) else str(value)))
    return shown
