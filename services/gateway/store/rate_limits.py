"""The one statement of a rate limit, and forgetting those that are whole again."""

from datetime import datetime, timedelta

from services.database.session import Session

# GCRA (ITU-T I.371): `arrives_at` is the theoretical arrival time. The update takes the row's lock and happens only
# where the allowance lasts, so of any number of callers at once exactly as many pass as it holds. The second half
# sees the row as it was before, which is enough to say how long to wait.
SPEND = """
WITH spent AS (
    INSERT INTO gateway.rate_limits AS held (digest, use, arrives_at) VALUES (%s, %s, %s + %s)
    ON CONFLICT (digest) DO UPDATE SET arrives_at = greatest(held.arrives_at, %s) + %s
    WHERE greatest(held.arrives_at, %s) + %s <= %s + %s
    RETURNING arrives_at)
SELECT (SELECT arrives_at FROM spent), (SELECT arrives_at FROM gateway.rate_limits WHERE digest = %s)
"""


def spend(
    session: Session, digest: bytes, use: str, *, interval: timedelta, allowance: timedelta
) -> datetime | None:
    """Take one from an allowance: None when there was one, else the instant at which the next is there."""
    at = session.at
    row = session.raw(
        SPEND,
        (digest, use, at, interval, at, interval, at, interval, at, allowance, digest),
    ).fetchone()
    spent, held = row or (None, None)
    if spent is not None:
        return None
    free_at: datetime = max(held or at, at) + interval - allowance
    return max(free_at, at)


def delete_whole(session: Session) -> None:
    """Forget the limits whose allowance is whole again: they say nothing any longer."""
    session.raw("DELETE FROM gateway.rate_limits WHERE arrives_at < %s", (session.at,))
