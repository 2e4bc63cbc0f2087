"""Letters as mail servers hand them on: Chinese character sets, answers of machines, references to tickets."""

import base64

import pytest

from hotline.rules.letters import read_letter

CODE = "Ab3_-efGhiJkLmn0"
NUMBER = "261126000001"


def letter(*headers: str, body: bytes = b"hello", sender: str = "Li <li@mail.example>") -> bytes:
    lines = [f"From: {sender}", "Message-ID: <1@mail.example>", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def word(text: str, charset: str, codec: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(codec)).decode()}?="


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "utf-8"])
def test_character_sets_of_chinese_writers_are_read(charset: str) -> None:
    # 镕 and 㐂 lie outside GB 2312; writers name it all the same.
    codec = "utf-8" if charset == "utf-8" else "gb18030"
    raw = letter(
        f"Subject: {word('朱镕路灯㐂', charset, codec)}",
        f'Content-Type: text/plain; charset="{charset}"',
        "Content-Transfer-Encoding: base64",
        body=base64.b64encode("路灯坏了㐂".encode(codec)),
    )
    found = read_letter(raw)
    assert (found.subject, found.text.strip()) == ("朱镕路灯㐂", "路灯坏了㐂")


def test_bare_gbk_in_header_and_body_is_read() -> None:
    raw = b"From: li@mail.example\r\nSubject: " + "路灯".encode("gbk") + b"\r\n\r\n" + "坏了".encode("gbk")
    found = read_letter(raw)
    assert (found.subject, found.text.strip()) == ("路灯", "坏了")


def test_html_alone_becomes_words_without_scripts() -> None:
    body = "<style>p{}</style><p>路灯<b>坏</b>了</p><script>alert(1)</script><p>A&amp;B</p>".encode()
    found = read_letter(letter("Content-Type: text/html; charset=utf-8", body=body))
    assert found.text.split() == ["路灯坏了", "A&B"]


def test_parts_beside_the_text_are_enclosures() -> None:
    body = (
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nsee photo\r\n"
        b"--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n--x--\r\n"
    )
    found = read_letter(letter("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="x"', body=body))
    assert found.text.strip() == "see photo"
    assert [(one.name, one.content) for one in found.enclosures] == [("a.png", b"\x89PNG\r")]


@pytest.mark.parametrize(
    "header",
    [
        f"Subject: Re: [{NUMBER}.{CODE}] lamp",
        f"To: hotline+{NUMBER}.{CODE}@city.example",
        f"Delivered-To: hotline+{NUMBER}.{CODE}@city.example",
    ],
)
def test_reference_stands_in_address_or_subject(header: str) -> None:
    assert read_letter(letter(header)).references == ((NUMBER, CODE),)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (letter("Auto-Submitted: auto-replied; owner-email=x"), "auto_submitted"),
        (letter("Auto-Submitted: no"), None),
        (letter("Precedence: bulk"), "precedence"),
        (letter("X-Autoreply: yes"), "auto_reply"),
        (letter("List-Id: <l.example>"), "list"),
        (letter("Return-Path: <>"), "bounce"),
        (letter("Content-Type: multipart/report; boundary=x"), "bounce"),
        (letter("X-Citizen-Hotline: 1"), "loop"),
        (letter(sender="Hotline <hotline@city.example>"), "loop"),
        (letter(sender="MAILER-DAEMON@mail.example"), "robot"),
        (letter(sender=""), "robot"),
        (letter(), None),
    ],
)
def test_answers_of_machines_are_known(raw: bytes, reason: str | None) -> None:
    assert read_letter(raw, frozenset({"hotline@city.example"})).automatic == reason


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: =?bogus?Q?x?= <",
        b"Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\n--",
        b"To: " + b"(" * 5000,
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(2000)),
        b"From: a@b\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    ],
)
def test_broken_letter_is_read_without_an_error(raw: bytes) -> None:
    read_letter(raw)
