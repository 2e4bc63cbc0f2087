"""The attachments of the demo's documents: a text, a picture and a PDF, drawn here so that nothing is copied in."""

import base64
import math
import struct
import zlib
from typing import Any

WIDTH, HEIGHT = 360, 120


def attachment(content: bytes, content_type: str, title: str) -> dict[str, Any]:
    """An Attachment with its bytes inside."""
    return {
        "contentType": content_type,
        "language": "zh-CN",
        "data": base64.b64encode(content).decode(),
        "title": title,
        "size": len(content),
    }


def heart_beat() -> list[int]:
    """The height of an invented electrocardiogram's line at each pixel."""
    line = []
    for x in range(WIDTH):
        place = x % 90 / 90
        lift = 70 * math.exp(-(((place - 0.45) / 0.018) ** 2)) - 18 * math.exp(-(((place - 0.5) / 0.02) ** 2))
        lift += 9 * math.exp(-(((place - 0.25) / 0.05) ** 2)) + 14 * math.exp(-(((place - 0.75) / 0.06) ** 2))
        line.append(round(90 - lift))
    return line


def picture() -> bytes:
    """The line as a PNG (grey, 8 bits)."""
    rows = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    before = None
    for x, y in enumerate(heart_beat()):
        for between in range(min(y, before or y), max(y, before or y) + 2):
            rows[min(between, HEIGHT - 1)][x] = 0
        before = y
    raw = b"".join(b"\x00" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def pdf() -> bytes:
    """The line as a one-page PDF 1.4."""
    steps = " ".join(f"{40 + x} {700 - y} {'l' if x else 'm'}" for x, y in enumerate(heart_beat()))
    drawing = f"BT /F1 14 Tf 40 740 Td (ECG, 12 leads: lead II) Tj ET 1 w {steps} S".encode()
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length " + str(len(drawing)).encode() + b" >>\nstream\n" + drawing + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    tail = f"trailer << /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    return out + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode() + table + tail
