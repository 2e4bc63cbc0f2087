"""How one version of a resource is answered."""

from flask import Response, request

from health_file import actions
from health_file.errors import ParameterInvalid
from health_file.fhir import negotiation, outcomes, query, summaries
from health_file.fhir.routes import binary
from health_file.fhir.routes.addresses import address_of
from services.web.language import gettext as _


def written(view: actions.ResourceView, status: int) -> Response:
    """What a writer hears: where the version stands, and as much of it as they prefer."""
    response = shown(view, status)
    wanted = negotiation.preferred_return()
    if wanted == "minimal":
        response.set_data(b"")
    elif wanted == "OperationOutcome":
        outcome = outcomes.answer(outcomes.informational(_("已保存")), status)
        response.set_data(outcome.get_data())
    response.headers["Location"] = f"{address_of(view)}/_history/{view.version}"
    return response


def shown(view: actions.ResourceView, status: int) -> Response:
    """A version, with its ETag and Last-Modified."""
    return _stamped(outcomes.answer(view.as_fhir(), status), view)


PART = ("_summary", "_elements")


def part_asked(resource_type: str) -> query.Results:
    """How much of a resource its reader wants (search.html#summary, #elements). Raises: ParameterInvalid 400."""
    negotiation.require_no_parameters(*PART)
    pairs = [(name, request.args[name]) for name in PART if name in request.args]
    wanted, _rest = query.take_results([resource_type], pairs)
    if wanted.summary == "count":
        raise ParameterInvalid("_summary", "true | text | data | false")
    return wanted


def read(view: actions.ResourceView, part: query.Results) -> Response:
    """A version as its reader takes it: the resource or, of a Binary, its bytes; 304 where they have it already."""
    if binary.wants_bytes(view):
        response = binary.as_bytes(view)
    else:
        resource = summaries.shown(view.as_fhir(), summary=part.summary, elements=part.elements)
        response = outcomes.answer(resource, 200)
    return negotiation.unless_known(_stamped(response, view))


def _stamped(response: Response, view: actions.ResourceView) -> Response:
    response.last_modified = view.recorded_at
    # FHIR's ETag is weak (http.html#versioning).
    response.headers["ETag"] = f'W/"{view.version}"'
    return response


def deleted(view: actions.ResourceView | None) -> Response:
    """What a writer hears of a deletion, whether there was something to delete or not (http.html#delete)."""
    response = Response(status=204)
    if view is not None:
        response.headers["ETag"] = f'W/"{view.version}"'
    return response
