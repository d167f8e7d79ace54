"""Secrets: from the environment, or made once and kept in the data folder (0600)."""

import os
import secrets as random
from pathlib import Path


def secret_key(name: str, folder: Path) -> str:
    """The secret called `name`: PEIBU_SECRET_<NAME>, else the file `<folder>/secrets/<name>`, made at first use."""
    given = os.environ.get(f"PEIBU_SECRET_{name.upper()}")
    if given:
        return given
    path = folder / "secrets" / name
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # O_EXCL: of two processes starting at once one makes the key and the other reads it.
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = random.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key
