"""The hotline's use cases."""

from hotline.actions.articles import list_articles, read_article, write_article
from hotline.actions.attachments import (
    AttachmentView,
    add_picture,
    attach_at_once,
    list_pictures,
    read_picture,
)
from hotline.actions.calls import CallView, file_on_call, list_calls, read_call, record_call
from hotline.actions.catalogue import list_categories, list_units
from hotline.actions.claims import claim_next, claim_ticket
from hotline.actions.clocks import check_clocks, find_year, publish_policy, publish_year
from hotline.actions.deliveries import forget_deliveries, take_delivery
from hotline.actions.drafts import forget_draft, read_draft, save_draft
from hotline.actions.escalations import EscalationView, escalate, list_escalations
from hotline.actions.filing import Filed, create_ticket, file_report, forget_texts
from hotline.actions.keys import (
    ChannelKey,
    create_channel_key,
    list_channel_keys,
    program_of,
    revoke_channel_key,
    signing_keys,
)
from hotline.actions.late import Late, list_late
from hotline.actions.letters import Received, receive_letter
from hotline.actions.merging import Alike, list_alike, merge_ticket, unmerge_ticket
from hotline.actions.notes import InternalNoteView, add_internal_note, list_internal_notes
from hotline.actions.open_data import write_open_data
from hotline.actions.publishing import get_public_request, list_public_requests, publish_ticket
from hotline.actions.queue import (
    forget_queue_changes,
    list_queue_changes,
    may_see_change,
    newest_queue_change,
    open_ticket,
)
from hotline.actions.reading import Tracked, list_tickets, read_ticket, track_ticket
from hotline.actions.routing import plan_route
from hotline.actions.search import (
    Facets,
    Found,
    SavedView,
    count_facets,
    forget_view,
    list_saved_views,
    save_view,
    search_tickets,
)
from hotline.actions.statistics import CountsView, Statistics, count_days, read_heat, read_statistics
from hotline.actions.steps import change_ticket, recalculate, take_timed_step
from hotline.actions.templates import (
    fill_template,
    list_templates,
    read_template,
    write_template,
)
from hotline.actions.tokens import create_token, number_of_token
from hotline.actions.views import EventView, TicketView

__all__ = [
    "Alike",
    "AttachmentView",
    "CallView",
    "ChannelKey",
    "CountsView",
    "EscalationView",
    "EventView",
    "Facets",
    "Filed",
    "Found",
    "InternalNoteView",
    "Late",
    "Received",
    "SavedView",
    "Statistics",
    "TicketView",
    "Tracked",
    "add_internal_note",
    "add_picture",
    "attach_at_once",
    "change_ticket",
    "check_clocks",
    "claim_next",
    "claim_ticket",
    "count_days",
    "count_facets",
    "create_channel_key",
    "create_ticket",
    "create_token",
    "escalate",
    "file_on_call",
    "file_report",
    "fill_template",
    "find_year",
    "forget_deliveries",
    "forget_draft",
    "forget_queue_changes",
    "forget_texts",
    "forget_view",
    "get_public_request",
    "list_alike",
    "list_articles",
    "list_calls",
    "list_categories",
    "list_channel_keys",
    "list_escalations",
    "list_internal_notes",
    "list_late",
    "list_pictures",
    "list_public_requests",
    "list_queue_changes",
    "list_saved_views",
    "list_templates",
    "list_tickets",
    "list_units",
    "may_see_change",
    "merge_ticket",
    "newest_queue_change",
    "number_of_token",
    "open_ticket",
    "plan_route",
    "program_of",
    "publish_policy",
    "publish_ticket",
    "publish_year",
    "read_article",
    "read_call",
    "read_draft",
    "read_heat",
    "read_picture",
    "read_statistics",
    "read_template",
    "read_ticket",
    "recalculate",
    "receive_letter",
    "record_call",
    "revoke_channel_key",
    "save_draft",
    "save_view",
    "search_tickets",
    "signing_keys",
    "take_delivery",
    "take_timed_step",
    "track_ticket",
    "unmerge_ticket",
    "write_article",
    "write_open_data",
    "write_template",
]
