"""The blueprint of the pages on which people help themselves, and how a form comes back when it was not right.

A form that is refused, expired or sent too often is shown again with a plain sentence and what was typed; passwords
and codes never come back.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, render_template, request

from services.errors import CitizenError
from services.web.blueprints import PageBlueprint
from services.web.language import gettext
from services.web.problems import answer_error

blueprint = PageBlueprint("own_account_pages", "services.gateway", service="gateway")

Redraw = Callable[[CitizenError], Response]
_REDRAWN: dict[str, Redraw] = {}
_RESTARTS: list[tuple[str, type[CitizenError], Redraw]] = []


def redraw(endpoint: str) -> Callable[[Redraw], Redraw]:
    """The function that draws the form of this view again after an error, outside of any transaction."""

    def register(function: Redraw) -> Redraw:
        _REDRAWN[f"{blueprint.name}.{endpoint}"] = function
        return function

    return register


def redrawn() -> frozenset[str]:
    """The endpoints whose forms are drawn again."""
    return frozenset(_REDRAWN)


def restart(prefix: str, error: type[CitizenError]) -> Callable[[Redraw], Redraw]:
    """The function that answers this error on every address below a prefix."""

    def register(function: Redraw) -> Redraw:
        _RESTARTS.append((prefix, error, function))
        return function

    return register


@blueprint.errorhandler(CitizenError)
def show_again(error: CitizenError) -> Response:
    """The form again, where the view has one; what goes wrong with that leads back to the first step."""
    try:
        return _drawn(error)
    except CitizenError as further:
        return _drawn(further, may_redraw=False)


def _drawn(error: CitizenError, *, may_redraw: bool = True) -> Response:
    for prefix, kind, function in _RESTARTS:
        if request.path.startswith(prefix) and isinstance(error, kind):
            return function(error)
    again = _REDRAWN.get(request.endpoint or "") if may_redraw else None
    return answer_error(error) if again is None else again(error)


def leave_no_record(*views: str) -> None:
    """Forms into which passwords or codes are typed leave no idempotency record."""
    blueprint.unrecorded = blueprint.unrecorded | {f"{blueprint.name}.{view}" for view in views}


def page(template: str, error: CitizenError | None = None, *, field: str = "", **values: Any) -> Response:
    """Draw a page; with an error its sentence stands above and at its field, or at `field`."""
    errors = {}
    if error is not None:
        sentence = gettext(error.title)
        errors = {error.field or field: sentence % error.facts if "%(" in sentence else sentence}
    typed = request.form if error is not None else {}
    response = make_response(render_template(template, errors=errors, typed=typed, **values))
    if error is not None:
        response.status_code = error.status
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
    return response
