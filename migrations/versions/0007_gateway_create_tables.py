"""Create the gateway's tables, the opener of every request, and the keeper of expiry partitions."""

from alembic import op

from services.database.policies import (
    SUBJECTS,
    allow,
    fence,
    protect_account_table,
    share,
)
from services.database.roles import Role

OWNERS = "string_to_array(current_setting('citizen.owners', true), ',')::uuid[]"

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE gateway.subjects (
    id uuid NOT NULL, kind text NOT NULL, created_at timestamptz NOT NULL, shredded_at timestamptz,
    CONSTRAINT subjects_pkey PRIMARY KEY (id));
CREATE TABLE gateway.residents (
    subject_id uuid NOT NULL, name_sealed bytea NOT NULL, id_number_sealed bytea NOT NULL,
    phone_sealed bytea, email_sealed bytea, born_on_sealed bytea NOT NULL, created_at timestamptz NOT NULL,
    CONSTRAINT residents_pkey PRIMARY KEY (subject_id));
CREATE TABLE gateway.staff (
    subject_id uuid NOT NULL, name_sealed bytea NOT NULL, unit text NOT NULL, roles text[] NOT NULL,
    created_at timestamptz NOT NULL, ended_at timestamptz,
    CONSTRAINT staff_pkey PRIMARY KEY (subject_id));
CREATE TABLE gateway.accounts (
    subject_id uuid NOT NULL, kind text NOT NULL, password_hash text NOT NULL, totp_sealed bytea,
    totp_last_step integer, language text, created_at timestamptz NOT NULL, ended_at timestamptz,
    CONSTRAINT accounts_pkey PRIMARY KEY (subject_id));
CREATE TABLE gateway.usernames (
    digest bytea NOT NULL, kind text NOT NULL, subject_id uuid NOT NULL,
    CONSTRAINT usernames_pkey PRIMARY KEY (digest));
CREATE TABLE gateway.relations (
    subject_id uuid NOT NULL, id uuid NOT NULL, for_subject_id uuid NOT NULL, relation text NOT NULL,
    starts_at timestamptz NOT NULL, ends_at timestamptz,
    CONSTRAINT relations_pkey PRIMARY KEY (subject_id, id));
CREATE TABLE gateway.sessions (
    subject_id uuid NOT NULL, id uuid NOT NULL, acr text NOT NULL, auth_time timestamptz NOT NULL,
    started_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, ended_at timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (subject_id, id));
CREATE TABLE gateway.clients (
    id uuid NOT NULL, client_id text NOT NULL, name text NOT NULL, name_en text NOT NULL,
    auth_method text NOT NULL, secret_digest bytea, jwks jsonb, redirect_uris text[] NOT NULL,
    post_logout_redirect_uris text[] NOT NULL, grants text[] NOT NULL, scopes text[] NOT NULL, unit text,
    sector text NOT NULL, created_at timestamptz NOT NULL, disabled_at timestamptz,
    CONSTRAINT clients_pkey PRIMARY KEY (id), CONSTRAINT clients_client_id_key UNIQUE (client_id));
CREATE TABLE gateway.consents (
    subject_id uuid NOT NULL, id uuid NOT NULL, client_id text NOT NULL, for_subject_id uuid NOT NULL,
    relation text NOT NULL, scopes text[] NOT NULL, given_at timestamptz NOT NULL, withdrawn_at timestamptz,
    CONSTRAINT consents_pkey PRIMARY KEY (subject_id, id));
CREATE TABLE gateway.grants (
    subject_id uuid NOT NULL, id uuid NOT NULL, client_id text NOT NULL, consent_id uuid NOT NULL,
    session_id uuid NOT NULL, for_subject_id uuid NOT NULL, relation text NOT NULL, scopes text[] NOT NULL,
    acr text NOT NULL, auth_time timestamptz NOT NULL, given_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, revoked_at timestamptz, revoked_because text,
    CONSTRAINT grants_pkey PRIMARY KEY (subject_id, id));
CREATE TABLE gateway.authorization_codes (
    digest bytea NOT NULL, expires_on date NOT NULL, subject_id uuid NOT NULL, grant_id uuid NOT NULL,
    client_id text NOT NULL, redirect_uri text NOT NULL, scopes text[] NOT NULL,
    code_challenge text NOT NULL, nonce text, resources text[] NOT NULL, expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    CONSTRAINT authorization_codes_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on);
