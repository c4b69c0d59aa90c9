"""The site's own scorers over a real file: what is harmless goes out by itself, what is known or insulting does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User

from core.files import sha256_of
from generation.errors import VersionStateConflict
from generation.ml.picture_safety import WIDTH, PictureHead, PictureSafetyModel
from generation.models import ModelVersion, Video
from generation.moderation.errors import DecisionInvalid
from generation.moderation.models import BlockedHash, Policy, Screening
from generation.moderation.screening.suite import suite_forget
from generation.moderation.services.blocklist import (
    blocklist_add_video,
    blocklist_export,
    blocklist_import,
    blocklist_remove,
)
from generation.selectors import version_folder
from generation.services.versions import version_promote
from generation.services.videos import video_publish
from tests import factories
from tests.generation.media.watching.test_watching import FPS, film
from tests.generation.moderation.conftest import visible
from tests.generation.moderation.scorers.test_scorers import scene


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Two short clips with nothing in common."""
    folder = tmp_path_factory.mktemp("clips")
    return [film(folder / f"{n}.mp4", [scene(n)] * FPS).read_bytes() for n in (11, 12)]


def published(owner: User, content: bytes, title: str) -> Video:
    video = factories.video(owner, content=content, title=title)
    Video.objects.filter(pk=video.pk).update(sha256=sha256_of(Path(str(video_place(video)))))
    return video_publish(video=Video.objects.get(pk=video.pk))


def video_place(video: Video) -> Path:
    from core import media_files

    return media_files.absolute(video.file)


def test_the_sites_suite_lets_out_what_is_harmless_and_nothing_else(
    transactional_db: None,  # the lease renews itself from another connection
    screening: Any,
    creator: User,
    other_creator: User,
    moderator: User,
    settings: Any,
    clips: list[bytes],
) -> None:
    settings.SCREENING_SCORERS = []
    fine = published(creator, clips[0], "周末露营必备清单")
    foul = published(creator, clips[0], "你们这群傻逼，滚")
    rows = screening()
    assert {row.state for row in rows} == {"done"}, [row.detail for row in rows]
    asked = {one["scorer"]: one for one in rows[0].signals}
    assert {name for name, one in asked.items() if one["required"]} >= {
        "open_nsfw",
        "flashes",
        "known_hashes",
    }
    assert all(one["state"] == "scored" for one in asked.values() if one["required"])
    assert visible(fine) == ("public", "passed")
    assert visible(foul) == ("private", "review")

    copyright = Policy.objects.get(code="copyright")
    assert blocklist_add_video(video=fine, policy=copyright, by=moderator) > 1
    assert blocklist_add_video(video=fine, policy=copyright, by=moderator) == 0
    again, other = (published(other_creator, clip, "另一段") for clip in clips)
    screening()
    assert visible(again) == ("private", "review"), "the same file again"
    assert visible(other) == ("public", "passed"), "another one"
    [signal] = [one for one in Screening.objects.get(video=again).signals if one["policy"] == "copyright"]
    assert signal["evidence"][0]["shown"] == f"video:{fine.pk}"
    assert blocklist_remove(label=f"video:{fine.pk}", by=moderator) > 1


@pytest.mark.parametrize(
    ("kind", "name"), [("picture_safety", "picture_classifier"), ("text_safety", "text_classifier")]
)
def test_a_classifier_whose_files_are_damaged_fails_alone_and_screening_goes_on(
    kind: str,
    name: str,
    transactional_db: None,
    screening: Any,
    creator: User,
    var_dir: Path,
    settings: Any,
    clips: list[bytes],
) -> None:
    settings.SCREENING_SCORERS = []
    suite_forget()
    version = factories.version(kind=kind, folder="versions/torn")
    torn(version_folder(version))
    ModelVersion.objects.filter(pk=version.pk).update(state="production")
    video = published(creator, clips[0], "周末露营必备清单")
    [row] = screening()
    suite_forget()
    assert (row.state, visible(video)) == ("done", ("public", "passed")), row.detail
    assert {one["scorer"] for one in row.signals if one["state"] == "failed"} == {name}


@pytest.mark.parametrize("kind", ["picture_safety", "text_safety"])
def test_a_classifier_whose_files_are_damaged_is_not_promoted(kind: str, db: None, var_dir: Path) -> None:
    version = factories.version(kind=kind, folder="versions/torn")
    for damaged in (torn, no_weights):
        damaged(version_folder(version))
        with pytest.raises(VersionStateConflict, match="classifier"):
            version_promote(version=version)


def torn(folder: Path) -> None:
    """The names and the format that both classifiers have, with weights that were cut off."""
    PictureSafetyModel({"violence": PictureHead(np.zeros(WIDTH + 1), 0.4)}, {}).save(folder)
    (folder / "weights.npz").write_bytes((folder / "weights.npz").read_bytes()[:100])


def no_weights(folder: Path) -> None:
    torn(folder)
    (folder / "weights.npz").unlink()


def test_a_list_is_exported_and_imported_whole_or_not_at_all(moderator: User) -> None:
    values = [np.random.default_rng(n).bytes(32).hex() for n in range(3)]
    text = "kind,value,policy,label\n" + "".join(f"pdq,{value},sexual,shared\n" for value in values)
    assert blocklist_import(text=text, by=moderator) == 3
    assert blocklist_import(text=text, by=moderator) == 0
    assert blocklist_export() == text
    for line in ("pdq,zz,sexual,x", f"pdq,{'0' * 64},taste,x", f"md5,{'0' * 64},sexual,x"):
        with pytest.raises(DecisionInvalid, match="Line 3"):
            blocklist_import(
                text=f"kind,value,policy,label\nsha256,{'1' * 64},sexual,x\n{line}\n", by=moderator
            )
    assert BlockedHash.objects.count() == 3
