"""The one metadata of all these tables."""

from services.database.tables import metadata_for

metadata = metadata_for("hotline")
