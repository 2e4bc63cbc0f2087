"""A card is shown by its holder and checked at a desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services import audit, ids, vault
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import Denied
from services.ports import CardDesk
from social_card import store
from social_card.access import may_show
from social_card.codes import ShownCard, read_code, write_code
from social_card.errors import CardNotInUse, CodeExpired, CodeNotRead, CodeUsed
from social_card.models import cards
from social_card.rules import CODE_LIFE, State


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A code that may be shown until an instant."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """What a desk learns: the card is genuine and its holder is here; what that opened, until when, for whom."""

    id: UUID
    number: str
    checked_at: datetime
    unit_name: str
    opened_until: datetime | None
    patient: str | None


def show_card(session: Session, actor: Actor) -> CodeView | None:
    """A fresh code of the active card; None where there is none: not issued yet, lost, frozen or ended.

    Access: scope social_card:apply; the holder, or a child's parent. Effects: audit social_card.code.shown.
    Raises: Denied 403 to all others.
    """
    if not may_show(actor) or actor.subject is None:
        raise Denied
    found = store.list_cards(session, actor, limit=1, after=None, states=(State.ACTIVE,))
    card = next((one for one in found if one.subject_id == actor.subject), None)
    if card is None:
        return None
    shown = ShownCard(
        id=ids.new_id(),
        subject_id=card.subject_id,
        card_id=card.id,
        version=card.version,
        expires_at=session.at + CODE_LIFE,
    )
    audit.append(
        session, actor, "social_card.code.shown", subject_id=card.subject_id, details=_details(shown)
    )
    return CodeView(code=write_code(session.keys, shown), expires_at=shown.expires_at)


def check_card(session: Session, actor: Actor, *, code: str, desk: CardDesk | None) -> CheckView:
    """Check the card that is shown at the actor's desk; what hangs on it opens in the same transaction.

    Shapes: the code as it was read. Access: scope social_card:check, staff of a unit.
    Effects: the code is used up; audit social_card.card.checked; the port's. A refusal of a genuine code is on
        record for its holder: audit social_card.check.refused.
    Raises: CodeNotRead 422; CodeExpired, CodeUsed, CardNotInUse 409; Denied 403 without a unit.
    """
    if actor.kind is not ActorKind.STAFF or actor.unit is None:
        raise Denied
    shown = read_code(session.keys, code)
    if shown is None:
        raise CodeNotRead
    if session.at >= shown.expires_at:
        raise CodeExpired
    card = store.hold_active(session, shown)
    if card is None:
        _note_refusal(session, actor, shown, "card_not_in_use")
        raise CardNotInUse
    if not store.claim_code(session, shown, unit=actor.unit, account_id=actor.account):
        _note_refusal(session, actor, shown, "code_used")
        raise CodeUsed
    opened = (
        None
        if desk is None
        else desk.card_shown(session, actor, subject_id=shown.subject_id, unit=actor.unit)
    )
    view = CheckView(
        id=shown.id,
        number=vault.cipher_for(session, card.subject_id).unseal_text(
            cards.c.number_sealed, card.id, card.number_sealed
        ),
        checked_at=session.at,
        unit_name=actor.unit if opened is None else opened.unit_name,
        opened_until=None if opened is None else opened.until,
        patient=None if opened is None else opened.patient,
    )
    store.fill_check(session, shown, unit_name=view.unit_name, opened_until=view.opened_until)
    details = {**_details(shown), "unit": actor.unit, "fields": ["number"]}
    audit.append(session, actor, "social_card.card.checked", subject_id=shown.subject_id, details=details)
    return view


def list_checks(session: Session, actor: Actor, *, limit: int = 20) -> list[Any]:
    """Who checked the card of the actor's subject, newest first. Access: scope social_card:read; residents."""
    if actor.kind is not ActorKind.RESIDENT or actor.subject is None:
        return []
    return list(store.list_checks(session, actor.subject, limit=limit))


def _details(shown: ShownCard) -> audit.Details:
    return {"card_id": str(shown.card_id), "check_id": str(shown.id)}


def _note_refusal(session: Session, actor: Actor, shown: ShownCard, reason: str) -> None:
    details = {**_details(shown), "unit": actor.unit or "", "reason": reason}
    audit.append(session, actor, "social_card.check.refused", subject_id=shown.subject_id, details=details)
