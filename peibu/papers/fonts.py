"""The four font files that every document is set in, and the check that they are there.

Fonts come from npm at set-up and are never in the repository (docs/adr/0006-papers.md). System fonts are ignored:
a developer's desktop must not hide a missing dependency.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from peibu.papers.errors import FontsMissing

SERIF = "Noto Serif SC"
SANS = "Noto Sans SC"

# family -> (package, {weight: file})
FONT_FILES = {
    SERIF: (
        "noto-serif-sc",
        {400: "400Regular/NotoSerifSC_400Regular.ttf", 700: "700Bold/NotoSerifSC_700Bold.ttf"},
    ),
    SANS: (
        "noto-sans-sc",
        {400: "400Regular/NotoSansSC_400Regular.ttf", 700: "700Bold/NotoSansSC_700Bold.ttf"},
    ),
}


@dataclass(frozen=True)
class FontRecord:
    """What to store beside an issued document, so that it can be told later which fonts drew it."""

    family: str
    weight: int
    file_name: str
    package_version: str
    sha256: str


def font_dir() -> Path:
    """The folder of the font packages: ``PEIBU_FONT_DIR``, else ``node_modules`` of this checkout."""
    configured = os.environ.get("PEIBU_FONT_DIR")
    if configured:
        return Path(configured)
    return Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts"


def font_files() -> dict[tuple[str, int], Path]:
    """(family, weight) -> file, whether or not the file exists."""
    root = font_dir()
    return {
        (family, weight): root / package / name
        for family, (package, files) in FONT_FILES.items()
        for weight, name in files.items()
    }


def check_fonts() -> None:
    """Refuse to start without the fonts. Call it once when a process starts that will issue documents.

    Raises FontsMissing naming every missing file or family. Without this check typst would still produce a file,
    full of empty boxes.
    """
    _load(font_dir())


def typst_fonts() -> typst.Fonts:
    """The checked font set, loaded once per process and folder."""
    return _load(font_dir())


@cache
def _load(root: Path) -> typst.Fonts:
    files = font_files()
    missing = [str(path) for path in files.values() if not path.is_file()]
    if missing:
        raise FontsMissing(
            f"缺少字体文件，无法生成 PDF：{'、'.join(missing)}。"
            "请先运行安装步骤（npm ci），或用环境变量 PEIBU_FONT_DIR 指明字体所在目录。"
        )
    folders = [str(path.parent) for path in files.values()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    loaded = {(font.family, font.weight) for font in fonts.fonts()}
    unread = [f"{family} {weight}" for family, weight in files if (family, weight) not in loaded]
    if unread:
        raise FontsMissing(f"字体文件存在但无法识别：{'、'.join(unread)}。文件可能损坏，请重新安装（npm ci）。")
    return fonts


def coverage(family: str) -> frozenset[int]:
    """Code points that **every** weight of the family can draw (bold must not lose a character of regular)."""
    return _coverage(font_dir(), family)


@cache
def _coverage(root: Path, family: str) -> frozenset[int]:
    check_fonts()
    paths = [path for (name, _), path in font_files().items() if name == family]
    if not paths:
        raise FontsMissing(f"没有登记名为“{family}”的字体。可用：{'、'.join(FONT_FILES)}。")
    per_weight = []
    for path in paths:
        with TTFont(path, lazy=True) as font:
            per_weight.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*per_weight)


@cache
def font_records() -> tuple[FontRecord, ...]:
    """File name, package version and SHA-256 of each font in use; to be stored with each issued document."""
    check_fonts()
    records = []
    for (family, weight), path in font_files().items():
        manifest = json.loads((path.parent.parent / "package.json").read_text(encoding="utf-8"))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        records.append(FontRecord(family, weight, path.name, manifest["version"], digest))
    return tuple(records)
