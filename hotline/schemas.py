"""The shapes of the hotline's JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from hotline.actions import EventView
from hotline.rules import CATEGORIES, Action, State
from hotline.rules.calls import CallEvent
from hotline.rules.clocks import ClockKind
from hotline.rules.coordinates import CoordinateSystem, Point, point_of
from hotline.rules.history import content_of
from hotline.rules.report import Contact
from hotline.rules.search import Filters
from hotline.rules.statistics import DIMENSIONS
from services.web.exports import export_schema
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import Line, StrictSchema


class AnswerField(fields.Field[Any]):
    """The answer to one question: a text, or a list of texts where several may be chosen."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | list[str]:
        del attr, data, kwargs
        values = value if isinstance(value, list) else [value]
        if len(values) > 50 or not all(isinstance(one, str) and len(one) <= 4000 for one in values):
            raise ValidationError("a text, or a list of texts")
        return value  # type: ignore[no-any-return]


class ContactSchema(StrictSchema):
    """How the reporter may be reached."""

    name = Line(load_default="", least=0, most=200)
    phone = Line(load_default="", least=0, most=200)
    email = Line(load_default="", least=0, most=200)

    @post_load
    def _make(self, data: dict[str, str], **_: Any) -> Contact:
        return Contact(**data)


class PointSchema(StrictSchema):
    """A place on the map, as it was measured."""

    latitude = fields.Float(required=True, allow_nan=False)
    longitude = fields.Float(required=True, allow_nan=False)
    coordinate_system = fields.Enum(CoordinateSystem, by_value=True, load_default=CoordinateSystem.WGS_84)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Point:
        return point_of(data["latitude"], data["longitude"], data["coordinate_system"])


class TicketCreateSchema(StrictSchema):
    """A new ticket."""

    category = fields.String(
        required=True, validate=validate.OneOf(list(CATEGORIES)), metadata={"example": "street_light"}
    )
    text = fields.String(
        required=True,
        validate=validate.Length(1, 20_000),
        metadata={"example": "和平路 12 号楼道灯坏了三天"},
    )
    district = Line(required=True, most=40, metadata={"example": "东岸区"})
    place = Line(load_default="", least=0, most=500, metadata={"example": "3 号楼门口"})
    attributes = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 64)),
        values=AnswerField(),
        load_default=dict,
        metadata={"example": {"POLE_NUMBER": "HP-0127", "FAULT": "dark"}},
    )
    contact = fields.Nested(ContactSchema, load_default=None, allow_none=True)
    point = fields.Nested(PointSchema, load_default=None, allow_none=True)
    is_confidential = fields.Boolean(load_default=False)
    is_anonymous = fields.Boolean(load_default=False)
    # The call on which an operator files it.
    call_id = fields.UUID(load_default=None, allow_none=True)


