"""The archive of a file: everything in every version, who read it, attachments as files, and a page to read it by.

Standard: the right to a copy (PIPL article 45). What it holds was gathered and sealed by the job; the zip is put
    together as it leaves, so that nothing unsealed is kept.
"""

import base64
import binascii
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.access_log import READERS_OF_LOG, Reading, note_reading, read_rows, reader_of_log
from health_file.actions.exporting.ask import read_export
from health_file.actions.exporting.take import list_files, take_file
from health_file.actions.exporting.wanted import Kind, State
from health_file.actions.summarise import print_summary, summarise
from health_file.display import Reader
from health_file.display.readings import who
from health_file.fhir import media_types, text
from services import pdf
from services.actor import Actor
from services.audit import store as log
from services.database.session import Session
from services.errors import NotFound
from services.words import msgid

# Of the reader log so many lines go along; a page of the log is read at a time.
MOST_EVENTS = 20_000
PAGE = 500
HELD = msgid("这个压缩包里有什么")
TYPE = msgid("类型")
COUNT = msgid("条数")
READERS = msgid("谁看过")
AT = msgid("时间")
DID = msgid("做了什么")
WHO = msgid("谁")
WITHIN = msgid(
    "resources 里是每一条记录的每个版本，attachments 里是附件，readers.json 是谁看过，summary 是摘要"
)
Say = Callable[..., str]
# A file is named by what its bytes are; nothing is called what a browser or a system would run.
ENDINGS = {
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/tiff": ".tif",
    "application/dicom": ".dcm",
}  # fmt: skip


def list_archives(session: Session, actor: Actor) -> Sequence[Any]:
    """The archives of this file that are being made or can be taken, newest first."""
    return [] if actor.subject is None else store.list_exports(session, actor.subject, Kind.ARCHIVE)


def take_archive(
    session: Session, actor: Actor, export_id: UUID, *, base_url: str, language: str, say: Say
) -> bytes:
    """The archive as a zip.

    Access: who asked for it, with a fresh proof of who they are (the route's); each line passes the predicate again.
    Effects: audit health_file.export.taken for each file of it. Raises: NotFound 404.
    """
    export = read_export(session, actor, export_id)
    if export.kind != Kind.ARCHIVE or export.state != State.COMPLETE or actor.subject is None:
        raise NotFound
    summary = _summary(session, actor, base_url, language, say)
    kept = io.BytesIO()
    counts: dict[str, int] = {}
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in list_files(session, export):
            content = take_file(session, actor, export_id, file.number)
            archive.writestr(f"resources/{file.type}-{file.number % 1000 + 1}.ndjson", content)
            lines = content.splitlines()
            counts[file.type] = counts.get(file.type, 0) + len(lines)
            for name, attachment in _attachments(lines):
                archive.writestr(f"attachments/{name}", attachment)
        events = list(_events(session, actor)) if actor.relation in READERS_OF_LOG else []
        archive.writestr("readers.json", text.write(events))
        for name, made in _documents(summary, say):
            archive.writestr(name, made)
        archive.writestr("index.html", index_page(summary, counts, events, language, say))
    return kept.getvalue()


def _summary(session: Session, actor: Actor, base_url: str, language: str, say: Say) -> dict[str, Any] | None:
    try:
        return summarise(session, actor, base_url=base_url, language=language, say=say)
    except NotFound:
        return None


def _documents(summary: dict[str, Any] | None, say: Say) -> Iterator[tuple[str, bytes]]:
    if summary is None:
        return
    yield "summary.json", text.write(summary)
    try:
        yield "summary.pdf", print_summary(summary, say)
    except (pdf.FontMissing, pdf.NotPrintable):
        # The data is whole without its printed form; the index says why it is missing.
        return


