"""The scopes of all mounted services: what exists, which service it reaches, who may hold it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import current_app

from services.gateway.console.access import SCOPES as CONSOLE_SCOPES
from services.manifest import AuthorizationDetailType, Manifest, Scope
from services.words import msgid

RESIDENT = frozenset({"resident"})
EVERYONE = frozenset({"resident", "operator", "officer", "supervisor", "practitioner", "biller", "admin"})

STANDARD_SCOPES = (
    Scope("openid", msgid("确认您是谁"), EVERYONE),
    Scope("offline_access", msgid("您不在时也能继续，最长 30 天"), EVERYONE),
    Scope("profile", msgid("您的姓名"), EVERYONE),
    Scope("verified_identity", msgid("市里核对过的您的姓名和出生日期"), EVERYONE),
)


@dataclass(frozen=True)
class ScopeCatalogue:
    """Every scope by name, and the service each belongs to; every type of authorization details likewise."""

    scopes: dict[str, Scope]
    services: dict[str, Manifest]
    detail_types: dict[str, AuthorizationDetailType] = field(default_factory=dict)
    detail_services: dict[str, Manifest] = field(default_factory=dict)

    def service_of(self, scope: str) -> Manifest | None:
        """The service a scope reaches; None for the standards' own scopes."""
        return self.services.get(scope)

    def packages(self, scopes: Iterable[str]) -> frozenset[str]:
        """The services these scopes reach, by the names of their packages."""
        return frozenset(self.services[name].name for name in scopes if name in self.services)

    def allowed(self, scope: str, holder: str) -> bool:
        """Whether this kind of account (or machine `client`) may carry the scope."""
        known = self.scopes.get(scope)
        return known is not None and holder in known.holders

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
        slugs = {self.services[name].slug for name in scopes if name in self.services}
        return tuple(f"{base_url}/{slug}" for slug in sorted(slugs))


def build_catalogue(manifests: Iterable[Manifest]) -> ScopeCatalogue:
    """Collect scopes and types of details; what is declared twice, or needs an unknown scope, stops the boot."""
    manifests = tuple(manifests)
    scopes = {scope.name: scope for scope in (*STANDARD_SCOPES, *CONSOLE_SCOPES)}
    services: dict[str, Manifest] = {}
    for manifest in manifests:
        for scope in manifest.scopes:
            if scope.name in scopes:
                raise ValueError(f"scope {scope.name} is declared twice")
            scopes[scope.name] = scope
            services[scope.name] = manifest
    return ScopeCatalogue(scopes, services, *_detail_types(manifests, services))


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
