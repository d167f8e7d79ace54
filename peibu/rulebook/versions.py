"""Finds a version of a policy: city/policy, a folder, or either at a git revision (folder@revision)."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.loader import list_policies, load_policy, policies_root
from peibu.rulebook.policy import Policy


def read_version(spec: str, root: Path | None = None) -> Policy:
    """Return the policy that `spec` names.

    spec: "qingdao/industrial_internet_2020", a path to a folder, or "...@<git revision>". A revision is read from the
    repository that holds the folder. Raises PolicyError with a remedy when there is no such folder or revision.
    """
    place, _at, revision = spec.partition("@")
    folder = _folder(place, root)
    if revision:
        return _at_revision(folder, revision)
    if not (folder / "policy.yaml").is_file():
        known = "、".join(list_policies(root)) or "（无）"
        remedy = f"可用的政策：{known}；也可写文件夹路径或 文件夹@git版本"
        raise PolicyError(f"没有政策“{place}”", file=folder, remedy=remedy)
    folder = folder.resolve()
    return load_policy(f"{folder.parent.name}/{folder.name}", root=folder.parent.parent)


def _folder(place: str, root: Path | None) -> Path:
    inside = (root or policies_root()) / place
    return inside if inside.is_dir() and ".." not in Path(place).parts else Path(place)


def _at_revision(folder: Path, revision: str) -> Policy:
    folder = folder.resolve()
    base = next((parent for parent in folder.parents if parent.is_dir()), Path.cwd())
    top = Path(_git(base, "rev-parse", "--show-toplevel").decode().strip())
    inside = folder.relative_to(top).as_posix()
    # resolved first: what follows is then a plain object name, never an option
    commit = (
        _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    )
    content = _git(top, "archive", "--format=zip", commit, "--", inside)
    with tempfile.TemporaryDirectory() as kept, zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(kept)
        return load_policy(f"{folder.parent.name}/{folder.name}", root=(Path(kept) / inside).parent.parent)


def _git(folder: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except OSError as error:
        raise PolicyError("没有找到 git 程序", remedy="安装 git，或直接写两个文件夹") from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["没有这个版本"]
        raise PolicyError(f"git：{told[0]}", file=folder, remedy="核对版本号和文件夹（该版本中须有此文件夹）")
    return done.stdout
