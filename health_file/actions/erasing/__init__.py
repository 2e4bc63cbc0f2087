"""Erasing a health file: asked for, thought over, done for ever and receipted, or withdrawn, or forbidden by law."""

from health_file.actions.erasing.ask import ask_for_erasure, withdraw_erasure
from health_file.actions.erasing.blocking import list_blocking
from health_file.actions.erasing.read import (
    Erasure,
    FileExtent,
    list_erasures,
    measure_file,
    read_erasure,
    read_receipt,
)
from health_file.actions.erasing.run import erase_due, sweep_erased, tell_erasure

__all__ = [
    "Erasure",
    "FileExtent",
    "ask_for_erasure",
    "erase_due",
    "list_blocking",
    "list_erasures",
    "measure_file",
    "read_erasure",
    "read_receipt",
    "sweep_erased",
    "tell_erasure",
    "withdraw_erasure",
]
