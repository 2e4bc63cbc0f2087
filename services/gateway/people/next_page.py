"""Where a sign-in leads: only ever to a page of our own."""

from urllib.parse import parse_qs, urlsplit

from services.ports import KeyRing

HOME = "/"
PURPOSE = "next-page"
LONGEST = 4096
AUTHORIZATION = "/oauth/authorize"


def safe_next(wanted: str | None) -> str:
    """The path if it is a relative reference on this origin, else home.

    Browsers read backslashes as slashes and drop tabs and line ends, so none of them may be in it.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in wanted):
        return HOME
    parts = urlsplit(wanted)
    return HOME if parts.scheme or parts.netloc else wanted


def seal_next(keys: KeyRing, path: str) -> str:
    """The hidden field that carries the way back."""
    return keys.seal_reference(PURPOSE, path.encode())


def open_next(keys: KeyRing, sealed: str | None) -> str:
    """The way back that a form carried; home when it is missing or not ours."""
    content = keys.open_reference(PURPOSE, sealed) if sealed else None
    return HOME if content is None else safe_next(content.decode())


def asker_of(path: str) -> tuple[str, str] | None:
    """Client and redirect address of a pending authorization, not yet checked; None for any other page."""
    parts = urlsplit(path)
    if parts.path != AUTHORIZATION:
        return None
    query = parse_qs(parts.query)
    client, uri = query.get("client_id", []), query.get("redirect_uri", [])
    return (client[0], uri[0]) if len(client) == 1 and len(uri) == 1 else None
