"""Going one after the other."""

from collections.abc import Iterable

from services.database.session import Session

TAKE_TURNS = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"


def take_turns(session: Session, keys: Iterable[int]) -> None:
    """Wait until nobody else with one of these keys is at work; the turns end with the transaction.

    Keys are taken in order, so that no two wait for each other.
    """
    session.raw(TAKE_TURNS, (sorted(set(keys)),))
