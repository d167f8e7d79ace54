"""`peibu policy diff | replay | coverage` as a person at a terminal meets them."""

import csv
import json
from datetime import date

import openpyxl
import polars as pl
import pytest

from peibu.cli.__main__ import main
from peibu.rulebook import load_policy
from peibu.rulebook.yaml_reader import read_yaml

QD = "qingdao/industrial_internet_2020"
LAW = load_policy(QD)
DAY = date(2020, 11, 10)
CLAIM = {
    name: value.isoformat() if isinstance(value, date) else value
    for name, value in read_yaml(LAW.folder / "cases.yaml")["bases"]["claim"].items()
}
ROWS = [
    CLAIM | {"id": f"A{n}", "enterprise": who, "division": where, "insured_months": months}
    for n, (who, where, months) in enumerate([("甲厂", "370202", 5), ("甲厂", "370202", 6), ("乙厂", "370211", 9)])
]
STRICTER = ["--set", "insured_months_min=7", "--set", "subsidy_cap_fen=1800元"]


@pytest.fixture
def past(tmp_path):
    file = tmp_path / "past.jsonl"
    lines = []
    for row in ROWS:
        keys = {name: row[name] for name in ("id", "enterprise", "division")}
        facts = {name: value for name, value in row.items() if name not in keys}
        lines.append(json.dumps(LAW.judge("claim", facts, on=DAY).to_dict() | keys, ensure_ascii=False))
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def replayed(tmp_path, data, *words):
    out = tmp_path / "out.json"
    assert main(["policy", "replay", QD, "--on", str(data), *words, "--out", str(out)]) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def test_diff_prints_clauses_or_json(capsys):
    assert main(["policy", "diff", QD, f"{QD}@HEAD", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["old"] == QD
    assert main(["policy", "diff", QD, QD]) == 0
    assert "没有差别" in capsys.readouterr().out
    assert main(["policy", "diff", QD, "no/where"]) == 1
    assert QD in capsys.readouterr().err


def test_a_draft_over_stored_determinations(tmp_path, past, capsys):
    found = replayed(tmp_path, past, *STRICTER)
    told = capsys.readouterr().out
    assert "金额 4000元 → 1800元（-2200元）" in told
    assert "在本企业连续缴费满7个月〔QD97.1.2〕：1 件，受益 0、受损 1，-2000元" in told
    assert "甲厂：2 件" in told
    assert {group["key"]: group["tally"]["after_fen"] for group in found["by_division"]} == {
        "370202": 0,
        "370211": 180_000,
    }
    assert [sample["case"] for sample in found["samples"]] == ["A1", "A2"]
    assert "2000 yuan less" in found["samples"][0]["sentence_en"]


def test_every_kind_of_data_gives_the_same_totals(tmp_path, past, capsys):
    wanted = replayed(tmp_path, past, *STRICTER)
    for name in ("run_first_month", "run_last_month", "last_paid_month"):
        for row in ROWS:
            row[name] = str(row[name])[:7]
    with (tmp_path / "facts.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    pl.DataFrame(ROWS).write_parquet(tmp_path / "facts.parquet")
    assert main(["decide", QD, str(tmp_path / "facts.csv"), "--out", str(tmp_path / "decided.jsonl")]) == 0
    for name in ("facts.csv", "facts.parquet", "decided.jsonl"):
        found = replayed(tmp_path, tmp_path / name, *STRICTER)
        assert found["total"] == wanted["total"], name
        assert found["by_enterprise"] == wanted["by_enterprise"], name
        assert found["by_rule"] == wanted["by_rule"], name
        assert found["by_division"] == wanted["by_division"], name


def test_replay_writes_excel_and_parquet(tmp_path, past, capsys):
    book, table = tmp_path / "out.xlsx", tmp_path / "out.parquet"
    words = ["policy", "replay", QD, "--on", str(past), *STRICTER, "--since", "2020-11-01"]
    assert main([*words, "--out", str(book), "--out", str(table)]) == 0
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["汇总", "按规则", "按企业", "按区（市）", "待核实", "例子", "逐件"]
    assert sheets["逐件"].max_row == len(ROWS) + 1
    assert "-2200.00" in [cell.value for cell in sheets["汇总"][2]]
    cases = pl.read_parquet(table)
    assert cases["delta_fen"].sum() == -220_000
    assert cases["outcome"].to_list() == ["same", "loser", "loser"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "没有差别"),
        (["--set", "insured_months_mim=7"], "insured_months_min"),
        (["--set", "insured_months_min"], "名称=值"),
        (["--set", "insured_months_min=six"], "six"),
        (["--reading", "period_reading=x"], "training_end"),
        (["--set", "pass_mark=1", "--since", "2020-02-30"], "没有这一天"),
        (["--set", "pass_mark=1", "--day", "2020-01-01"], "尚未生效"),
        (["--set", "pass_mark=1", "--subject", "base"], "没有政策"),
        (["--set", "pass_mark=1", "--out", "x.docx"], "x.docx"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_a_reason(past, capsys, words, told):
    assert main(["policy", "replay", QD, "--on", str(past), *words]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.jsonl", b'{"decision": "pass"}\n', "第1行不是一件判定"),
        ("a.jsonl", b"{", "JSON"),
        ("a.parquet", b"x", "Parquet"),
        ("a.csv", "血型\n".encode(), "表头"),
        ("a.docx", b"", "不支持"),
    ],
    ids=["no determination", "no json", "no parquet", "no header", "no table"],
)
def test_bad_data_is_refused(tmp_path, capsys, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert main(["policy", "replay", QD, "--on", str(tmp_path / name), "--set", "pass_mark=1"]) == 1
    assert told in capsys.readouterr().err


def test_a_parquet_of_wrong_types_names_every_column(tmp_path, capsys):
    file = tmp_path / "a.parquet"
    pl.DataFrame({"exam_score": [60.5], "claimed_on": [1], "other": [1]}).write_parquet(file)
    assert main(["policy", "replay", QD, "--on", str(file), "--set", "pass_mark=1"]) == 1
    told = capsys.readouterr().err
    assert "exam_score" in told
    assert "claimed_on" in told
    assert "other" not in told


def test_coverage_accounts_for_every_clause(capsys):
    assert main(["policy", "coverage"]) == 0
    told = capsys.readouterr().out
    assert "✓ QD97.1.2" in told
    assert "✗" not in told
    assert main(["policy", "coverage", QD, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)[0]["clauses"]) == 31
