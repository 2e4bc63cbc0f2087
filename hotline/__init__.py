"""The resident hotline: every call becomes a ticket with a number, an owner and a history."""
