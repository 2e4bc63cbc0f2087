"""What an outside validator looks at: the statement against the behaviour, negotiation, and whatever else is sent."""

import gzip
import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, write

GZIP = {**FHIR, "Content-Encoding": "gzip"}


@pytest.fixture
def clinic(app):
    return staff_bearer(app, "practitioner", "CL-HP")


@pytest.fixture
def file(app, clinic):
    return open_file(app, clinic)


@pytest.fixture
def body(file):
    subject = {"reference": f"Patient/{file.patient}"}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": subject}


def send(bearer, method, path, data=None, **headers):
    raw = data if isinstance(data, bytes | str | None) else json.dumps(data)
    shown = {"Authorization": f"Bearer {bearer.token}", **headers}
    return bearer.http.open(f"{BASE}/{path}", method=method, data=raw, headers=shown)


def outcome(answer, *statuses):
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    shown = answer.get_json()
    assert (answer.mimetype, shown["resourceType"]) == ("application/fhir+json", "OperationOutcome")
    for issue in shown["issue"]:
        assert issue["severity"] in {"error", "fatal"}
        assert issue["code"]
        assert issue["expression"]
    return shown


def test_every_interaction_that_is_declared_is_answered_and_no_other(clinic, file, body) -> None:
    statement = send(clinic, "GET", "metadata").get_json()["rest"][0]
    made = write(clinic, body).get_json()
    for resource in statement["resource"]:
        kind, codes = resource["type"], {one["code"] for one in resource["interaction"]}
        own = made["id"] if kind == "Observation" else file.patient if kind == "Patient" else None
        requests = {
            "search-type": ("GET", kind, 200),
            "history-type": ("GET", f"{kind}/_history", 200),
            # Any bytes are a Binary.
            "create": ("POST", kind, 201 if kind == "Binary" else 422),
            "read": ("GET", f"{kind}/{own}", 200),
            "vread": ("GET", f"{kind}/{own}/_history/1", 200),
            "history-instance": ("GET", f"{kind}/{own}/_history", 200),
            "update": ("PUT", f"{kind}/{own}", 422),
            "patch": ("PATCH", f"{kind}/{own}", 400),
        }
        assert codes - {"delete"} == set(requests)
        for method, path, status in requests.values() if own else list(requests.values())[:3]:
            headers = {**FHIR, "If-Match": 'W/"1"'}
            answer = send(clinic, method, path, None if method == "GET" else {"resourceType": "X"}, **headers)
            assert answer.status_code == status, (method, path, answer.text)
    for method, path in (("PUT", ""), ("DELETE", ""), ("POST", f"Observation/{made['id']}"),
                         ("DELETE", f"Observation/{made['id']}/_history"), ("TRACE", "metadata"),
                         ("PUT", f"Observation/{made['id']}/_history/1")):  # fmt: skip
        answer = send(clinic, method, path, body, **FHIR)
        outcome(answer, 405)
        assert answer.headers["Allow"]
    outcome(send(clinic, "GET", "Observation/$no-such-operation"), 404)
    outcome(send(clinic, "GET", "NoSuchType"), 404)


def test_known_version_is_not_sent_again_by_tag_or_by_time(clinic, body) -> None:
    made = write(clinic, body)
    path, changed = f"Observation/{made.get_json()['id']}", made.headers["Last-Modified"]

    def status(**headers):
        return send(clinic, "GET", path, **headers).status_code

    assert status(**{"If-None-Match": "*"}) == status(**{"If-None-Match": 'W/"7", W/"1"'}) == 304
    assert status(**{"If-Modified-Since": changed}) == 304
    assert status(**{"If-Modified-Since": "Fri, 27 Nov 2020 00:00:00 GMT"}) == 200
    assert status(**{"If-Modified-Since": "yesterday"}) == 200
    # A tag says it more exactly than a time.
    assert status(**{"If-None-Match": 'W/"7"', "If-Modified-Since": changed}) == 200


def test_compressed_bodies_are_read_as_what_they_hold(clinic, body) -> None:
    raw = gzip.compress(json.dumps(body).encode())
    assert send(clinic, "POST", "Observation", raw, **GZIP).status_code == 201
    transaction = {"resourceType": "Bundle", "type": "transaction",
                   "entry": [{"resource": body, "request": {"method": "POST", "url": "Observation"}}]}  # fmt: skip
    assert (
        send(clinic, "POST", "", gzip.compress(json.dumps(transaction).encode()), **GZIP).status_code == 200
    )
    outcome(send(clinic, "POST", "Observation", gzip.compress(b" " * 40_000_000), **GZIP), 413)
    outcome(send(clinic, "POST", "Observation", raw[:-9], **GZIP), 400)
    outcome(send(clinic, "POST", "Observation", raw + b"x", **GZIP), 400)
    outcome(send(clinic, "POST", "Observation", json.dumps(body), **GZIP), 400)
    other = send(clinic, "POST", "Observation", raw, **{**FHIR, "Content-Encoding": "br"})
    outcome(other, 415)
    assert other.headers["Accept-Encoding"] == "gzip"
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    outcome(send(clinic, "POST", "Observation/_search", gzip.compress(b"status=final"), **form), 415)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/fhir+json; charset=utf-8", 201),
        ("application/fhir+json;charset=UTF-8;fhirVersion=4.0", 201),
        ("APPLICATION/FHIR+JSON", 201),
        ("application/json", 201),
        ("application/fhir+json; charset=gbk", 415),
        ("application/fhir+json; fhirVersion=5.0", 415),
        ("application/fhir+xml", 415),
        ("", 415),
    ],
)
def test_bodies_say_what_they_are(clinic, body, content_type, status) -> None:
    assert send(clinic, "POST", "Observation", body, **{"Content-Type": content_type}).status_code == status


