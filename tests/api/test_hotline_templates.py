"""Answer templates: versions, a closed table of places, and a filled text that never holds an open place."""

import pytest

from services.database.roles import Role
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_staff, forms_of

TICKET = {
    "category": "road",
    "text": "井盖松了，说明里写 {unit}",
    "district": "东岸区",
    "place": "和平路 {number} {due_on}",
}
TEMPLATE = {
    "seen": 0,
    "purpose": "inform",
    "title": "谁在办",
    "title_en": "Who has it",
    "text": "诉求 {number}（{category}，{place}）由{unit}办，{due_on}前答复。",
    "text_en": "Report {number} ({category}, {place}): {unit}, by {due_on}.",
}
URL = "/hotline/v1/templates/who"


@pytest.fixture
def operator(app):
    return staff_bearer(app, "operator", "HOTLINE")


@pytest.fixture
def ticket(app):
    return resident_bearer(app).post("/hotline/v1/tickets", json=TICKET).get_json()


def filled(who, ticket, **query):
    return who.get(f"/hotline/v1/tickets/{ticket['id']}/templates/who", query_string=query)


def test_template_is_kept_in_versions_and_the_late_writer_is_told(supervisor, operator) -> None:
    assert supervisor.put(URL, json=TEMPLATE).get_json()["version"] == 1
    assert supervisor.put(URL, json=TEMPLATE | {"seen": 1, "title": "谁"}).get_json()["version"] == 2
    assert supervisor.put(URL, json=TEMPLATE | {"seen": 1}).status_code == 412
    assert operator.get(f"{URL}/versions/1").get_json()["title"] == "谁在办"
    assert operator.get(f"{URL}/versions/{2**40}").status_code == 404
    assert operator.put(URL, json=TEMPLATE | {"seen": 2}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "{phone}", "text_en": "{phone}"}, "/text"),
        ({"text": "{number.__class__}", "text_en": "x"}, "/text"),
        ({"text": "{number!r}", "text_en": "x"}, "/text"),
        ({"text": "{{number}}", "text_en": "{number}"}, "/text"),
        ({"text": "{", "text_en": "x"}, "/text"),
        ({"text": "｛unit｝", "text_en": "x"}, "/text"),
        ({"text": "由{unit}办", "text_en": "Somebody has it"}, "/text_en"),
        ({"category": "weather"}, "category"),
    ],
)
def test_place_that_nobody_fills_is_refused_at_saving(supervisor, change, field) -> None:
    answer = supervisor.put(URL, json=TEMPLATE | change)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"].strip("/")) == (422, field.strip("/"))


def test_what_is_missing_is_said_and_what_is_filled_in_is_never_filled_again(
    supervisor, operator, ticket
) -> None:
    supervisor.put(URL, json=TEMPLATE)
    told = filled(operator, ticket).get_json()
    assert told["missing"] == ["due_on"]
    place = "道路与井盖，和平路 {number} {due_on}"
    assert told["text"] == f"诉求 {ticket['number']}（{place}）由市民热线办，（还没有答复的期限）前答复。"
    english = filled(operator, ticket, language="en").get_json()["text"]
    assert english.startswith(f"Report {ticket['number']} (Roads")
    assert "(no deadline for the answer yet)" in english
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/claim")
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/actions", json={"action": "dispatch"})
    told = filled(operator, ticket).get_json()
    assert (told["missing"], "东岸区市政所" in told["text"], "年" in told["text"]) == ([], True, True)


def test_retired_template_is_offered_to_nobody(supervisor, operator, ticket) -> None:
    supervisor.put(URL, json=TEMPLATE)
    supervisor.put(URL, json=TEMPLATE | {"seen": 1, "is_retired": True})
    listed = operator.get("/hotline/v1/templates").get_json()
    assert "who" not in {one["code"] for one in listed}
    assert "who" in {
        one["code"] for one in operator.get("/hotline/v1/templates?with_retired=true").get_json()
    }
    assert filled(operator, ticket).status_code == 404