class TicketFiledSchema(StrictSchema):
    """What the reporter gets at once."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    tracking_code = fields.String(required=True)
    state = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class TicketSchema(StrictSchema):
    """A ticket as its reader may see it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    district = fields.String(required=True)
    channel = fields.String(required=True)
    state = fields.String(required=True)
    unit = fields.String(required=True)
    text = fields.String(required=True)
    place = fields.String(required=True)
    version = fields.Integer(required=True)
    claimed_until = fields.AwareDateTime(allow_none=True)
    fence = fields.Integer(required=True)
    is_supervised = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    actions = fields.List(fields.String(), required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    is_due_provisional = fields.Boolean(required=True)
    is_confidential = fields.Boolean(required=True)
    is_anonymous = fields.Boolean(required=True)
    attributes = fields.Dict(required=True)
    contact = fields.Dict(required=True, allow_none=True)
    point = fields.Dict(required=True, allow_none=True)
    public_text = fields.String(required=True, allow_none=True)
    same_as = fields.UUID(required=True, allow_none=True)


TicketPageSchema = page_schema(TicketSchema)
TicketExportSchema = export_schema(TicketSchema)


class TicketEventSchema(StrictSchema):
    """One step of a ticket's history."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    to_state = fields.String(required=True)
    note = fields.String(allow_none=True)


class ClockSchema(StrictSchema):
    """One of a ticket's clocks; `due_at` is null while it is paused."""

    kind = fields.Enum(ClockKind, by_value=True, required=True)
    run = fields.Integer(required=True)
    started_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    is_provisional = fields.Boolean(required=True)
    stopped_at = fields.AwareDateTime(required=True, allow_none=True)


class TicketDetailSchema(TicketSchema):
    """A ticket with its history."""

    events = fields.List(fields.Nested(TicketEventSchema), required=True)
    clocks = fields.List(fields.Nested(ClockSchema), required=True)


class TicketListQuerySchema(PageQuerySchema):
    """The query of the list of tickets."""

    only_open = fields.Boolean(load_default=False)


class TicketActionSchema(StrictSchema):
    """One arrow of the state table."""

    action = fields.Enum(Action, by_value=True, required=True, metadata={"example": "dispatch"})
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 4000))
    unit = Line(load_default=None, allow_none=True, most=40)
    service = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(["110", "119", "120", "122"])
    )
    days = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 15))
    score = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 5))
    article = Line(load_default=None, allow_none=True, most=60)
    fence = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0))


class TicketReplySchema(StrictSchema):
    """What a reporter does to a ticket of their own."""

    action = fields.Enum(
        Action,
        by_value=True,
        required=True,
        validate=validate.OneOf(
            [Action.REPLY, Action.SUPPLEMENT, Action.CLOSE, Action.RATE, Action.REOPEN, Action.DISPUTE]
        ),
        metadata={"example": "close"},
    )
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 4000))
    score = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 5))


class PublicationSchema(StrictSchema):
    """What everybody may read of a ticket, in an operator's own words."""

    text = fields.String(
        required=True, validate=validate.Length(1, 4000), metadata={"example": "和平路一盏路灯不亮"}
    )
    place = Line(load_default="", least=0, most=500, metadata={"example": "和平路近民生街"})
    with_point = fields.Boolean(load_default=False)


class TrackSchema(StrictSchema):
    """Number and code of a ticket."""

    number = Line(required=True, most=20, metadata={"example": "261126000001"})
    tracking_code = Line(required=True, most=40, metadata={"example": "3q2-7wAAAAAAAAAA"})


class LinkSchema(StrictSchema):
    """One link of the chain: what is hashed, its SHA-256, and what makes the note's digest."""

    content = fields.Dict(required=True)
    digest = fields.String(required=True, allow_none=True)
    note_salt = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class TrackedSchema(StrictSchema):
    """A ticket as whoever holds its number and code sees it."""

    number = fields.String(required=True)
    state = fields.String(required=True)
    is_intact = fields.Boolean(required=True)
    broken_at = fields.Integer(required=True, allow_none=True)
    chain = fields.List(fields.Nested(LinkSchema), required=True)


def tracked(number: str, state: str, events: Sequence[EventView], broken_at: int | None) -> dict[str, Any]:
    """The content of TrackedSchema."""
    before = [None, *(event.said.digest for event in events)]
    chain = [
        {
            "content": content_of(number, event.said, previous),
            "digest": None if event.said.digest is None else event.said.digest.hex(),
            "note_salt": None if event.salt is None else event.salt.hex(),
            "note": event.note,
        }
        for event, previous in zip(events, before, strict=False)
    ]
    return {
        "number": number,
        "state": state,
        "is_intact": broken_at is None,
        "broken_at": broken_at,
        "chain": chain,
    }


class ConsideredSchema(StrictSchema):
    """A rule that was asked; `differs_in` is null for the one that decides."""

    rank = fields.Integer(required=True)
    unit = fields.String(required=True)
    differs_in = fields.String(required=True, allow_none=True)


