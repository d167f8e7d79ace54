"""The rules on Spark give cell by cell what one machine gives."""

import os

import polars as pl
import pytest

from peibu.cli.__main__ import main
from peibu.cli.batch import buckets, on_cluster, run
from peibu.rulebook import RulebookError
from tests.rulebook.insurance_rows import insurance_rows
from tests.rulebook.limited_claims import LIMITS, tables
from tests.rulebook.two_periods import claims, two_periods

NAME = "test/two_periods"
INSURED = ("insured_months", "arrears_months", "late_arrears_months", "last_paid_month")
INSURED += ("run_first_month", "run_last_month", "insurance_gap_month")


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    return two_periods(tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="module")
def spark():
    if not on_cluster.has_java():
        pytest.fail(on_cluster.JAVA_MISSING)
    # small jobs: a virtual machine that compiles little starts in half the time
    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    options = f"--conf 'spark.driver.extraJavaOptions={quick}' --conf spark.sql.codegen.wholeStage=false"
    before = os.environ.get("PYSPARK_SUBMIT_ARGS")
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{options} pyspark-shell"
    with on_cluster.session("local[2]") as spark:
        spark.sparkContext.setLogLevel("ERROR")
        yield spark
    os.environ.pop("PYSPARK_SUBMIT_ARGS")
    if before is not None:
        os.environ["PYSPARK_SUBMIT_ARGS"] = before


@pytest.fixture(autouse=True)
def _small_parts(policy, monkeypatch):
    monkeypatch.setenv("PEIBU_POLICIES", str(policy.folder.parents[1]))
    monkeypatch.setattr(run, "CHUNK", 100)
    monkeypatch.setattr(buckets, "_PEOPLE_EACH", 100)
    monkeypatch.setattr("peibu.cli.batch.command.LARGE_FROM", 20)


def claims_file(policy, path, count, *, insured):
    """Claims of people of whom some claim twice, without insurance facts when these come from records."""
    slots = set() if insured else {slot for name in INSURED for slot in policy.fact_specs[name].slots}
    rows = [{name: value for name, value in row.items() if name not in slots} for row in claims(policy, count, 7)]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    frame = frame.with_columns(
        pl.Series("证件号码", [f"A{number % (count - 30)}" for number in range(count)]),
        pl.Series("企业", ["青云厂"] * (count - 5) + ["海蓝厂"] * 5),
        pl.Series("姓名", [f"甲{number}" for number in range(count)]),
    )
    frame.write_parquet(path)
    return frame["证件号码"].unique().to_list()


def decided(source, out, *more):
    assert main(["decide", NAME, str(source), "--out", str(out), *more]) == 0
    return pl.read_parquet(out)


@pytest.mark.slow
def test_spark_equals_one_machine_cell_by_cell(policy, spark, tmp_path):
    source = tmp_path / "in.parquet"
    claims_file(policy, source, 330, insured=True)
    alone = decided(source, tmp_path / "alone.parquet")
    there = decided(source, tmp_path / "there.parquet", "--cluster", "local[2]")
    assert there.equals(alone)
    assert set(alone["decision"]) == {"pass", "fail", "unknown"}

    people = claims_file(policy, source, 330, insured=False)
    records = tmp_path / "insurance.parquet"
    pl.DataFrame(insurance_rows(people), infer_schema_length=None).write_parquet(records)
    words = ["--records", f"insurance={records}", "--explain", "all"]
    alone = decided(source, tmp_path / "alone.parquet", *words)
    there = decided(source, tmp_path / "there.parquet", *words, "--cluster", "local[2]")
    assert there.equals(alone)
    assert there["row"].to_list() == list(range(1, 331))
    assert {True, False, None} <= set(there["insured_long_enough"])

    # the comparison can fail: without the last paid months it is another table
    fewer = pl.read_parquet(records).filter(pl.col("month") < pl.col("month").max())
    fewer.write_parquet(records)
    assert not decided(source, tmp_path / "there.parquet", *words, "--cluster", "local[2]").equals(alone)


@pytest.mark.slow
@pytest.mark.parametrize("subject", ["course", "quota"])
def test_limits_of_a_person_and_a_quota_over_all_are_the_same_on_spark(spark, tmp_path, monkeypatch, subject):
    """Limits of one person are folded on the workers; a quota is one step on the driver."""
    monkeypatch.setenv("PEIBU_POLICIES", str(LIMITS))
    earned, earlier = tables(150, 2)
    earned.write_parquet(tmp_path / "claims.parquet")
    earlier.write_parquet(tmp_path / "grants.parquet")
    words = ["decide", "test/limits", str(tmp_path / "claims.parquet"), "--subject", subject, "--out"]
    more = ["--grants", str(tmp_path / "grants.parquet"), "--explain", "all"]
    alone, there = tmp_path / "alone.parquet", tmp_path / "there.parquet"
    assert main([*words, str(alone), *more]) == 0
    assert main([*words, str(there), *more, "--cluster", "local[2]"]) == 0
    assert pl.read_parquet(there).equals(pl.read_parquet(alone))
    assert {"pass", "fail"} <= set(pl.read_parquet(alone)["decision"])


def test_without_java_or_spark_the_run_says_what_is_missing(policy, tmp_path, monkeypatch, capsys):
    claims_file(policy, tmp_path / "in.parquet", 40, insured=True)
    words = [
        "decide",
        NAME,
        str(tmp_path / "in.parquet"),
        "--out",
        str(tmp_path / "out.parquet"),
        "--cluster",
        "local[2]",
    ]
    monkeypatch.setattr(on_cluster, "has_java", lambda: False)
    assert main(words) == 1
    assert "Java 17" in capsys.readouterr().err
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    assert main(words) == 1
    assert "requirements/cluster.txt" in capsys.readouterr().err
    assert not (tmp_path / "out.parquet").exists()


def test_a_worker_with_another_version_of_the_policy_refuses(policy):
    from peibu.rulebook.batch.cluster import _Work
    from peibu.rulebook.batch.partition import Job

    work = _Work(Job(NAME, "claim", str(policy.folder.parents[1])), "0" * 64, {}, pl.DataFrame())
    with pytest.raises(RulebookError, match="版本不同"):
        work._judged(pl.DataFrame(), {})
