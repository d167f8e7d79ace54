"""R2: kill -9 of the payer and of PostgreSQL at random points: 0 lost, 0 twice, bank = book; the usual design fails.

20 kills here; PEIBU_CRASH_KILLS=100 at night. The database survives because nothing is acknowledged before it is
committed; a disk that lies about fsync is not what this tests.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from peibu.config import embedded
from tests.database import ROOT

KILLS = int(os.environ.get("PEIBU_CRASH_KILLS", "20"))


@pytest.fixture
def dump(snapshot, tmp_path) -> Path:
    server = ROOT / "var" / "test-pg"
    if embedded.pid(server) is None:
        pytest.skip("needs the embedded PostgreSQL: a server of somebody else is not killed")
    file = tmp_path / "city.dump"
    embedded.dump(server, file, database=snapshot.template)
    return file


@pytest.mark.slow
def test_payer_and_database_killed_at_random_points(dump, snapshot, tmp_path):
    command = [sys.executable, "-m", "tests.payments.crash", "--base", tmp_path, "--dump", dump]
    command += ["--city", snapshot._kept(snapshot.template), "--kills", str(KILLS)]
    env = os.environ | {"PEIBU_DEMO": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=3600)
    print(done.stdout, done.stderr[-3000:])
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0
    ours, naive = told[:3], told[3]
    assert sum(one["kills"] for one in ours) == KILLS
    assert sum(one["database_kills"] for one in ours) > 0
    for one in ours:
        assert (one["lost"], one["acknowledged_lost"], one["twice"]) == (0, 0, 0), one
        assert one["bank_fen"] == one["book_fen"], one
    assert naive["twice"] > 0, naive  # the control: mark afterwards pays twice
    assert not naive["clean"]
