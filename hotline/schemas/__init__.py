"""The shapes of the hotline's JSON, by subject."""

from hotline.schemas.articles import ArticleQuerySchema, ArticleSchema, ArticleWriteSchema
from hotline.schemas.attachments import AttachmentListSchema, AttachmentQuerySchema, AttachmentSchema
from hotline.schemas.calls import (
    CallDetailSchema,
    CallListQuerySchema,
    CallListSchema,
    MissedSchema,
    RingingSchema,
    SeatSchema,
)
from hotline.schemas.context import (
    ContextCodeCreateSchema,
    ContextCodeSchema,
    ContextGrantCreateSchema,
    ContextGrantSchema,
    ContextLookSchema,
    ContextRedeemSchema,
    ContextSaidSchema,
)
from hotline.schemas.filing import TicketCreateSchema, TicketFiledSchema
from hotline.schemas.incoming import CallEventSchema, ReceivedSchema, TakenSchema
from hotline.schemas.merging import AlikeSchema, MergeSchema, UnmergeSchema
from hotline.schemas.notes import InternalNoteSchema, InternalNoteWriteSchema
from hotline.schemas.rechecks import (
    RecheckSchema,
)
from hotline.schemas.routing import CategorySchema, RouteSchema, UnitSchema
from hotline.schemas.search import (
    FILTER_NAMES,
    FacetQuerySchema,
    FacetsSchema,
    SavedViewCreateSchema,
    SavedViewSchema,
    SearchSchema,
    filters_of,
)
from hotline.schemas.similar import (
    SimilarQuerySchema,
    SimilarSchema,
)
from hotline.schemas.statistics import (
    HeatCellSchema,
    OpenDataQuerySchema,
    StatisticsQuerySchema,
    StatisticsSchema,
    StretchSchema,
)
from hotline.schemas.steps import PublicationSchema, TicketActionSchema, TicketReplySchema
from hotline.schemas.templates import (
    FilledSchema,
    TemplateFillQuerySchema,
    TemplateQuerySchema,
    TemplateSchema,
    TemplateWriteSchema,
)
from hotline.schemas.tickets import (
    TicketDetailSchema,
    TicketExportSchema,
    TicketListQuerySchema,
    TicketPageSchema,
    TicketSchema,
)
from hotline.schemas.tracking import TrackedSchema, TrackSchema, tracked

__all__ = [
    "FILTER_NAMES",
    "AlikeSchema",
    "ArticleQuerySchema",
    "ArticleSchema",
    "ArticleWriteSchema",
    "AttachmentListSchema",
    "AttachmentQuerySchema",
    "AttachmentSchema",
    "CallDetailSchema",
    "CallEventSchema",
    "CallListQuerySchema",
    "CallListSchema",
    "CategorySchema",
    "ContextCodeCreateSchema",
    "ContextCodeSchema",
    "ContextGrantCreateSchema",
    "ContextGrantSchema",
    "ContextLookSchema",
    "ContextRedeemSchema",
    "ContextSaidSchema",
    "FacetQuerySchema",
    "FacetsSchema",
    "FilledSchema",
    "HeatCellSchema",
    "InternalNoteSchema",
    "InternalNoteWriteSchema",
    "MergeSchema",
    "MissedSchema",
    "OpenDataQuerySchema",
    "PublicationSchema",
    "ReceivedSchema",
    "RecheckSchema",
    "RingingSchema",
    "RouteSchema",
    "SavedViewCreateSchema",
    "SavedViewSchema",
    "SearchSchema",
    "SeatSchema",
    "SimilarQuerySchema",
    "SimilarSchema",
    "StatisticsQuerySchema",
    "StatisticsSchema",
    "StretchSchema",
    "TakenSchema",
    "TemplateFillQuerySchema",
    "TemplateQuerySchema",
    "TemplateSchema",
    "TemplateWriteSchema",
    "TicketActionSchema",
    "TicketCreateSchema",
    "TicketDetailSchema",
    "TicketExportSchema",
    "TicketFiledSchema",
    "TicketListQuerySchema",
    "TicketPageSchema",
    "TicketReplySchema",
    "TicketSchema",
    "TrackSchema",
    "TrackedSchema",
    "UnitSchema",
    "UnmergeSchema",
    "filters_of",
    "tracked",
]
