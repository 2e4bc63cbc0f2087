"""What a route declares about access. A view without a declaration keeps the app from booting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from services.database.roles import Role

View = TypeVar("View", bound=Callable[..., Any])

ATTRIBUTE = "citizen_access"


@dataclass(frozen=True, slots=True)
class StepUp:
    """How sure of the person a route must be, beyond that they signed in.

    Standard: RFC 9470 section 3. `acr` is a rung of `services.gateway.people.acr`; `max_age` the most seconds since
    the person last proved who they are; `why` the sentence of the step-up page, marked with `msgid`.
    """

    acr: str
    max_age: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """Who may call a view, and in what transaction it runs.

    `scopes`: all are needed (API routes take them from the access token, pages from the page session).
    `reason`: why a public route is public. `role`: the database role of the transaction where it is not the
    actor's own; a public route without one needs no database. `any_account`: a page or endpoint that needs a
    signed-in person but no particular scope. `step_up`: how sure of the person it must be.
    """

    scopes: frozenset[str] = frozenset()
    reason: str = ""
    role: Role | None = None
    any_account: bool = False
    step_up: StepUp | None = None

    @property
    def is_public(self) -> bool:
        """Whether nobody in particular may call it."""
        return bool(self.reason)


def scopes(*names: str, role: Role | None = None, step_up: StepUp | None = None) -> Callable[[View], View]:
    """Only an actor that carries all these scopes may call the view; a person, only as sure as `step_up` says.

    With a role a page runs in a transaction of that role: the gateway's own desk writes what only the gateway may.
    """
    return _mark(Declared(scopes=frozenset(names), role=role, step_up=step_up))


def signed_in(*, role: Role | None = None, step_up: StepUp | None = None) -> Callable[[View], View]:
    """Any signed-in person may call the page: it shows only what is the account's own.

    With a role it runs in a transaction of that role: the gateway's own pages change accounts and sessions.
    """
    return _mark(Declared(any_account=True, role=role, step_up=step_up))


def public(reason: str, *, role: Role | None = None) -> Callable[[View], View]:
    """Anyone may call the view, because of `reason`; with a role it runs in a transaction of that role."""
    return _mark(Declared(reason=reason, role=role))


def declared(view: Callable[..., Any]) -> Declared | None:
    """The declaration a view carries, through any wrappers that keep `__wrapped__`."""
    current: Any = view
    while current is not None:
        found = getattr(current, ATTRIBUTE, None)
        if found is not None:
            return found  # type: ignore[no-any-return]
        current = getattr(current, "__wrapped__", None)
    return None


def _mark(declaration: Declared) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, declaration)
        return view

    return mark
