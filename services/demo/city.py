"""Invents the demo city from a seed: families, firms, billers, clinics, staff. Pure: nothing is stored here."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

from services import clock, ids
from services.demo import people

SEED = "citizen-demo-1"
# Ids are drawn with the clock held here, so that they too are the same every time.
FOUNDED_AT = datetime(2026, 1, 1, tzinfo=UTC)
RESIDENTS = 200
LEGAL_PERSONS = 40
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One invented person. `household` numbers the family; `guardians` are set for children under 14."""

    subject_id: UUID
    name: str
    sex: str
    born_on: date
    id_number: str
    phone: str | None
    household: int
    address: str
    district: str
    guardians: tuple[UUID, ...] = ()
    password: str | None = None

    @property
    def email(self) -> str | None:
        """An address of a domain that no mail is ever sent to (RFC 2606)."""
        return None if self.phone is None else f"{self.phone}@citizen.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalPerson:
    """One invented business with its unified social credit code and the resident who represents it."""

    subject_id: UUID
    uscc: str
    name: str
    name_en: str
    address: str
    representative: UUID


@dataclass(frozen=True, slots=True)
class Organisation:
    """A unit that staff and systems belong to: a biller or a clinic."""

    code: str
    name: str
    name_en: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """One invented member of staff; `role` is the leading role, `roles` all of them."""

    subject_id: UUID
    role: str
    roles: tuple[str, ...]
    unit: str
    name: str
    username: str
    password: str
    totp_secret: str


BILLERS = (
    Organisation("SEPC", "东岸电力", "Dong'an Power", "electricity"),
    Organisation("SWTR", "城市自来水", "City Water", "water"),
    Organisation("SGAS", "市燃气集团", "City Gas", "gas"),
    Organisation("SNET", "有线宽带", "City Broadband", "broadband"),
)
CLINICS = (
    Organisation("CL-HP", "和平社区卫生中心", "Heping Community Health Centre", "clinic"),
    Organisation("CL-BJ", "滨江人民医院", "Binjiang People's Hospital", "clinic"),
)
OTHER_UNITS = (
    "WORKS-XP", "WORKS-LG", "WORKS-NY", "WORKS", "GREEN-DA", "GREEN-LG", "GREEN-NY", "GREEN", "HOUSING-DA",
    "HOUSING-XP", "HOUSING-LG", "HOUSING", "ENFORCE-DA", "ENFORCE-XP", "ENFORCE-LG", "ENFORCE-NY", "ENFORCE",
    "ENVIRONMENT", "TRAFFIC", "TRANSPORT", "WATER", "POWER", "GAS", "MARKET", "LABOUR", "HEALTH", "EDUCATION",
    "CONDUCT",
)  # fmt: skip
STAFF_PLAN = (
    ("operator", ("operator",), "HOTLINE", 6),
    ("supervisor", ("supervisor", "operator"), "HOTLINE", 2),
    ("officer", ("officer",), "WORKS-DA", 2),
    ("officer", ("officer",), "GREEN-XP", 1),
    ("officer", ("officer",), "HOUSING-NY", 1),
    ("officer", ("officer",), "CARD", 2),
    ("officer", ("officer",), "REGISTER", 2),
    ("practitioner", ("practitioner",), "CL-HP", 2),
    ("practitioner", ("practitioner",), "CL-BJ", 2),
    ("biller", ("biller",), "SEPC", 1),
    ("biller", ("biller",), "SWTR", 1),
    ("biller", ("biller",), "SGAS", 1),
    ("biller", ("biller",), "SNET", 1),
    ("admin", ("admin",), "GATEWAY", 1),
    # At the end, so that whoever stands above keeps id, name and password: an officer for each other unit.
    *(("officer", ("officer",), unit, 1) for unit in OTHER_UNITS),
)


@dataclass(frozen=True, slots=True)
class City:
    """The whole invented city; `random` continues the seed for the services' own inventions."""

    today: date
    residents: tuple[Resident, ...]
    legal_persons: tuple[LegalPerson, ...]
    staff: tuple[StaffMember, ...]
    billers: tuple[Organisation, ...] = BILLERS
    clinics: tuple[Organisation, ...] = CLINICS
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311

    def adults(self) -> tuple[Resident, ...]:
        """The residents who have an account of their own."""
        return tuple(resident for resident in self.residents if resident.password)

    def households(self) -> dict[int, tuple[Resident, ...]]:
        """The residents by household."""
        numbers = dict.fromkeys(resident.household for resident in self.residents)
        return {
            number: tuple(resident for resident in self.residents if resident.household == number)
            for number in numbers
        }

    def staff_in(self, role: str) -> tuple[StaffMember, ...]:
        """The members of staff with this leading role."""
        return tuple(member for member in self.staff if member.role == role)


