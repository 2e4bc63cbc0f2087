"""Create the social card's tables."""

from alembic import op

from services.database.policies import protect_service_table
from services.database.roles import Role

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = (
    "'applied','in_production','rejected','ready','issued','active','temp_lost','lost','frozen','cancelled'"
)


def upgrade() -> None:
    """Create tables, the running number and the fences."""
    op.execute("CREATE SEQUENCE social_card.card_numbers")
    op.execute(
        f"""CREATE TABLE social_card.cards (
        subject_id uuid NOT NULL, id uuid NOT NULL, state text NOT NULL, generation integer NOT NULL,
        number_sealed bytea NOT NULL, pickup_sealed bytea NOT NULL, version integer NOT NULL,
        applied_at timestamptz NOT NULL, changed_at timestamptz NOT NULL,
        CONSTRAINT cards_pkey PRIMARY KEY (subject_id, id),
        CONSTRAINT cards_state_check CHECK (state IN ({STATES})))"""
    )
    op.execute("CREATE INDEX cards_state_idx ON social_card.cards (state, applied_at, id)")
    op.execute(
        "CREATE TABLE social_card.live_cards (subject_id uuid NOT NULL, card_id uuid NOT NULL, "
        "CONSTRAINT live_cards_pkey PRIMARY KEY (subject_id))"
    )
    op.execute(
        """CREATE TABLE social_card.card_events (
        subject_id uuid NOT NULL, card_id uuid NOT NULL, sequence integer NOT NULL, at timestamptz NOT NULL,
        event text NOT NULL, to_state text NOT NULL, actor text NOT NULL,
        CONSTRAINT card_events_pkey PRIMARY KEY (subject_id, card_id, sequence))"""
    )
    changing = ("select", "insert", "update")
    statements = protect_service_table("social_card.cards", resident=changing, staff=("select", "update"))
    everything = ("select", "insert", "delete")
    statements += protect_service_table(
        "social_card.live_cards", resident=everything, staff=("select", "delete"), worker=everything
    )
    appending = ("select", "insert")
    statements += protect_service_table(
        "social_card.card_events", resident=appending, staff=appending, worker=appending
    )
    statements += [
        f"GRANT USAGE ON SEQUENCE social_card.card_numbers TO {role.value}"
        for role in (Role.RESIDENT, Role.WORKER)
    ]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("card_events", "live_cards", "cards"):
        op.execute(f"DROP TABLE social_card.{table}")
    op.execute("DROP SEQUENCE social_card.card_numbers")
