"""Does an unknown person take as long as a known one? Medians over many tries against a running demo.

Usage: python bench/sign_in_timing.py BASE_URL ID_NUMBER [TRIES [PHONE]]. With the phone of that person the form of the
recovery is measured too. Keeps below the demo's mistakes a minute.
"""

import statistics
import sys
import time
from collections.abc import Mapping

from services.demo.browser import Browser

PAUSE_SECONDS = 0.7
UNKNOWN = "310115198001019999"
UNKNOWN_SOUND = "310101198005170035"
UNKNOWN_PHONE = "13900000009"


def main(base_url: str, username: str, tries: int = 200, phone: str = "") -> None:
    """Try by turns and print both medians and their difference in milliseconds."""
    wrong = {"password": "wrong"}
    forms: dict[str, Mapping[str, str]] = {
        "known": {"username": username, **wrong},
        "unknown": {"username": UNKNOWN, **wrong},
    }
    compare(base_url, "/sign-in", forms, tries, status=401)
    if phone:
        forms = {
            "known": {"id_number": username, "phone": phone},
            "unknown": {"id_number": UNKNOWN_SOUND, "phone": UNKNOWN_PHONE},
        }
        compare(base_url, "/recover", forms, min(tries, 90), status=303)


def compare(
    base_url: str, path: str, forms: Mapping[str, Mapping[str, str]], tries: int, *, status: int
) -> None:
    """Send each form as often, by turns."""
    took: dict[str, list[float]] = {kind: [] for kind in forms}
    for number in range(tries):
        for kind, typed in forms.items():
            browser = Browser(base_url)
            page = browser.get(path)
            start = time.perf_counter()
            answer = browser.submit(page, dict(typed), having=next(iter(typed)))
            took[kind].append((time.perf_counter() - start) * 1000)
            if answer.status != status:
                sys.exit(f"try {number} of {kind} was answered with {answer.status}, not {status}")
        time.sleep(PAUSE_SECONDS)
    known, unknown = (statistics.median(took[kind]) for kind in ("known", "unknown"))
    print(f"{path}: known {known:.2f} ms, unknown {unknown:.2f} ms, difference {abs(known - unknown):.2f} ms")


if __name__ == "__main__":
    tries = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    main(sys.argv[1], sys.argv[2], tries, sys.argv[4] if len(sys.argv) > 4 else "")