def secret_of(purpose: str, name: str, length: int = 12) -> str:
    """A password or key of the demo: derived from the seed, so that it can be recomputed and never stored."""
    digest = hmac.new(SEED.encode(), f"{purpose}:{name}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:length]


def totp_secret_of(username: str) -> str:
    """A staff member's TOTP secret (base32, 160 bits), derived like the passwords."""
    digest = hmac.new(SEED.encode(), f"totp:{username}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


@cache
def invent_city(today: date | None = None) -> City:
    """The city of the seed. People are always the same; only what is counted from `today` moves."""
    source = Random(SEED)  # noqa: S311
    with clock.held(FOUNDED_AT), ids.seeded(f"{SEED}-ids"):
        residents = _families(source)
        legal_persons = _legal_persons(source, residents)
        staff = _staff(source)
    return City(today or clock.today(), residents, legal_persons, staff)


def _families(source: Random) -> tuple[Resident, ...]:
    everyone: list[Resident] = []
    used: set[str] = set()
    household = 0
    while len(everyone) < RESIDENTS:
        household += 1
        code, district = people.DISTRICTS[household % len(people.DISTRICTS)]
        lane = f"{source.choice(people.STREETS)}{source.randint(1, 380)}弄{source.randint(1, 60)}号"
        address = f"{district}{lane}{source.randint(1, 24)}0{source.randint(1, 4)}室"
        family = _family(source, household, code, district, address, used)
        everyone += family[: RESIDENTS - len(everyone)]
    return tuple(everyone)


def _family(
    source: Random, household: int, code: str, district: str, address: str, used: set[str]
) -> list[Resident]:
    """Parents, sometimes children and a grandparent; every sixth household is one elder alone."""

    def person(surname: str, sex: str, born: tuple[int, int], guardians: tuple[UUID, ...] = ()) -> Resident:
        names = people.GIVEN_FEMALE if sex == "female" else people.GIVEN_MALE
        born_on = date(source.randint(*born), 1, 1) + timedelta(days=source.randint(0, 360))
        number = _id_number(source, code, born_on, sex, used)
        is_child = bool(guardians)
        return Resident(
            subject_id=ids.new_id(),
            name=surname + source.choice(names),
            sex=sex,
            born_on=born_on,
            id_number=number,
            phone=None if is_child else _phone(source, used),
            household=household,
            address=address,
            district=district,
            guardians=guardians,
            password=None if is_child else secret_of("resident", number),
        )

    surname = source.choice(people.SURNAMES)
    if household % 6 == 0:
        return [person(surname, source.choice(("female", "male")), (1936, 1952))]
    father = person(surname, "male", (1972, 1992))
    mother = person(source.choice(people.SURNAMES), "female", (1974, 1993))
    family = [mother, father]
    guardians = (mother.subject_id, father.subject_id)
    family += [
        person(surname, source.choice(("female", "male")), (2014, 2024), guardians)
        for _ in range(household % 3)
    ]
    if household % 4 == 1:
        family.append(person(surname, "female", (1938, 1955)))
    return family


def _id_number(source: Random, code: str, born_on: date, sex: str, used: set[str]) -> str:
    while True:
        order = source.randrange(1, 999, 2) + (1 if sex == "female" else 0)
        body = f"{code}{born_on:%Y%m%d}{order:03d}"
        number = body + check_character(body)
        if number not in used:
            used.add(number)
            return number


def check_character(body: str) -> str:
    """The check character of a resident's ID number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def _phone(source: Random, used: set[str]) -> str:
    while True:
        number = f"1{source.choice('3578')}{source.randint(0, 10**9 - 1):09d}"
        if number not in used:
            used.add(number)
            return number


def _legal_persons(source: Random, residents: tuple[Resident, ...]) -> tuple[LegalPerson, ...]:
    adults = [resident for resident in residents if resident.password and resident.born_on.year > 1960]
    firms = []
    for index in range(LEGAL_PERSONS):
        place, place_en = people.PLACES[index % len(people.PLACES)]
        trade, trade_en = people.TRADES[index // len(people.PLACES)]
        firms.append(
            LegalPerson(
                subject_id=ids.new_id(),
                uscc=_uscc(source),
                name=f"{place}{trade}有限公司",
                name_en=f"{place_en} {trade_en} Co., Ltd.",
                address=f"{place}区{source.choice(people.STREETS)}{source.randint(1, 900)}号",
                representative=adults[index % len(adults)].subject_id,
            )
        )
    return tuple(firms)


def _uscc(source: Random) -> str:
    """A unified social credit code (GB 32100-2015) with both check characters right."""
    organisation = "MA" + "".join(source.choice(USCC_ALPHABET[:30]) for _ in range(6))
    organisation += _organisation_check(organisation)
    body = f"91310000{organisation}"
    total = sum(USCC_ALPHABET.index(c) * pow(3, position, 31) for position, c in enumerate(body))
    return body + USCC_ALPHABET[(31 - total % 31) % 31]


def _organisation_check(body: str) -> str:
    """The check character of the organisation code inside (GB 11714-1997)."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    remainder = 11 - sum(alphabet.index(c) * w for c, w in zip(body, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def _staff(source: Random) -> tuple[StaffMember, ...]:
    members = []
    counts: dict[str, int] = {}
    for role, roles, unit, count in STAFF_PLAN:
        for _ in range(count):
            counts[role] = counts.get(role, 0) + 1
            username = f"{role}{counts[role]}"
            members.append(
                StaffMember(
                    subject_id=ids.new_id(),
                    role=role,
                    roles=roles,
                    unit=unit,
                    name=source.choice(people.SURNAMES)
                    + source.choice(people.GIVEN_FEMALE + people.GIVEN_MALE),
                    username=username,
                    password=secret_of("staff", username),
                    totp_secret=totp_secret_of(username),
                )
            )
    return tuple(members)
