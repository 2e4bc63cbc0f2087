"""Does an unknown person take as long as a wrong password? Medians over many tries against a running demo.

Usage: python bench/sign_in_timing.py BASE_URL USERNAME [TRIES]. Keeps below the demo's mistakes a minute.
"""

import statistics
import sys
import time

from services.demo.browser import Browser

PAUSE_SECONDS = 0.7
UNKNOWN = "310115198001019999"


def main(base_url: str, username: str, tries: int = 200) -> None:
    """Try both by turns and print both medians and their difference in milliseconds."""
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(tries):
        for kind, name in (("known", username), ("unknown", UNKNOWN)):
            browser = Browser(base_url)
            page = browser.get("/sign-in")
            start = time.perf_counter()
            answer = browser.submit(page, {"username": name, "password": "wrong"}, having="username")
            took[kind].append((time.perf_counter() - start) * 1000)
            if answer.status != 401:
                sys.exit(f"try {number} of {kind} was answered with {answer.status}, not 401")
        time.sleep(PAUSE_SECONDS)
    known, unknown = (statistics.median(took[kind]) for kind in ("known", "unknown"))
    print(f"known {known:.2f} ms, unknown {unknown:.2f} ms, difference {abs(known - unknown):.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(argument) for argument in sys.argv[3:4]))