CREATE TABLE gateway.refresh_tokens (
    digest bytea NOT NULL, expires_on date NOT NULL, subject_id uuid NOT NULL, grant_id uuid NOT NULL,
    client_id text NOT NULL, scopes text[] NOT NULL, expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on);
CREATE TABLE gateway.revoked_tokens (
    token_id uuid NOT NULL, expires_on date NOT NULL,
    CONSTRAINT revoked_tokens_pkey PRIMARY KEY (token_id, expires_on)) PARTITION BY RANGE (expires_on);
CREATE TABLE gateway.attempts (
    digest bytea NOT NULL, use text NOT NULL, failures integer NOT NULL,
    window_started_at timestamptz NOT NULL, free_at timestamptz NOT NULL,
    CONSTRAINT attempts_pkey PRIMARY KEY (digest));
CREATE TABLE gateway.known_devices (
    subject_id uuid NOT NULL, id uuid NOT NULL, seen_at timestamptz NOT NULL,
    CONSTRAINT known_devices_pkey PRIMARY KEY (subject_id, id));
CREATE TABLE gateway.markers (
    name text NOT NULL, value text NOT NULL, set_at timestamptz NOT NULL,
    CONSTRAINT markers_pkey PRIMARY KEY (name));
"""

# Sets who acts and for whom, then answers in the same round trip whether the grant, session or client still
# lives and hands out the wrapped data keys of those concerned. `set local`, never `set_config`: only the
# former is carried to the workers of a spread database. Called alone, right after BEGIN.
OPENER = """
CREATE FUNCTION gateway.open_request(
    in_role text, in_service text, in_account uuid, in_subjects uuid[], in_checks text, in_grant uuid,
    in_token uuid, at timestamptz, OUT alive boolean, OUT owners uuid[], OUT keys bytea[])
LANGUAGE plpgsql SECURITY INVOKER AS $$
BEGIN
    EXECUTE format('SET LOCAL citizen.service = %L', in_service);
    EXECUTE format('SET LOCAL citizen.account = %L', coalesce(in_account::text, ''));
    EXECUTE format('SET LOCAL citizen.subjects = %L', array_to_string(in_subjects, ','));
    EXECUTE format('SET LOCAL citizen.owners = %L', array_to_string(in_subjects || in_account, ','));
    IF in_role <> current_user THEN
        EXECUTE format('SET LOCAL ROLE %I', in_role);
    END IF;
    alive := CASE in_checks
        WHEN 'grant' THEN EXISTS (
            SELECT FROM gateway.grants
            WHERE subject_id = in_account AND id = in_grant AND revoked_at IS NULL AND expires_at > at)
        WHEN 'session' THEN EXISTS (
            SELECT FROM gateway.sessions
            WHERE subject_id = in_account AND id = in_grant AND ended_at IS NULL AND expires_at > at)
        WHEN 'client' THEN EXISTS (
            SELECT FROM gateway.clients WHERE id = in_grant AND disabled_at IS NULL)
        WHEN '' THEN true
        ELSE false
    END;
    IF alive AND in_token IS NOT NULL THEN
        alive := NOT EXISTS (SELECT FROM gateway.revoked_tokens WHERE token_id = in_token);
    END IF;
    -- The sequencer and the verifier act for nobody and may not read keys.
    IF alive AND (in_account IS NOT NULL OR cardinality(in_subjects) > 0) THEN
        SELECT array_agg(subject_id), array_agg(wrapped) INTO owners, keys
        FROM vault.data_keys WHERE subject_id = ANY (in_subjects || in_account);
    END IF;
END $$
"""

REACH = """
CREATE FUNCTION gateway.reach(in_subject uuid) RETURNS void LANGUAGE plpgsql SECURITY INVOKER AS $$
BEGIN
    EXECUTE format('SET LOCAL citizen.subjects = %L',
        concat_ws(',', nullif(current_setting('citizen.subjects', true), ''), in_subject::text));
    EXECUTE format('SET LOCAL citizen.owners = %L',
        concat_ws(',', nullif(current_setting('citizen.owners', true), ''), in_subject::text));
END $$
"""

# The app role owns nothing, so creating and dropping partitions goes through this one function. It touches
# only the three tables named and only whole days.
KEEP_PARTITIONS = """
CREATE FUNCTION gateway.keep_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parent text; day date; name text; changed integer := 0; old record;
BEGIN
    FOREACH parent IN ARRAY ARRAY['authorization_codes', 'refresh_tokens', 'revoked_tokens'] LOOP
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

