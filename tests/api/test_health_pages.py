"""The resident's pages of the health file: both languages, without scripts, for oneself and for a child."""

import base64
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from health_file.demo import stories
from health_file.rules import UNIT_SYSTEM
from services import clock, ids
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.gateway.models import residents
from services.gateway.store import people
from services.vault import unseal_text
from services.vault.signing import ensure_signing_keys
from tests.support import fhir
from tests.support.app import app_over
from tests.support.doors import staff_bearer
from tests.support.health import tell, write
from tests.support.people import GATEWAY, Browser, cheap_passwords, enrol_child, enrol_resident, enrol_staff

PAGES = (
    "", "/timeline", "/medicines", "/allergies", "/conditions", "/immunisations", "/results", "/results/4548-4",
    "/documents", "/plans", "/readers", "/consents", "/consents/new", "/delegates", "/download", "/erasure",
)  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]")
CONFIRMED = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "confirmed"}]
}
LINK = re.compile(r'href="(/my/health[^"]*)"')


@pytest.fixture(scope="module")
def database(server, settings, keys, worker_id):
    """A database of this module's own, so that its one long file is written once."""
    name = f"citizen_health_{worker_id}"
    server.clone(name)
    engine = engine_for(settings, server.app_url(name))
    opened = Database(engine, keys)
    with opened.transaction(Opening(role=Role.WORKER)) as session:
        ensure_signing_keys(session)
    yield opened
    engine.dispose()
    server.drop(name)


@pytest.fixture(scope="module")
def app(database):
    return app_over(database)


@pytest.fixture(scope="module")
def person(database):
    with cheap_passwords():
        yield enrol_resident(database)


@pytest.fixture(scope="module")
def chart(database, person):
    return tell(database, person, stories.tell_long_ill)


@pytest.fixture(scope="module")
def browser(app, person):
    reader = Browser(app)
    reader.sign_in(person)
    return reader


def shown(answer) -> str:
    assert answer.status_code == 200, answer.text
    return unescape(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2].partition("</main>")[0]))


def ours(answer) -> str:
    """The words of a page that are not marked as another language."""
    without = re.sub(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", answer.text, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", without))


def test_front_page_tells_first_what_a_doctor_would_ask_first(browser, chart) -> None:
    words = shown(browser.get("/my/health"))
    for told in (
        "青霉素",
        "皮疹",
        "2 型糖尿病",
        "二甲双胍片",
        "每天 2 次",
        "Rh 阳性",
        "医生 · 和平社区卫生中心",
    ):
        assert told in words
    assert "6.4%" in words
    assert "在参考范围内" in words
    for part in ("个人健康标识", "个人基本健康信息", "最近的服务", "汉族", "慢病或重点疾病"):
        assert part in words
    assert words.index("青霉素") < words.index("6.4%") < words.index("个人健康标识")


def test_every_page_speaks_english_but_for_what_was_written_in_chinese(app, person, chart) -> None:
    browser = Browser(app, language="en")
    browser.sign_in(person)
    for path in PAGES:
        answer = browser.get(f"/my/health{path}")
        assert answer.status_code == 200, path
        assert HAN.findall(ours(answer)) == [], path


