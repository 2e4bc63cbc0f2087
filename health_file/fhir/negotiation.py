"""What the caller asks for beside the resource: format, versions seen, what to return (http.html)."""

import re
from collections.abc import Mapping

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.http import parse_options_header

from health_file.errors import NotAcceptable, ParameterInvalid, VersionOutdated
from health_file.fhir.bodies import body
from health_file.fhir.outcomes import MEDIA_TYPE
from services.web.preconditions import PreconditionRequired
from services.web.request import RepeatedParameter

JSON_TYPES = (MEDIA_TYPE, "application/json")
FORMATS = frozenset({"json", *JSON_TYPES, "text/json"})
VERSION = "4.0"
CHARSET = "utf-8"
# Parameters of every interaction, about the answer's form alone.
GENERAL = frozenset({"_format", "_pretty"})
SEEN = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"')
RETURNS = re.compile(r"(?:^|[,;\s])return=(minimal|representation|OperationOutcome)(?:$|[,;\s])")


def require_format() -> None:
    """Refuse a caller who takes no FHIR JSON. Raises: NotAcceptable 406."""
    # A plus in a query stands for a space to those who decode it as a form.
    asked = request.args.get("_format", "").replace(" ", "+").partition(";")[0]
    if asked:
        if asked.lower() not in FORMATS:
            raise NotAcceptable
    elif request.headers.get("Accept") and not any(
        quality > 0 and _is_ours(*parse_options_header(one)) for one, quality in request.accept_mimetypes
    ):
        raise NotAcceptable


def _is_ours(media_type: str, parameters: Mapping[str, str]) -> bool:
    """FHIR JSON of this version of FHIR, or what includes it (http.html#version-parameter)."""
    is_json = media_type.lower() in {*JSON_TYPES, "application/*", "*/*"}
    return is_json and parameters.get("fhirversion", VERSION) == VERSION


def require_no_parameters(*allowed: str) -> None:
    """Refuse parameters that would silently do nothing. Raises: ParameterInvalid 400."""
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise RepeatedParameter
    for name in request.args:
        if name not in GENERAL and name not in allowed:
            raise ParameterInvalid("parameter", " | ".join(sorted(allowed) or ["none"]), "not-supported")


def require_json_body() -> bytes:
    """The body, which must say that it is FHIR JSON, in UTF-8. Raises: UnsupportedMediaType 415."""
    given = request.mimetype_params
    if request.mimetype not in JSON_TYPES or given.get("fhirversion", VERSION) != VERSION:
        raise UnsupportedMediaType
    # JSON is UTF-8 (RFC 8259); what says that it is written otherwise would be read as something else.
    if given.get("charset", CHARSET).lower() != CHARSET:
        raise UnsupportedMediaType
    return body()


def seen_version(*, is_required: bool) -> int | None:
    """The version that If-Match names. Raises: PreconditionRequired 428, VersionOutdated 412."""
    given = request.headers.get("If-Match")
    if given is None:
        if is_required:
            raise PreconditionRequired
        return None
    found = SEEN.fullmatch(given.strip())
    if found is None:
        raise VersionOutdated
    return int(found[1])


def preferred_return(default: str = "representation") -> str:
    """`minimal`, `representation` or `OperationOutcome` (http.html#ops)."""
    found = RETURNS.search(request.headers.get("Prefer", ""))
    return found[1] if found else default


def is_lenient() -> bool:
    """Whether search parameters that are not known may be left out (search.html#errors)."""
    return "handling=lenient" in request.headers.get("Prefer", "").replace(" ", "")


def unless_known(response: Response) -> Response:
    """304 when the reader has this version already (http.html#cread); a tag says it more exactly than a time."""
    if _is_known(response):
        response.status_code = 304
        response.set_data(b"")
    return response


def _is_known(response: Response) -> bool:
    given = request.headers.get("If-None-Match")
    if given is not None:
        tags = {tag.strip() for tag in given.split(",")}
        return bool({"*", response.headers["ETag"], response.headers["ETag"].removeprefix("W/")} & tags)
    seen, changed = request.if_modified_since, response.last_modified
    return seen is not None and changed is not None and changed.replace(microsecond=0) <= seen
