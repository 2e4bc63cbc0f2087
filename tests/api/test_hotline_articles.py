"""The knowledge base: versions, who writes them, and answers that must name one."""

import pytest

from tests.support.doors import resident_bearer

ARTICLE = {"seen": 0, "title": "井盖松动由谁修", "text": "由道路养护单位修，先放警示。", "category": "road"}
URL = "/hotline/v1/articles/manhole"


def claimed(app, operator) -> str:
    asked = {"category": "road", "text": "井盖松了", "district": "东岸区", "place": ""}
    filed = resident_bearer(app).post("/hotline/v1/tickets", json=asked).get_json()
    path = f"/hotline/v1/tickets/{filed['id']}"
    operator.post(f"{path}/claim")
    return path


def test_article_changed_keeps_its_older_version_and_the_late_writer_is_told(app, supervisor) -> None:
    assert supervisor.put(URL, json=ARTICLE).get_json()["version"] == 1
    second = supervisor.put(URL, json=ARTICLE | {"seen": 1, "text": "由市政养护单位修。"})
    assert second.get_json()["version"] == 2
    assert supervisor.put(URL, json=ARTICLE | {"seen": 1}).status_code == 412
    http = app.test_client()
    assert http.get(URL).get_json()["text"] == "由市政养护单位修。"
    assert http.get(f"{URL}/versions/1").get_json()["text"] == ARTICLE["text"]
    found = http.get("/hotline/v1/articles?words=市政&category=road").get_json()
    assert [one["code"] for one in found] == ["manhole"]
    assert http.get("/hotline/v1/articles?words=%25").get_json() == []


def test_article_written_by_an_operator_or_a_resident_is_refused(app, operator) -> None:
    assert operator.put(URL, json=ARTICLE).status_code == 403
    assert resident_bearer(app).put(URL, json=ARTICLE).status_code == 403


@pytest.mark.parametrize("changes", [{"valid_until": "2020-01-01"}, None])
def test_answer_that_cites_nothing_or_what_has_run_out_is_422(app, supervisor, operator, changes) -> None:
    if changes is not None:
        supervisor.put(URL, json=ARTICLE | changes)
    answer = operator.post(
        f"{claimed(app, operator)}/actions", json={"action": "answer", "note": "已告知", "article": "manhole"}
    )
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "/article")


def test_answer_keeps_the_version_it_was_given_from(app, supervisor, operator) -> None:
    supervisor.put(URL, json=ARTICLE)
    path = claimed(app, operator)
    body = {"action": "answer", "note": "已告知", "article": "manhole"}
    assert operator.post(f"{path}/actions", json=body).status_code == 200
    supervisor.put(URL, json=ARTICLE | {"seen": 1, "text": "改了"})
    kept = operator.http.get("/hotline/v1/articles/manhole/versions/1").get_json()
    assert kept["text"] == ARTICLE["text"]
