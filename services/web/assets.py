"""Stylesheet, scripts and mark: read once, named by their hash, cached for ever."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response

from services.errors import NotFound
from services.web.blueprints import PageBlueprint
from services.web.declare import public

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"

blueprint = PageBlueprint("assets", __name__, service="web")


@cache
def _load() -> dict[str, tuple[str, bytes, str]]:
    """By plain name: hashed name, bytes, media type."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:12]
        found[path.name] = (f"{path.stem}.{digest}{path.suffix}", content, TYPES[path.suffix])
    return found


def asset(name: str) -> str:
    """The address of an asset."""
    return f"/static/{_load()[name][0]}"


@blueprint.route("/static/<string:name>")
@public("stylesheet, scripts and mark hold nothing of anybody")
def serve(name: str) -> Response:
    """Serve one asset by its hashed name."""
    for hashed, content, media_type in _load().values():
        if hashed == name:
            response = Response(content, mimetype=media_type)
            response.headers["Cache-Control"] = FOREVER
            return response
    raise NotFound


def register(app: Flask) -> None:
    """Give templates the addresses of assets."""
    app.jinja_env.globals["asset"] = asset
