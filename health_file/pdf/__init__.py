"""A summary document on paper: the same Bundle that is given as JSON, laid out and carried inside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # our own narrative, which is written without declarations

from health_file.fhir import text
from services import pdf

TEMPLATE = Path(__file__).with_name("summary.typ")
XHTML = "{http://www.w3.org/1999/xhtml}"


def print_document(bundle: dict[str, Any], words: Mapping[str, str]) -> bytes:
    """A summary Bundle as PDF/UA-1 and PDF/A-3, the JSON attached. Raises: FontMissing 503, NotPrintable 422."""
    composition = bundle["entry"][0]["resource"]
    data = {
        "title": composition["title"],
        "language": "zh" if composition["language"].startswith("zh") else "en",
        "author": composition["author"][0]["display"],
        "date": composition["date"][:10],
        "document": bundle["id"],
        "person": _person(bundle, words),
        "words": dict(words),
        "sections": [_section(one) for one in composition["section"]],
    }
    return pdf.render(TEMPLATE, data, attachment=text.write(bundle))


def _person(bundle: dict[str, Any], words: Mapping[str, str]) -> list[list[str]]:
    patient = next(one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient")
    name = next((str(one["text"]) for one in patient.get("name", []) if "text" in one), "")
    gender = words.get(str(patient.get("gender", "")), "")
    rows = [
        (words["name"], name),
        (words["gender"], gender),
        (words["birth"], str(patient.get("birthDate", ""))),
        (words["file"], str(patient["id"])),
    ]
    return [[label, value] for label, value in rows if value]


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    """A section's narrative as rows: the paper says exactly what the document says."""
    root = ET.fromstring(section["text"]["div"])  # noqa: S314  # written by us, and escaped
    rows = [[_words(cell) for cell in row] for row in root.iter(f"{XHTML}tr")]
    head = [_words(cell) for cell in root.iterfind(f".//{XHTML}thead//{XHTML}th")]
    return {
        "title": section["title"],
        "head": head,
        "rows": rows[1:] if head else rows,
        "sentence": "" if rows else _words(root),
    }


def _words(element: ET.Element) -> str:
    return "".join(element.itertext())
