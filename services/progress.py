"""Progress of long commands: a bar on a terminal, a line per step otherwise."""

import sys
import time


class Progress:
    """Shows steps of one piece of work. `step` may be called any number of times up to `total`."""

    def __init__(self, title: str = "", total: int = 0) -> None:
        self._title = title
        self._total = total
        self._done = 0
        self._shown_at = 0.0

    def step(self, words: str = "", *, count: int = 1) -> None:
        """Count work done and show it, at most ten times a second on a terminal, once a second otherwise."""
        self._done += count
        is_last = self._total and self._done >= self._total
        pause = 0.1 if sys.stderr.isatty() else 1.0
        if not is_last and time.monotonic() - self._shown_at < pause:
            return
        self._shown_at = time.monotonic()
        self._show(words, is_last=bool(is_last))

    def _show(self, words: str, *, is_last: bool) -> None:
        share = min(1.0, self._done / self._total) if self._total else 0.0
        if sys.stderr.isatty():
            filled = round(share * 30)
            line = f"\r{self._title} [{'#' * filled}{'.' * (30 - filled)}] {share:4.0%} {words:<40.40}"
            sys.stderr.write(line + ("\n" if is_last else ""))
        else:
            sys.stderr.write(f"{self._title}: {self._done}/{self._total or '?'} {words}\n")
        sys.stderr.flush()
