"""How pages look for this reader: language, elder mode, night, contrast. Kept in a cookie; works signed out."""

from urllib.parse import urlencode, urlsplit

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from services.web.blueprints import PageBlueprint
from services.web.current import current_settings
from services.web.declare import public
from services.web.language import COOKIE, LANGUAGES

CHOICES: dict[str, tuple[str, ...]] = {
    "language": LANGUAGES,
    "mode": ("normal", "elder"),
    "theme": ("device", "day", "night"),
    "contrast": ("device", "more"),
}
YEAR = 365 * 24 * 3600

blueprint = PageBlueprint("display", __name__, service="web")
# Language and looks work before any form token exists, and change nothing but a cookie of the sender's own.
blueprint.unprotected = frozenset({"display.change"})


def chosen() -> dict[str, str]:
    """What this reader has chosen; nothing else than known values ever comes out of the cookie."""
    pairs = (
        part.split("=", 1) for part in request.cookies.get(COOKIE, "").split("&") if part.count("=") == 1
    )
    return {name: value for name, value in pairs if value in CHOICES.get(name, ())}


@blueprint.route("/display", methods=["GET"])
@public("everybody may choose how pages look")
def show() -> str:
    """All display settings on one page."""
    return render_template("web/display.html", chosen=chosen())


@blueprint.route("/display", methods=["POST"])
@public("everybody may choose how pages look; nothing but a cookie changes")
def change() -> Response:
    """Keep a choice and go back to the same page."""
    settings = current_settings()
    wanted = {name: value for name, value in request.form.items() if value in CHOICES.get(name, ())}
    response = redirect(_same_page(request.form.get("back", "/")), 303)
    response.set_cookie(
        COOKIE,
        urlencode({**chosen(), **wanted}),
        max_age=YEAR,
        secure=settings.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _same_page(path: str) -> str:
    """A path of ours; anything that could lead elsewhere becomes home."""
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc
    return path if is_ours and "\\" not in path and path.isprintable() else "/"
