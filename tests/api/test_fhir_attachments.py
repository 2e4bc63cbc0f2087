"""Attachments: byte for byte, sealed in chunks outside the row, safe to serve; one that was touched is not shown."""

import base64
import json
import os

import pytest

from health_file import store
from services.vault import chunks
from tests.support.fhir import BASE, owner_bearer, write

PDF = b"%PDF-1.7\n" + os.urandom(3000)
JSON = {"Accept": "application/fhir+json"}


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1000)


def path_of(answer):
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].partition("8000")[2].partition("/_history")[0]


def send(bearer, content, declared="application/pdf", **headers):
    return bearer.post(f"{BASE}/Binary", data=content, headers={"Content-Type": declared, **headers})


def test_bytes_come_back_as_they_were_sent_in_either_form(app, clinic, file) -> None:
    context = f"Patient/{file.patient}"
    made = path_of(send(clinic, PDF, **{"X-Security-Context": context}))
    owner = owner_bearer(app, file)
    raw = owner.get(made)
    assert (raw.status_code, raw.get_data(), raw.headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert raw.headers["X-Content-Type-Options"] == "nosniff"
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in raw.headers["Content-Security-Policy"]
    assert raw.headers["X-Security-Context"] == context
    assert raw.headers["ETag"] == 'W/"1"'
    assert owner.get(made, headers={"Accept": "application/pdf"}).get_data() == PDF
    assert owner.get(f"{made}/_history/1").get_data() == PDF
    assert owner.get(made, headers={"Accept": "image/png"}).status_code == 406
    assert owner.get(made, headers={"If-None-Match": 'W/"1"'}).status_code == 304
    for answer in (owner.get(made, headers=JSON), owner.get(f"{made}?_format=json")):
        found = answer.get_json()
        assert base64.b64decode(found["data"]) == PDF
        assert found["securityContext"]["reference"] == context


def test_binary_is_replaced_by_bytes_and_keeps_its_older_version(clinic) -> None:
    made = path_of(send(clinic, PDF))
    text = {"Content-Type": "text/plain; charset=utf-8", "If-Match": 'W/"1"'}
    assert clinic.put(made, data="你好".encode(), headers=text).status_code == 200
    assert clinic.get(made).text == "你好"
    assert clinic.get(f"{made}/_history/1").get_data() == PDF


def test_document_holds_its_attachment(clinic, file) -> None:
    data = base64.encodebytes(PDF * 2).decode()
    body = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"Patient/{file.patient}"},
        "content": [{"attachment": {"contentType": "application/pdf", "data": data, "title": "x"}}],
    }
    made = path_of(write(clinic, body))
    assert clinic.get(made).get_json()["content"] == body["content"]
    found = clinic.get(f"{BASE}/DocumentReference?patient={file.patient}").get_json()["entry"]
    assert found[0]["resource"]["content"] == body["content"]
    patched = clinic.http.patch(
        made,
        data=json.dumps([{"op": "replace", "path": "/content/0/attachment/title", "value": "y"}]),
        headers=clinic._headers(
            {"headers": {"Content-Type": "application/json-patch+json", "If-Match": 'W/"1"'}}
        ),
    )
    assert patched.status_code == 200, patched.text
    assert clinic.get(made).get_json()["content"][0]["attachment"] == {
        **body["content"][0]["attachment"],
        "title": "y",
    }


def test_declared_type_that_the_bytes_contradict_is_refused(clinic, file) -> None:
    for content, declared in (
        (b"\x7fELF", "application/pdf"),
        (PDF, "image/png"),
        (b"{}", "application/xml"),
    ):
        refused = send(clinic, content, declared)
        assert (refused.status_code, refused.get_json()["resourceType"]) == (415, "OperationOutcome")
    assert send(clinic, PDF, "pdf").status_code == 415
    body = {"resourceType": "Binary", "contentType": "image/png", "data": base64.b64encode(PDF).decode()}
    refused = write(clinic, body)
    assert refused.status_code == 422
    assert refused.get_json()["issue"][0]["expression"] == ["Binary.contentType"]
    attachment = {"contentType": "image/png", "data": body["data"]}
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment}],
    }
    document["subject"] = {"reference": f"Patient/{file.patient}"}
    refused = write(clinic, document)
    assert refused.get_json()["issue"][0]["expression"] == [
        "DocumentReference.content[0].attachment.contentType"
    ]


def test_json_that_is_no_binary_is_kept_as_bytes(clinic) -> None:
    made = path_of(send(clinic, b'{"a": 1.50}', "application/json"))
    assert clinic.get(made).get_data() == b'{"a": 1.50}'
    assert clinic.get(made, headers=JSON).get_json()["contentType"] == "application/json"


def flipped(rows):
    *place, sealed = rows[1]
    return [rows[0], (*place, sealed[:60] + bytes([sealed[60] ^ 1]) + sealed[61:]), *rows[2:]]


def swapped(rows):
    sealed = [row[4] for row in rows]
    sealed[0], sealed[1] = sealed[1], sealed[0]
    return [(*row[:4], one) for row, one in zip(rows, sealed, strict=True)]


ATTACKS = {
    "flipped": flipped,
    "swapped": swapped,
    "cut": lambda rows: [(*rows[0][:4], rows[0][4][:200]), *rows[1:]],
    "first gone": lambda rows: rows[1:],
    "middle gone": lambda rows: [rows[0], *rows[2:]],
    "last gone": lambda rows: rows[:-1],
    "all gone": lambda rows: [],
    "one twice": lambda rows: [*rows, (*rows[-1][:3], len(rows), rows[-1][4])],
    "of another attachment": lambda rows: [(*row[:2], 1, *row[3:]) for row in rows],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_chunk_that_was_touched_shows_nothing(attack, monkeypatch, clinic) -> None:
    made = path_of(send(clinic, PDF))
    read = store.list_chunks
    monkeypatch.setattr(store, "list_chunks", lambda *asked: ATTACKS[attack](list(read(*asked))))
    for headers in ({}, JSON):
        refused = clinic.get(made, headers=headers)
        assert refused.status_code == 500, refused.get_data()[:80]
        assert refused.get_json()["resourceType"] == "OperationOutcome"


def test_chunks_of_another_resource_or_version_show_nothing(monkeypatch, clinic) -> None:
    made, other = path_of(send(clinic, PDF)), path_of(send(clinic, PDF))
    changed = clinic.put(other, data=PDF, headers={"Content-Type": "application/pdf", "If-Match": 'W/"1"'})
    assert changed.status_code == 200
    read = store.list_chunks
    for version in ("1", "2"):
        kept = {}

        def keeping(*asked, kept=kept):
            kept["rows"] = read(*asked)
            return kept["rows"]

        monkeypatch.setattr(store, "list_chunks", keeping)
        assert clinic.get(f"{other}/_history/{version}").get_data() == PDF
        for target in (made, f"{other}/_history/{3 - int(version)}"):

            def moved(session, places, rows=kept["rows"]):
                del session
                _, own, at = places[0]
                return [(own, at, *row[2:]) for row in rows]

            monkeypatch.setattr(store, "list_chunks", moved)
            assert clinic.get(target).status_code == 500
