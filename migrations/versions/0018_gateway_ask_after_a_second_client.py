"""The opener of requests may ask after a client besides the grant: that of an exchanged token (RFC 8693)."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# As in 0007, with places for the ninth parameter and its check. Old code, which sends eight, runs on.
OPENER = """
CREATE FUNCTION gateway.open_request(
    in_role text, in_service text, in_account uuid, in_subjects uuid[], in_checks text, in_grant uuid,
    in_token uuid, at timestamptz,{parameter} OUT alive boolean, OUT owners uuid[], OUT keys bytea[])
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
{check}    -- The sequencer and the verifier act for nobody and may not read keys.
    IF alive AND (in_account IS NOT NULL OR cardinality(in_subjects) > 0) THEN
        SELECT array_agg(subject_id), array_agg(wrapped) INTO owners, keys
        FROM vault.data_keys WHERE subject_id = ANY (in_subjects || in_account);
    END IF;
END $$
"""
PARAMETER = " in_client uuid DEFAULT NULL,"
CHECK = """    IF alive AND in_client IS NOT NULL THEN
        alive := EXISTS (SELECT FROM gateway.clients WHERE id = in_client AND disabled_at IS NULL);
    END IF;
"""
EIGHT = "text, text, uuid, uuid[], text, uuid, uuid, timestamptz"


def upgrade() -> None:
    """Put the opener with nine parameters in place of that with eight."""
    op.execute(f"DROP FUNCTION gateway.open_request({EIGHT})")
    op.execute(OPENER.format(parameter=PARAMETER, check=CHECK))


def downgrade() -> None:
    """The other way round."""
    op.execute(f"DROP FUNCTION gateway.open_request({EIGHT}, uuid)")
    op.execute(OPENER.format(parameter="", check=""))
