"""Every benchmark runs at a tiny size, so that none rots; peers that are not installed are left out."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks import batch_five_million, batch_million, certificates, engines, generate, limit, national_run
from benchmarks.measure import Cost, differences
from peibu.rulebook.records import Contribution, insurance_run


def test_a_block_is_the_same_every_time_and_looks_like_a_register():
    applications, rows = generate.block(7, 3, 2000)
    again = generate.block(7, 3, 2000)
    assert applications.equals(again[0])
    assert rows.equals(again[1])
    assert not rows.equals(generate.block(8, 3, 2000)[1])
    assert 33 < rows.height / applications.height < 38
    keys = ["person", "employer", "month"]
    assert rows.equals(rows.sort(keys, maintain_order=True))
    assert 0.005 < rows.select(pl.struct(keys).is_duplicated().mean()).item() / 2 < 0.015
    assert (
        rows.group_by("person").agg(pl.col("employer").n_unique()).select((pl.col("employer") == 2).mean()).item()
        > 0.1
    )
    late = (pl.col("paid_on").dt.truncate("1mo") > pl.col("month")).mean()
    assert 0.02 < rows.select(late).item() < 0.04
    assert applications["person"].is_duplicated().any()
    assert all(rows[name].null_count() for name in ("paid_on", "kind"))
    assert all(applications[name].null_count() for name in ("exam_score", "birth_date", "post_kind", "prize_winner"))
    assert (applications["birth_date"] == date(1988, 2, 29)).any()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("million")
    return folder, batch_million.measure(folder, 1500)


def test_everybody_says_the_same_of_every_cell(small):
    folder, costs = small
    assert {batch_million.HAND, batch_million.RAW, batch_million.STORED} <= set(costs)
    lines = batch_million.report(costs, 1500)
    assert any("every cell of every table is the same" in line for line in lines)
    assert sum("target" in line for line in lines) >= 3


def test_the_comparison_sees_one_cell(small):
    folder, _costs = small
    table = pl.read_parquet(folder / "result.parquet")
    assert differences(table, table) == {}
    changed = table.with_columns(
        pl.when(pl.int_range(pl.len()) == 7).then(None).otherwise("exam_passed").alias("exam_passed")
    )
    assert differences(table, changed) == {"exam_passed": 1}
    with pytest.raises(ValueError, match="against"):
        differences(table, table.head(3))


def test_the_limit_follows_the_scalar_form_too(small):
    folder, _costs = small
    people = pl.read_parquet(folder / "applications-*.parquet").head(150)
    rows = pl.read_parquet(folder / "insurance-*.parquet").filter(
        pl.col("person").is_in(people["person"].unique().implode())
    )
    own: dict[int, list[Contribution]] = {}
    for person, employer, month, paid_on, kind in rows.iter_rows():
        own.setdefault(person, []).append(Contribution(month, employer, paid_on, kind or ""))
    table = pl.read_parquet(folder / "result.parquet").head(150)
    for claim, got in zip(people.to_dicts(), table.to_dicts(), strict=True):
        covered = claim["covered_from"], claim["covered_to"]
        given = {"covered": covered, "paid_by": claim["paid_by"]}
        run = insurance_run(own.get(claim["person"], []), claim["employer"], claim["reference_month"], **given)
        assert (got["insured_months_low"], got["insured_months_high"]) == (run.run_low, run.run_high)
        assert (got["last_paid_month_low"], got["last_paid_month_high"]) == (
            run.last_paid_month,
            run.last_possible_month,
        )


def test_scalar_judgement_agrees_with_the_batch(small):
    folder, _costs = small
    people = pl.read_parquet(folder / "applications-*.parquet")
    table = pl.read_parquet(folder / "result.parquet")
    policy, seen = engines.policy(), set()
    asked = {spec.name for spec in policy.facts_of("claim")}
    for row, got in zip(people.head(200).to_dicts(), table.head(200).to_dicts(), strict=True):
        facts = {name: value for name, value in row.items() if name in asked and value is not None}
        for name in ("insured_months", "arrears_months", "last_paid_month"):
            facts[name] = (got[f"{name}_low"], got[f"{name}_high"])
        judgement = policy.judge("claim", facts, on=engines.ON)
        assert (judgement.decision.value, judgement.amount_fen) == (got["decision"], got["amount_fen"])
        seen.add(got["decision"])
    assert seen == {*limit.DECISIONS}


def test_five_million_at_tiny_sizes(tmp_path):
    lines = batch_five_million.report(batch_five_million.measure(tmp_path, (300, 600)))
    assert any("dearest against cheapest" in line for line in lines)
    costs = {10: Cost(1.0, 1.0, 100.0), 20: Cost(3.0, 3.0, 200.0)}
    assert "dearest against cheapest: +50% (target: at most 25 %)" in batch_five_million.report(costs)


def result(folder):
    manifests = national_run.open_run(folder, PLAN)
    return [(manifest["digest"], manifest["decisions"], manifest["amount_fen"]) for manifest in manifests]


PLAN = national_run.Plan(applications=3_500, partition=1_000, seed=5)
RUN = [
    "-m",
    "benchmarks.national_run",
    "--applications",
    "3500",
    "--partition",
    "1000",
    "--seed",
    "5",
    "--workers",
    "1",
]
ROOT = Path(__file__).resolve().parents[2]


def test_national_run_goes_on_after_a_kill_and_says_the_same(tmp_path):
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    with subprocess.Popen([sys.executable, *RUN, str(broken)], cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not any(broken.glob("done-*.json")) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    kept = {path: path.stat().st_mtime_ns for path in broken.glob("done-*.json")}
    assert 1 <= len(kept) <= 4
    time.sleep(1)
    done = subprocess.run(
        [sys.executable, *RUN, str(broken), "--keep-results"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "applications in 4 partitions" in done.stdout
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items())
    manifests = national_run.run(whole, PLAN, workers=1)
    assert result(broken) == result(whole)
    assert sum(sum(manifest["decisions"].values()) for manifest in manifests) >= 3_500
    assert not list(whole.glob("work-*"))
    assert not list(whole.glob("*.part"))


def test_national_run_refuses_another_runs_folder(tmp_path):
    national_run.open_run(tmp_path, PLAN)
    with pytest.raises(SystemExit, match="another run"):
        national_run.open_run(tmp_path, PLAN._replace(seed=6))


def test_the_digest_sees_one_cell():
    table = pl.DataFrame({"decision": ["pass", None], "amount_fen": [1, None], "rule": [True, None]})
    first = national_run.digest(table)
    assert len(first) == hashlib.sha256().digest_size * 2
    for changed in ({"decision": ["pass", ""]}, {"amount_fen": [1, 0]}, {"rule": [True, False]}):
        assert (
            national_run.digest(table.with_columns(**{name: pl.Series(values) for name, values in changed.items()}))
            != first
        )


def test_certificates_are_compared_with_those_made_by_hand(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["certificates", "--people", "3", "--limit-people", "2"])
    certificates.main()
    assert "ratio ours / by hand" in capsys.readouterr().out
