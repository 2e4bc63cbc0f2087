"""How surely we know who signed in: authentication context classes as a ladder, weakest first.

Standard: OpenID Connect Core section 2 (`acr`, `amr`), OpenID Connect EAP ACR Values 1.0 (`phr`, `phrh`, `pop`),
RFC 8176 section 2. What each rung means is said in docs/decisions/0012.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PASSWORD = "urn:citizen:acr:pwd"  # noqa: S105  # a name, not a secret
ONE_TIME_PASSWORD = "urn:citizen:acr:otp"  # noqa: S105  # a name, not a secret
PHISHING_RESISTANT = "phr"
PHISHING_RESISTANT_HARDWARE = "phrh"

METHODS_OF = {PASSWORD: ("pwd",), ONE_TIME_PASSWORD: ("pwd", "otp")}
LADDER = (PASSWORD, ONE_TIME_PASSWORD, PHISHING_RESISTANT, PHISHING_RESISTANT_HARDWARE)


@dataclass(frozen=True, slots=True)
class PasskeyProof:
    """What an authenticator said of itself in one assertion: the UV flag, and BE = 0 for a key that never leaves it."""

    is_user_verified: bool
    is_device_bound: bool


@dataclass(frozen=True, slots=True)
class Proofs:
    """What somebody has shown in one session, the newest of each kind."""

    password: bool = False
    code: bool = False
    passkey: PasskeyProof | None = None

    @property
    def acr(self) -> str:
        """The rung that these proofs reach.

        A passkey touched without knowing by whom is one factor, and counts for phishing resistance only
        beside another.
        """
        if self.passkey is None:
            return ONE_TIME_PASSWORD if self.code else PASSWORD
        if self.passkey.is_user_verified:
            return PHISHING_RESISTANT_HARDWARE if self.passkey.is_device_bound else PHISHING_RESISTANT
        return PHISHING_RESISTANT if self.password or self.code else ONE_TIME_PASSWORD

    @property
    def amr(self) -> tuple[str, ...]:
        """The methods by their registered names: `pop` is a passkey, `user` its test of presence."""
        names = {
            "pwd": self.password,
            "otp": self.code,
            "pop": self.passkey is not None,
            "user": self.passkey is not None,
            "hwk": self.acr == PHISHING_RESISTANT_HARDWARE,
            "mfa": self.acr != PASSWORD and not self._is_one_factor,
        }
        return tuple(name for name, holds in names.items() if holds)

    @property
    def _is_one_factor(self) -> bool:
        verified = self.passkey is not None and self.passkey.is_user_verified
        return not verified and (self.password, self.code, self.passkey is not None).count(True) == 1


def proofs_with_passkey(amr: tuple[str, ...], passkey: PasskeyProof) -> Proofs:
    """A session's proofs after a passkey was shown in it; the passkey shown before is replaced."""
    return Proofs(password="pwd" in amr, code="otp" in amr, passkey=passkey)


def proofs_with_code(amr: tuple[str, ...]) -> Proofs:
    """A session's proofs after a code was typed in it.

    An earlier passkey is left out: the newest proof could have been phished, and `auth_time` is its instant.
    """
    return Proofs(password="pwd" in amr, code=True)


def meets(held: str | None, wanted: str) -> bool:
    """Whether a sign-in of class `held` is at least as sure as `wanted`; an unknown class never is."""
    return held in LADDER and wanted in LADDER and LADDER.index(held) >= LADDER.index(wanted)


def is_fresh(auth_time: datetime | None, max_age: int | None, *, at: datetime) -> bool:
    """Whether the sign-in is no older than wanted, in seconds."""
    if max_age is None:
        return True
    return auth_time is not None and at - auth_time <= timedelta(seconds=max_age)
