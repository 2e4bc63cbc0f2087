"""Shelves for what names no resident, and chunks for attachments outside the row."""

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE health_file.shelves (unit text NOT NULL, subject_id uuid NOT NULL,
    CONSTRAINT shelves_pkey PRIMARY KEY (unit))""",
    "CREATE INDEX shelves_subject_idx ON health_file.shelves (subject_id)",
    """CREATE TABLE health_file.chunks (subject_id uuid NOT NULL, resource_id uuid NOT NULL, version integer NOT NULL,
    place integer NOT NULL, number integer NOT NULL, content_sealed bytea NOT NULL,
    CONSTRAINT chunks_pkey PRIMARY KEY (subject_id, resource_id, version, place, number))""",
    # Ciphertext does not compress; trying costs time for nothing.
    "ALTER TABLE health_file.chunks ALTER COLUMN content_sealed SET STORAGE EXTERNAL",
)


def upgrade() -> None:
    """Create tables and fences; attachments are written once and never changed."""
    for statement in TABLES:
        op.execute(statement)
    writing = ("select", "insert")
    statements = protect_service_table("health_file.chunks", staff=writing, worker=writing)
    statements += share("health_file.shelves", verbs=writing, roles=(Role.STAFF, Role.WORKER))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("chunks", "shelves"):
        op.execute(f"DROP TABLE health_file.{table}")
