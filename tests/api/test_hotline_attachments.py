"""Pictures of tickets: kept sealed, shown to who may read the ticket, bounded in number and size."""

import io

import pytest
from PIL import Image

from services.database.roles import Role
from tests.support.doors import resident_bearer, staff_bearer

TICKET = {"category": "road", "text": "井盖松了", "district": "东岸区"}


def photo(size=(900, 700)):
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.fixture
def reporter(app):
    return resident_bearer(app)


@pytest.fixture
def url(reporter):
    ticket = reporter.post("/hotline/v1/tickets", json=TICKET).get_json()
    return f"/hotline/v1/tickets/{ticket['id']}"


def test_picture_is_kept_in_sealed_chunks_and_read_back(app, reporter, url, database) -> None:
    made = reporter.post(f"{url}/attachments", data=photo(), content_type="image/jpeg")
    assert made.status_code == 201, made.text
    (listed,) = reporter.get(f"{url}/attachments").get_json()["items"]
    assert listed == made.get_json()
    read = reporter.get(f"{url}/attachments/{listed['id']}")
    assert (read.mimetype, len(read.data)) == ("image/jpeg", listed["bytes"])
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    operator = staff_bearer(app, "operator", "HOTLINE")
    small = operator.get(f"{url}/attachments/{listed['id']}?part=thumbnail").data
    with Image.open(io.BytesIO(small)) as image:
        assert max(image.size) == 320
    chunks = database.read_as(Role.WORKER, "SELECT content_sealed FROM hotline.attachment_chunks")
    assert len(chunks) > 2
    assert not any(bytes(chunk).startswith(b"\xff\xd8") for chunk in chunks)
    events = reporter.get(url).get_json()["events"]
    assert [event["action"] for event in events] == ["submit", "attach"]


def test_picture_comes_as_a_form_too(reporter, url) -> None:
    form = {"file": (io.BytesIO(photo((60, 40))), "../../x.php")}
    answer = reporter.post(f"{url}/attachments", data=form, content_type="multipart/form-data")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"GIF89a" + b"\0" * 20, 415), (b"\xff\xd8\xff\0\0", 422), (b"\0" * (11 << 20), 413), (b"", 415)],
)
def test_what_is_no_sound_picture_changes_nothing(reporter, url, raw, status) -> None:
    assert reporter.post(f"{url}/attachments", data=raw, content_type="image/jpeg").status_code == status
    assert reporter.get(url).get_json()["version"] == 1


def test_picture_of_somebody_else_does_not_exist(app, reporter, url) -> None:
    made = reporter.post(f"{url}/attachments", data=photo((60, 40)), content_type="image/jpeg").get_json()
    other = resident_bearer(app)
    assert other.get(f"{url}/attachments/{made['id']}").status_code == 404
    assert other.get(f"{url}/attachments").status_code == 404
    assert other.post(f"{url}/attachments", data=photo((60, 40))).status_code == 404


def test_sixth_picture_is_refused(reporter, url) -> None:
    answers = [
        reporter.post(f"{url}/attachments", data=photo((60, 40)), content_type="image/jpeg") for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [201] * 5 + [409]