def _attachments(lines: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """What is inside Binary and attachments, as files of their own: named by us, never by what was sent."""
    for line in lines:
        resource = text.read(line)
        if "id" not in resource:
            continue  # a deletion
        place = f"{resource['resourceType']}-{resource['id']}-v{resource['meta']['versionId']}"
        held = [resource] if resource["resourceType"] == "Binary" else []
        held += [
            one["attachment"]
            for one in resource.get("content", [])
            if isinstance(one, dict) and "attachment" in one
        ]
        held += [one for one in resource.get("presentedForm", []) if isinstance(one, dict)]
        for number, one in enumerate(held, start=1):
            try:
                content = base64.b64decode("".join(str(one.get("data", "")).split()), validate=True)
            except binascii.Error:
                continue
            if content:
                yield f"{place}-{number}{_ending(content, str(one.get('contentType', '')))}", content


def _ending(content: bytes, declared: str) -> str:
    kind = media_types.kind_of(content)
    if kind is None and media_types.plain_type(declared) == "text/plain":
        return ".txt"
    return ENDINGS.get(kind or "", ".bin")


def _events(session: Session, actor: Actor) -> Iterator[dict[str, Any]]:
    """The log of this file: when, what, by whom, for what. Effects: audit health_file.access_log.read."""
    subject = reader_of_log(actor)
    before, count = None, 0
    while True:
        rows = log.list_events_about(session, subject, before=before, limit=PAGE)
        ours = [row for row in rows if row[2].startswith("health_file.")]
        for row, reading in zip(ours, read_rows(session, subject, ours), strict=True):
            yield _event(reading, row[6])
        count += len(rows)
        if len(rows) < PAGE or count >= MOST_EVENTS:
            note_reading(session, actor, count)
            return
        before = rows[-1][0]


def _event(reading: Reading, details: dict[str, Any]) -> dict[str, Any]:
    """One row of the log as a person can read it: who by name, not by the id of an account."""
    one = reading.reader
    return {
        "id": str(reading.id),
        "at": reading.at.isoformat(),
        "event": reading.event,
        "actor": {
            "kind": one.kind, "name": one.name, "unit": one.unit, "organisation": one.organisation,
            "application": one.application,
        },
        "purpose": reading.purpose,
        "details": details,
    }  # fmt: skip


def _who(actor: dict[str, Any], reader: Reader) -> str:
    named = who(actor["kind"], actor["name"], actor["organisation"], actor["application"], reader)
    place = actor["organisation"] or actor["unit"] or ""
    return named if place in {"", named} else f"{named} · {place}"


def index_page(
    summary: dict[str, Any] | None,
    counts: dict[str, int],
    events: Sequence[dict[str, Any]],
    language: str,
    say: Say,
) -> bytes:
    """A page that opens in any browser without a network: the summary, what the archive holds, and who read it."""
    title = say(msgid("健康档案的完整副本"))
    sections = [] if summary is None else summary["entry"][0]["resource"]["section"]
    # The narrative was written and escaped by us (ips/narrative.py).
    body = [f"<h2>{escape(one['title'])}</h2>{one['text']['div']}" for one in sections]
    files = "".join(
        f"<tr><td>{escape(name)}</td><td>{count}</td></tr>" for name, count in sorted(counts.items())
    )
    body.append(
        f"<h2>{escape(say(HELD))}</h2>"
        f"<p>{escape(say(WITHIN))}</p>"
        f"<table><tr><th>{escape(say(TYPE))}</th><th>{escape(say(COUNT))}</th></tr>{files}</table>"
    )
    rows = "".join(
        f"<tr><td>{escape(one['at'][:19])}</td><td>{escape(one['event'])}</td>"
        f"<td>{escape(_who(one['actor'], Reader(language, say)))}</td></tr>"
        for one in events
    )
    body.append(
        f"<h2>{escape(say(READERS))}</h2><table><tr><th>{escape(say(AT))}</th>"
        f"<th>{escape(say(DID))}</th><th>{escape(say(WHO))}</th></tr>{rows}</table>"
    )
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>{''.join(body)}</body></html>"
    )
    return page.encode()
