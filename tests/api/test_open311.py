"""GeoReport v2 as its specification shows it: shapes, filters, errors, keys; and nothing of a person, ever."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from hotline import actions
from hotline.rules.channels import Channel
from hotline.rules.questions import QUESTIONS
from services import clock
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer

BASE = "/hotline/open311/v2"
KEY = "a-key-of-the-tests"
# The specification's own example of a request, with our codes.
EXAMPLE = {
    "api_key": KEY,
    "service_code": "street_light",
    "lat": "31.23524078",
    "long": "121.4712043",
    "address_string": "和平路 1234 弄",
    "email": "smit333@canary.example",
    "device_id": "tt222111canary",
    "account_id": "canary123456",
    "first_name": "约翰卡纳里",
    "last_name": "史密斯",
    "phone": "13912345678",
    "description": "三号楼前路灯坏了卡纳里",
    "media_url": "http://canary.example/2212426634_5ed477a060.jpg",
    "attribute[POLE_NUMBER]": "HP-CANARY-1",
    "attribute[FAULT]": "dark",
}
CANARIES = [
    EXAMPLE[name]
    for name in EXAMPLE
    if name not in {"api_key", "service_code", "attribute[FAULT]", "lat", "long"}
]
FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]


@pytest.fixture
def http(client, database, privacy):
    privacy.watch(*CANARIES)
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        actions.create_channel_key(session, system("tests"), channel=Channel.OPEN311, title="t", key=KEY)
    return client


def parsed(document):
    return ET.fromstring(document)  # noqa: S314  # our own answers


def post(http, fmt="json", **change):
    form = {name: value for name, value in {**EXAMPLE, **change}.items() if value is not None}
    return http.post(f"{BASE}/requests.{fmt}", data=form)


def listed(http, **query):
    answer = http.get(f"{BASE}/requests.json", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@pytest.mark.parametrize("path", ["discovery", "services", "services/street_light", "requests"])
def test_format_is_the_end_of_the_address_and_the_charset_is_said(http, path) -> None:
    found = http.get(f"{BASE}/{path}.json")
    assert found.headers["Content-Type"] == "application/json; charset=utf-8"
    found = http.get(f"{BASE}/{path}.xml")
    assert found.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert found.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    parsed(found.data)


def test_discovery_has_every_field_of_the_standard(http) -> None:
    found = http.get(f"{BASE}/discovery.json").get_json()
    assert list(found) == ["changeset", "contact", "key_service", "endpoints"]
    assert list(found["endpoints"][0]) == ["specification", "url", "changeset", "type", "formats"]
    root = parsed(http.get(f"{BASE}/discovery.xml").data)
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_services_are_a_bare_array_and_say_which_have_questions(http) -> None:
    found = http.get(f"{BASE}/services.json").get_json()
    assert {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"} == set(
        found[0]
    )
    assert {one["service_code"] for one in found if one["metadata"]} == set(QUESTIONS)
    root = parsed(http.get(f"{BASE}/services.xml").data)
    assert root.tag == "services"
    assert [one.findtext("service_code") for one in root] == [one["service_code"] for one in found]
    assert {one.findtext("metadata") for one in root} == {"true", "false"}


def test_definition_has_typed_attributes_in_both_formats(http) -> None:
    found = http.get(f"{BASE}/services/parking.json").get_json()
    blocked = found["attributes"][0]
    assert list(blocked) == [
        "variable", "code", "datatype", "required", "datatype_description", "order", "description", "values",
    ]  # fmt: skip
    assert (blocked["datatype"], blocked["required"], blocked["order"]) == ("singlevaluelist", True, 1)
    root = parsed(http.get(f"{BASE}/services/parking.xml").data)
    assert root.tag == "service_definition"
    assert [one.text for one in root.findall("attributes/attribute/values/value/key")] == [
        one["key"] for one in blocked["values"]
    ]
    assert http.get(f"{BASE}/services/other.json").get_json() == {"service_code": "other", "attributes": []}


def test_english_is_spoken_when_asked(http) -> None:
    found = http.get(f"{BASE}/services.json", headers={"Accept-Language": "en"}).get_json()
    assert all(one["service_name"].isascii() for one in found)


def test_post_gives_an_id_and_no_token(http) -> None:
    answer = post(http)
    assert answer.status_code == 201
    (made,) = answer.get_json()
    assert list(made) == ["service_request_id", "service_notice", "account_id"]
    root = parsed(post(http, "xml").data)
    assert root.tag == "service_requests"
    assert root.find("request/service_request_id") is not None
    assert root.find("request/token") is None


def test_post_then_get_has_every_field_and_nothing_of_a_person(http) -> None:
    (made,) = post(http).get_json()
    number = made["service_request_id"]
    (found,) = http.get(f"{BASE}/requests/{number}.json").get_json()
    assert list(found) == FIELDS
    assert (found["status"], found["service_code"], found["description"]) == ("open", "street_light", None)
    assert (found["lat"], found["long"], found["media_url"]) == (None, None, None)
    assert datetime.fromisoformat(found["requested_datetime"]).tzinfo is not None
    root = parsed(http.get(f"{BASE}/requests/{number}.xml").data)
    assert [one.tag for one in root.find("request")] == FIELDS
    everything = http.get(f"{BASE}/requests.json").text + http.get(f"{BASE}/requests.xml").text
    assert [canary for canary in CANARIES if canary in everything] == []


def test_post_reaches_the_desk_with_contact_and_answers(app, http) -> None:
    (made,) = post(http).get_json()
    operator = staff_bearer(app, "operator", "HOTLINE")
    (ticket,) = operator.get("/hotline/v1/tickets").get_json()["items"]
    assert (ticket["number"], ticket["channel"], ticket["contact"]) == (
        made["service_request_id"],
        "open311",
        None,
    )
    assert ticket["attributes"] == {"POLE_NUMBER": "HP-CANARY-1", "FAULT": "dark"}
    held = operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim").get_json()
    assert held["contact"]["phone"] == EXAMPLE["phone"]
    assert held["contact"]["media_url"] == EXAMPLE["media_url"]
    assert held["point"]["latitude"] == pytest.approx(31.23524078)


def test_description_is_shown_after_an_operator_released_one(app, http) -> None:
    (made,) = post(http).get_json()
    operator = staff_bearer(app, "operator", "HOTLINE")
    (ticket,) = operator.get("/hotline/v1/tickets").get_json()["items"]
    body = {"text": "和平路一盏路灯不亮", "place": "和平路近民生街", "with_point": True}
    answer = operator.post(f"/hotline/v1/tickets/{ticket['id']}/publication", json=body)
    assert (answer.status_code, answer.get_json()["public_text"]) == (200, body["text"])
    (found,) = http.get(f"{BASE}/requests/{made['service_request_id']}.json").get_json()
    assert (found["description"], found["address"]) == (body["text"], body["place"])
    assert found["lat"] == pytest.approx(31.23524078)


def test_status_follows_the_ticket(app, http) -> None:
    (made,) = post(http).get_json()
    operator = staff_bearer(app, "operator", "HOTLINE")
    (ticket,) = operator.get("/hotline/v1/tickets").get_json()["items"]
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    url = f"/hotline/v1/tickets/{ticket['id']}/actions"
    assert (
        operator.post(url, json={"action": "answer", "note": "已告知", "article": "where-to-go"}).status_code
        == 200
    )
    assert [one["service_request_id"] for one in listed(http, status="closed")] == [
        made["service_request_id"]
    ]
    assert listed(http, status="open") == []
    assert len(listed(http, status="open,closed")) == 1
    assert len(http.get(f"{BASE}/requests.json?status=open&status=closed").get_json()) == 1


def test_confidential_and_anonymous_give_a_token_and_do_not_exist_in_public(app, http) -> None:
    for name in ("confidential", "anonymous"):
        (made,) = post(http, **{name: "true"}).get_json()
        assert "service_request_id" not in made
        (behind,) = http.get(f"{BASE}/tokens/{made['token']}.json").get_json()
        assert list(behind) == ["service_request_id", "token"]
        assert http.get(f"{BASE}/requests/{behind['service_request_id']}.json").status_code == 404
    assert listed(http) == []
    root = parsed(http.get(f"{BASE}/tokens/{made['token']}.xml").data)
    assert root.findtext("request/token") == made["token"]


def test_empty_list_is_empty_in_both_formats(http) -> None:
    assert http.get(f"{BASE}/requests.json").data == b"[]"
    root = parsed(http.get(f"{BASE}/requests.xml").data)
    assert (root.tag, len(root)) == ("service_requests", 0)


def test_ids_override_every_other_filter(http) -> None:
    numbers = [post(http).get_json()[0]["service_request_id"] for _ in range(3)]
    found = listed(
        http, service_request_id=f"{numbers[0]}, {numbers[2]}", status="closed", start_date="1999-01-01T00:00:00Z",
        end_date="1999-01-02T00:00:00Z",
    )  # fmt: skip
    assert {one["service_request_id"] for one in found} == {numbers[0], numbers[2]}


def test_filters_by_service_and_time(http) -> None:
    post(http)
    post(http, service_code="road", **{"attribute[POLE_NUMBER]": None, "attribute[FAULT]": None})
    now = datetime.now(UTC)
    assert len(listed(http, service_code="road")) == 1
    assert len(listed(http, service_code="road,street_light")) == 2
    assert listed(http, service_code="greening") == []
    past = {"start_date": "2020-01-01T00:00:00Z", "end_date": "2020-02-01T00:00:00+08:00"}
    assert listed(http, **past) == []
    assert len(listed(http, start_date=(now - timedelta(days=1)).isoformat())) == 2
    assert listed(http, end_date=(now - timedelta(days=1)).isoformat()) == []
    assert len(listed(http, start_date="", end_date="", status="", service_code="")) == 2


def test_range_defaults_to_the_last_90_days(http) -> None:
    with clock.held(datetime.now(UTC) - timedelta(days=95)):
        (old,) = post(http).get_json()
    (new,) = post(http).get_json()
    assert [one["service_request_id"] for one in listed(http)] == [new["service_request_id"]]
    assert http.get(f"{BASE}/requests/{old['service_request_id']}.json").status_code == 200


def test_pages_hold_each_request_once(http) -> None:
    numbers = {post(http).get_json()[0]["service_request_id"] for _ in range(3)}
    pages = [listed(http, page=page, page_size=2) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert {one["service_request_id"] for page in pages for one in page} == numbers


WRONG_FILTERS = [
    {"start_date": "2010-01-01"},
    {"start_date": "2010-01-01T00:00:00"},
    {"start_date": "2010-01-01T00:00:00Z", "end_date": "2010-06-01T00:00:00Z"},
    {"start_date": "2010-02-01T00:00:00Z", "end_date": "2010-01-01T00:00:00Z"},
    {"start_date": "0001-01-01T00:00:00+14:00"},
    {"status": "resolved"},
    {"page": "0"},
    {"page_size": "1001"},
    {"page": "９"},
]


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_wrong_filter_is_400_in_the_standards_shape(http, fmt) -> None:
    for query in WRONG_FILTERS:
        answer = http.get(f"{BASE}/requests.{fmt}", query_string=query)
        assert answer.status_code == 400, query
        if fmt == "json":
            (error,) = answer.get_json()
            assert (list(error), error["code"]) == (["code", "description"], 400)
        else:
            root = parsed(answer.data)
            assert (root.tag, root.findtext("error/code")) == ("errors", "400")
            assert root.findtext("error/description")


WRONG_REQUESTS = [
    ({"api_key": None}, 403, "api_key"),
    ({"api_key": "wrong"}, 403, "api_key"),
    ({"service_code": None}, 400, "service_code"),
    ({"service_code": "nope"}, 404, "service_code"),
    ({"jurisdiction_id": "elsewhere.gov"}, 404, "jurisdiction_id"),
    ({"lat": None}, 400, "lat"),
    ({"long": None}, 400, "long"),
    ({"lat": None, "long": None, "address_string": None}, 400, "address_string"),
    ({"lat": "121.47", "long": "31.23"}, 400, "lat"),
    ({"lat": "1e3"}, 400, "lat"),
    ({"lat": "nan"}, 400, "lat"),
    ({"coordinate_system": "BD-09"}, 400, "coordinate_system"),
    ({"description": "x" * 4001}, 400, "description"),
    ({"media_url": "file:///etc/passwd"}, 400, "media_url"),
    ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
    ({"attribute[FAULT]": "purple"}, 400, "attribute[FAULT]"),
    ({"attribute[NOPE]": "x"}, 400, "attribute"),
    ({"attribute(FAULT)": "x"}, 400, "attribute"),
    (
        {"service_code": "parking", "attribute[FAULT]": None, "attribute[POLE_NUMBER]": None},
        400,
        "BLOCKED",
    ),
    ({"confidential": "perhaps"}, 400, "confidential"),
]


def test_wrong_request_files_nothing(http, database) -> None:
    for change, status, said in WRONG_REQUESTS:
        answer = post(http, **change)
        assert (answer.status_code, answer.get_json()[0]["code"]) == (status, status), change
        assert said in answer.get_json()[0]["description"]
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [0]


def test_multivalue_attributes_come_with_brackets_or_several_times(app, http) -> None:
    pairs = [(name, EXAMPLE[name]) for name in ("api_key", "lat", "long")]
    pairs += [("service_code", "road"), ("attribute[DANGER][]", "walkers"), ("attribute[DANGER][]", "cars")]
    answer = http.post(
        f"{BASE}/requests.json",
        data=urlencode(pairs),
        content_type="application/x-www-form-urlencoded; charset=utf-8",
    )
    assert answer.status_code == 201
    (ticket,) = staff_bearer(app, "operator", "HOTLINE").get("/hotline/v1/tickets").get_json()["items"]
    assert ticket["attributes"] == {"DANGER": ["walkers", "cars"]}


def test_gcj02_is_converted_and_what_came_is_kept(app, http) -> None:
    assert post(http, coordinate_system="GCJ-02").status_code == 201
    (ticket,) = staff_bearer(app, "operator", "HOTLINE").get("/hotline/v1/tickets").get_json()["items"]
    assert ticket["point"]["received"] == [31.23524078, 121.4712043]
    assert ticket["point"]["received_as"] == "GCJ-02"
    assert 0.001 < abs(ticket["point"]["longitude"] - 121.4712043) < 0.01


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
            "text/xml",
        ),
        (json.dumps(EXAMPLE).encode(), "application/json"),
        (
            b"api_key=a-key-of-the-tests&service_code=other&description=\xff\xfe",
            "application/x-www-form-urlencoded",
        ),
    ],
)
def test_body_of_another_kind_is_refused_unread(http, body, content_type) -> None:
    answer = http.post(f"{BASE}/requests.xml", data=body, content_type=content_type)
    assert answer.status_code == 400
    assert b"root:" not in answer.data


@pytest.mark.parametrize(
    "path", ["requests/999.json", "tokens/none.json", "services/none.json", "nowhere", "requests/1.pdf"]
)
def test_what_is_not_there_is_404_as_an_array(http, path) -> None:
    answer = http.get(f"{BASE}/{path}")
    assert answer.status_code == 404
    assert answer.get_json()[0]["code"] == 404


def test_jurisdiction_of_ours_is_taken_and_another_is_not(http) -> None:
    assert http.get(f"{BASE}/services.json?jurisdiction_id=localhost").status_code == 200
    assert http.get(f"{BASE}/services.json?jurisdiction_id=").status_code == 200
    for path in ("services.json", "services/road.xml", "requests.json", "requests/1.json", "tokens/1.json"):
        assert http.get(f"{BASE}/{path}?jurisdiction_id=elsewhere.gov").status_code == 404


def test_revoked_key_is_refused(http, database) -> None:
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        (row,) = actions.list_channel_keys(session)
        actions.revoke_channel_key(session, system("tests"), key_id=row.id)
    assert post(http).status_code == 403


def test_resident_may_be_anonymous_and_leaves_no_trace(app, database, privacy) -> None:
    reporter = resident_bearer(app)
    body = {"category": "noise", "text": "楼上半夜装修", "district": "东岸区", "is_anonymous": True}
    privacy.watch(body["text"])
    assert reporter.post("/hotline/v1/tickets", json=body).status_code == 201
    assert reporter.get("/hotline/v1/tickets").get_json()["items"] == []
    texts = database.read_as(
        Role.WORKER,
        "SELECT row_to_json(t)::text || (SELECT string_agg(row_to_json(e)::text, '') FROM hotline.ticket_events e) "
        "FROM hotline.tickets t",
    )
    leaves = database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    about = [leaf for leaf in leaves if "hotline.ticket.created" in leaf]
    assert [text for text in [*texts, *about] if str(reporter.account) in text] == []


def test_confidential_ticket_is_closed_in_lists_and_its_reading_is_audited(app, database) -> None:
    reporter, operator = resident_bearer(app), staff_bearer(app, "operator", "HOTLINE")
    body = {"category": "noise", "text": "举报噪声", "district": "东岸区", "is_confidential": True}
    made = reporter.post("/hotline/v1/tickets", json=body).get_json()
    (listed_one,) = operator.get("/hotline/v1/tickets").get_json()["items"]
    assert (listed_one["text"], listed_one["is_confidential"]) == ("", True)
    assert operator.get(f"/hotline/v1/tickets/{made['id']}").get_json()["text"] == body["text"]
    answer = operator.post(f"/hotline/v1/tickets/{made['id']}/publication", json={"text": "x"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "hotline.not_for_everybody")
    leaves = database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    assert any("hotline.sealed_ticket.read" in leaf and str(operator.account) in leaf for leaf in leaves)


def test_same_text_a_third_time_within_ten_minutes_is_linked_and_not_dropped(app) -> None:
    reporter = resident_bearer(app)
    body = {"category": "noise", "text": "工地 很吵", "district": "东岸区"}
    made = [reporter.post("/hotline/v1/tickets", json=body).get_json() for _ in range(3)]
    found = [reporter.get(f"/hotline/v1/tickets/{one['id']}").get_json() for one in made]
    assert [one["same_as"] for one in found] == [None, None, made[0]["id"]]
