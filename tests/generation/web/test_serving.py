"""Media over HTTP: byte ranges, and nobody sees what is not theirs."""

import pytest

from generation.models import Video
from tests import factories


def read(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def published(media_root, creator):
    return factories.video(creator, state=Video.State.PUBLISHED)


@pytest.mark.parametrize(
    ("wanted", "content", "where"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_answers_its_part(client, published, wanted, content, where):
    answer = client.get(f"/media/{published.file}", headers={"range": wanted})
    assert (answer.status_code, read(answer), answer["Content-Range"]) == (206, content, where)
    assert answer["Content-Length"] == str(len(content))


def test_a_range_beyond_the_end_is_416_with_the_size(client, published):
    answer = client.get(f"/media/{published.file}", headers={"range": "bytes=10-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize("wanted", ["", "items=0-3", "bytes=-", "bytes=a-b"])
def test_without_a_usable_range_the_whole_file_comes(client, published, wanted):
    answer = client.get(f"/media/{published.file}", headers={"range": wanted})
    assert (answer.status_code, read(answer)) == (200, b"0123456789")


@pytest.mark.parametrize("digits", [19, 4_400, 9_000])
def test_thousands_of_digits_lie_beyond_any_file(client, published, digits):
    far = "9" * digits
    beyond = client.get(f"/media/{published.file}", headers={"range": f"bytes={far}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */10")
    last = client.get(f"/media/{published.file}", headers={"range": f"bytes=-{far}"})
    assert (last.status_code, read(last)) == (206, b"0123456789")
    to = client.get(f"/media/{published.file}", headers={"range": f"bytes=8-{far}"})
    assert (to.status_code, read(to)) == (206, b"89")


def test_a_part_of_another_version_is_not_continued(client, published):
    whole = client.get(f"/media/{published.file}")
    read(whole)
    for validator, status in (
        ('"some-old-etag"', 200),
        ('W/"x"', 200),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 200),
        ("no date", 200),
        (whole["Last-Modified"], 206),
    ):
        headers = {"range": "bytes=0-3", "if-range": validator}
        answer = client.get(f"/media/{published.file}", headers=headers)
        assert (answer.status_code, read(answer)) == (status, b"0123" if status == 206 else b"0123456789")


def test_a_head_tells_of_the_whole_file(client, published):
    answer = client.head(f"/media/{published.file}", headers={"range": "bytes=0-3"})
    assert (answer.status_code, answer["Content-Length"]) == (200, "10")
    assert "Content-Range" not in answer


def test_an_unpublished_video_is_seen_by_its_creator_and_a_moderator_only(
    media_root, client_of, creator, other_creator, viewer, moderator
):
    video = factories.video(creator)
    statuses = [
        client_of(user).get(f"/media/{video.file}").status_code
        for user in (creator, moderator, other_creator, viewer, None)
    ]
    assert statuses == [200, 200, 404, 404, 404]


def test_an_upload_is_seen_by_its_owner_only(media_root, client_of, creator, other_creator, moderator):
    upload = factories.upload(creator, file="uploads/1/a.mp4", state="ready")
    place = media_root / upload.file
    place.parent.mkdir(parents=True)
    place.write_bytes(b"clip")
    statuses = [
        client_of(u).get(f"/media/{upload.file}").status_code for u in (creator, other_creator, moderator)
    ]
    assert statuses == [200, 404, 404]


@pytest.mark.parametrize(
    "path", ["../settings.py", "videos/../../manage.py", "%2e%2e/manage.py", "nothing.mp4"]
)
def test_a_path_outside_the_media_folder_is_not_found(client, published, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_a_download_has_a_name_a_person_understands(client, published):
    answer = client.get(f"/media/{published.file}?download=周末露营")
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%91%A8")
    assert answer["Content-Disposition"].endswith(".mp4")
