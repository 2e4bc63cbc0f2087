"""The facts that stop the vault."""

from services.errors import CitizenError
from services.words import msgid


class Shredded(CitizenError):
    """The owner's data key was destroyed: what it sealed is unreadable for ever, here and in backups."""

    code = "vault.shredded"
    status = 404
    title = msgid("这些资料已按本人要求销毁，不能再打开")


class SealBroken(CitizenError):
    """A ciphertext does not open in its place: it was altered, or moved from another row, column or owner."""

    code = "vault.seal_broken"
    status = 500
    title = msgid("有一项资料打不开，我们已记录并在查。其他资料不受影响；急用请打 12345")
