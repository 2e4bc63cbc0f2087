"""What somebody tells the hotline, whatever the channel. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from hotline.rules.catalogue import CATEGORIES
from hotline.rules.coordinates import Point
from hotline.rules.questions import Answer, answers_of
from hotline.rules.texts import MOST_TEXT, one_line, tidy
from services.errors import Invalid
from services.words import msgid

MOST_DISTRICT = 40
MOST_PLACE = 500
MOST_CONTACT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How the reporter may be reached, as they gave it; it never leaves the desk."""

    name: str = ""
    phone: str = ""
    email: str = ""
    account_id: str = ""
    device_id: str = ""
    # An address the reporter sent; it is shown to whoever works on the ticket and fetched by nobody.
    media_url: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return not any(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it is kept: tidied, bounded, its questions answered. `removed` counts unseen characters."""

    category: str
    text: str
    district: str
    place: str
    attributes: Mapping[str, Answer] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    point: Point | None = None
    is_confidential: bool = False
    is_anonymous: bool = False
    removed: int = 0


def report_of(
    *,
    category: str,
    text: str,
    district: str,
    place: str,
    attributes: Mapping[str, str | Sequence[str]] | None = None,
    contact: Contact | None = None,
    point: Point | None = None,
    is_confidential: bool = False,
    is_anonymous: bool = False,
) -> Report:
    """A report made safe to keep.

    Raises: Invalid 422 naming the field.
    """
    if category not in CATEGORIES:
        raise Invalid(field="/category", expected=", ".join(CATEGORIES))
    told, where, area = tidy(text), one_line(place), one_line(district)
    reached = contact or Contact()
    named = {one.name: one_line(getattr(reached, one.name)) for one in fields(reached)}
    if len(told.text) > MOST_TEXT:
        raise Invalid(field="/text", expected=msgid("最多写 20000 字"))
    if len(where.text) > MOST_PLACE:
        raise Invalid(field="/place", expected=msgid("地点最多写 500 字"))
    if len(area.text) > MOST_DISTRICT:
        raise Invalid(field="/district", expected=msgid("写明在哪个区"))
    for name, line in named.items():
        if len(line.text) > (2000 if name == "media_url" else MOST_CONTACT):
            raise Invalid(field=f"/contact/{name}", expected=msgid("写得太长了"))
    lines = [told, where, area, *named.values()]
    return Report(
        category=category,
        text=told.text,
        district=area.text,
        place=where.text,
        attributes=answers_of(category, attributes or {}),
        # Whoever wishes to stay unknown leaves nothing to be known by.
        contact=Contact() if is_anonymous else Contact(**{name: line.text for name, line in named.items()}),
        point=point,
        is_confidential=is_confidential,
        is_anonymous=is_anonymous,
        removed=sum(line.removed for line in lines),
    )
