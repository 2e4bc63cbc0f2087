"""The bytes of a request's body, also where they travel compressed (RFC 9110, section 8.4)."""

import zlib

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from health_file.errors import EncodingNotSupported

GZIP = frozenset({"gzip", "x-gzip"})
PLAIN = frozenset({"", "identity"})
# Zlib's name for the container that gzip is.
GZIP_BITS = zlib.MAX_WBITS + 16
MOST_BYTES = 10 * 1024 * 1024


def is_encoded() -> bool:
    """Whether the body travels compressed."""
    return _encoding() not in PLAIN


def body() -> bytes:
    """The body as it was meant; inflated no further than a plain one may be long.

    Raises: EncodingNotSupported 415, RequestEntityTooLarge 413, BadRequest 400 for what is no whole gzip member.
    """
    raw = request.get_data()
    if not is_encoded():
        return raw
    if _encoding() not in GZIP:
        raise EncodingNotSupported
    most = request.max_content_length or MOST_BYTES
    inflater = zlib.decompressobj(GZIP_BITS)
    try:
        content = inflater.decompress(raw, most + 1)
    except zlib.error:
        raise BadRequest from None
    if len(content) > most:
        raise RequestEntityTooLarge
    if not inflater.eof or inflater.unused_data:
        raise BadRequest
    return content


def _encoding() -> str:
    return request.headers.get("Content-Encoding", "").strip().lower()
