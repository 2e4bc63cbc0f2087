"""What keeps the embedded server from running, said so that a person can mend it."""


class EmbeddedServerError(Exception):
    """One plain sentence; where a setting would help, it is named."""
