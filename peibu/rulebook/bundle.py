"""A determination as one file that can be computed again anywhere, years later: facts, law, result, and their sums.

The zip (or the same as one JSON text) holds `determination.json`, `bundle.json` (format, engine), `policy/` with every
file of the folder that decided, `records.json` where facts were derived from records, and `SHA256SUMS`. Reading one is
reading a stranger's file: sizes, names and YAML are checked here, and `verify_bundle` executes rules.py only after
`rules_gate` let it pass.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

from peibu.kernel.errors import Refused
from peibu.kernel.packages import MANIFEST, SUMS, check, pack, sums
from peibu.rulebook.errors import PolicyError, RulebookError
from peibu.rulebook.judgement import Judgement
from peibu.rulebook.loader import fingerprint_of
from peibu.rulebook.policy import Policy

FORMAT = "peibu-determination/1"
DETERMINATION, HEAD, RECORDS, FOLDER = "determination.json", "bundle.json", "records.json", "policy/"
MOST_BYTES, MOST_MEMBER, MOST_FILES = 16 << 20, 4 << 20, 200
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_RULES = re.compile(re.escape(FOLDER) + r"rules(?:_[a-z0-9_]+)?\.py")
_MOST_DEPTH = 40
_MOST_PARTS = 8
_ROOM = Path(__file__).parent


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds once it is read: every file by its path, intact by its own list."""

    files: Mapping[str, bytes]
    root: str

    @property
    def head(self) -> Mapping[str, Any]:
        """Format, engine, policy, subject, days, fingerprint, language."""
        return _mapping(self.files, HEAD)

    @property
    def determination(self) -> Mapping[str, Any]:
        """The determination as it was stored."""
        return _mapping(self.files, DETERMINATION)

    @property
    def records(self) -> Mapping[str, Any]:
        """The records that facts were derived from: {kind: rows}."""
        return _mapping(self.files, RECORDS)

    @property
    def folder(self) -> dict[str, bytes]:
        """The files of the policy folder by their path in it."""
        return {
            path.removeprefix(FOLDER): content for path, content in self.files.items() if path.startswith(FOLDER)
        }  # fmt: skip


