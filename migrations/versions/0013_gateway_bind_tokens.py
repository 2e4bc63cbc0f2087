"""Pushed authorization requests, spent proofs of possession, and tokens bound to a key.

From here on `gateway.keep_partitions` keeps every partitioned table of the schema, so that the next one needs
no new version of it.
"""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = (
    """
    ALTER TABLE gateway.clients
        ADD COLUMN require_pushed_authorization_requests boolean NOT NULL DEFAULT false,
        ADD COLUMN dpop_bound_access_tokens boolean NOT NULL DEFAULT false
    """,
    "ALTER TABLE gateway.authorization_codes ADD COLUMN dpop_jkt text",
    "ALTER TABLE gateway.refresh_tokens ADD COLUMN dpop_jkt text",
    """
    CREATE TABLE gateway.pushed_requests (
        digest bytea NOT NULL, expires_on date NOT NULL, client_id text NOT NULL,
        parameters_sealed bytea NOT NULL, expires_at timestamptz NOT NULL, opened_at timestamptz,
        consumed_at timestamptz,
        CONSTRAINT pushed_requests_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on)
    """,
    """
    CREATE TABLE gateway.spent_proofs (
        digest bytea NOT NULL, expires_on date NOT NULL,
        CONSTRAINT spent_proofs_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on)
    """,
)

# The app role owns nothing, so creating and dropping partitions goes through this one function. It touches
# only partitioned tables of this schema, all of which are keyed by the day their rows expire.
KEEPER = """
CREATE OR REPLACE FUNCTION gateway.keep_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parent text; day date; name text; changed integer := 0; old record;
BEGIN
    {parents} LOOP
        FOR day IN SELECT generate_series(first_day, last_day, interval '1 day')::date LOOP
            name := parent || '_' || to_char(day, 'YYYYMMDD');
            IF to_regclass('gateway.' || name) IS NULL THEN
                EXECUTE format('CREATE TABLE IF NOT EXISTS gateway.%I PARTITION OF gateway.%I '
                    'FOR VALUES FROM (%L) TO (%L)', name, parent, day, day + 1);
                changed := changed + 1;
            END IF;
        END LOOP;
        FOR old IN
            SELECT child.relname FROM pg_inherits
            JOIN pg_class child ON child.oid = inhrelid
            WHERE inhparent = ('gateway.' || parent)::regclass
              AND child.relname < parent || '_' || to_char(first_day, 'YYYYMMDD')
        LOOP
            EXECUTE format('DROP TABLE gateway.%I', old.relname);
            changed := changed + 1;
        END LOOP;
    END LOOP;
    RETURN changed;
END $$
"""
EVERY = """FOR parent IN
        SELECT relname FROM pg_class
        WHERE relkind = 'p' AND relnamespace = 'gateway'::regnamespace ORDER BY relname
   """
THREE = "FOREACH parent IN ARRAY ARRAY['authorization_codes', 'refresh_tokens', 'revoked_tokens']"


def upgrade() -> None:
    """Add columns and tables, and let the keeper of partitions find its tables by itself."""
    for statement in TABLES:
        op.execute(statement)
    statements = share("gateway.pushed_requests", verbs=("select", "insert", "update"), roles=(Role.GATEWAY,))
    # A resource spends a proof before it knows who asks, in a transaction of the residents' role.
    statements += share(
        "gateway.spent_proofs", verbs=("select", "insert"), roles=(Role.GATEWAY, Role.RESIDENT)
    )
    for statement in statements:
        op.execute(statement)
    op.execute(KEEPER.format(parents=EVERY))
    op.execute("SELECT gateway.keep_partitions(current_date - 2, current_date + 60)")


def downgrade() -> None:
    """Put the earlier keeper back, and drop what was added."""
    op.execute(KEEPER.format(parents=THREE))
    op.execute("DROP TABLE gateway.spent_proofs")
    op.execute("DROP TABLE gateway.pushed_requests")
    op.execute("ALTER TABLE gateway.refresh_tokens DROP COLUMN dpop_jkt")
    op.execute("ALTER TABLE gateway.authorization_codes DROP COLUMN dpop_jkt")
    op.execute(
        "ALTER TABLE gateway.clients DROP COLUMN require_pushed_authorization_requests,"
        " DROP COLUMN dpop_bound_access_tokens"
    )
