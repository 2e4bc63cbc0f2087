"""Who makes a request, for whom, and with what reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID


class ActorKind(StrEnum):
    """What stands behind a request."""

    NOBODY = "nobody"
    RESIDENT = "resident"
    STAFF = "staff"
    CLIENT = "client"
    SYSTEM = "system"


class Relation(StrEnum):
    """In what relation the account stands to the subject it acts for."""

    SELF = "self"
    GUARDIAN = "guardian"
    CARER = "carer"
    REPRESENTATIVE = "representative"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one identity that actions, rules and row-level security see.

    `account` is the subject id of the person signed in; `subject` is whom the request is about: the same
    id for `self`, a child's or a legal person's for the other relations, None for staff, clients and
    systems, who name their subjects row by row. `grant` is the id of the token grant or page session.
    `roles` are staff roles (`operator`, `officer`, ...), `unit` the staff member's or client's organisation
    code (a biller's code, a clinic's, a department's). `name` tells systems and clients apart. `services` are the
    packages in which a carer may act for the subject, None is all of them. `limits` are the authorization details of
    the token (RFC 9396): where there are some of a type, its scopes reach no further. `patient` is the one resident
    whose file SMART's `patient/` scopes reach; `implied` are the scopes that SMART scopes stand for in this request,
    no further than those reach.
    """

    kind: ActorKind
    account: UUID | None = None
    subject: UUID | None = None
    relation: Relation = Relation.SELF
    mandate_id: UUID | None = None
    client: str | None = None
    grant: UUID | None = None
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    unit: str | None = None
    acr: str | None = None
    auth_time: datetime | None = None
    purpose: str | None = None
    name: str | None = None
    services: frozenset[str] | None = None
    limits: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    patient: UUID | None = None
    implied: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """How audit and jobs name this actor: an opaque id or a system's name, never a person's."""
        if self.kind is ActorKind.SYSTEM:
            return f"system:{self.name}"
        if self.kind is ActorKind.CLIENT:
            return f"client:{self.client}"
        return f"{self.kind}:{self.account}" if self.account else str(self.kind)

    def has(self, scope: str) -> bool:
        """Whether the actor's token or session carries this scope, or one that stands for it in this request."""
        return scope in self.scopes or scope in self.implied

    def limits_of(self, detail_type: str) -> tuple[Mapping[str, Any], ...]:
        """The authorization details of one type; none means that nothing limits its scopes."""
        return tuple(limit for limit in self.limits if limit["type"] == detail_type)

    def about(self, subject: UUID) -> Self:
        """The same actor, turned to another subject."""
        return replace(self, subject=subject)


NOBODY = Actor(kind=ActorKind.NOBODY)


def system(name: str, *, subject: UUID | None = None, caused_by: UUID | None = None) -> Actor:
    """The actor of a job or command: `system:<name>`, about one subject where it concerns one."""
    return Actor(
        kind=ActorKind.SYSTEM,
        name=name,
        account=caused_by,
        subject=subject,
        relation=Relation.SYSTEM,
    )
