"""Who can sign in to the demo city: recomputed from the seed whenever asked, never written anywhere."""

from typing import Any

from services.demo.city import City, LegalPerson, Resident, StaffMember, invent_city, secret_of

ROLES = (
    "resident",
    "guardian",
    "representative",
    "operator",
    "officer",
    "supervisor",
    "practitioner",
    "biller",
    "admin",
)


def list_accounts(city: City | None = None) -> list[dict[str, Any]]:
    """Every account of the demo city, one entry per person and role, in the order of `ROLES`.

    Residents sign in with their ID number or phone, staff with a user name and a TOTP code.
    """
    city = city or invent_city()
    children: dict[Any, list[Resident]] = {}
    for resident in city.residents:
        for guardian in resident.guardians:
            children.setdefault(guardian, []).append(resident)
    firms: dict[Any, list[LegalPerson]] = {}
    for firm in city.legal_persons:
        firms.setdefault(firm.representative, []).append(firm)
    entries = [_resident("resident", person) for person in city.adults()]
    entries += [
        _resident("guardian", person, children=[_child(child) for child in children[person.subject_id]])
        for person in city.adults()
        if person.subject_id in children
    ]
    entries += [
        _resident("representative", person, legal_persons=[_firm(firm) for firm in firms[person.subject_id]])
        for person in city.adults()
        if person.subject_id in firms
    ]
    entries += [_member(member) for member in city.staff]
    return sorted(entries, key=lambda entry: ROLES.index(entry["role"]))


def open311_api_key(username: str) -> str:
    """The Open311 key of an operator's account in the demo."""
    return secret_of("open311", username, 32)


def _resident(role: str, person: Resident, **more: Any) -> dict[str, Any]:
    return {
        "role": role,
        "username": person.id_number,
        "password": person.password,
        "totp_secret": None,
        "name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "born_on": person.born_on.isoformat(),
        "subject_id": str(person.subject_id),
        "address": person.address,
        **more,
    }


def _child(child: Resident) -> dict[str, str]:
    return {"subject_id": str(child.subject_id), "name": child.name, "id_number": child.id_number}


def _firm(firm: LegalPerson) -> dict[str, str]:
    return {"subject_id": str(firm.subject_id), "uscc": firm.uscc, "name": firm.name}


def _member(member: StaffMember) -> dict[str, Any]:
    entry = {
        "role": member.role,
        "username": member.username,
        "password": member.password,
        "totp_secret": member.totp_secret,
        "name": member.name,
        "id_number": None,
        "phone": None,
        "roles": list(member.roles),
        "unit": member.unit,
        "subject_id": str(member.subject_id),
    }
    if "operator" in member.roles:
        entry["open311_api_key"] = open311_api_key(member.username)
    return entry
