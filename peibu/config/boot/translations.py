"""Compiled translations are not committed: they are made where they are missing or older than their source."""

from pathlib import Path

from peibu.config.boot.toolchain import ROOT, say


def compile_stale(folder: Path = ROOT / "locale") -> bool:
    """Compile when needed. Returns whether anything was compiled."""
    if not any(_is_stale(source) for source in folder.glob("*/LC_MESSAGES/*.po")):
        return False
    from peibu.theme.messages import compile_all

    say("正在编译译文", "compiling translations")
    compile_all(folder)
    return True


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
