"""Static files as they are collected for serving."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from aigc_platform.static_storage import CompressedOnceStorage


def test_modules_import_each_other_by_their_hashed_names(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "js" / "part").mkdir(parents=True)
    (source / "js" / "site.js").write_text("export function toast() {}\n")
    (source / "js" / "part" / "page.js").write_text('import {\n  toast,\n} from "../site.js";\ntoast();\n')
    (source / "other").mkdir()
    (source / "other" / "foreign.js").write_text('import "./never-brought.js";\n')
    storage = CompressedOnceStorage(location=tmp_path / "collected", base_url="/static/")
    names = ["js/site.js", "js/part/page.js", "other/foreign.js"]
    for name in names:
        storage.save(name, FileSystemStorage(source).open(name))
    done = {old: new for old, new, _ in storage.post_process({n: (storage, n) for n in names})}
    page = (tmp_path / "collected" / done["js/part/page.js"]).read_text()
    assert re.search(r'from "\.\./site\.[0-9a-f]{12}\.js"', page), page
