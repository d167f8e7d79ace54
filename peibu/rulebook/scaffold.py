"""Begins a policy folder: a copy of the commented example, under its own names, that passes every check at once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.loader import policies_root

TEMPLATE = Path(__file__).with_name("template")
_PATH = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]*")
_WORDS = {"title": "新政策", "title_en": "New policy", "number": "某人社字〔2024〕1号"}
_FIRST, _MARK = "2024-01-01", "XX."


def new_policy(
    path: str, *, root: Path | None = None, title: str = "", title_en: str = "", number: str = "", prefix: str = "",
    since: date | None = None,
) -> list[Path]:  # fmt: skip
    """Write policies/<path> and return its files. Nothing is ever overwritten.

    path: city/policy in small letters. prefix: of the clause ids (YT12 gives YT12.1); by default the first two letters
    of the city. since: the first day of the document, in the year of the example. PolicyError for a path that exists
    or a name that cannot be used.
    """
    folder = (root or policies_root()) / path
    if not _PATH.fullmatch(path):
        told = f"“{path}”不能作为政策路径"
        raise PolicyError(told, remedy="写作 city/policy，用小写英文字母、数字和下划线，如 yantai/skills_2021")
    if folder.exists():
        raise PolicyError("文件夹已存在，没有改动", file=folder, remedy="换一个名称，或直接编辑它")
    prefix = prefix or path[:2].upper()
    if not _PREFIX.fullmatch(prefix):
        raise PolicyError(f"“{prefix}”不能作为条款前缀", remedy="大写字母开头，其后为大写字母或数字，如 YT12")
    said = {"title": title, "title_en": title_en, "number": number}
    changes = {old: said[key].strip() for key, old in _WORDS.items() if said[key].strip()}
    unfit = [text for text in changes.values() if re.search(r"[\n\r:#{}\[\]\"']", text)]
    if unfit:
        raise PolicyError(f"“{unfit[0]}”含有不能直接写入的符号", remedy="去掉引号、冒号、括号和换行，写好后再改")
    changes[_MARK] = f"{prefix}."
    if since is not None:
        changes |= {_FIRST: since.isoformat(), "2024-": f"{since.year}-", "2025-": f"{since.year + 1}-"}
    texts = {
        file.name: _filled(file, changes) for file in sorted(TEMPLATE.iterdir()) if file.suffix in (".yaml", ".py")
    }
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _filled(file: Path, changes: dict[str, str]) -> str:
    # in one pass: what was put in is not changed again
    found = re.compile("|".join(re.escape(old) for old in sorted(changes, key=len, reverse=True)))
    return found.sub(lambda match: changes[match[0]], file.read_text(encoding="utf-8"))
