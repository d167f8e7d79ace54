"""`peibu decide --grants`: claims of one file count against earlier grants and against each other."""

import polars as pl
import pytest

from peibu.cli.__main__ import main
from peibu.cli.batch import buckets, run
from peibu.rulebook import load_policy
from peibu.rulebook.limits import fold
from tests.rulebook.limited_claims import LIMITS, NAME, tables

KINDS = {
    "职业编码": "occupation",
    "等级": "level",
    "补贴种类": "benefit",
    "培训编号": "training",
    "收款人类别": "payee_kind",
}
KINDS |= {"行政区划": "division", "证件号码": "person", "日期": "at"}


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setenv("PEIBU_POLICIES", str(LIMITS))
    monkeypatch.setattr(run, "CHUNK", 50)
    monkeypatch.setattr(buckets, "_PEOPLE_EACH", 60)


def expected(subject, claims, earlier):
    """The fold of the rulebook on the same rows, its columns named by hand."""
    codes = {"初级工": "junior", "中级工": "middle", "高级工": "senior", "企业": "enterprise", "平台": "platform"}
    level = pl.col("level", "payee_kind").replace(codes)
    given = claims.rename(KINDS).with_columns(level).with_row_index("number")
    given = given.with_columns(id=pl.col("number").cast(pl.String).str.zfill(9)).drop("number")
    grants = earlier.rename(KINDS | {"补贴编号": "id", "政策": "programme"}).with_columns(level, certain=True)
    return fold(load_policy(NAME, root=LIMITS), subject, given, grants).sort("id")


@pytest.mark.parametrize(("subject", "grants"), [("course", 40), ("quota", 2)])
def test_claims_are_folded_as_the_rulebook_folds_them(tmp_path, subject, grants):
    claims, earlier = tables(150, grants)
    claims.write_parquet(tmp_path / "claims.parquet")
    earlier.write_csv(tmp_path / "grants.csv")
    words = ["decide", NAME, str(tmp_path / "claims.parquet"), "--subject", subject, "--explain", "fail"]
    words += ["--grants", str(tmp_path / "grants.csv"), "--out", str(tmp_path / "out.parquet")]
    assert main(words) == 0
    table, folded = pl.read_parquet(tmp_path / "out.parquet"), expected(subject, claims, earlier)
    names = [name for name in table.columns if name in folded.columns and name not in ("id", "on")]
    assert {"decision", "amount_fen"} < set(names)
    assert table.select(names).equals(folded.select(names))
    assert {"pass", "fail"} <= set(table["decision"])
    assert table.filter(pl.col("decision") == "fail")["explanation"].null_count() == 0
    # the grants do count: without them more is paid
    free = expected(subject, claims, earlier.clear())
    assert free["amount_fen"].sum() > folded["amount_fen"].sum()


def test_claims_of_nobody_and_grants_without_a_table_are_refused(tmp_path, capsys):
    claims, earlier = tables(30, 5)
    claims.with_columns(pl.lit(None, pl.String).alias("证件号码")).write_parquet(tmp_path / "claims.parquet")
    earlier.write_csv(tmp_path / "grants.csv")
    words = ["--subject", "course", "--grants", str(tmp_path / "grants.csv"), "--out", str(tmp_path / "out.parquet")]
    assert main(["decide", NAME, str(tmp_path / "claims.parquet"), *words]) == 1
    assert "“证件号码”列为空" in capsys.readouterr().err
    (tmp_path / "claims.json").write_text("[]", encoding="utf-8")
    assert main(["decide", NAME, str(tmp_path / "claims.json"), *words]) == 1
    assert "用于表格文件" in capsys.readouterr().err
    assert not (tmp_path / "out.parquet").exists()
