"""The demo's outbox: what would have gone to phones and mailboxes, in the order in which it was sent."""

import json
from pathlib import Path

from services.errors import Invalid
from services.gateway.people.phone import parse_phone
from services.gateway.people.texts import outbox_path


def list_texts(data_dir: Path, receiver: str | None) -> list[dict[str, str]]:
    """Every text, or those to one receiver; a phone number may be written in any way."""
    path = outbox_path(data_dir)
    if not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wanted = None if receiver is None else _normal(receiver)
    return [text for text in found if wanted in {None, text["to"]}]


def _normal(receiver: str) -> str:
    try:
        return parse_phone(receiver)
    except Invalid:
        return receiver.strip()
