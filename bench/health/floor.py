"""The floor: one process, one connection, the same rows, their bodies opened, and nothing else."""

import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import jsonschema_rs
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.health.dataset import Known
from bench.load import Measured, cpu, family_of
from health_file.fhir.r4.schema import validator
from health_file.fhir.validation import validate
from health_file.sealing import PART
from services.vault import load_keys

FILE_KEY = "SELECT key_id, wrapped FROM vault.part_keys WHERE subject_id = %s AND part = %s"
READ = (
    "SELECT subject_id, version, body_sealed FROM health_file.resources "
    "WHERE subject_id = %s AND id = %s AND is_current"
)
SEARCH = (
    "SELECT r.id, r.version, r.body_sealed FROM health_file.tokens t JOIN health_file.resources r "
    "ON r.subject_id = t.subject_id AND r.id = t.resource_id AND r.is_current "
    "WHERE t.subject_id = %s AND t.digest = %s ORDER BY r.recorded_at DESC, r.id DESC LIMIT 21"
)
EVERYTHING = (
    "SELECT id, version, body_sealed FROM health_file.resources "
    "WHERE subject_id = %s AND is_current ORDER BY id LIMIT 201"
)


class Floor:
    """Raw PostgreSQL and decryption, over one dataset."""

    def __init__(self, settings: Any, admin_url: str, postgres: int) -> None:
        self.connection = psycopg.connect(admin_url, autocommit=True, prepare_threshold=1)
        self.keys = load_keys(settings)
        self.postgres = postgres
        self._ciphers: dict[UUID, tuple[UUID, AESGCM]] = {}

    def _cipher(self, subject: UUID) -> tuple[UUID, AESGCM]:
        """The id of a file's key, and the cipher under it."""
        if subject not in self._ciphers:
            row = self.connection.execute(FILE_KEY, (subject, PART)).fetchone()
            assert row is not None
            self._ciphers[subject] = row[0], AESGCM(self.keys.unwrap(row[0], row[1]))
        return self._ciphers[subject]

    def _open(self, subject: UUID, rows: Sequence[tuple[Any, ...]]) -> None:
        key_id, cipher = self._cipher(subject)
        for resource_id, version, sealed in rows:
            place = UUID(int=resource_id.int ^ version)
            context = b"health_file.resources.body_sealed|1|" + key_id.bytes + place.bytes
            cipher.decrypt(sealed[18:30], sealed[30:], context)

    def read(self, known: Sequence[Known]) -> Iterator[None]:
        """One resource by id."""
        while True:
            one = random.choice(known)
            resource_id = random.choice(one.records)[1]
            rows = self.connection.execute(READ, (one.subject_id, resource_id)).fetchall()
            self._open(one.subject_id, [(resource_id, *row[1:]) for row in rows])
            assert rows
            yield

    def search(self, known: Sequence[Known], codes: Sequence[str]) -> Iterator[None]:
        """A resident's observations of one code."""
        digests = [self.keys.index("health_file.Observation.code", code)[:16] for code in codes]
        while True:
            one = random.choice(known)
            rows = self.connection.execute(SEARCH, (one.subject_id, random.choice(digests))).fetchall()
            self._open(one.subject_id, rows[:20])
            yield

    def everything(self, known: Sequence[Known]) -> Iterator[None]:
        """A page of a file."""
        while True:
            one = random.choice(known)
            rows = self.connection.execute(EVERYTHING, (one.subject_id,)).fetchall()
            self._open(one.subject_id, rows[:200])
            yield

    def measure(self, name: str, work: Iterator[None], seconds: float) -> Measured:
        """Go round for so long."""
        database = family_of(self.postgres)
        took: list[float] = []
        spent, before = time.process_time(), cpu(database)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            next(work)
            took.append(time.perf_counter() - start)
        count = len(took)
        total = sum(took)
        took.sort()
        return Measured(
            name,
            count / total,
            took[count // 2] * 1000,
            took[int(count * 0.99)] * 1000,
            (time.process_time() - spent) * 1000 / count,
            (cpu(database) - before) * 1000 / count,
        )


def validation_rates(bodies: Sequence[dict[str, Any]], seconds: float) -> tuple[float, float]:
    """Resources a CPU-second: our validation, and the compiled JSON Schema alone."""
    validators: dict[str, jsonschema_rs.Validator] = {
        kind: validator(kind) for kind in {body["resourceType"] for body in bodies}
    }

    def whole(body: dict[str, Any]) -> None:
        validate(body, body["resourceType"])

    def shape(body: dict[str, Any]) -> None:
        assert validators[body["resourceType"]].is_valid(body)

    return _rate(whole, bodies, seconds), _rate(shape, bodies, seconds)


def _rate(do: Callable[[dict[str, Any]], None], bodies: Sequence[dict[str, Any]], seconds: float) -> float:
    count, spent, end = 0, time.process_time(), time.perf_counter() + seconds
    for body in itertools.cycle(bodies):
        do(body)
        count += 1
        if count % 100 == 0 and time.perf_counter() > end:
            break
    return count / (time.process_time() - spent)