class RouteSchema(StrictSchema):
    """Where dispatch would send a ticket; `rank` is null when the catalogue decides."""

    unit = fields.String(required=True)
    version = fields.Integer(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    considered = fields.List(fields.Nested(ConsideredSchema), required=True)


class CategorySchema(StrictSchema):
    """A kind of ticket."""

    code = fields.String(required=True)
    title = fields.String(required=True)


class FacetQuerySchema(StrictSchema):
    """What is looked for, and where; each filter that is left out lets everything through."""

    words = fields.String(
        load_default="", validate=validate.Length(0, 600), metadata={"example": "路灯 不亮"}
    )
    state = fields.List(fields.Enum(State, by_value=True), load_default=list)
    category = fields.List(fields.String(validate=validate.OneOf(list(CATEGORIES))), load_default=list)
    district = fields.List(Line(most=40), load_default=list, validate=validate.Length(0, 50))
    unit = fields.List(Line(most=40), load_default=list, validate=validate.Length(0, 50))
    channel = fields.List(Line(most=40), load_default=list, validate=validate.Length(0, 50))
    filed_from = fields.AwareDateTime(load_default=None, allow_none=True)
    filed_before = fields.AwareDateTime(load_default=None, allow_none=True)


class SearchSchema(FacetQuerySchema):
    """A page of a search."""

    limit = fields.Integer(load_default=25, strict=True, validate=validate.Range(1, 100))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 1000))


class FacetsSchema(StrictSchema):
    """How a search divides; `is_cut` when only its newest tickets were counted."""

    total = fields.Integer(required=True)
    is_cut = fields.Boolean(required=True)
    counts = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer()), required=True
    )


class SavedViewCreateSchema(FacetQuerySchema):
    """A search to keep."""

    title = Line(required=True, most=60, metadata={"example": "东岸区路灯"})


class SavedViewSchema(StrictSchema):
    """A search that somebody keeps; `filters` are those of a search."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    words = fields.String(required=True)
    filters = fields.Dict(required=True)
    created_at = fields.AwareDateTime(required=True)


FILTER_NAMES = ("state", "category", "district", "unit", "channel", "filed_from", "filed_before")


def filters_of(body: Mapping[str, Any]) -> Filters:
    """The filters of a search that was sent."""
    listed = {name: tuple(getattr(one, "value", one) for one in body[name]) for name in FILTER_NAMES[:5]}
    return Filters(**listed, filed_from=body["filed_from"], filed_before=body["filed_before"])


class StretchSchema(StrictSchema):
    """Days, the first and the last included; the last 90 where none are named."""

    first = fields.Date(load_default=None, allow_none=True, metadata={"example": "2026-09-01"})
    last = fields.Date(load_default=None, allow_none=True, metadata={"example": "2026-11-26"})


class OpenDataQuerySchema(StretchSchema):
    """A page of the open data."""

    page = fields.Integer(load_default=1, strict=False, validate=validate.Range(1, 10_000))


class StatisticsQuerySchema(StretchSchema):
    """What is compared."""

    by = fields.String(load_default="month", validate=validate.OneOf(list(DIMENSIONS)))


class ShareSchema(StrictSchema):
    """A rate: `part` of `whole`; `per_mille` is null of nothing."""

    code = fields.String(required=True)
    part = fields.Integer(required=True)
    whole = fields.Integer(required=True)
    per_mille = fields.Integer(required=True, allow_none=True)


class CountsSchema(StrictSchema):
    """Counts of one value, and their rates."""

    value = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    rates = fields.List(fields.Nested(ShareSchema), required=True)


class StatisticsSchema(StrictSchema):
    """Counts of a stretch of days."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    total = fields.Nested(CountsSchema, required=True)
    rows = fields.List(fields.Nested(CountsSchema), required=True)


class HeatCellSchema(StrictSchema):
    """One district in one hour: due, late, and a step from 0 (nothing was due) to 5."""

    district = fields.String(required=True)
    hour = fields.Integer(required=True)
    due = fields.Integer(required=True)
    late = fields.Integer(required=True)
    step = fields.Integer(required=True)


class RecordingSchema(StrictSchema):
    """Where a call's recording lies; nobody fetches it from here."""

    reference = Line(required=True, most=500, metadata={"example": "rec/2026/11/26/0007.opus"})
    seconds = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 86_400)
    )
    sha256 = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


