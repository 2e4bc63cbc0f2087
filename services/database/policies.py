"""Row-level security, written the same way for every table; migrations execute what these return.

Policies read settings only, never a table or a sub-select, so that the planner folds them to constants and
the schema can be spread over machines (docs/decisions). The settings are set by `gateway.open_request`.
"""

from collections.abc import Sequence

from services.database.roles import Role

SUBJECTS = "string_to_array(current_setting('citizen.subjects', true), ',')::uuid[]"
ACCOUNT = "nullif(current_setting('citizen.account', true), '')::uuid"
SERVICE = "current_setting('citizen.service', true)"


def _shown(verbs: Sequence[str]) -> str:
    return ", ".join(verbs).upper()


def fence(table: str) -> list[str]:
    """Turn row-level security on, for the owner too: without a policy nothing is seen."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    ]


def allow(
    table: str, role: Role, condition: str, *, verbs: Sequence[str] = ("select", "insert", "update", "delete")
) -> list[str]:
    """One policy for one role over the verbs it is granted; `condition` may read settings only."""
    name = f"{role.value}_{'_'.join(verb[0] for verb in verbs)}"
    statements = [f"GRANT {_shown(verbs)} ON {table} TO {role.value}"]
    for verb in verbs:
        clause = {
            "select": f"USING ({condition})",
            "delete": f"USING ({condition})",
            "insert": f"WITH CHECK ({condition})",
            "update": f"USING ({condition}) WITH CHECK ({condition})",
        }[verb]
        statements.append(
            f"CREATE POLICY {name}_{verb} ON {table} FOR {verb.upper()} TO {role.value} {clause}"
        )
    return statements


def protect_service_table(
    table: str,
    *,
    resident: Sequence[str] = ("select",),
    staff: Sequence[str] = ("select",),
    worker: Sequence[str] = ("select", "insert", "update"),
) -> list[str]:
    """The usual fence of a service's table about subjects.

    A resident's request reaches the rows of its subjects; staff and machine clients reach all rows, but only
    on a route of that same service; the worker reaches all. Each role gets only the verbs named.
    """
    service = table.split(".", maxsplit=1)[0]
    statements = fence(table)
    if resident:
        statements += allow(table, Role.RESIDENT, f"subject_id = ANY ({SUBJECTS})", verbs=resident)
    if staff:
        statements += allow(table, Role.STAFF, f"{SERVICE} = '{service}'", verbs=staff)
    if worker:
        statements += allow(table, Role.WORKER, "true", verbs=worker)
    return statements


def protect_account_table(
    table: str, *, resident: Sequence[str] = ("select",), worker: Sequence[str] = ("select", "update")
) -> list[str]:
    """The fence of a gateway or notices table about an account: its owner, the gateway itself, the worker."""
    statements = fence(table)
    everything = ("select", "insert", "update", "delete")
    statements += allow(table, Role.GATEWAY, "true", verbs=everything)
    for role in (Role.RESIDENT, Role.STAFF):
        if resident:
            statements += allow(table, role, f"subject_id = {ACCOUNT}", verbs=resident)
    if worker:
        statements += allow(table, Role.WORKER, "true", verbs=worker)
    return statements


def share(
    table: str, *, verbs: Sequence[str] = ("select",), roles: Sequence[Role] = tuple(Role)
) -> list[str]:
    """Grants on a reference or local table that holds nothing about a subject."""
    return [f"GRANT {_shown(verbs)} ON {table} TO {role.value}" for role in roles]
