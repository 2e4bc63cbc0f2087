"""The files of an import, opened one after the other and taken apart into entries."""

import gzip
import io
import json
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from health_file.errors import Issue
from health_file.fhir.importing import Entry, Place, Scanner

SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
STDIN = "-"


class FileUnreadable(Exception):
    """A path that was named cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file: its name in the report, where its bytes are, how many."""

    name: str
    path: Path
    size: int


@contextmanager
def list_inputs(paths: Sequence[str]) -> Iterator[list[Input]]:
    """The files that paths name, folders with all below them, in the order of their names.

    Standard input is kept in a private temporary file meanwhile, because it is read twice.
    Raises: FileUnreadable.
    """
    with tempfile.TemporaryDirectory(prefix="citizen-import-") as folder:
        inputs: list[Input] = []
        for given in paths:
            if given == STDIN:
                spooled = Path(folder) / "stdin"
                with spooled.open("wb") as file:
                    shutil.copyfileobj(sys.stdin.buffer, file)
                inputs.append(_input("stdin", spooled))
            elif Path(given).is_dir():
                inputs += [_input(str(path), path) for path in _below(Path(given))]
            else:
                inputs.append(_input(given, Path(given)))
        if not inputs:
            raise FileUnreadable(f"{paths[0]}: holds no file that ends with {', '.join(SUFFIXES)}")
        yield inputs


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name.endswith(SUFFIXES))


def _input(name: str, path: Path) -> Input:
    try:
        with path.open("rb"):
            return Input(name, path, path.stat().st_size)
    except OSError as error:
        raise FileUnreadable(f"{name}: cannot be read ({error.strerror})") from None


def read_entries(given: Input, first: int) -> Iterator[tuple[Entry, int]]:
    """The entries of one file in their order, numbered on from `first`, each with how many bytes were read till then.

    A file whose first line is a whole JSON value and not its only one is read line by line (bulk data); any other is
    one JSON text.
    """
    scanner = Scanner(given.name, first)
    with given.path.open("rb", buffering=0) as raw:
        try:
            with _plain(raw) as plain:
                for text, line in _texts(plain):
                    for entry in _entries(scanner, text, line):
                        yield entry, raw.tell()
        except (OSError, EOFError, zlib.error):
            fault = Issue("", "a whole gzip file", "structure")
            yield Entry(ordinal=scanner.ordinal + 1, place=Place(given.name), fault=fault), given.size


def _entries(scanner: Scanner, text: bytes, line: int | None) -> Iterator[Entry]:
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        decoded = ""  # which is no JSON, and is said to be none
    return scanner.entries(decoded, line)


def _plain(raw: io.FileIO) -> io.BufferedIOBase:
    is_packed = raw.read(2) == GZIP
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if is_packed else io.BufferedReader(raw)


def _texts(plain: io.BufferedIOBase) -> Iterator[tuple[bytes, int | None]]:
    number, first = 0, b""
    for line in plain:
        number += 1
        first = line.removeprefix(BOM) if number == 1 else line
        if first.strip():
            break
    if not first.strip():
        return
    rest = plain.readline() if _is_whole(first) else None
    if rest is None:
        yield b"\n" * (number - 1) + first + plain.read(), None
        return
    yield first, number
    while rest:
        number += 1
        if rest.strip():
            yield rest, number
        rest = plain.readline()


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return False
    return True
