"""The hotline's use cases."""

from hotline.actions.article_drafts import (
    forget_article_draft,
    list_article_drafts,
    list_article_versions,
    list_citations,
    publish_article,
    read_article_draft,
    save_article_draft,
)
from hotline.actions.articles import list_articles, read_article, write_article
from hotline.actions.attachments import (
    AttachmentView,
    add_picture,
    attach_at_once,
    list_pictures,
    read_picture,
)
from hotline.actions.calls import CallView, file_on_call, list_calls, read_call, record_call
from hotline.actions.catalogue import CategoryView, list_categories, list_units
from hotline.actions.claims import claim_next, claim_ticket
from hotline.actions.clocks import check_clocks, find_year, publish_policy, publish_year, version_of
from hotline.actions.confirmations import (
    confirm_filing,
)
from hotline.actions.context import (
    CodeView,
    GrantView,
    LookView,
    find_context,
    grant_context,
    list_context_grants,
    list_context_looks,
    make_context_code,
    read_context,
    redeem_context_code,
    revoke_context,
)
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
from hotline.actions.merging import (
    Alike,
    find_alike,
    list_alike,
    merge_ticket,
    unmerge_ticket,
)
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
from hotline.actions.rechecks import (
    list_rechecks,
)
from hotline.actions.retention import (
    Forgotten,
    enforce_retention,
)
from hotline.actions.routing import plan_route, publish_backstops
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
from hotline.actions.seats import (
    MissedView,
    Ringing,
    find_ringing,
    find_seat,
    list_missed_calls,
    take_seat,
)
from hotline.actions.similar import (
    Similar,
    joined_to,
    list_similar,
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
    "CategoryView",
    "ChannelKey",
    "CodeView",
    "CountsView",
    "EscalationView",
    "EventView",
    "Facets",
    "Filed",
    "Forgotten",
    "Found",
    "GrantView",
    "InternalNoteView",
    "Late",
    "LookView",
    "MissedView",
    "Received",
    "Ringing",
    "SavedView",
    "Similar",
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
    "confirm_filing",
    "count_days",
    "count_facets",
    "create_channel_key",
    "create_ticket",
    "create_token",
    "enforce_retention",
    "escalate",
    "file_on_call",
    "file_report",
    "fill_template",
    "find_alike",
    "find_context",
    "find_ringing",
    "find_seat",
    "find_year",
    "forget_article_draft",
    "forget_deliveries",
    "forget_draft",
    "forget_queue_changes",
    "forget_texts",
    "forget_view",
    "get_public_request",
    "grant_context",
    "joined_to",
    "list_alike",
    "list_article_drafts",
    "list_article_versions",
    "list_articles",
    "list_calls",
    "list_categories",
    "list_channel_keys",
    "list_citations",
    "list_context_grants",
    "list_context_looks",
    "list_escalations",
    "list_internal_notes",
    "list_late",
    "list_missed_calls",
    "list_pictures",
    "list_public_requests",
    "list_queue_changes",
    "list_rechecks",
    "list_saved_views",
    "list_similar",
    "list_templates",
    "list_tickets",
    "list_units",
    "make_context_code",
    "may_see_change",
    "merge_ticket",
    "newest_queue_change",
    "number_of_token",
    "open_ticket",
    "plan_route",
    "program_of",
    "publish_article",
    "publish_backstops",
    "publish_policy",
    "publish_ticket",
    "publish_year",
    "read_article",
    "read_article_draft",
    "read_call",
    "read_context",
    "read_draft",
    "read_heat",
    "read_picture",
    "read_statistics",
    "read_template",
    "read_ticket",
    "recalculate",
    "receive_letter",
    "record_call",
    "redeem_context_code",
    "revoke_channel_key",
    "revoke_context",
    "save_article_draft",
    "save_draft",
    "save_view",
    "search_tickets",
    "signing_keys",
    "take_delivery",
    "take_seat",
    "take_timed_step",
    "track_ticket",
    "unmerge_ticket",
    "version_of",
    "write_article",
    "write_open_data",
    "write_template",
]