def engine_fingerprint() -> str:
    """The sha256 over this room's code and shared vocabulary: the engine that computed."""
    digest = hashlib.sha256()
    for file in sorted([*_ROOM.rglob("*.py"), *_ROOM.glob("*.yaml")]):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(_ROOM).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def bundle_files(
    policy: Policy,
    judgement: Judgement,
    *,
    records: Mapping[str, Any] | None = None,
    employer: str = "",
    lang: str = "zh",
) -> dict[str, bytes]:
    """Return the files of a bundle by path.

    policy: the folder that decided; RulebookError when its fingerprint is another (the law at hand would not give the
    result again). records: {kind: rows} in plain JSON, from which facts were derived, looked up for `employer`. lang: of the sentences.
    """
    if fingerprint_of(policy.folder) != judgement.fingerprint:
        raise RulebookError(
            f"政策文件夹 {policy.path} 的指纹与判定的规则版本不同，不能用它重算；请用作出判定的那个版本"
            f"（{judgement.fingerprint[:12]}）导出"
        )
    head = {"format": FORMAT, "engine": engine_fingerprint(), "lang": lang, "policy": judgement.policy}
    head |= {"subject": judgement.subject, "on": judgement.on.isoformat(), "fingerprint": judgement.fingerprint}
    head |= {"known_at": judgement.known_at.isoformat() if judgement.known_at else None}
    files = {HEAD: _json(head), DETERMINATION: judgement.to_json().encode()}
    if records:
        head |= {"employer": employer}
        files[HEAD] = _json(head)
        files[RECORDS] = _json(records)
    for file in sorted(policy.folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            files[FOLDER + file.relative_to(policy.folder).as_posix()] = file.read_bytes()
    return files


def write_bundle(policy: Policy, judgement: Judgement, **more: Any) -> tuple[bytes, str]:
    """Return the bundle as a zip and its root (the sha256 of its list). See `bundle_files`."""
    return pack(bundle_files(policy, judgement, **more))


def write_bundle_json(policy: Policy, judgement: Judgement, **more: Any) -> str:
    """Return the bundle as one JSON text, for an interface. See `bundle_files`."""
    files = bundle_files(policy, judgement, **more)
    texts = {path: content.decode("utf-8") for path, content in files.items()}
    return json.dumps({"format": FORMAT, "files": texts, SUMS: sums(files)}, ensure_ascii=False, sort_keys=True)


def read_bundle(content: bytes) -> Bundle:
    """Read a bundle, zip or JSON. Refused when it is none, too large, has unfit names, or was changed."""
    if len(content) > MOST_BYTES:
        raise Refused("判定包过大，没有核对", "bundle_too_large", f"判定包不超过 {MOST_BYTES >> 20} MB，请确认来源")
    files, root, wrong = _from_zip(content) if content.startswith(b"PK") else _from_json(content)
    unfit = sorted(path for path in files if not _fit(path))
    if unfit:
        raise Refused(f"判定包内有不应有的文件：{'、'.join(unfit[:5])}", "bundle_names", "请重新导出判定包")
    if wrong:
        raise Refused("判定包已被改动：" + "；".join(wrong[:10]), "bundle_tampered", "请向出具单位索取原包")
    absent = [path for path in (HEAD, DETERMINATION, f"{FOLDER}rules.py", f"{FOLDER}policy.yaml") if path not in files]
    if absent:
        raise Refused(f"不是判定包：缺少{'、'.join(absent)}", "not_a_bundle", "请选择从平台导出的判定包")
    found = Bundle(files, root)
    if found.head.get("format") != FORMAT:
        raise Refused(f"判定包的格式“{str(found.head.get('format'))[:40]}”不认识", "bundle_format", "请更新核验程序")
    return found


def _fit(path: str) -> bool:
    if path in (HEAD, DETERMINATION, RECORDS):
        return True
    parts = path.split("/")
    named = all(_NAME.fullmatch(part) for part in parts) and 1 < len(parts) <= _MOST_PARTS
    code = path.lower().rpartition(".")[2] in ("py", "pyc", "so") and not _RULES.fullmatch(path)
    return named and path.startswith(FOLDER) and not code and "__pycache__" not in parts


def _from_zip(content: bytes) -> tuple[dict[str, bytes], str, list[str]]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            sizes = [entry.file_size for entry in entries]
            if len(entries) > MOST_FILES or max(sizes, default=0) > MOST_MEMBER or sum(sizes) > MOST_BYTES:
                raise Refused("判定包展开后过大，没有核对", "bundle_too_large", "请确认文件来源")
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names):
                raise Refused("判定包内有重名文件", "bundle_names", "请重新导出判定包")
            found = check(BytesIO(content))
            files = {name: archive.read(name) for name in names if name not in (SUMS, MANIFEST)}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Refused("文件不是完整的判定包，或已损坏", "bundle_broken", "请重新下载后再核验") from error
    return files, found.root, found.wrong


def _from_json(content: bytes) -> tuple[dict[str, bytes], str, list[str]]:
    try:
        told = json.loads(content.decode("utf-8"))
        texts, listing = told["files"], told[SUMS]
        if not isinstance(texts, dict) or not isinstance(listing, str) or len(texts) > MOST_FILES:
            raise ValueError("not a bundle")
        files = {path: text.encode("utf-8") for path, text in texts.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("文件不是判定包", "not_a_bundle", "请选择从平台导出的判定包") from error
    named = {line[66:]: line[:64] for line in listing.splitlines()}
    wrong = [f"内容已变：{path}" for path in files if named.get(path) != hashlib.sha256(files[path]).hexdigest()]
    wrong += [f"缺少文件：{path}" for path in named if path not in files]
    return files, hashlib.sha256(listing.encode()).hexdigest(), wrong


def check_yaml(content: bytes, name: str) -> None:
    """Refuse YAML that a policy folder never needs and that could cost without end: aliases, tags, deep nesting."""
    depth = 0
    try:
        for event in yaml.parse(content.decode("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            unfit = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if unfit or depth > _MOST_DEPTH:
                line = event.start_mark.line + 1
                raise PolicyError("alias, tag or deep nesting", file=name, line=line, remedy="write it out")
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyError(str(error), file=name, remedy="mend the YAML") from error


def _mapping(files: Mapping[str, bytes], path: str) -> Mapping[str, Any]:
    try:
        told = json.loads(files[path].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(f"判定包的{path}不能读", "bundle_broken", "请重新导出判定包") from error
    if not isinstance(told, dict):
        raise Refused(f"判定包的{path}不能读", "bundle_broken", "请重新导出判定包")
    return told


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, default=str).encode()
