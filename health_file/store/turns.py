"""Going one after the other."""

from sqlalchemy import func, select

from services.database.session import Session


def take_turn(session: Session, key: int) -> None:
    """Wait until nobody else with this key is at work; the turn ends with the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(key)))
