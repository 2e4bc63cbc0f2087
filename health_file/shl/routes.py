"""Where links are opened: manifest, direct file, and files by short-lived addresses.

Standard: SMART Health Links, https://docs.smarthealthit.org/smart-health-links/spec#shl-manifest-request. Viewers are
    pages of other origins, so the answers may be read from everywhere; nothing here depends on who is signed in.
"""

from typing import Any

from flask import Response, request

from health_file import actions
from health_file.errors import PasscodeWrong, ShareInvalid
from services.database.roles import Role
from services.web import json_reader
from services.web.blueprints import ApiBlueprint
from services.web.current import current_session, current_settings
from services.web.declare import public
from services.web.json_writer import json_response
from services.web.problems import Problem

PREFIX = "/health-file/shl"
MOST_BYTES = 4096
JOSE = "application/jose"


def render_problem(problem: Problem) -> Response:
    """The standard's own answer to a wrong passcode; problem+json for all else."""
    if problem.code == PasscodeWrong.code:
        return json_response({"remainingAttempts": int(problem.errors[0]["expected"])}, problem.status)
    return json_response(problem.as_json(), problem.status, "application/problem+json")


blueprint = ApiBlueprint(
    "shl", __name__, service="health_file", url_prefix=PREFIX, description="SMART Health Links"
)
blueprint.problem_renderer = render_problem
WHY = "whoever holds the link opens it: its address is 256 random bits, and its key never comes here"


@blueprint.route("/<string:token>", methods=["POST"])
@public(WHY, role=Role.GATEWAY)
def read_manifest(token: str) -> Response:
    """The manifest: the files of a link, encrypted under the key in it."""
    asked = _asked()
    opened = actions.open_share(
        current_session(), token=token, recipient=asked["recipient"], passcode=asked.get("passcode", "")
    )
    most = asked.get("embeddedLengthMax")
    file: dict[str, Any] = {"contentType": opened.content_type}
    if most is None or len(opened.content) <= most:
        file["embedded"] = opened.content
    else:
        file["location"] = f"{address()}/files/{opened.reference}"
    return json_response({"files": [file]})


@blueprint.route("/<string:token>", methods=["GET"])
@public(WHY, role=Role.GATEWAY)
def read_direct(token: str) -> Response:
    """The one file of a link with flag U."""
    opened = actions.open_share(
        current_session(), token=token, recipient=request.args.get("recipient", ""), is_direct=True
    )
    return Response(opened.content, mimetype=JOSE)


@blueprint.route("/files/<string:reference>", methods=["GET"])
@public(WHY, role=Role.GATEWAY)
def read_file(reference: str) -> Response:
    """A file by the address that the manifest gave, for five minutes."""
    return Response(actions.read_share_file(current_session(), reference=reference), mimetype=JOSE)


@blueprint.route("/<string:token>", methods=["OPTIONS"])
@public("a browser asks before it posts from another origin")
def preflight(token: str) -> Response:
    """What a viewer of another origin may send."""
    del token
    return Response(status=204)


def from_everywhere(response: Response) -> Response:
    """Let viewers of other origins read the answer, and nobody keep it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Cache-Control"] = "no-store"
    return response


blueprint.after_request(from_everywhere)


def address() -> str:
    """Where links are opened."""
    return f"{current_settings().base_url}{PREFIX}"


def _asked() -> dict[str, Any]:
    raw = request.get_data()
    if len(raw) > MOST_BYTES:
        raise ShareInvalid(field="", expected=f"at most {MOST_BYTES} bytes")
    body = json_reader.read(raw)
    kinds = {"recipient": str, "passcode": str, "embeddedLengthMax": int}
    if not isinstance(body, dict) or not isinstance(body.get("recipient"), str):
        raise ShareInvalid(field="recipient", expected="a text that says who asks")
    for name, kind in kinds.items():
        if name in body and (not isinstance(body[name], kind) or isinstance(body[name], bool)):
            raise ShareInvalid(field=name, expected=kind.__name__)
    return {name: body[name] for name in kinds if name in body}
