"""Create the tables of legal persons."""

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATUSES = "'pending','active','refused','suspended','licence_revoked','deregistered','moved_out'"


def upgrade() -> None:
    """Create tables and fences."""
    op.execute(
        f"""CREATE TABLE legal_id.register (
        uscc text NOT NULL, legal_person_id uuid NOT NULL, name text NOT NULL, name_en text NOT NULL,
        address text NOT NULL, status text NOT NULL, version integer NOT NULL,
        registered_at timestamptz NOT NULL, changed_at timestamptz NOT NULL,
        CONSTRAINT register_pkey PRIMARY KEY (uscc),
        CONSTRAINT register_status_check CHECK (status IN ({STATUSES})))"""
    )
    op.execute(
        "CREATE TABLE legal_id.legal_persons (subject_id uuid NOT NULL, uscc text NOT NULL, "
        "contact_sealed bytea NOT NULL, created_at timestamptz NOT NULL, "
        "CONSTRAINT legal_persons_pkey PRIMARY KEY (subject_id))"
    )
    op.execute(
        "CREATE TABLE legal_id.representatives (subject_id uuid NOT NULL, id uuid NOT NULL, "
        "legal_person_id uuid NOT NULL, uscc text NOT NULL, role text NOT NULL, since timestamptz NOT NULL, "
        "ended_at timestamptz, CONSTRAINT representatives_pkey PRIMARY KEY (subject_id, id))"
    )
    changing = ("select", "insert", "update")
    users = (Role.RESIDENT, Role.STAFF, Role.WORKER)
    statements = share("legal_id.register")
    statements += share("legal_id.register", verbs=("insert", "update"), roles=users)
    statements += protect_service_table(
        "legal_id.legal_persons", resident=("select", "insert"), staff=("select", "insert")
    )
    statements += protect_service_table("legal_id.representatives", resident=changing, staff=("select",))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("representatives", "legal_persons", "register"):
        op.execute(f"DROP TABLE legal_id.{table}")
