"""A file can be erased alone: keys of parts beside the subjects', and erasures that are asked for."""

from alembic import op

from services.database.policies import allow, fence, protect_service_table
from services.database.roles import Role

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

PART_KEYS = """CREATE TABLE vault.part_keys (subject_id uuid NOT NULL, part text NOT NULL, key_id uuid NOT NULL,
    wrapped bytea NOT NULL, created_at timestamptz NOT NULL,
    CONSTRAINT part_keys_pkey PRIMARY KEY (subject_id, part))"""
ERASURES = """CREATE TABLE health_file.erasures (subject_id uuid NOT NULL, id uuid NOT NULL, state text NOT NULL,
    account_id uuid NOT NULL, issuer text NOT NULL, rules text NOT NULL,
    asked_at timestamptz NOT NULL, due_at timestamptz NOT NULL,
    ended_at timestamptz, key_id uuid, receipt_sealed bytea, CONSTRAINT erasures_pkey PRIMARY KEY (subject_id, id),
    CONSTRAINT erasures_state_check CHECK (state IN ('cooling', 'erased', 'withdrawn', 'blocked')))"""
# Of any number who ask at once one has asked.
ONE_OPEN = (
    "CREATE UNIQUE INDEX erasures_open_key ON health_file.erasures (subject_id) WHERE state = 'cooling'"
)
# As in 0018; besides, the keys of the part that the service named keeps about the subjects. Old code, which reads
# three of the six, runs on.
OPENER = """
CREATE FUNCTION gateway.open_request(
    in_role text, in_service text, in_account uuid, in_subjects uuid[], in_checks text, in_grant uuid,
    in_token uuid, at timestamptz, in_client uuid DEFAULT NULL,
    OUT alive boolean, OUT owners uuid[], OUT keys bytea[]{outs})
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
    IF alive AND in_client IS NOT NULL THEN
        alive := EXISTS (SELECT FROM gateway.clients WHERE id = in_client AND disabled_at IS NULL);
    END IF;
    -- The sequencer and the verifier act for nobody and may not read keys.
    IF alive AND (in_account IS NOT NULL OR cardinality(in_subjects) > 0) THEN
        SELECT array_agg(subject_id), array_agg(wrapped) INTO owners, keys
        FROM vault.data_keys WHERE subject_id = ANY (in_subjects || in_account);
    END IF;
{parts}END $$
"""
OUTS = ", OUT part_owners uuid[], OUT part_ids uuid[], OUT part_keys bytea[]"
PARTS = """    IF alive AND in_service <> '' AND cardinality(in_subjects) > 0 THEN
        SELECT array_agg(subject_id), array_agg(key_id), array_agg(wrapped) INTO part_owners, part_ids, part_keys
        FROM vault.part_keys WHERE subject_id = ANY (in_subjects) AND part = in_service;
    END IF;
"""
DROP = "DROP FUNCTION gateway.open_request(text, text, uuid, uuid[], text, uuid, uuid, timestamptz, uuid)"
OWNERS = "subject_id = ANY (string_to_array(current_setting('citizen.owners', true), ',')::uuid[])"
# What the worker deletes of a file that is erased, and could not delete before.
ERASED = ("resources", "patients", "chunks", "emergencies")
LISTED = ("resource_ids",)
WORKER = Role.WORKER.value


def upgrade() -> None:
    """Create the tables and their fences; let the worker erase, and a request know a key that was destroyed."""
    op.execute(PART_KEYS)
    op.execute(ERASURES)
    op.execute(ONE_OPEN)
    statements = fence("vault.part_keys")
    statements += allow("vault.part_keys", Role.RESIDENT, OWNERS, verbs=("select", "insert"))
    for role in (Role.STAFF, Role.GATEWAY):
        statements += allow("vault.part_keys", role, "true", verbs=("select", "insert"))
    statements += allow("vault.part_keys", Role.WORKER, "true")
    for role in (Role.STAFF, Role.GATEWAY):
        statements += allow("vault.tombstones", role, "true", verbs=("select",))
    statements += protect_service_table(
        "health_file.erasures", resident=("select", "insert", "update"), staff=()
    )
    for table in ERASED:
        statements += _let_delete(table)
    statements += [f"GRANT DELETE ON health_file.{table} TO {WORKER}" for table in LISTED]
    # A receipt says how far the log had come.
    statements.append(f"GRANT SELECT ON audit.checkpoints TO {WORKER}")
    statements += [DROP, OPENER.format(outs=OUTS, parts=PARTS)]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    op.execute(DROP)
    op.execute(OPENER.format(outs="", parts=""))
    op.execute(f"REVOKE SELECT ON audit.checkpoints FROM {WORKER}")
    for table in LISTED:
        op.execute(f"REVOKE DELETE ON health_file.{table} FROM {WORKER}")
    for table in ERASED:
        op.execute(f"DROP POLICY {WORKER}_erase ON health_file.{table}")
        op.execute(f"REVOKE DELETE ON health_file.{table} FROM {WORKER}")
    for role in (Role.STAFF, Role.GATEWAY):
        op.execute(f"DROP POLICY {role.value}_s_select ON vault.tombstones")
        op.execute(f"REVOKE SELECT ON vault.tombstones FROM {role.value}")
    op.execute("DROP TABLE health_file.erasures")
    op.execute("DROP TABLE vault.part_keys")


def _let_delete(table: str) -> list[str]:
    return [
        f"GRANT DELETE ON health_file.{table} TO {WORKER}",
        f"CREATE POLICY {WORKER}_erase ON health_file.{table} FOR DELETE TO {WORKER} USING (true)",
    ]
