"""The files of a store of months: new ones are written beside the old, then one manifest names what counts.

A refresh that is killed leaves the manifest as it was, so the old store stays valid; its stray files are removed by the
next one. Files that only the manifest before the last one named are removed then as well: a reader has that long.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from peibu.rulebook.errors import RulebookError

FORMAT = 2
TABLES = ("keys", "words", "days", "residue")
_MANIFEST = "manifest.json"


class StoreError(RulebookError):
    """The store of months cannot do what was asked; nothing was changed."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest. Raises StoreError when there is none or another format."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{folder} 中没有缴费月份库（缺少 {_MANIFEST}），请先用 MonthStore.create 建库") from None
    except json.JSONDecodeError as error:
        raise StoreError(f"{folder / _MANIFEST} 第 {error.lineno} 行无法读取，请从备份恢复或重新建库") from None
    if manifest.get("format") != FORMAT:
        raise StoreError(f"{folder} 的格式为 {manifest.get('format')}，本程序只读取格式 {FORMAT}，请重新建库")
    return manifest


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Put the manifest in place at once: whoever reads sees the old one or the new one."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    _replace(folder / _MANIFEST, lambda part: part.write_text(text, "utf-8"))


def write_table(folder: Path, name: str, table: pl.DataFrame | np.ndarray) -> dict[str, Any]:
    """Write one Parquet file or one array and return what the manifest says about it."""
    if isinstance(table, pl.DataFrame):
        name, rows = f"{name}.parquet", table.height
        write = partial(_write_parquet, table)
    else:
        name, rows = f"{name}.npy", table.shape[-1]
        write = partial(_write_array, table)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, write)
    return {"file": name, "sha256": _digest(path), "rows": rows}


def read_table(folder: Path, entry: dict[str, Any]) -> pl.DataFrame | np.ndarray:
    """Return a table, or an array that is mapped: only what is looked at is read from the disk."""
    path = folder / entry["file"]
    return pl.read_parquet(path) if path.suffix == ".parquet" else np.load(path, mmap_mode="r").view(np.ndarray)


def _write_parquet(table: pl.DataFrame, path: Path) -> None:
    table.write_parquet(path, compression="lz4")


def _write_array(array: np.ndarray, path: Path) -> None:
    with path.open("wb") as handle:
        np.save(handle, array, allow_pickle=False)


def check_table(folder: Path, entry: dict[str, Any]) -> None:
    """Raise StoreError when a file is missing or is not the one the manifest names."""
    path = folder / entry["file"]
    if not path.is_file():
        raise StoreError(f"缴费月份库缺少文件 {path}，请从备份恢复或重新建库")
    if _digest(path) != entry["sha256"]:
        raise StoreError(f"缴费月份库文件 {path} 与清单中的 sha256 不符，已被改动或损坏，请从备份恢复或重新建库")


def named_files(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entry of every file that the manifest names."""
    for part in manifest["partitions"]:
        for version in (part, *part["past"]):
            yield from (version[name] for name in TABLES if version[name])


def remove_strays(folder: Path, manifest: dict[str, Any]) -> None:
    """Remove every file of the store that the manifest does not name."""
    keep = {folder / entry["file"] for entry in named_files(manifest)}
    for path in folder.glob("part-*/*"):
        if path not in keep:
            path.unlink()


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Hold the store for writing. Raises StoreError when somebody else does; a killed process lets go."""
    with (folder / "lock").open("w") as handle:
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"缴费月份库 {folder} 正在由另一个进程更新，请待其完成后再试") from None
        yield


def _replace(path: Path, write: Any) -> None:
    part = path.with_name(path.name + ".part")
    write(part)
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
