"""What a page hands to its form, or to the sign-in page, and gets back unaltered: sealed, for one session.

So the answer is about exactly what was shown, whatever else happened in other tabs.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from services import clock
from services.gateway.oauth.errors import StaleRequest
from services.gateway.people.sessions import PageSession
from services.ports import KeyRing

LIFE = timedelta(minutes=30)
ASKED = "sign_in_asked"
PART = "part"
_ASKED_PURPOSE = "sign-in-asked"


@dataclass(frozen=True, slots=True)
class Question:
    """A page that waits for an answer: the query it was drawn from, and whom it was shown to."""

    query: str
    account: UUID
    session: UUID

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's parameters."""
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def is_in_part(self) -> bool:
        """Whether boxes were shown, to allow only some of it."""
        return PART in dict(self.pairs)


def seal_question(keys: KeyRing, purpose: str, query: str, page: PageSession) -> str:
    """The hidden field of a form."""
    content = [query, str(page.account), str(page.session), clock.now().isoformat()]
    return keys.seal_reference(purpose, json.dumps(content).encode())


def open_question(keys: KeyRing, purpose: str, sealed: str, page: PageSession | None) -> Question:
    """The question that a form answers.

    Raises: StaleRequest when it is altered, old, or was shown to another session.
    """
    content = keys.open_reference(purpose, sealed)
    if content is None or page is None:
        raise StaleRequest
    query, account, session, shown_at = json.loads(content)
    question = Question(query, UUID(account), UUID(session))
    is_old = clock.now() - datetime.fromisoformat(shown_at) > LIFE
    if is_old or (question.account, question.session) != (page.account, page.session):
        raise StaleRequest
    return question


def mark_asked(keys: KeyRing, query: str) -> str:
    """The query with a mark of when its sender was sent to sign in; the mark fits this query only."""
    bare = _without_mark(query)
    # Whole seconds, as the page session counts: signing in within this second is signing in afterwards.
    now = int(clock.now().timestamp())
    mark = keys.seal_reference(_ASKED_PURPOSE, json.dumps([now, _digest(bare)]).encode())
    return f"{bare}&{urlencode({ASKED: mark})}"


def read_asked_at(keys: KeyRing, query: str) -> datetime | None:
    """When the sender of this query was last sent to sign in for it, if that was lately."""
    mark = dict(parse_qsl(query)).get(ASKED)
    content = keys.open_reference(_ASKED_PURPOSE, mark) if mark else None
    if content is None:
        return None
    seconds, digest = json.loads(content)
    asked_at = datetime.fromtimestamp(seconds, UTC)
    fits = digest == _digest(_without_mark(query)) and clock.now() - asked_at <= LIFE
    return asked_at if fits else None


def _without_mark(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name != ASKED])


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()
