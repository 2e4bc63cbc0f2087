"""Device codes, notices of signing out, and what rich authorization requests and logout add to clients and grants."""

from alembic import op

from services.database.policies import protect_account_table, share
from services.database.roles import Role

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE gateway.device_codes (
        digest bytea NOT NULL, expires_on date NOT NULL, user_code_digest bytea NOT NULL,
        client_id text NOT NULL, scopes text[] NOT NULL, resources text[] NOT NULL, state text NOT NULL,
        interval_seconds integer NOT NULL, polled_at timestamptz, subject_id uuid, grant_id uuid,
        expires_at timestamptz NOT NULL,
        CONSTRAINT device_codes_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on)
    """,
    "CREATE UNIQUE INDEX device_codes_user_code_key ON gateway.device_codes (user_code_digest, expires_on)",
    """
    CREATE TABLE gateway.logout_notices (
        subject_id uuid NOT NULL, id uuid NOT NULL, client_id text NOT NULL, session_id uuid NOT NULL,
        for_subject_id uuid NOT NULL, state text NOT NULL, attempts integer NOT NULL,
        queued_at timestamptz NOT NULL, settled_at timestamptz,
        CONSTRAINT logout_notices_pkey PRIMARY KEY (subject_id, id))
    """,
    """
    ALTER TABLE gateway.clients
        ADD COLUMN backchannel_logout_uri text,
        ADD COLUMN backchannel_logout_session_required boolean NOT NULL DEFAULT false,
        ADD COLUMN frontchannel_logout_uri text,
        ADD COLUMN frontchannel_logout_session_required boolean NOT NULL DEFAULT false,
        ADD COLUMN authorization_details_types text[] NOT NULL DEFAULT '{}',
        ADD COLUMN resource_servers text[] NOT NULL DEFAULT '{}'
    """,
    """
    ALTER TABLE gateway.grants
        ADD COLUMN first_session_id uuid,
        ADD COLUMN authorization_details_sealed bytea,
        ADD COLUMN requested_claims jsonb
    """,
    "ALTER TABLE gateway.consents ADD COLUMN authorization_details_sealed bytea",
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
    """Add tables and columns, fenced."""
    for statement in TABLES:
        op.execute(statement)
    statements = share("gateway.device_codes", verbs=("select", "insert", "update"), roles=(Role.GATEWAY,))
    # Whoever signs out queues the notices in that same transaction, whatever page it is on.
    statements += protect_account_table("gateway.logout_notices", resident=("insert",))
    for statement in statements:
        op.execute(statement)
    op.execute(KEEPER.format(parents=EVERY))
    op.execute("SELECT gateway.keep_partitions(current_date - 2, current_date + 60)")


def downgrade() -> None:
    """Drop what was added."""
    op.execute(KEEPER.format(parents=THREE))
    op.execute("ALTER TABLE gateway.consents DROP COLUMN authorization_details_sealed")
    op.execute(
        "ALTER TABLE gateway.grants DROP COLUMN first_session_id, "
        "DROP COLUMN authorization_details_sealed, DROP COLUMN requested_claims"
    )
    op.execute(
        "ALTER TABLE gateway.clients DROP COLUMN backchannel_logout_uri, "
        "DROP COLUMN backchannel_logout_session_required, DROP COLUMN frontchannel_logout_uri, "
        "DROP COLUMN frontchannel_logout_session_required, DROP COLUMN authorization_details_types, "
        "DROP COLUMN resource_servers"
    )
    op.execute("DROP TABLE gateway.logout_notices")
    op.execute("DROP TABLE gateway.device_codes")
