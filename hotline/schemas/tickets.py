"""Tickets, their histories and clocks."""

from typing import Any

from marshmallow import fields, validate

from hotline.actions import TicketView
from hotline.rules.policies import ClockKind
from hotline.rules.urgency import Urgency
from services.web.exports import export_schema
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import StrictSchema


class TicketSchema(StrictSchema):
    """A ticket as its reader may see it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    district = fields.String(required=True)
    channel = fields.String(required=True)
    state = fields.String(required=True)
    unit = fields.String(required=True)
    urgency = fields.String(required=True, validate=validate.OneOf(list(Urgency)))
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
    level = fields.Integer(required=True)
    is_confidential = fields.Boolean(required=True)
    is_anonymous = fields.Boolean(required=True)
    attributes = fields.Dict(required=True)
    contact = fields.Dict(required=True, allow_none=True)
    point = fields.Dict(required=True, allow_none=True)
    public_text = fields.String(required=True, allow_none=True)
    same_as = fields.UUID(required=True, allow_none=True)
    co_units = fields.List(fields.String(), required=True, metadata={"description": "the units that help"})

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Lists of tickets are asked for all day: they are written straight, exactly as the fields above say."""
        return [_shown(one) for one in obj] if many or (many is None and self.many) else _shown(obj)


def _shown(ticket: TicketView) -> dict[str, Any]:
    return {
        "id": str(ticket.id),
        "number": ticket.number,
        "category": ticket.category,
        "district": ticket.district,
        "channel": ticket.channel,
        "state": ticket.state,
        "unit": ticket.unit,
        "urgency": ticket.urgency,
        "text": ticket.text,
        "place": ticket.place,
        "version": ticket.version,
        "claimed_until": None if ticket.claimed_until is None else ticket.claimed_until.isoformat(),
        "fence": ticket.fence,
        "is_supervised": ticket.is_supervised,
        "created_at": ticket.created_at.isoformat(),
        "changed_at": ticket.changed_at.isoformat(),
        "actions": list(ticket.actions),
        "due_at": None if ticket.due_at is None else ticket.due_at.isoformat(),
        "is_due_provisional": ticket.is_due_provisional,
        "level": ticket.level,
        "is_confidential": ticket.is_confidential,
        "is_anonymous": ticket.is_anonymous,
        "attributes": ticket.attributes,
        "contact": ticket.contact,
        "point": ticket.point,
        "public_text": ticket.public_text,
        "same_as": None if ticket.same_as is None else str(ticket.same_as),
        "co_units": list(ticket.co_units),
    }


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
    # Whether its levels are told out of duty hours too.
    is_day_and_night = fields.Boolean(required=True)
    # The last level of the escalation ladder that it reached, in per cent of its time; 0 for none.
    level = fields.Integer(required=True)
    stopped_at = fields.AwareDateTime(required=True, allow_none=True)


class TicketDetailSchema(TicketSchema):
    """A ticket with its history; `policy` is the version of the rules of time under which it was filed."""

    dump = StrictSchema.dump

    policy = fields.Integer(required=True)
    open_parts = fields.List(
        fields.String(), required=True, metadata={"description": "who of them is not done"}
    )
    co_asked = fields.List(
        fields.String(), required=True, metadata={"description": "whom the unit in charge has asked for"}
    )
    events = fields.List(fields.Nested(TicketEventSchema), required=True)
    clocks = fields.List(fields.Nested(ClockSchema), required=True)


class TicketListQuerySchema(PageQuerySchema):
    """The query of the list of tickets."""

    only_open = fields.Boolean(load_default=False)