class CallDataSchema(StrictSchema):
    """A call as the telephone system knows it."""

    call_id = Line(required=True, most=200, metadata={"example": "c-20261126-0007"})
    caller = Line(load_default="", least=0, most=40, metadata={"example": "13800000000"})
    seat = Line(load_default=None, allow_none=True, most=40)
    recording = fields.Nested(RecordingSchema, load_default=None, allow_none=True)


class CallEventSchema(StrictSchema):
    """What happened to a call. The time is told and not asked: clocks are ours."""

    type = fields.Enum(CallEvent, by_value=True, required=True, metadata={"example": "call.started"})
    timestamp = fields.AwareDateTime(required=True)
    data = fields.Nested(CallDataSchema, required=True)


class TakenSchema(StrictSchema):
    """Whether the message had been taken before."""

    is_repeat = fields.Boolean(required=True)


class ReceivedSchema(StrictSchema):
    """What became of a letter."""

    outcome = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    tracking_code = fields.String(required=True, allow_none=True)


class CallListQuerySchema(StrictSchema):
    """The query of the list of calls."""

    seat = Line(load_default=None, allow_none=True, most=40)


class CallSchema(StrictSchema):
    """A call in a list; the caller's number is shown in part."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    caller = fields.String(required=True)
    seat = fields.String(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    ticket_id = fields.UUID(required=True, allow_none=True)


class CallListSchema(StrictSchema):
    """Calls that ring or are spoken, newest first."""

    items = fields.List(fields.Nested(CallSchema), required=True)


class CallerTicketSchema(StrictSchema):
    """One of a caller's tickets, without what was said in it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    state = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class CallDetailSchema(CallSchema):
    """A call with who calls."""

    recording = fields.Dict(required=True, allow_none=True)
    tickets = fields.List(fields.Nested(CallerTicketSchema), required=True)


class AttachmentSchema(StrictSchema):
    """A picture without its pixels."""

    id = fields.UUID(required=True)
    media_type = fields.String(required=True)
    bytes = fields.Integer(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)


class AttachmentListSchema(StrictSchema):
    """The pictures of a ticket, oldest first."""

    items = fields.List(fields.Nested(AttachmentSchema), required=True)


class AttachmentQuerySchema(StrictSchema):
    """Which of a picture's sizes."""

    part = fields.String(load_default="picture", validate=validate.OneOf(["picture", "thumbnail"]))


class MergeSchema(StrictSchema):
    """Into which ticket."""

    into = Line(required=True, most=20, metadata={"example": "261126000001"})
    fence = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0))


class UnmergeSchema(StrictSchema):
    """Why a merge is undone."""

    note = fields.String(
        required=True, validate=validate.Length(1, 4000), metadata={"example": "不是同一盏灯"}
    )


class AlikeSchema(StrictSchema):
    """A ticket that may be about the same matter; `percent` of their pairs of characters are the same."""

    ticket = fields.Nested(TicketSchema, required=True)
    percent = fields.Integer(required=True)


class ArticleQuerySchema(StrictSchema):
    """What is looked for in the knowledge base."""

    words = Line(load_default="", least=0, most=200, metadata={"example": "路灯"})
    category = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CATEGORIES)))


class ArticleWriteSchema(StrictSchema):
    """The next version of an article; `seen` is the version that the writer has read, 0 for a new one."""

    seen = fields.Integer(required=True, strict=True, validate=validate.Range(0), metadata={"example": 1})
    title = Line(required=True, most=120, metadata={"example": "路灯不亮由谁修"})
    text = fields.String(
        required=True, validate=validate.Length(1, 20_000), metadata={"example": "由养护单位修"}
    )
    category = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CATEGORIES)))
    valid_until = fields.Date(load_default=None, allow_none=True)


class ArticleSchema(StrictSchema):
    """One version of an article."""

    code = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    category = fields.String(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    written_at = fields.AwareDateTime(required=True)
