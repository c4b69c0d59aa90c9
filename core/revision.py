"""Which revision of the code this is, read from the checkout without running anything; plain Python."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_TOP = Path(__file__).resolve().parents[1]
_SHOWN = 12


@lru_cache(maxsize=1)
def code_revision(top: Path = _TOP) -> str:
    """The first 12 hexadecimal digits of the commit that is checked out in ``top``; "" outside a repository."""
    git = top / ".git"
    try:
        if git.is_file():  # a worktree: its folder is named in the file
            git = top / git.read_text().removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref:"):
            return head[:_SHOWN]
        return _commit_of(git, head.removeprefix("ref:").strip())[:_SHOWN]
    except OSError:
        return ""


def _commit_of(git: Path, ref: str) -> str:
    common = git / "commondir"
    roots = [git, git / common.read_text().strip()] if common.exists() else [git]
    for root in roots:
        if (root / ref).exists():
            return (root / ref).read_text().strip()
        packed = root / "packed-refs"
        for line in packed.read_text().splitlines() if packed.exists() else ():
            if line.endswith(f" {ref}"):
                return line.split()[0]
    return ""
