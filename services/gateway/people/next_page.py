"""Where a sign-in leads: only ever to a page of our own."""

from urllib.parse import parse_qsl, urlsplit

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


def authorization_of(path: str) -> list[tuple[str, str]] | None:
    """The query of a pending authorization, not yet checked; None for any other page."""
    parts = urlsplit(path)
    return parse_qsl(parts.query) if parts.path == AUTHORIZATION else None