def test_every_link_on_every_page_leads_somewhere(browser, chart) -> None:
    seen, waiting = set(), ["/my/health"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = browser.get(path)
        assert answer.status_code in {200, 303}, path
        found = (
            {unescape(link) for link in LINK.findall(answer.text)}
            if answer.mimetype == "text/html"
            else set()
        )
        # A few records are enough: they all have the same page.
        records = sum("/records/" in one for one in (*seen, *waiting))
        waiting += [one for one in sorted(found - seen - set(waiting)) if "/records/" not in one]
        waiting += [one for one in sorted(found - seen) if "/records/" in one][: max(0, 8 - records)]
    assert len(seen) > 30


def test_pages_are_light_and_carry_no_inline_style_or_script(browser, chart) -> None:
    for path in PAGES:
        text = browser.get(f"/my/health{path}").text
        assert len(text.encode()) < 30_000, path
        assert not re.search(r"<style|style=|<script(?![^>]*src=)| on\w+=", text), path


def test_empty_file_says_when_something_will_come(app, database) -> None:
    with cheap_passwords():
        newcomer = enrol_resident(database)
        browser = Browser(app)
        browser.sign_in(newcomer)
    for path in set(PAGES) - {"/results/4548-4", "/download", "/readers", "/consents/new"}:
        assert "没有" in shown(browser.get(f"/my/health{path}")), path


def test_results_keep_the_digits_and_never_mix_units(database, browser, chart) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "2339-0"}], "text": "血糖"}
    for day, value, unit in (
        ("2026-01-01", "5.10", "mmol/L"),
        ("2026-02-01", "5.30", "mmol/L"),
        ("2026-03-01", "92", "mg/dL"),
    ):
        quantity = {
            "value": Decimal(value),
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        }
        more = {"code": code, "subject": chart.patient, "effectiveDateTime": day, "valueQuantity": quantity}
        write(database, chart, "Observation", status="final", **more)
    answer = browser.get("/my/health/results/2339-0")
    words = shown(answer)
    assert "5.30 mmol/L" in words
    assert "92 mg/dL" in words
    assert "比2026年1月1日高 0.20" in words
    assert answer.text.count('<svg class="plot"') == 1
    assert answer.text.count("<figure") == 2


def test_plot_says_the_same_in_words_picture_and_table(browser, chart) -> None:
    answer = browser.get("/my/health/results/4548-4")
    picture = re.search(r"<svg class=\"plot\".*?</svg>", answer.text, re.DOTALL)[0]
    assert 'role="img"' in picture
    assert re.search(r"<title id=\"plot-1-title\">糖化血红蛋白</title>", picture)
    assert re.search(r"<desc [^>]*>糖化血红蛋白：最高 7.8%，最低 6.4%，最新 6.4%</desc>", picture)
    assert picture.count("<circle") == 12
    assert picture.count("newest") == 1
    assert answer.text.count("<tr>") == 13
    assert "4.0–7.0%" in shown(answer)


def test_code_with_search_punctuation_finds_only_itself(browser, chart) -> None:
    for code in ("4548-4,2339-0", "loinc|4548-4", "4548-4$", "%5C", "*"):
        assert browser.get(f"/my/health/results/{code}").status_code == 404


def test_files_leave_as_what_they_are_and_sealed_off(browser, chart) -> None:
    listed = browser.get("/my/health/documents")
    found = {}
    for link in dict.fromkeys(re.findall(r'href="(/my/health/documents/0[^"]+)"', listed.text)):
        for file in re.findall(r'href="([^"]+/files/\d)"', browser.get(link).text):
            answer = browser.get(file)
            found[answer.content_type] = answer
    assert set(found) == {"text/plain; charset=utf-8", "image/png", "application/pdf"}
    assert "出院小结" in found["text/plain; charset=utf-8"].text
    assert found["application/pdf"].headers["Content-Disposition"].startswith("attachment;")
    for answer in found.values():
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (b"<html><script>alert(1)</script></html>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"\x00\x01MZ", "application/octet-stream"),
    ],
)
def test_file_that_claims_to_be_something_else_is_never_run(
    database, browser, chart, content, claimed
) -> None:
    one = {"contentType": claimed, "data": base64.b64encode(content).decode(), "title": 'a"\r\n/../b'}
    document = write(
        database,
        chart,
        "DocumentReference",
        status="current",
        subject=chart.patient,
        content=[{"attachment": one}],
    )
    answer = browser.get(f"/my/health/documents/{document}/files/1")
    assert answer.content_type in {"text/plain; charset=utf-8", "application/octet-stream"}
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.data == content
    assert browser.get(f"/my/health/documents/{document}/files/2").status_code == 404


def test_text_of_a_record_is_text(database, browser, chart) -> None:
    evil = "<img src=x onerror=alert(1)>"
    narrative = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">MARKED</div>'}
    record = write(
        database,
        chart,
        "Condition",
        text=narrative,
        code={"text": evil},
        subject=chart.patient,
        onsetString=evil,
    )
    for path in (f"/records/{record}", "/conditions", "/timeline", ""):
        answer = browser.get(f"/my/health{path}")
        assert "<img" not in answer.text
        assert "MARKED" not in answer.text
    assert evil in shown(browser.get(f"/my/health/records/{record}"))


