"""The scopes of all mounted services: what exists, which service it reaches, who may hold it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app

from services.gateway.console.access import SCOPES as CONSOLE_SCOPES
from services.manifest import AuthorizationDetailType, Interaction, Manifest, Scope, SmartService
from services.words import msgid

RESIDENT = frozenset({"resident"})
EVERYONE = frozenset({"resident", "operator", "officer", "supervisor", "practitioner", "biller", "admin"})

STANDARD_SCOPES = (
    Scope("openid", msgid("确认您是谁"), EVERYONE),
    Scope("offline_access", msgid("您不在时也能继续，最长 30 天"), EVERYONE),
    Scope("profile", msgid("您的姓名"), EVERYONE),
    Scope("verified_identity", msgid("市里核对过的您的姓名和出生日期"), EVERYONE),
)
# SMART App Launch 2.2, section 3.0.2: what says whose file it is about and who is there, and gives nothing by itself.
LAUNCH, LAUNCH_PATIENT, FHIR_USER, ONLINE = "launch", "launch/patient", "fhirUser", "online_access"
# Who has one of these may refresh: for thirty days, or for as long as the person is signed in.
REFRESHED = frozenset({"offline_access", ONLINE})
FILE_PEOPLE = frozenset({"resident", "practitioner"})
SMART_SCOPES = (
    Scope(LAUNCH, msgid("打开这位病人的档案"), frozenset({"practitioner"})),
    Scope(LAUNCH_PATIENT, msgid("知道是谁的健康档案"), FILE_PEOPLE),
    Scope(FHIR_USER, msgid("您在健康档案里的编号"), FILE_PEOPLE),
    Scope(ONLINE, msgid("您登录期间可以继续"), FILE_PEOPLE),
)


@dataclass(frozen=True)
class ScopeCatalogue:
    """Every scope by name, and the service each belongs to; every type of authorization details likewise.

    `scopes` lists what can be listed. Those of SMART on FHIR have a grammar instead and are found by `find`, like all
    others; they reach `smart_service`.
    """

    scopes: dict[str, Scope]
    services: dict[str, Manifest]
    detail_types: dict[str, AuthorizationDetailType] = field(default_factory=dict)
    detail_services: dict[str, Manifest] = field(default_factory=dict)
    smart_service: Manifest | None = None

    @property
    def smart(self) -> SmartService | None:
        """The service that speaks FHIR, as the gateway asks it."""
        return None if self.smart_service is None else self.smart_service.smart

    def find(self, name: str) -> Scope | None:
        """The scope of this name; what cannot be read to the end is none."""
        return self.scopes.get(name) or (
            None if self.smart is None else _read_smart(self.smart.read_scope, name)
        )

    def is_smart(self, name: str) -> bool:
        """Whether a scope is one of SMART App Launch that says what a client may do, or whose file it is about."""
        if name in self.scopes:
            return name in {LAUNCH, LAUNCH_PATIENT}
        return self.find(name) is not None

    def service_of(self, scope: str) -> Manifest | None:
        """The service a scope reaches; None for the standards' own scopes."""
        if scope in self.scopes or self.find(scope) is None:
            return self.services.get(scope)
        return self.smart_service

    def packages(self, scopes: Iterable[str]) -> frozenset[str]:
        """The services these scopes reach, by the names of their packages."""
        return frozenset(service.name for service in map(self.service_of, scopes) if service is not None)

    def allowed(self, scope: str, holder: str) -> bool:
        """Whether this kind of account (or machine `client`) may carry the scope."""
        known = self.find(scope)
        return known is not None and holder in known.holders

    def covers(self, held: Iterable[str], wanted: Iterable[str]) -> bool:
        """Whether who has some scopes has all of others; an unknown one is covered by nothing."""
        having = [scope for scope in map(self.find, held) if scope is not None]
        asked = [self.find(name) for name in wanted]
        return all(
            scope is not None and all(any(one.covers(piece) for one in having) for piece in scope.pieces)
            for scope in asked
        )

    @staticmethod
    def within(held: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
        """Scopes that are covered, in the order of those that cover them; narrower ones come last."""
        having, asked = tuple(held), tuple(wanted)
        known = [name for name in having if name in asked]
        return tuple(dict.fromkeys((*known, *asked)))

    def standing_for(self, scopes: Iterable[str], interaction: Interaction) -> frozenset[str]:
        """The scopes that these take the place of, for one interaction."""
        found = [scope for scope in map(self.find, scopes) if scope is not None]
        return frozenset(name for scope in found for name in scope.stands_for(interaction))

    def held_by(self, holders: Iterable[str]) -> frozenset[str]:
        """All service scopes that a page session of these holders carries."""
        wanted = set(holders)
        return frozenset(
            name
            for name, scope in self.scopes.items()
            if (name in self.services or scope in CONSOLE_SCOPES) and scope.holders & wanted
        )

    def audience(self, base_url: str, scopes: Iterable[str]) -> tuple[str, ...]:
        """The resource servers these scopes reach, one URL per service (RFC 9068 section 3)."""
        slugs = {service.slug for service in map(self.service_of, scopes) if service is not None}
        return tuple(f"{base_url}/{slug}" for slug in sorted(slugs))


def build_catalogue(manifests: Iterable[Manifest]) -> ScopeCatalogue:
    """Collect scopes and types of details; what is declared twice, or needs an unknown scope, stops the boot."""
    manifests = tuple(manifests)
    smart = next((manifest for manifest in manifests if manifest.smart is not None), None)
    of_smart = SMART_SCOPES if smart is not None else ()
    scopes = {scope.name: scope for scope in (*STANDARD_SCOPES, *of_smart, *CONSOLE_SCOPES)}
    services: dict[str, Manifest] = {}
    for manifest in manifests:
        for scope in manifest.scopes:
            if scope.name in scopes:
                raise ValueError(f"scope {scope.name} is declared twice")
            scopes[scope.name] = scope
            services[scope.name] = manifest
    return ScopeCatalogue(scopes, services, *_detail_types(manifests, services), smart)


@lru_cache(maxsize=4096)
def _read_smart(read: Callable[[str], Scope | None], name: str) -> Scope | None:
    """A token's scopes are read at every request; their grammar only once."""
    return read(name)


def _detail_types(
    manifests: Iterable[Manifest], services: dict[str, Manifest]
) -> tuple[dict[str, AuthorizationDetailType], dict[str, Manifest]]:
    types: dict[str, AuthorizationDetailType] = {}
    owners: dict[str, Manifest] = {}
    for manifest in manifests:
        for one in manifest.authorization_details:
            if one.name in types:
                raise ValueError(f"authorization details type {one.name} is declared twice")
            if any(services.get(scope) is not manifest for scope in one.scopes):
                raise ValueError(f"authorization details type {one.name} needs a scope of another service")
            types[one.name], owners[one.name] = one, manifest
    return types, owners


def current_catalogue() -> ScopeCatalogue:
    """The catalogue of the running app."""
    catalogue: ScopeCatalogue = current_app.extensions["citizen_catalogue"]
    return catalogue
