"""What hangs on a card that is shown: the other services' side of it, as the suite is put together."""

from flask import current_app

from services.ports import CardDesk


def desk() -> CardDesk | None:
    """Whoever offers to open something at a desk; None where no service does."""
    offered: CardDesk | None = current_app.extensions["citizen_ports"].get(CardDesk)
    return offered