def test_another_residents_record_is_not_there(database, app, chart) -> None:
    with cheap_passwords():
        other = Browser(app)
        other.sign_in(enrol_resident(database))
    record = write(database, chart, "Condition", code={"text": "x"}, subject=chart.patient)
    paths = (f"/records/{record}", f"/documents/{record}", f"/documents/{record}/files/1", "/results/4548-4")
    for path in (*paths, f"/records/{ids.new_id()}"):
        assert other.get(f"/my/health{path}").status_code == 404
    assert other.get(f"/my/health?for={chart.resident.subject_id}").status_code == 404
    assert "青霉素" not in other.get("/my/health").text


def test_guardian_sees_the_child_and_every_link_keeps_the_child(
    database, app, person, browser, chart
) -> None:
    child = enrol_child(database, person)
    known = type(person)(child, number_of(database, child))
    tell(database, known, stories.tell_child, name="王小禾")
    answer = browser.get(f"/my/health?for={child}")
    words = shown(answer)
    assert "王小禾" in words
    assert " 岁" in words
    assert "花生" in words
    assert "青霉素" not in words
    assert "有几类记录只给本人看" in words
    inside = [unescape(link) for link in LINK.findall(answer.text.partition("<main")[2])]
    kept = [link for link in inside if f"for={child}" in link]
    assert set(inside) - set(kept) == {"/my/health"}
    for link in kept[:12]:
        assert "青霉素" not in browser.get(link).text
    assert "麻腮风疫苗" in shown(browser.get(f"/my/health/immunisations?for={child}"))


def number_of(database, child) -> str:
    with database.transaction(GATEWAY) as session:
        row = people.get_resident(session, child)
        return unseal_text(session, residents.c.id_number_sealed, child, child, row.id_number_sealed)


def test_staff_have_no_page_here(app, database) -> None:
    with cheap_passwords():
        doctor = enrol_staff(database, roles=("practitioner",))
        desk = Browser(app)
        desk.sign_in(doctor)
    for path in ("", "/timeline", "/results"):
        assert desk.get(f"/my/health{path}").status_code == 403


def test_each_page_is_one_line_in_the_log(database, browser, chart) -> None:
    before = reads(database)
    browser.get("/my/health/medicines")
    assert reads(database) == before + 1


def reads(database) -> int:
    with database.transaction(Opening(role=Role.VERIFIER)) as session:
        row = session.raw(
            "SELECT count(*) FROM audit.events WHERE event LIKE 'health_file.%%read'"
        ).fetchone()
    return int(row[0])


def test_long_timeline_comes_in_pages(browser, chart) -> None:
    first = browser.get("/my/health/timeline")
    assert first.text.count('<li><span class="small">') + first.text.count('<li class="now">') == 25
    second = browser.get("/my/health/timeline?page=2")
    assert "更新的" in shown(second)
    for nonsense in ("0", "-1", "x", "９", "9" * 40):
        assert browser.get(f"/my/health/timeline?page={nonsense}").status_code == 200
    assert clock.today() > date(2026, 1, 1)


@pytest.fixture(scope="module")
def clinic(app, chart):
    """The clinic that treats the person, and its doctor's token."""
    return staff_bearer(app, "practitioner", "CL-HP")


@pytest.fixture(scope="module")
def stranger(app, database):
    """A clinic that does not treat the person, known to the directory under its own code."""
    bearer = staff_bearer(app, "practitioner", "CL-BJ")
    unit = {
        "resourceType": "Organization",
        "identifier": [{"system": UNIT_SYSTEM, "value": "CL-BJ"}],
        "name": "滨江人民医院",
    }
    assert fhir.write(bearer, unit).status_code == 201
    return bearer


def reads_record(bearer, record) -> int:
    return bearer.get(f"{fhir.BASE}/{record}").status_code


@pytest.fixture(scope="module")
def record(database, chart):
    body = {"code": {"text": "复诊"}, "subject": chart.patient, "verificationStatus": CONFIRMED}
    return f"Condition/{write(database, chart, 'Condition', **body)}"


