"""What the packages declare, gathered for the contract tests."""

from sqlalchemy import MetaData

import ebills.models
import health_file.models
import hotline.models
import legal_id.models
import services.audit.models
import services.gateway.models
import services.notices.models
import services.vault.models
import services.web.models
import social_card.models
from services.database.tables import Spread

METADATA: tuple[MetaData, ...] = tuple(
    module.metadata
    for module in (
        services.vault.models,
        services.audit.models,
        services.web.models,
        services.notices.models,
        services.gateway.models,
        health_file.models,
        ebills.models,
        social_card.models,
        legal_id.models,
        hotline.models,
    )
)


def kinds() -> dict[str, Spread]:
    """The declared kind of every table, by `schema.table`."""
    return {
        f"{table.schema}.{table.name}": table.info["spread"]
        for metadata in METADATA
        for table in metadata.tables.values()
    }
