"""Builds the document Bundle of a summary from a resident's resources.

Standard: IPS 2.0.0 Bundle-uv-ips, Composition-uv-ips; FHIR R4 documents.html.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from health_file.ips import narrative
from health_file.ips.frame import Frame
from health_file.ips.front_page import FRONT_PAGE, front_page_sections
from health_file.ips.profiles import BASE, conformed
from health_file.ips.references import URI_SYSTEM, address_of, linked
from health_file.ips.sections import MOST_SHOWN, OPTIONAL, RECOMMENDED, REQUIRED, Section
from health_file.ips.words import name_words
from services.words import msgid

LOINC = "http://loinc.org"
# Namespace of the id of the organisation that keeps the files.
KEEPERS = UUID("0d4b0d5a-4ad1-5d1a-9b0e-5f3a3f1f7a55")
EMPTY_REASON = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/list-empty-reason",
            "code": "unavailable",
            "display": "Unavailable",
        }
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a document says: its sections, and the resources that they are drawn from, by address."""

    title: str
    sections: list[dict[str, Any]]
    chosen: Mapping[str, dict[str, Any]]


def draw(frame: Frame, patient: dict[str, Any], found: Sequence[dict[str, Any]]) -> Drawn:
    """Choose what a patient's summary says of what is in the file; `found` is what the reader may see of it."""
    chosen: dict[str, dict[str, Any]] = {}
    if frame.profile == FRONT_PAGE:
        sections = front_page_sections(frame, patient, found, chosen)
        title = frame.say(msgid("居民电子健康档案首页"))
    else:
        sections = [
            made
            for one in (*REQUIRED, *RECOMMENDED, *OPTIONAL)
            if (made := _section(frame, one, found, chosen))
        ]
        title = frame.say(msgid("国际患者摘要"))
    return Drawn(title=title, sections=sections, chosen=chosen)


def document(
    frame: Frame, patient: dict[str, Any], drawn: Drawn, beside: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The document of what was drawn; `beside` are the resources that it refers to."""
    keeper = _keeper(frame)
    others = [one for one in beside if address_of(one) not in drawn.chosen]
    resources = [patient, *drawn.chosen.values(), *others, keeper]
    composition = _composition(frame, drawn.title, patient, keeper, drawn.sections, resources)
    inside = {address_of(one) for one in resources}
    entries = [composition, *(conformed(one) for one in resources)]
    return {
        "resourceType": "Bundle",
        "id": str(frame.document_id),
        "meta": {"profile": [BASE + "Bundle-uv-ips"]} if frame.profile != FRONT_PAGE else {},
        "language": frame.language,
        "identifier": {"system": URI_SYSTEM, "value": f"urn:uuid:{frame.document_id}"},
        "type": "document",
        "timestamp": _instant(frame.at),
        "entry": [
            {"fullUrl": f"urn:uuid:{one['id']}", "resource": linked(one, inside, frame.base_url)}
            for one in entries
        ],
    }


def _section(
    frame: Frame, section: Section, found: Sequence[dict[str, Any]], chosen: dict[str, dict[str, Any]]
) -> dict[str, Any] | None:
    """One section, its resources noted in `chosen`; None for an empty one that need not stand."""
    kept: Sequence[Any] = section.choose(found)[: MOST_SHOWN.get(section.code)]
    if not kept and not section.empty:
        return None
    made: dict[str, Any] = {
        "title": frame.say(section.title),
        "code": {"coding": [{"system": LOINC, "code": section.code, "display": section.display}]},
    }
    if not kept:
        words = frame.say(section.empty)
        made["text"] = {"status": "generated", "div": narrative.sentence(words, frame.language)}
        made["emptyReason"] = {**EMPTY_REASON, "text": words}
        return made
    headings = [frame.say(heading) for heading, _ in section.columns]
    rows = [[cell(one, frame.language) for _, cell in section.columns] for one in kept]
    made["text"] = {"status": "generated", "div": narrative.table(headings, rows, frame.language)}
    made["entry"] = [{"reference": address_of(one)} for one in kept]
    chosen.update({address_of(one): one for one in kept})
    return made


def _composition(
    frame: Frame, title: str, patient: dict[str, Any], keeper: dict[str, Any],
    sections: list[dict[str, Any]], resources: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    is_ips = frame.profile != FRONT_PAGE
    author = {"reference": address_of(keeper), "display": keeper["name"]}
    name = name_words(patient.get("name", []))
    kind: dict[str, Any] = {
        "coding": [{"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}]
    }
    return {
        "resourceType": "Composition",
        "id": str(frame.composition_id),
        **({"meta": {"profile": [BASE + "Composition-uv-ips"]}} if is_ips else {}),
        "language": frame.language,
        "text": {"status": "generated", "div": narrative.sentence(f"{title} {name}".strip(), frame.language)},
        "identifier": {"system": URI_SYSTEM, "value": f"urn:uuid:{frame.composition_id}"},
        "status": "final",
        "type": kind if is_ips else {**kind, "text": title},
        "subject": {"reference": address_of(patient)},
        "date": _instant(frame.at),
        "author": [author],
        "title": title,
        "confidentiality": "R" if any(_is_restricted(one) for one in resources) else "N",
        "custodian": author,
        "event": [
            {
                "code": [
                    {
                        "coding": [
                            {"system": "http://terminology.hl7.org/CodeSystem/v3-ActClass", "code": "PCPR"}
                        ]
                    }
                ],
                "period": {"end": _instant(frame.at)},
            }
        ],
        "section": sections,
    }


def _keeper(frame: Frame) -> dict[str, Any]:
    """The platform that keeps the file: author and custodian of what it draws up by itself."""
    return {
        "resourceType": "Organization",
        "id": str(uuid5(KEEPERS, frame.base_url)),
        "active": True,
        "name": frame.say(msgid("市民服务·居民电子健康档案")),
    }


def _is_restricted(resource: Mapping[str, Any]) -> bool:
    labels = resource.get("meta", {}).get("security", [])
    return any(label.get("code") in {"R", "V"} for label in labels)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