def test_reader_is_named_with_organisation_and_ground(browser, clinic, record) -> None:
    assert reads_record(clinic, record) == 200
    words = shown(browser.get("/my/health/readers"))
    assert "王敏" in words
    assert "看了诊断" in words
    assert "看病" in words
    assert "您自己" in words
    assert "谁看过我的档案" in shown(browser.get("/my/health"))


def test_person_is_kept_out_after_a_question_and_let_in_again(browser, clinic, record) -> None:
    assert reads_record(clinic, record) == 200
    listed = browser.get("/my/health/readers").text
    link = unescape(re.search(r'href="(/my/health/readers/block\?person=[^"]+)"', listed)[1])
    question = browser.get(link)
    assert "王敏" in shown(question)
    assert "急救" in shown(question)
    assert browser.submit(question, link).status_code == 303
    assert reads_record(clinic, record) == 404
    consents = browser.get("/my/health/consents")
    assert "王敏" in shown(consents)
    undo = unescape(re.search(r'href="(/my/health/consents/0[^"]+)"', consents.text)[1])
    assert browser.submit(browser.get(undo), undo).status_code == 303
    assert reads_record(clinic, record) == 200
    assert "已经停的" in shown(browser.get("/my/health/consents"))


def test_unit_is_kept_out_whole(browser, clinic, record) -> None:
    link = "/my/health/readers/block?unit=CL-HP"
    assert browser.submit(browser.get(link), link).status_code == 303
    assert reads_record(clinic, record) == 404
    undo = unescape(
        re.search(r'href="(/my/health/consents/0[^"]+)"', browser.get("/my/health/readers").text)[1]
    )
    assert browser.submit(browser.get(undo), undo).status_code == 303
    assert reads_record(clinic, record) == 200


@pytest.mark.parametrize(
    "query", ["", "?unit=", "?person=x", "?unit=CL-HP&person=019b76da-a800-741d-bbb2-d3a7e0946200"]
)
def test_question_without_one_party_is_not_there(browser, chart, query) -> None:
    assert browser.get(f"/my/health/readers/block{query}").status_code == 404


def test_consent_is_given_in_steps_and_withdrawn(browser, chart, stranger, record) -> None:
    action = "/my/health/consents/new"
    assert reads_record(stranger, record) == 404
    page = browser.get(action)
    wrong = browser.submit(page, action, name=" ")
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    found = browser.submit(wrong, action, name="滨江")
    assert "滨江人民医院" in shown(found)
    what = browser.submit(found, action, name="滨江", unit="CL-BJ")
    assert "checked" not in what.text
    # The helper sends every box as if ticked; what is not meant is emptied.
    assert browser.submit(what, action, reach="", parts="", sensitive="").status_code == 422
    assert browser.submit(what, action, reach="some", parts="", sensitive="").status_code == 422
    until = browser.submit(what, action, reach="some", parts="conditions", sensitive="")
    assert browser.submit(until, action, purpose="TREAT", life="10000").status_code == 422
    check = browser.submit(until, action, purpose="TREAT", life="30")
    for told in ("滨江人民医院", "得过的病", "看病"):
        assert told in shown(check)
    assert reads_record(stranger, record) == 404
    assert browser.submit(check, action).status_code == 303
    assert reads_record(stranger, record) == 200
    assert reads_record(stranger, f"Patient/{chart.patient['reference'].partition('/')[2]}") == 404
    listed = browser.get("/my/health/consents")
    assert "滨江人民医院" in shown(listed)
    undo = unescape(re.search(r'href="(/my/health/consents/0[^"]+)"', listed.text)[1])
    assert "停止给滨江人民医院的授权吗" in shown(browser.get(undo))
    assert browser.submit(browser.get(undo), undo).status_code == 303
    assert reads_record(stranger, record) == 404


def test_step_back_keeps_what_was_answered(browser, chart, stranger) -> None:
    action = "/my/health/consents/new"
    found = browser.submit(browser.get(action), action, name="滨江")
    what = browser.submit(found, action, name="滨江", unit="CL-BJ")
    until = browser.submit(what, action, reach="some", parts="results", sensitive="")
    back = browser.submit(until, action, back="1")
    assert re.search(r'value="results" checked', back.text)
    assert re.search(r'value="CL-BJ" checked', browser.submit(back, action, back="1").text)
    assert browser.post(action, step="nonsense").status_code in {403, 404}
