"""E-mail addresses, as far as they can be judged without sending to them. Pure.

Standard: RFC 5321 section 4.5.3.1 (lengths). Quoted local parts and address literals are not taken: no mail provider
    gives them to people, and they are how headers are smuggled.
"""

import re

from services.gateway.errors import EmailWrong

MOST_LENGTH = 254
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")


def parse_email(text: str) -> str:
    """The address without surrounding space, its domain in lower case.

    Raises: EmailWrong 422.
    """
    address = text.strip()
    if len(address) > MOST_LENGTH or not _ADDRESS.fullmatch(address) or ".." in address:
        raise EmailWrong(field="email")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