FIND_RESIDENT = """
CREATE FUNCTION gateway.find_resident(in_digest bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT subject_id FROM gateway.usernames WHERE digest = in_digest AND kind = 'id_number')
"""


def upgrade() -> None:
    """Create tables, fences and functions."""
    for statement in TABLES.strip().rstrip(";").split(";\n"):
        op.execute(statement)
    op.execute("CREATE INDEX relations_for_subject_idx ON gateway.relations (subject_id, for_subject_id)")
    op.execute("CREATE INDEX usernames_subject_idx ON gateway.usernames (subject_id)")
    _fence()
    op.execute(OPENER)
    op.execute(REACH)
    op.execute(KEEP_PARTITIONS)
    op.execute(FIND_RESIDENT)
    op.execute("REVOKE ALL ON FUNCTION gateway.find_resident(bytea) FROM PUBLIC")
    for role in (Role.STAFF, Role.WORKER):
        op.execute(f"GRANT EXECUTE ON FUNCTION gateway.find_resident(bytea) TO {role.value}")
    op.execute("REVOKE ALL ON FUNCTION gateway.keep_partitions(date, date) FROM PUBLIC")
    for role in (Role.WORKER, Role.GATEWAY):
        op.execute(f"GRANT EXECUTE ON FUNCTION gateway.keep_partitions(date, date) TO {role.value}")
    op.execute("SELECT gateway.keep_partitions(current_date - 2, current_date + 60)")


def _fence() -> None:
    statements: list[str] = fence("gateway.subjects")
    statements += allow("gateway.subjects", Role.GATEWAY, "true")
    statements += allow(
        "gateway.subjects", Role.RESIDENT, f"id = ANY ({SUBJECTS})", verbs=("select", "insert")
    )
    statements += allow("gateway.subjects", Role.STAFF, "true", verbs=("select", "insert"))
    statements += allow("gateway.subjects", Role.WORKER, "true", verbs=("select", "insert", "update"))
    for table in (
        "residents",
        "staff",
        "accounts",
        "relations",
        "sessions",
        "consents",
        "grants",
        "known_devices",
    ):
        writes = {
            "sessions": ("select", "update"),
            "consents": ("select", "update"),
            "grants": ("select", "update"),
            "accounts": ("select", "update"),
            "known_devices": ("select", "delete"),
            "residents": (),
        }
        statements += protect_account_table(f"gateway.{table}", resident=writes.get(table, ("select",)))
    # Besides their own particulars people read those of whom they act for, once the request reaches them.
    statements += allow("gateway.residents", Role.RESIDENT, f"subject_id = ANY ({OWNERS})", verbs=("select",))
    statements += share("gateway.clients")
    statements += share("gateway.clients", verbs=("insert", "update"), roles=(Role.GATEWAY, Role.WORKER))
    everything = ("select", "insert", "update", "delete")
    for table in ("usernames", "attempts"):
        statements += share(f"gateway.{table}", verbs=everything, roles=(Role.GATEWAY, Role.WORKER))
    for table in ("authorization_codes", "refresh_tokens"):
        statements += share(f"gateway.{table}", verbs=("select", "insert", "update"), roles=(Role.GATEWAY,))
    statements += share("gateway.markers", roles=(Role.RESIDENT, Role.GATEWAY, Role.WORKER))
    statements += share("gateway.markers", verbs=("insert",), roles=(Role.GATEWAY, Role.WORKER))
    statements += share("gateway.revoked_tokens")
    statements += share("gateway.revoked_tokens", verbs=("insert",), roles=(Role.GATEWAY,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop functions and tables."""
    op.execute("DROP FUNCTION gateway.find_resident(bytea)")
    op.execute("DROP FUNCTION gateway.keep_partitions(date, date)")
    op.execute("DROP FUNCTION gateway.reach(uuid)")
    op.execute("DROP FUNCTION gateway.open_request(text, text, uuid, uuid[], text, uuid, uuid, timestamptz)")
    for table in (
        "markers",
        "known_devices",
        "attempts",
        "revoked_tokens",
        "refresh_tokens",
        "authorization_codes",
        "grants",
        "consents",
        "clients",
        "sessions",
        "relations",
        "usernames",
        "accounts",
        "staff",
        "residents",
        "subjects",
    ):
        op.execute(f"DROP TABLE gateway.{table}")
