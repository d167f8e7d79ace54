"""The tests' own PostgreSQL; `-p tests.database` in pyproject.toml loads it before pytest-django reads settings."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "test"

# whitenoise warns about a missing folder
(VAR / "static").mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PEIBU_VAR", str(VAR))
if not os.environ.get("DATABASE_URL"):
    from peibu.config import embedded

    os.environ["DATABASE_URL"] = embedded.ensure(ROOT / "var" / "test-pg", embedded.THROWAWAY)
