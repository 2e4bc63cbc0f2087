"""The two kinds of blueprint: JSON APIs, which take access tokens, and pages, which take the page session."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flask import Blueprint, Request, Response
from flask_smorest import Blueprint as SmorestBlueprint

from services.web.arguments import StrictParser

if TYPE_CHECKING:
    from services.actor import Actor
    from services.manifest import Interaction
    from services.web.problems import Problem

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """Takes a view and gives it back."""

    def __call__(self, view: View, /) -> View:
        """The same view."""


class ApiBlueprint(SmorestBlueprint):  # type: ignore[misc]  # the library carries no types
    """JSON routes of one service under `/<slug>/v1`, documented in OpenAPI.

    `service` is the package whose rows the route's transaction reaches. A standard's own base
    (`/health-file/fhir`, `/hotline/open311/v2`) is a further ApiBlueprint with its own `url_prefix`, and may answer
    failures in the standard's shape through `problem_renderer`.
    """

    ARGUMENTS_PARSER = StrictParser()
    # Whether a query parameter may stand twice, because the standard says what that means.
    takes_repeats = False
    # The largest body, where a standard's own documents are larger than the suite's limit.
    most_body_bytes: int | None = None
    problem_renderer: "Callable[[Problem], Response] | None" = None
    # What a request would do, where scopes of a standard may take the place of those declared; None: they may not.
    interaction_of: "Callable[[Request], Interaction | None] | None" = None
    # How the service sees the actor of a request, where a header of its own says more about them; it only narrows.
    actor_for: "Callable[[Request, Actor], Actor] | None" = None
    # Whether programs in browsers of any origin may call it: with a token, never with a cookie.
    takes_cross_origin = False

    if TYPE_CHECKING:
        # The library carries no types; these are its decorators as our routes use them. Each keeps the view.
        def route(self, rule: str, **options: Any) -> Decorator: ...
        def get(self, rule: str, **options: Any) -> Decorator: ...
        def post(self, rule: str, **options: Any) -> Decorator: ...
        def arguments(self, schema: Any, **options: Any) -> Decorator: ...
        def response(self, status_code: int, schema: Any = ..., **options: Any) -> Decorator: ...
        def doc(self, **options: Any) -> Decorator: ...

    def __init__(self, name: str, import_name: str, *, service: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.service = service


class PageBlueprint(Blueprint):
    """HTML pages of one service; its templates stand in `templates/<package>/`.

    `unrecorded` names endpoints whose forms are checked like all others but leave no idempotency record: what is
    typed into them, a password, may not even be digested, and doing them twice does no harm. `unprotected` names
    those without a form token, which change nothing but a cookie of the sender's own, or take JSON alone.
    `problem_renderer` answers failures where no page is read.
    """

    problem_renderer: "Callable[[Problem], Response] | None" = None
    # The largest body, where files are sent that are larger than the suite's limit.
    most_body_bytes: int | None = None
    unrecorded: frozenset[str] = frozenset()
    unprotected: frozenset[str] = frozenset()

    def __init__(self, name: str, import_name: str, *, service: str, **options: Any) -> None:
        options.setdefault("template_folder", "templates")
        super().__init__(name, import_name, **options)
        self.service = service
