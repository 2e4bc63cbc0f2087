"""Whose file a resource belongs to, or on which shelf it stands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from health_file import store
from health_file.errors import Issue, ResidentUnknown, ResourceInvalid, SeveralResidents
from health_file.rules import (
    DIRECTORY,
    DIRECTORY_TYPES,
    SHELF_TYPES,
    named_by,
    staff_claimed_by,
    units_claimed_by,
)
from services import ids, vault
from services.database.session import Session
from services.gateway.directory import find_residents, find_unit_of_staff


def owner_of(
    session: Session, author: str, resource: Mapping[str, Any], known: Mapping[str, UUID] | None = None
) -> UUID:
    """The resident that a validated resource is about; for what names none, the directory's or the unit's shelf.

    `known` are owners that were looked up before (`Type/id` or an ID number), of which nothing is asked again.
    Effects: the transaction reaches that owner from here on.
    Raises: ResidentUnknown 422, SeveralResidents 422, ResourceInvalid 422 for the identifier of another unit
        or of its staff.
    """
    resource_type = resource["resourceType"]
    if resource_type in DIRECTORY_TYPES:
        check_units(author, resource)
        check_staff(session, author, resource)
        owner = shelf_of(session, author, resource_type)
    else:
        found = known if known is not None else find_owners(session, [resource])
        named = named_by(resource)
        owners = {found[one] for one in (*named.references, *named.id_numbers) if one in found}
        if len(owners) > 1:
            raise SeveralResidents
        if owners and not (resource_type == "Patient" and not set(named.id_numbers) <= found.keys()):
            owner = owners.pop()
        elif resource_type in SHELF_TYPES:
            owner = shelf_of(session, author, resource_type)
        else:
            raise ResidentUnknown
    reach(session, owner)
    return owner


def find_owners(session: Session, resources: Sequence[Mapping[str, Any]]) -> dict[str, UUID]:
    """The residents behind every reference and ID number by which resources name whom they are about."""
    named = [named_by(one) for one in resources]
    references = {one for each in named for one in each.references}
    numbers = {one for each in named for one in each.id_numbers}
    found = store.find_residents_of(session, _parsed(references)) if references else {}
    return found | (find_residents(session, sorted(numbers)) if numbers else {})


def reach(session: Session, owner: UUID) -> None:
    """Let the transaction reach an owner's rows, once."""
    if owner not in session.data_keys:
        session.raw("SELECT gateway.reach(%s)", (owner,))
        vault.cipher_for(session, owner)


def reach_all(session: Session, owners: Iterable[UUID]) -> None:
    """Reach several owners by two statements, however many they are."""
    missing = [owner for owner in dict.fromkeys(owners) if owner not in session.data_keys]
    if missing:
        session.raw("SELECT gateway.reach(owner) FROM unnest(%s::uuid[]) AS owner", (missing,))
        vault.ciphers_for(session, missing)


def _parsed(references: set[str]) -> list[tuple[str, UUID]]:
    """Ids here are UUIDs; any other names nobody."""
    found = []
    for reference in sorted(references):
        kind, _, own = reference.partition("/")
        try:
            found.append((kind, UUID(own)))
        except ValueError:
            continue
    return found


def check_units(author: str, resource: Mapping[str, Any]) -> None:
    """Refuse an Organization that says it is another unit of the city's. Raises: ResourceInvalid 422."""
    for index, unit in units_claimed_by(resource):
        if unit != author:
            where = f"Organization.identifier[{index}].value"
            raise ResourceInvalid([Issue(where, "the code of your own unit", "business-rule")])


def check_staff(session: Session, author: str, resource: Mapping[str, Any]) -> None:
    """Refuse a Practitioner under the account of who is not of this unit's staff. Raises: ResourceInvalid 422."""
    for index, account in staff_claimed_by(resource):
        try:
            unit = find_unit_of_staff(session, UUID(account))
        except ValueError:
            unit = None
        if unit != author:
            where = f"Practitioner.identifier[{index}].value"
            raise ResourceInvalid(
                [Issue(where, "the account of a member of your own staff", "business-rule")]
            )


def shelf_of(session: Session, author: str, resource_type: str) -> UUID:
    """The shelf on which a unit's resource of a type stands when it names no resident."""
    return _shelf(session, "" if resource_type in DIRECTORY_TYPES else author)


def _shelf(session: Session, unit: str) -> UUID:
    """The shelf of a unit or, of the unit without a code, the directory's; made when it is first needed."""
    found = store.find_shelf(session, unit)
    if found is None:
        place = ids.new_id() if unit else DIRECTORY
        if store.claim_shelf(session, unit, place):
            vault.create_data_key(session, place, "shelf")
            return place
        # Somebody else has made it meanwhile, and has committed: the claim waited for that.
        found = store.find_shelf(session, unit)
    if found is None:
        raise ResidentUnknown
    return found
