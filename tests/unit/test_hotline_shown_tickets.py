"""Tickets are written without their schema's fields; what comes out is what the fields would have made of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from marshmallow import Schema

from hotline.actions import TicketView
from hotline.rules.clocks import Clock
from hotline.rules.policies import ClockKind
from hotline.schemas import TicketDetailSchema, TicketExportSchema, TicketPageSchema, TicketSchema
from services.web.pagination import Page

AT = datetime(2026, 11, 27, 1, 2, 3, 456789, UTC)
PLAIN = {
    "id": UUID(int=7),
    "number": "202611270001",
    "category": "road",
    "district": "东岸区",
    "channel": "api",
    "state": "received",
    "unit": "HOTLINE",
    "urgency": "ordinary",
    "text": "井盖翘起来了",
    "place": "和平路",
    "version": 1,
    "claimed_by": None,
    "claimed_until": None,
    "fence": 0,
    "is_supervised": False,
    "created_at": AT,
    "changed_at": AT + timedelta(hours=1),
    "actions": (),
    "subject_id": UUID(int=8),
}
FULL = {
    "claimed_by": UUID(int=9),
    "claimed_until": AT,
    "actions": ("claim", "supplement"),
    "clocks": (
        Clock(
            kind=ClockKind.ACCEPT,
            run=1,
            started_at=AT,
            due_at=AT + timedelta(hours=2),
            is_provisional=True,
            stopped_at=None,
            level=80,
        ),
    ),
    "is_confidential": True,
    "attributes": {"DANGER": ["cars", "riders"]},
    "contact": {"name": "李梅", "phone": "13800000000"},
    "point": {"latitude": 31.2, "longitude": 121.5},
    "public_text": "井盖",
    "same_as": UUID(int=10),
}


@pytest.mark.parametrize("more", [{}, FULL], ids=["plain", "full"])
def test_ticket_is_written_as_its_fields_say(more) -> None:
    ticket = TicketView(**PLAIN | more)
    by_fields = Schema.dump(TicketSchema(), ticket)
    assert TicketSchema().dump(ticket) == by_fields
    assert list(TicketSchema().dump(ticket)) == list(by_fields)
    assert TicketSchema(many=True).dump([ticket, ticket]) == [by_fields, by_fields]
    assert TicketPageSchema().dump(Page([ticket], None)) == {"items": [by_fields], "next_cursor": None}
    copy = {"exported_at": AT, "is_complete": True, "items": [ticket]}
    assert TicketExportSchema().dump(copy)["items"] == [by_fields]


def test_ticket_with_its_history_is_written_by_its_fields() -> None:
    fields = ("due_at", "is_due_provisional", "level", "clocks")
    ticket = TicketView(**PLAIN | FULL)
    shown = {**PLAIN, **FULL, **{name: getattr(ticket, name) for name in fields}, "events": []}
    written = TicketDetailSchema().dump(shown)
    assert written["events"] == []
    assert [clock["kind"] for clock in written["clocks"]] == ["accept"]
