"""Filing a request by a client that holds a key.

Standard: GeoReport v2, POST Service Request. Extensions: `district`; `coordinate_system` (WGS-84, GCJ-02);
    `confidential` and `anonymous`, whose answer carries a token instead of an id, because nobody can look such a
    request up.
"""

import math
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.datastructures import MultiDict

from hotline import actions
from hotline.open311.arguments import check_jurisdiction, only
from hotline.open311.blueprint import blueprint
from hotline.open311.errors import ApiKeyRefused, ArgumentMissing, ArgumentWrong, ServiceUnknown
from hotline.open311.formats import answer
from hotline.open311.requests import CHILD, CONTAINER
from hotline.rules import CATEGORIES
from hotline.rules.channels import Channel
from hotline.rules.coordinates import CoordinateSystem, Point, point_of
from hotline.rules.report import Contact, report_of
from hotline.rules.texts import district_in
from services.database.roles import Role
from services.web.current import current_session
from services.web.declare import public
from services.web.language import gettext as _
from services.words import msgid

MOST_DESCRIPTION = 4000
# RFC 3986 leaves the length open; browsers and servers do not.
MOST_URL = 2000
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_.-]{1,64})\](?:\[\])?")
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?")
SYSTEMS = {
    "wgs84": CoordinateSystem.WGS_84,
    "epsg:4326": CoordinateSystem.WGS_84,
    "gcj02": CoordinateSystem.GCJ_02,
}
FORM = {
    "type": "object",
    "required": ["api_key", "service_code"],
    "properties": {
        name: {"type": "string"}
        for name in (
            "api_key",
            "jurisdiction_id",
            "service_code",
            "lat",
            "long",
            "address_string",
            "address_id",
            "email",
            "device_id",
            "account_id",
            "first_name",
            "last_name",
            "phone",
            "description",
            "media_url",
            "district",
            "coordinate_system",
            "confidential",
            "anonymous",
        )
    },
    "additionalProperties": {"type": "string"},
}
BODY = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": FORM}}}


@blueprint.route("/requests.json", methods=["POST"], endpoint="create_request_json")
@blueprint.route("/requests.xml", methods=["POST"], endpoint="create_request_xml")
@public("the standard's clients hold a key of their own instead of an access token", role=Role.RESIDENT)
@blueprint.doc(requestBody=BODY)
def create_request() -> Response:
    """File a request."""
    if request.mimetype not in FORMS:
        raise ArgumentWrong(field="Content-Type", expected="application/x-www-form-urlencoded")
    form, session = request.form, current_session()
    # The framework takes a form that is not UTF-8 for an empty one.
    if (not form and request.content_length) or any(
        "\ufffd" in text for name, values in form.lists() for text in (name, *values)
    ):
        raise ArgumentWrong(field="charset", expected="UTF-8")
    key = only(form, "api_key") or only(request.args, "api_key")
    program = None if key is None else actions.program_of(session, Channel.OPEN311, key)
    if program is None:
        raise ApiKeyRefused
    check_jurisdiction(form)
    check_jurisdiction(request.args)
    report = report_of(**_told(form))
    filed = actions.file_report(session, program, report, channel=Channel.OPEN311.value)
    shown: dict[str, Any] = {}
    if report.is_confidential or report.is_anonymous:
        shown["token"] = actions.create_token(session, number=filed.number)
    else:
        shown["service_request_id"] = filed.number
    notice = _("已收到。查询码 %(code)s，凭编号和查询码可以查进度", code=filed.tracking_code)
    return answer(CONTAINER, CHILD, [{**shown, "service_notice": notice, "account_id": None}], 201)


def _told(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the client sent, as a report is told. Raises: 400 and 404 of the standard."""
    code = only(form, "service_code")
    if code is None:
        raise ArgumentMissing(name="service_code")
    if code not in CATEGORIES:
        raise ServiceUnknown
    description = only(form, "description") or ""
    if len(description) > MOST_DESCRIPTION:
        raise ArgumentWrong(field="description", expected=msgid("最多写 4000 字"))
    point, address = _point(form), only(form, "address_string")
    address_id = only(form, "address_id")
    if point is None and address is None and address_id is None:
        raise ArgumentMissing(name="lat, long / address_string / address_id")
    place = " ".join(part for part in (address, address_id and f"#{address_id}") if part)
    return {
        "category": code,
        "text": description,
        "district": only(form, "district") or district_in(address or ""),
        "place": place,
        "attributes": _attributes(form),
        "contact": _contact(form),
        "point": point,
        "is_confidential": _flag(form, "confidential"),
        "is_anonymous": _flag(form, "anonymous"),
    }


def _point(form: MultiDict[str, str]) -> Point | None:
    """The place on the map; the standard wants both numbers or neither."""
    latitude, longitude = only(form, "lat"), only(form, "long")
    if (latitude is None) != (longitude is None):
        raise ArgumentMissing(name="lat" if latitude is None else "long")
    if latitude is None or longitude is None:
        return None
    told = only(form, "coordinate_system") or "wgs84"
    system = SYSTEMS.get(told.lower().replace("-", "").replace("_", ""))
    if system is None:
        raise ArgumentWrong(field="coordinate_system", expected="WGS-84, GCJ-02")
    return point_of(_number("lat", latitude), _number("long", longitude), system)


def _number(name: str, text: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ArgumentWrong(field=name, expected=msgid("写一个数字"))
    return float(text)


def _attributes(form: MultiDict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, values in form.lists():
        if not name.startswith("attribute"):
            continue
        match = _ATTRIBUTE.fullmatch(name)
        if match is None:
            raise ArgumentWrong(field="attribute", expected="attribute[code], attribute[code][]")
        found.setdefault(match.group(1), []).extend(values)
    return found


def _contact(form: MultiDict[str, str]) -> Contact:
    url = only(form, "media_url") or ""
    if url and (len(url) > MOST_URL or urlsplit(url).scheme not in {"http", "https"}):
        raise ArgumentWrong(field="media_url", expected="https://…")
    names = [only(form, "last_name"), only(form, "first_name")]
    return Contact(
        name=" ".join(name for name in names if name),
        phone=only(form, "phone") or "",
        email=only(form, "email") or "",
        account_id=only(form, "account_id") or "",
        device_id=only(form, "device_id") or "",
        media_url=url,
    )


def _flag(form: MultiDict[str, str], name: str) -> bool:
    value = (only(form, name) or "false").lower()
    if value not in {"true", "false", "1", "0"}:
        raise ArgumentWrong(field=name, expected="true, false")
    return value in {"true", "1"}
