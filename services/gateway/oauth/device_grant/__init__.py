"""The device grant: a kiosk without a keyboard gets tokens after a person says yes on another device (RFC 8628)."""
