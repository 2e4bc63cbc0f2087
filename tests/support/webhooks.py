"""Signed messages as a telephone system or mail server sends them, after Standard Webhooks."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from werkzeug.test import TestResponse


class Sender:
    """Somebody with a key."""

    def __init__(self, http: Any, key: str) -> None:
        self._http, self._key, self._count = http, key, 0

    def call(
        self, event: str, call_id: str = "c1", *, headers: dict[str, str] | None = None, **data: Any
    ) -> TestResponse:
        content = {"type": event, "timestamp": "2020-01-01T00:00:00Z", "data": {"call_id": call_id, **data}}
        return self.send("/hotline/v1/calls", json.dumps(content).encode(), "application/json")

    def letter(self, raw: bytes, headers: dict[str, str] | None = None) -> TestResponse:
        return self.send("/hotline/v1/letters", raw, "message/rfc822", headers)

    def send(
        self, url: str, body: bytes, content_type: str, headers: dict[str, str] | None = None
    ) -> TestResponse:
        return self._http.post(
            url, data=body, content_type=content_type, headers={**self.headers(body), **(headers or {})}
        )

    def headers(
        self, body: bytes, message_id: str | None = None, at: datetime | None = None
    ) -> dict[str, str]:
        self._count += 1
        told = message_id or f"msg_{self._count}"
        timestamp = str(int((at or datetime.now(UTC)).timestamp()))
        content = f"{told}.{timestamp}.".encode() + body
        mac = hmac.new(self._key.encode(), content, hashlib.sha256).digest()
        return {
            "webhook-id": told,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        }