def test_search_of_one_type_names_no_others(clinic, file) -> None:
    outcome(send(clinic, "GET", "Observation?_type=Patient"), 400)
    outcome(send(clinic, "GET", f"Patient/{file.patient}/Observation?_type=Patient"), 400)
    lenient = send(clinic, "GET", "Observation?_type=Patient&status=final", Prefer="handling=lenient")
    [own] = [one["url"] for one in lenient.get_json()["link"] if one["relation"] == "self"]
    assert own.endswith("/Observation?status=final")


@pytest.mark.parametrize(
    "when",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2016-12-31T23:59:60Z", "0001", "1582-10-10",
     "2026-01-01T00:00:00.123456789+08:00"],
)  # fmt: skip
def test_times_at_the_edges_are_kept_found_and_sorted(clinic, body, when) -> None:
    made = write(clinic, {**body, "effectiveDateTime": when})
    assert made.status_code == 201, made.text
    patient = body["subject"]["reference"]
    for query in ("date=ge0001", "_sort=date", "date=lt9999-12-31", f"date={when[:10]}"):
        answer = send(clinic, "GET", f"Observation?patient={patient}&{query.replace('+', '%2B')}")
        assert answer.status_code == 200, answer.text
    assert send(clinic, "GET", f"{patient}/$everything?start=2000&end=2030").status_code == 200
    read = send(clinic, "GET", f"Observation/{made.get_json()['id']}").get_json()
    assert read["effectiveDateTime"] == when


PARAMETERS = (
    "code", "date", "patient", "subject", "identifier", "status", "value-quantity", "_id", "_lastUpdated", "_sort",
    "_count", "_total", "_summary", "_elements", "_include", "_revinclude", "_has:Provenance:target:agent",
    "encounter.status", "subject.name", "code:not", "code:text", "code:missing", "combo-code-value-quantity", "_type",
    "_tag", "_cursor", "_profile", "_format",
)  # fmt: skip
VALUES = st.text(string.ascii_letters + string.digits + "|$,\\:=&%+-./ _é档", max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), min_size=1, max_size=3))
def test_any_search_is_answered_or_refused(clinic, query) -> None:
    headers = {"Authorization": f"Bearer {clinic.token}"}
    answer = clinic.http.get(f"{BASE}/Observation", query_string=query, headers=headers)
    if answer.status_code == 200:
        shown = answer.get_json()
        assert (shown["resourceType"], shown["type"]) == ("Bundle", "searchset")
        assert all(one["url"].startswith("http") for one in shown["link"])
    else:
        outcome(answer, 400, 406, 503)


MEMBERS = (
    "resourceType", "id", "status", "code", "text", "coding", "subject", "reference", "extension", "url", "contained",
    "valueQuantity", "value", "effectiveDateTime", "meta", "security", "_status", "component",
)  # fmt: skip
NUMBERS = st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=JSON, wraps=st.sampled_from(("plain", "observation", "transaction", "patch", "parameters")))
def test_any_body_is_answered_or_refused(clinic, body, content, wraps) -> None:
    method, path, headers = "POST", "Observation", dict(FHIR)
    if wraps == "observation":
        content = {**body, **(content if isinstance(content, dict) else {"note": content})}
    elif wraps == "transaction":
        path = ""
        request = {"method": "POST", "url": "Observation"}
        content = {
            "resourceType": "Bundle",
            "type": "batch",
            "entry": [{"resource": content, "request": request}],
        }
    elif wraps == "patch":
        method, path = "PATCH", "Observation?identifier=x"
        content = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": content}]}
    elif wraps == "parameters":
        path = "Observation/$stats"
        content = {"resourceType": "Parameters", "parameter": content}
    answer = send(clinic, method, path, content, **headers)
    if answer.status_code not in {200, 201}:
        outcome(answer, 400, 403, 404, 409, 412, 413, 422)
    elif wraps == "transaction":
        assert all(not one["response"]["status"].startswith("5") for one in answer.get_json()["entry"])
