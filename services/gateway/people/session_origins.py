"""Where an account is signed in, so coarsely that it helps its owner to recognise a place and nobody to follow them.

Kind of browser and system, the network without its last part, and the hour: sealed under the account's own key.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.actor import Actor
from services.database.session import Session
from services.gateway.models import sessions
from services.gateway.store import page_sessions as store
from services.vault import Shredded, cipher_for

COARSE = timedelta(hours=1)
# First match counts: most browsers also name those they descend from.
BROWSERS = (
    ("WeChat", re.compile(r"MicroMessenger/")),
    ("Alipay", re.compile(r"AlipayClient/")),
    ("Edge", re.compile(r"Edg(A|iOS)?/")),
    ("Huawei Browser", re.compile(r"HuaweiBrowser/|ArkWeb/")),
    ("Firefox", re.compile(r"(Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"(Chrome|CriOS)/")),
    ("Safari", re.compile(r"Safari/")),
)
SYSTEMS = (
    ("HarmonyOS", re.compile(r"HarmonyOS|OpenHarmony")),
    ("Android", re.compile(r"Android")),
    ("iOS", re.compile(r"iPhone|iPad")),
    ("Windows", re.compile(r"Windows")),
    ("macOS", re.compile(r"Mac OS X")),
    ("Linux", re.compile(r"Linux")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place where the account is signed in. `browser`, `system` and `network` are empty where unknown."""

    id: UUID
    started_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    browser: str
    system: str
    network: str
    is_this: bool


def label_of(user_agent: str) -> tuple[str, str]:
    """Browser and system, as their makers name them. Pure."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def shorten_address(address: str) -> str:
    """The network an address lies in: an IPv4 /24 or an IPv6 /48, or nothing. Pure."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if parsed.version == 6 else None
    if mapped is not None:
        parsed = mapped
    return str(ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def mark_seen(session: Session, actor: Actor, *, user_agent: str, address: str) -> None:
    """Note that the actor's page session is in use, and from where; at most once an hour.

    Effects: one row changed, or none.
    """
    if actor.account is None or actor.grant is None:
        return
    try:
        cipher = cipher_for(session, actor.account)
    except Shredded:
        return
    content = json.dumps([*label_of(user_agent), shorten_address(address)])
    sealed = cipher.seal(sessions.c.origin_sealed, actor.grant, content)
    store.change_session_seen(session, actor.account, actor.grant, sealed, session.at - COARSE)


def list_places(session: Session, actor: Actor) -> list[Place]:
    """Where the actor's account is signed in now, newest first."""
    if actor.account is None:
        return []
    rows = store.list_sessions(session, actor.account)
    return [_place(session, actor, actor.account, row) for row in rows]


def _place(session: Session, actor: Actor, account: UUID, row: Row[Any]) -> Place:
    browser, system, network = "", "", ""
    if row.origin_sealed is not None:
        content = cipher_for(session, account).unseal(sessions.c.origin_sealed, row.id, row.origin_sealed)
        browser, system, network = json.loads(content)
    return Place(
        id=row.id,
        started_at=row.started_at,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
        browser=browser,
        system=system,
        network=network,
        is_this=row.id == actor.grant,
    )


def _first(table: tuple[tuple[str, re.Pattern[str]], ...], user_agent: str) -> str:
    return next((name for name, pattern in table if pattern.search(user_agent)), "")
