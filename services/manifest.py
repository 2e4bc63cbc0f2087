"""What a service declares about itself: the one door through which `wsgi.py` sees it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Blueprint
    from sqlalchemy import MetaData

    from services.actor import Actor
    from services.database.session import Session
    from services.demo.city import City
    from services.ports import CallerContext


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission a client may ask for.

    `name` is `<package>:<verb>`; `title` is the everyday Chinese sentence of the consent page (marked with
    `msgid`); `holders` are the kinds of account that may carry it: `resident`, a staff role (`operator`,
    `officer`, `supervisor`, `practitioner`, `biller`, `admin`) or `client` for machine clients.
    """

    name: str
    title: str
    holders: frozenset[str]

    def shown(self, translate: Callable[[str], str]) -> str:
        """Its everyday sentence in the reader's language."""
        return translate(self.title)

    @property
    def pieces(self) -> "tuple[Scope, ...]":
        """Scopes that together allow exactly the same; each may be covered by another."""
        return (self,)

    @property
    def parts(self) -> "tuple[Scope, ...]":
        """Narrower scopes among which a person may choose instead of the whole."""
        return ()

    def covers(self, other: "Scope") -> bool:
        """Whether whoever has this one has the other."""
        return self.name == other.name

    def stands_for(self, interaction: "Interaction") -> frozenset[str]:  # noqa: ARG002
        """The scopes declared by routes that it takes the place of, for this interaction alone."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a request would do: any of `letters` (c, r, u, d, s) with one type, None in particular, or all (`*`)."""

    letters: str
    type: str | None = None


class SmartService(Protocol):
    """What a service that speaks FHIR tells the gateway (SMART App Launch 2.2): its scopes, and who is who in it.

    `base_path` is the FHIR base under the suite's address; `examples` are the scopes that the metadata lists, since
    there are too many to list all. The three that look up run in a transaction of the gateway.
    """

    base_path: str
    examples: tuple[str, ...]

    def read_scope(self, name: str) -> Scope | None:
        """The scope that a name of the standard's grammar stands for; None where it cannot be read to the end."""

    def find_patient(self, session: "Session", subject: "UUID") -> str | None:
        """The id of a resident's Patient resource."""

    def find_user(self, session: "Session", account: "UUID", *, unit: str | None) -> str | None:
        """The relative address of the resource that stands for who is signed in (`Practitioner/<id>`).

        `unit` is a member of staff's; residents have none.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailField:
    """One limit that an authorization detail may set (RFC 9396): text of a bounded pattern, or a list of such.

    `title` is its everyday name on the consent page (marked with `msgid`).
    """

    name: str
    title: str
    pattern: str
    longest: int = 64
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationDetailType:
    """A type of authorization details that a service understands (RFC 9396 section 2).

    `actions` maps each action to the scope it needs, so that what a detail allows is also a scope. A type declares
    only such `fields` as the service's own access rules honour: a limit that nobody enforces is none.
    """

    name: str
    title: str
    actions: Mapping[str, str]
    fields: tuple[DetailField, ...] = ()

    @property
    def scopes(self) -> frozenset[str]:
        """Every scope that a detail of this type may stand for."""
        return frozenset(self.actions.values())


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """A documented kind of audit row: past tense, `<package>.<noun>.<verb>ed`."""

    name: str
    title: str
    details: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Job:
    """Work outside the request: `name` is `<package>.<verb>`, `run(session, actor, **ids)` does it once.

    `every` makes it periodic. Jobs run at least once and must be safe to repeat; arguments are ids only.
    """

    name: str
    run: Callable[..., None]
    every: timedelta | None = None
    attempts: int = 5
    own_transaction: bool = False


class Urgency(StrEnum):
    """How a home card stands out: time running out, plain, or harm."""

    DUE = "due"
    PLAIN = "plain"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class HomeCard:
    """One thing that needs this person now: a title, one large fact, one line, one button."""

    title: str
    fact: str
    line: str
    act: str
    url: str
    tag: str = ""
    urgency: Urgency = Urgency.PLAIN
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A service's place in the band of five: its name, where it leads, one line of state."""

    title: str
    url: str
    line: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A place in the console: who holds `scope`, and belongs to `unit` where one is named, works there."""

    scope: str
    url: str
    title: str
    unit: str = ""

    def is_open_to(self, actor: "Actor") -> bool:
        """Whether this member of staff finds the desk in their bar."""
        return self.scope in actor.scopes and self.unit in {"", actor.unit}


def _no_cards(_session: "Session", _actor: "Actor") -> list[HomeCard]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything the suite needs to know to mount, authorize, run, audit and demonstrate a service.

    `name` is the package and PostgreSQL schema (`health_file`), `slug` its place in URLs (`health-file`).
    `home_cards` and `home_line` run inside the home page's transaction with the resident's actor and return
    text that is already in the reader's language. `demo` yields after each step so that a progress bar can
    move. `desks` are the service's places in the staff console. `ports` maps a Protocol of `services.ports`
    to this service's implementation. `transitions` is the state table that the rules read; the documentation
    is written from it. `caller_context` is what an operator of the hotline may hear of a resident who
    consented. `smart` is there where the service speaks FHIR.
    `streams` are blueprints that hold connections open: only `citizen events` mounts them.
    """

    name: str
    slug: str
    title: str
    metadata: "MetaData"
    blueprints: Iterable["Blueprint"] = ()
    streams: Iterable["Blueprint"] = ()
    scopes: tuple[Scope, ...] = ()
    authorization_details: tuple[AuthorizationDetailType, ...] = ()
    audit_events: tuple[AuditEvent, ...] = ()
    jobs: tuple[Job, ...] = ()
    home_cards: "Callable[[Session, Actor], list[HomeCard]]" = _no_cards
    home_line: "Callable[[Session, Actor], HomeLine] | None" = None
    desks: tuple[Desk, ...] = ()
    demo: "Callable[[Session, City], Iterable[str]] | None" = None
    commands: tuple[Any, ...] = ()
    ports: Mapping[type, Any] = field(default_factory=dict)
    transitions: Mapping[Any, Any] = field(default_factory=dict)
    caller_context: "CallerContext | None" = None
    smart: SmartService | None = None
