"""Messages to people: the inbox, and the ports through which they are told about it."""

from services.notices.actions import count_unread, list_messages, notify, read_message

__all__ = ["count_unread", "list_messages", "notify", "read_message"]
