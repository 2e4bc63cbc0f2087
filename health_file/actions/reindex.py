"""Indexing again what an older version of the index holds."""

from datetime import date
from uuid import UUID

from health_file import store
from health_file.actions.search import index_entries
from health_file.actions.views import views_of
from health_file.fhir.parameters import INDEX_VERSION
from services.database.session import Session

BATCH = 500


def reindex_some(session: Session, *, limit: int = BATCH) -> int:
    """Index some rows again; how many, 0 when all are. Safe to interrupt and repeat, and beside any writer.

    Rows are claimed one by one in the order of their ids, by guarded updates. What is of a shredded file is found by
    nothing any more.
    Access: the worker. Effects: index entries of whole resources are replaced at once.
    """
    rows = store.list_rows_before(session, INDEX_VERSION, limit=limit)
    ours = [row for row in rows if store.claim_indexing(session, row, INDEX_VERSION)]
    if not ours:
        return len(rows)
    found: list[tuple[UUID, UUID, bytes]] = []
    spans: list[tuple[UUID, UUID, str, date, date]] = []
    for view in views_of(session, ours):
        tokens, days = index_entries(session, view)
        found += [(view.subject_id, view.id, one) for one in tokens]
        spans += [(view.subject_id, view.id, *one) for one in days]
    store.forget_indexes(session, [(row.subject_id, row.id) for row in ours])
    store.add_indexes(session, found, spans)
    return len(rows)


def count_unindexed(session: Session) -> int:
    """How many rows are still to be indexed again. Access: the worker."""
    return store.count_rows_before(session, INDEX_VERSION)
