"""How surely we know who signed in: authentication context classes, weakest first.

Standard: OpenID Connect Core section 2 (`acr`).
"""

PASSWORD = "urn:citizen:acr:pwd"  # noqa: S105  # a name, not a secret
ONE_TIME_PASSWORD = "urn:citizen:acr:otp"  # noqa: S105  # a name, not a secret

STRENGTH = {PASSWORD: 1, ONE_TIME_PASSWORD: 2}


def reaches(acr: str | None, wanted: str) -> bool:
    """Whether a sign-in of class `acr` is at least as sure as `wanted`; an unknown class never is."""
    return STRENGTH.get(acr or "", 0) >= STRENGTH[wanted]
