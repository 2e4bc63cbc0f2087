"""`citizen keys`: rotate, list, shred, and replay tombstones over a restored backup."""

import sys
from pathlib import Path
from uuid import UUID

import click

from services import audit
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.progress import Progress
from services.runtime import open_database
from services.settings import Settings
from services.vault import sealing, signing, store
from services.vault.keys import Keys

BATCH = 500
WORKER = Opening(role=Role.WORKER)


@click.group("keys")
def keys() -> None:
    """Key-encryption keys, data keys and signing keys."""


@keys.command("rotate")
@click.option("--signing-only", is_flag=True, help="Only step the signing keys.")
@click.option("--at-once", is_flag=True, help="Step them although verifiers may not know the next one yet.")
@click.pass_obj
def rotate(settings: Settings, *, signing_only: bool, at_once: bool) -> None:
    """Make a new key-encryption key, rewrap every data key, and step the signing keys.

    Signing keys whose next one was published a moment ago stay: whoever keeps our public keys for the five
    minutes we allow would refuse the new tokens. After a theft, --at-once.

    Safe to interrupt and run again. When it has ended, the older kek files may be deleted.
    """
    with open_database(settings) as database:
        if not signing_only and isinstance(database.keys, Keys):
            _rewrap(database, database.keys)
            _rewrap_parts(database, database.keys)
            _rewrap_signing_keys(database, database.keys)
        with database.transaction(WORKER) as session:
            safe_from = signing.rotation_safe_from(session)
            is_safe = safe_from <= session.at
            if is_safe or at_once:
                signing.rotate_signing_keys(session)
                audit.append(session, system("keys.rotate"), "vault.signing_keys.rotated")
    if is_safe or at_once:
        click.echo("Keys are rotated.")
    else:
        click.echo(f"Signing keys stay until {safe_from:%H:%M:%S} UTC, when everybody knows the next one.")


def _rewrap(database: Database, ring: Keys) -> None:
    with database.transaction(WORKER) as session:
        total = store.count_data_keys(session)
        # A rotation that was interrupted goes on with the key it made.
        first = store.list_data_keys_after(session, UUID(int=0), 1)
    if not first or ring.kek_of(first[0].wrapped) == ring.active_kek:
        ring.add_kek()
    progress = Progress("data keys", total)
    last = UUID(int=0)
    while True:
        with database.transaction(WORKER) as session:
            rows = store.list_data_keys_after(session, last, BATCH)
            for row in rows:
                if ring.kek_of(row.wrapped) != ring.active_kek:
                    fresh = ring.wrap(row.subject_id, ring.unwrap(row.subject_id, row.wrapped))
                    store.change_wrapping(session, row.subject_id, row.wrapped, fresh)
        if not rows:
            return
        last = rows[-1].subject_id
        progress.step(count=len(rows))


def _rewrap_parts(database: Database, ring: Keys) -> None:
    last = (UUID(int=0), "")
    while True:
        with database.transaction(WORKER) as session:
            rows = store.list_part_keys_after(session, last, BATCH)
            for row in rows:
                if ring.kek_of(row.wrapped) != ring.active_kek:
                    fresh = ring.wrap(row.key_id, ring.unwrap(row.key_id, row.wrapped))
                    store.change_part_wrapping(session, row.key_id, row.subject_id, row.wrapped, fresh)
        if not rows:
            return
        last = (rows[-1].subject_id, rows[-1].part)


def _rewrap_signing_keys(database: Database, ring: Keys) -> None:
    with database.transaction(WORKER) as session:
        signing.rewrap_signing_keys(session, ring.active_kek, ring.kek_of)


@keys.command("list")
@click.pass_obj
def list_keys(settings: Settings) -> None:
    """List the signing keys and count the data keys."""
    with open_database(settings) as database, database.transaction(WORKER) as session:
        for use in signing.USES:
            for key in signing.list_public_keys(session, use):
                click.echo(f"{use:<8}{key.state:<9}{key.algorithm:<9}{key.kid}")
        click.echo(f"data keys: {store.count_data_keys(session)}")


@keys.command("shred")
@click.argument("subject_id", type=click.UUID)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def shred(settings: Settings, subject_id: UUID, *, yes: bool) -> None:
    """Destroy one subject's data key. There is no way back."""
    if not yes:
        click.confirm("Destroy this subject's data key for ever?", abort=True)
    with open_database(settings) as database, database.transaction(WORKER) as session:
        existed = sealing.shred(session, subject_id)
        audit.append(session, system("keys.shred"), "vault.subject.shredded", subject_id=subject_id)
    click.echo("Shredded." if existed else "There was no key; a tombstone is left.")


@keys.command("tombstones")
@click.option("--replay", type=click.Path(exists=True, path_type=Path), help="Shred again what a file lists.")
@click.pass_obj
def tombstones(settings: Settings, replay: Path | None) -> None:
    """Print the shredded subjects, or shred them again in a restored backup before it opens."""
    with open_database(settings) as database, database.transaction(WORKER) as session:
        if replay is None:
            for subject_id in store.list_tombstones(session):
                click.echo(str(subject_id))
            return
        listed = [UUID(line) for line in replay.read_text().split()]
        gone = sum(sealing.shred(session, subject_id) for subject_id in listed)
    click.echo(f"{gone} of {len(listed)} listed subjects still had a key; none has now.", file=sys.stderr)


COMMANDS = (keys,)
