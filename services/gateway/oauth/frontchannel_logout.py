"""Telling clients through the browser that it signed out: a page that loads one address of each in a frame.

Standard: OpenID Connect Front-Channel Logout 1.0 sections 2 and 3. Without frames the same addresses stand there
as links.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, make_response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from services.database.session import Session
from services.gateway.oauth.server import origin_of
from services.gateway.oauth.session_id import session_id_at
from services.gateway.store import logout_notices as store
from services.web.headers import allow_frames
from services.web.language import current_language


@dataclass(frozen=True, slots=True)
class Frame:
    """One client that is told: its name and the address, with `iss` and `sid`."""

    name: str
    url: str


def list_frames(session: Session, issuer: str, account: UUID, sessions: Sequence[UUID]) -> tuple[Frame, ...]:
    """Whom the browser must tell that these sessions end; to be asked before they do."""
    is_chinese = current_language() == "zh-Hans"
    return tuple(
        Frame(
            row.name if is_chinese else row.name_en,
            _address(
                row.frontchannel_logout_uri,
                issuer,
                session_id_at(session.keys, row.sector, row.session_id),
            ),
        )
        for row in store.list_frontchannel(session, account, sessions)
    )


def signed_out_response(frames: Sequence[Frame], next_url: str) -> AnyResponse:
    """On to the next page, or first the page that tells the clients."""
    if not frames:
        return redirect(next_url, 303)
    allow_frames(sorted({origin_of(frame.url) for frame in frames}))
    shown = render_template("gateway/signed_out.html", frames=frames, next_url=next_url)
    response: Response = make_response(shown)
    return response


def _address(uri: str, issuer: str, sid: str) -> str:
    """Section 2: `iss` and `sid` come together or not at all, and the registered query stays."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'iss': issuer, 'sid': sid})}"