def test_template_of_a_category_comes_before_those_for_all(supervisor, operator) -> None:
    supervisor.put(URL, json=TEMPLATE | {"category": "road"})
    listed = operator.get("/hotline/v1/templates?purpose=inform&category=road").get_json()
    assert [one["code"] for one in listed] == ["who", "who-and-when"]
    listed = operator.get("/hotline/v1/templates?purpose=inform&category=noise").get_json()
    assert [one["code"] for one in listed] == ["who-and-when"]


def test_template_is_filled_for_nobody_who_does_not_see_the_ticket(app, supervisor, ticket) -> None:
    supervisor.put(URL, json=TEMPLATE)
    assert filled(staff_bearer(app, "officer", "GREEN-XP"), ticket).status_code == 404
    assert resident_bearer(app).get("/hotline/v1/templates").status_code == 403


def test_filling_for_a_confidential_ticket_is_read_in_the_audit_log(
    app, supervisor, operator, database
) -> None:
    supervisor.put(URL, json=TEMPLATE)
    sealed = (
        resident_bearer(app).post("/hotline/v1/tickets", json=TICKET | {"is_confidential": True}).get_json()
    )
    assert filled(operator, sealed).status_code == 200
    leaves = database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    assert any("hotline.sealed_ticket.read" in leaf and sealed["id"] in leaf for leaf in leaves)


WRITTEN = {name: TEMPLATE[name] for name in TEMPLATE if name != "seen"} | {"code": "who", "category": ""}


@pytest.fixture
def desk(app, database):
    """Browsers of an operator and a supervisor."""
    browsers = []
    with cheap_passwords():
        for role in ("operator", "supervisor"):
            person, browser = enrol_staff(database, roles=(role,)), Browser(app)
            browser.sign_in(person)
            browsers.append(browser)
    return browsers


def test_pages_write_a_template_and_fill_it_in_below_what_was_typed(desk, ticket) -> None:
    operator, supervisor = desk
    assert operator.get("/console/hotline/templates/new").status_code == 403
    page = supervisor.get("/console/hotline/templates/new")
    wrong = supervisor.submit(page, "/console/hotline/templates", **WRITTEN | {"text": "{phone}"})
    assert (wrong.status_code, 'href="#text"' in wrong.text, "{due_on}" in wrong.text) == (422, True, True)
    written = supervisor.submit(wrong, "/console/hotline/templates", is_retired="", **WRITTEN)
    assert written.status_code == 303
    assert "谁在办" in operator.get("/console/hotline/templates").text
    case = f"/console/hotline/{ticket['id']}"
    operator.submit(operator.get(case), f"{case}/claim")
    page = operator.get(case)
    assert f'formaction="{case}/template#note"' in page.text
    sent = forms_of(page.text)[2]["fields"] | {"template": "who", "language": "en", "note": "Hello"}
    filled = operator.post(f"{case}/template", **sent)
    assert filled.status_code == 200
    assert f">Hello\n\nReport {ticket['number']}" in filled.text
    assert "这件诉求还没有：答复的期限" in filled.text
    answer = operator.post(case, **forms_of(filled.text)[2]["fields"], note="改好了", action="inform")
    assert answer.status_code == 303
    assert "改好了" in operator.get(case).text


def test_page_tells_the_late_writer_and_keeps_the_words(desk) -> None:
    _, supervisor = desk
    first = supervisor.get("/console/hotline/templates/done")
    second = supervisor.get("/console/hotline/templates/done")
    told = WRITTEN | {"code": "done", "is_retired": ""}
    assert supervisor.submit(first, "/console/hotline/templates", **told).status_code == 303
    late = supervisor.submit(second, "/console/hotline/templates", **told)
    assert (late.status_code, TEMPLATE["text_en"] in late.text) == (412, True)
