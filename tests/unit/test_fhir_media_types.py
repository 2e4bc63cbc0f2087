"""What bytes show, and which declared media types they contradict."""

import pytest

from health_file.fhir.attachments import put_back, take_out
from health_file.fhir.media_types import contradicts, is_media_type, kind_of
from services.vault import SealBroken

PDF, PNG, JPEG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xd8\xff\xe0\x00"
ZIP, ELF, DICOM = b"PK\x03\x04\x14\x00", b"\x7fELF\x02", b"\x00" * 128 + b"DICM"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("application/pdf", PDF),
        ("image/jpg", JPEG),
        ("image/png; a=b", PNG),
        (DOCX, ZIP),
        ("application/zip", ZIP),
        ("application/dicom", DICOM),
        ("text/plain", "你好".encode()),
        ("text/plain; charset=gb18030", "你好".encode("gb18030")),
        ("text/plain; charset=utf-16", "hi".encode("utf-16")),
        ("text/plain", b"BMI 22"),
        ("application/json", b"[1]"),
        ("application/xml", b"\xef\xbb\xbf <a/>"),
        ("application/hl7-cda+xml", b"<a/>"),
        ("application/octet-stream", ELF),
        ("application/x-something", b"\x00\x01"),
        ("video/quicktime", b"\x00\x00\x00\x14ftypqt  "),
        ("image/heic", b"\x00\x00\x00\x18ftypheic"),
        ("application/pdf", b""),
    ],
)
def test_what_is_true_is_taken(declared, content) -> None:
    assert is_media_type(declared)
    assert not contradicts(declared, content, is_strict=True)


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("application/pdf", PNG),
        ("application/pdf", b"hello"),
        ("application/pdf", b"<html><script>"),
        ("image/png", JPEG),
        ("image/png", b"<svg/>"),
        ("image/x-unheard", PDF),
        ("text/plain", PDF),
        ("text/plain", b"a\x00b"),
        ("text/html", ELF),
        (DOCX, ELF),
        ("application/dicom", b"\x00" * 132),
        ("application/json", b"{"),
        ("application/fhir+json", b"<a/>"),
        ("application/xml", b"{}"),
    ],
)
def test_what_the_bytes_contradict_is_refused(declared, content) -> None:
    assert contradicts(declared, content, is_strict=True)


def test_form_of_a_media_type_is_asked_for() -> None:
    assert not any(map(is_media_type, ("pdf", "", "a/b c", "/x", "text/plain\r\nX: y")))
    assert kind_of(b"just text") is None


@pytest.mark.parametrize("data", ["AAEC", "AAEC\nAw==", " AAEC", "A" * 8000])
def test_attachments_come_back_as_they_were_sent(data) -> None:
    body = {
        "resourceType": "Binary",
        "contentType": "image/png",
        "data": data,
        "meta": {"tag": [{"code": "x"}]},
    }
    lean, parts = take_out(body)
    assert data not in str(lean)
    put_back(lean, {0: parts[0].content}, SealBroken())
    assert lean == body


def test_short_attachments_and_other_data_stay_inside() -> None:
    body = {"resourceType": "Patient", "photo": [{"contentType": "image/png", "data": "AAEC"}]}
    assert take_out(body) == (body, [])
    sampled = {"resourceType": "Observation", "valueSampledData": {"data": "1 " * 9000}}
    assert take_out(sampled) == (sampled, [])


def test_attachment_that_is_not_whole_is_not_shown() -> None:
    lean, parts = take_out({"resourceType": "Binary", "contentType": "image/png", "data": "AAEC"})
    for chunks in ({}, {0: parts[0].content[:-1]}, {1: parts[0].content}):
        with pytest.raises(SealBroken):
            put_back({**lean}, chunks, SealBroken())
