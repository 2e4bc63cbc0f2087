"""Documents: their list, one of them, and its files, which leave only as what they really are."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response

from health_file import access, actions
from health_file.display import record_of
from health_file.display.attachments import ENDINGS, SHOWN, Attachment, attachments_of, content_of, sniff
from health_file.display.reader import Reader
from health_file.pages.blueprint import address, blueprint, file_of, one_page, open_file, page
from health_file.pages.parties import name_of_unit
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language
from services.web.language import gettext as _

KINDS = ("DocumentReference", "DiagnosticReport")
# A file is somebody else's bytes: it may load nothing, run nothing, and is of no origin.
SEALED_OFF = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@blueprint.route("/my/health/documents")
@scopes(access.READ)
def list_documents() -> str:
    """Documents and reports, newest first."""
    file = open_file(*KINDS)
    listed = one_page(file.records(*KINDS), lambda number: address("/documents", page=number))
    return page("documents", file, **listed)


@blueprint.route("/my/health/documents/<uuid:document_id>")
@scopes(access.READ)
def show_document(document_id: UUID) -> str:
    """One document: what it is, who wrote it, its files."""
    view = actions.read_own_record(current_session(), current_actor(), resource_id=document_id)
    if view.type not in KINDS:
        raise NotFound
    whose = open_file()
    file = file_of([*whose.bodies, (view.id, view.body)])
    record = record_of(view.id, view.body, file.reader)
    files = attachments_of(view.body, file.reader)
    return page(
        "document",
        file,
        record=record,
        files=files,
        view=view,
        writer=name_of_unit(view.author),
        size_words=_size_words,
    )


@blueprint.route("/my/health/documents/<uuid:document_id>/files/<int:number>")
@scopes(access.READ)
def download_file(document_id: UUID, number: int) -> Response:
    """One file of a document: pictures and plain text to look at, everything else to save."""
    view = actions.read_own_record(current_session(), current_actor(), resource_id=document_id)
    found = attachments_of(view.body, Reader(current_language(), _))
    wanted = next((one for one in found if one.number == number), None)
    content = None if wanted is None else _content(wanted)
    if wanted is None or content is None:
        raise NotFound
    media_type = sniff(content)
    response = Response(content, content_type=media_type)
    way = "inline" if media_type in SHOWN else "attachment"
    response.headers["Content-Disposition"] = f"{way}; {_file_name(wanted.title, ENDINGS[media_type])}"
    response.headers["Content-Security-Policy"] = SEALED_OFF
    return response


def _content(one: Attachment) -> bytes | None:
    """The bytes inside, or those of the Binary that the attachment names, if the reader sees it."""
    if one.data is not None:
        return content_of(one.data)
    try:
        binary_id = UUID(one.binary or "")
    except ValueError:
        return None
    view = actions.read_own_record(current_session(), current_actor(), resource_id=binary_id)
    return content_of(view.body.get("data")) if view.type == "Binary" else None


def _file_name(title: str, ending: str) -> str:
    """RFC 6266: an ASCII name for old browsers, and the real one."""
    whole = "".join(one for one in title if one.isprintable() and one not in '\\/:*?"<>|')[:100]
    name = whole if whole.lower().endswith(ending) else f"{whole}{ending}"
    return f"filename=\"document{ending}\"; filename*=UTF-8''{quote(name)}"


def _size_words(size: Any) -> str:
    """A size in the unit that people know."""
    if not isinstance(size, int):
        return ""
    return f"{max(size // 1024, 1)} KB" if size < 1024 * 1024 else f"{size // (1024 * 1024)} MB"
