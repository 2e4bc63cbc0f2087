"""The schema can be spread over several machines; each rule is shown to catch a planted violation."""

import psycopg
import pytest

from services.database.tables import Spread
from tests.support import spread
from tests.support.packages import kinds

PLANTED = [
    (spread.unclassified, "CREATE TABLE ebills.planted (id uuid PRIMARY KEY)", None),
    (spread.keys, "CREATE TABLE ebills.planted (id uuid PRIMARY KEY)", Spread.SUBJECT),
    (spread.keys, "CREATE TABLE ebills.planted (subject_id uuid)", Spread.SUBJECT),
    (spread.keys, "CREATE TABLE ebills.planted (subject_id text NOT NULL)", Spread.SUBJECT),
    (
        spread.unique_indexes,
        "CREATE TABLE ebills.planted (subject_id uuid NOT NULL, number text UNIQUE)",
        Spread.SUBJECT,
    ),
    (
        spread.unique_indexes,
        "CREATE TABLE ebills.planted (subject_id uuid NOT NULL, span tstzrange, EXCLUDE USING gist (span WITH &&))",
        Spread.SUBJECT,
    ),
    (
        spread.foreign_keys,
        "CREATE TABLE ebills.planted (resident uuid REFERENCES gateway.subjects (id))",
        Spread.LOCAL,
    ),
    (
        spread.foreign_keys,
        "CREATE TABLE gateway.planted (subject_id uuid NOT NULL, other uuid REFERENCES gateway.subjects (id))",
        Spread.SUBJECT,
    ),
    (
        spread.foreign_keys,
        "CREATE TABLE gateway.planted (subject_id uuid REFERENCES gateway.subjects (id) ON DELETE SET NULL)",
        Spread.SUBJECT,
    ),
    (
        spread.triggers,
        "CREATE TABLE ebills.planted (subject_id uuid NOT NULL); "
        "CREATE TRIGGER planted BEFORE UPDATE ON ebills.planted EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        Spread.SUBJECT,
    ),
    (
        spread.identities,
        "CREATE TABLE ebills.planted (id integer GENERATED ALWAYS AS IDENTITY)",
        Spread.LOCAL,
    ),
    (
        spread.policies,
        "CREATE TABLE ebills.planted (subject_id uuid NOT NULL); CREATE POLICY planted ON ebills.planted "
        "USING (subject_id = (SELECT nullif(current_setting('citizen.account', true), '')::uuid))",
        Spread.SUBJECT,
    ),
    (spread.fences, "CREATE TABLE ebills.planted (subject_id uuid NOT NULL)", Spread.SUBJECT),
    (
        spread.fences,
        "CREATE TABLE ebills.planted (subject_id uuid NOT NULL); "
        "ALTER TABLE ebills.planted ENABLE ROW LEVEL SECURITY",
        Spread.SUBJECT,
    ),
    (
        spread.partitions,
        "CREATE TABLE ebills.planted (on_day date) PARTITION BY RANGE (on_day); "
        "CREATE TABLE ebills.planted_one PARTITION OF ebills.planted DEFAULT; "
        "GRANT SELECT ON ebills.planted_one TO citizen_app",
        Spread.LOCAL,
    ),
    (spread.views, "CREATE VIEW ebills.planted AS SELECT id FROM gateway.clients", None),
]


@pytest.mark.parametrize("rule", spread.RULES, ids=lambda rule: rule.__name__)
def test_schema_as_migrated_obeys_every_spread_rule(rule: spread.Rule, admin: psycopg.Connection) -> None:
    assert rule(admin, kinds()) == []


@pytest.mark.parametrize(
    ("rule", "statement", "kind"), PLANTED, ids=lambda value: getattr(value, "__name__", "")
)
def test_rule_with_a_planted_violation_names_it(
    rule: spread.Rule, statement: str, kind: Spread | None, admin: psycopg.Connection
) -> None:
    admin.execute(statement)
    declared = kinds()
    if kind is not None:
        declared |= {"ebills.planted": kind, "gateway.planted": kind}
    assert any("planted" in violation for violation in rule(admin, declared))
