"""PDF of the patient summary: tagged, archival, its data inside, and refused rather than printed with empty boxes."""

import json
import re
import zlib
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from health_file.actions.summarise import PRINTED
from health_file.ips.document import Frame, document, draw
from health_file.pdf import print_document
from services import pdf
from tests.support.ips import examples

needs_font = pytest.mark.skipif(pdf.font_family() is None, reason="no Chinese font: install fonts-noto-cjk")


def bundle(language="zh-Hans", name="王小明", *, full=True):
    resources = []
    if full:
        found = next(one for one in examples() if one["id"] == "bundle-ips-all-sections")
        resources = [{**entry["resource"], "id": str(uuid4())} for entry in found["entry"]]
    patient = {"resourceType": "Patient", "id": str(uuid4()), "name": [{"text": name}], "gender": "male"}
    frame = Frame(
        document_id=uuid4(), composition_id=uuid4(), at=datetime(2026, 11, 26, tzinfo=UTC), language=language,
        base_url="https://city.example/health-file/fhir", profile="ips", say=lambda sentence: sentence,
    )  # fmt: skip
    return document(frame, patient, draw(frame, patient, resources), [])


def streams(content):
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]


@needs_font
@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_pdf_is_tagged_archival_and_carries_its_data(language) -> None:
    source = bundle(language)
    content = print_document(source, PRINTED)
    everything = content + b"".join(streams(content))
    assert content.startswith(b"%PDF-1.7")
    for mark in (
        b"/MarkInfo",
        b"/StructTreeRoot",
        b"pdfuaid:part>1",
        b"pdfaid:part>3",
        b"pdfaid:conformance>A",
    ):
        assert mark in everything, mark
    assert re.search(rb"/Lang ?\((zh|en)", everything)
    assert b"/AFRelationship" in everything
    inside = next(one for one in streams(content) if one.startswith(b'{"resourceType":"Bundle"'))
    assert json.loads(inside) == json.loads(json.dumps(source, default=float))


@needs_font
def test_markup_in_a_record_is_text() -> None:
    content = print_document(bundle(name='#panic("x") = *王* $a$ `b` \\'), PRINTED)
    assert content.startswith(b"%PDF")


@needs_font
def test_character_without_glyph_is_refused() -> None:
    with pytest.raises(pdf.NotPrintable):
        print_document(bundle(name="王\ue000"), PRINTED)


def test_without_a_font_it_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(pdf, "FAMILIES", ("No Such Family",))
    with pytest.raises(pdf.FontMissing):
        print_document(bundle(full=False), PRINTED)
