"""`peibu decide` on large tables: the same answers as row by row, every bad cell told, the file whole or not at all."""

import csv
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from peibu.cli.__main__ import main
from peibu.cli.batch import buckets, command, run, write
from peibu.cli.batch.records import RecordReader
from peibu.cli.fact_table import read_cases
from peibu.cli.record_file import RecordFile
from peibu.rulebook import FactError, Status
from peibu.rulebook.derived import KINDS
from tests.rulebook.insurance_rows import insurance_rows
from tests.rulebook.two_periods import claims, two_periods

ROOT = Path(__file__).resolve().parents[2]
NAME = "test/two_periods"
VALUES = {Status.PASS: True, Status.FAIL: False, Status.UNKNOWN: None}
ROWS = 130
# measured 170-270 MB for Parquet and CSV on two cores; a list of all rows would need over a gigabyte
MEMORY_BOUND_MB = 500


@pytest.fixture
def policy(tmp_path, monkeypatch):
    root = tmp_path / "policies"
    policy = two_periods(root)
    monkeypatch.setenv("PEIBU_POLICIES", str(root))
    # small chunks and a low threshold, so that a test has several of each
    monkeypatch.setattr(command, "LARGE_FROM", 20)
    monkeypatch.setattr(run, "CHUNK", 32)
    return policy


def office_rows(policy, count=ROWS, seed=1):
    """The claims as an office writes them: by label, money in yuan, both ends of a quantity."""
    rows = []
    for number, facts in enumerate(claims(policy, count, seed)):
        row = {"姓名": f"甲{number}", "证件号码": f"A{number}", "企业": "青云厂"}
        for slot, value in facts.items():
            spec = policy.slots[slot]
            label = spec.label + ("（元）" if spec.type == "fen" else "")
            if spec.bounds:
                label = slot
            yuan = isinstance(value, int) and spec.type == "fen"
            row[label] = f"{value // 100}.{value % 100:02d}" if yuan else value
        rows.append(row)
    return rows


def said(value):
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def write_table(path, rows, encoding="utf-8-sig"):
    if path.suffix == ".parquet":
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)
    elif path.suffix == ".csv":
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["某某企业申领名单"])
            writer.writerow(rows[0])
            writer.writerows([said(value) for value in row.values()] for row in rows)
    else:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append([])
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(["是" if value is True else "否" if value is False else value for value in row.values()])
        book.save(path)
    return path


def decide(policy, path, out, *more):
    return main(["decide", NAME, str(path), "--out", str(out), *more])


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_a_large_table_says_the_same_as_its_rows_one_by_one(policy, tmp_path, suffix, capsys):
    path = write_table(tmp_path / f"in.{suffix}", office_rows(policy))
    out = tmp_path / "out.parquet"
    assert decide(policy, path, out) == 0
    table = pl.read_parquet(out)
    cases, _single = read_cases(path, policy, "claim")
    assert len(table) == len(cases) == ROWS
    assert len(set(table["on"])) > 30
    paid = 0
    for case, line in zip(cases, table.iter_rows(named=True), strict=True):
        judgement = policy.judge("claim", case.facts, on=case.facts["claimed_on"])
        assert (line["decision"], line["amount_fen"]) == (judgement.decision, judgement.amount_fen)
        assert {name: line[name] for name in values_of(judgement)} == values_of(judgement)
        assert (line["name"], line["id"]) == (case.key["name"], case.key["id"])
        assert f"第{line['row']}行" in case.where
        paid += judgement.amount_fen or 0
    assert set(table["decision"]) == {"pass", "fail", "unknown"}
    told = capsys.readouterr().out
    assert f"已判定{ROWS}件" in told
    assert f"{paid // 100}" in told


def values_of(judgement):
    return {finding.rule: VALUES[finding.status] for finding in judgement.findings}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_every_kind_of_output_holds_every_row(policy, tmp_path, suffix):
    path = write_table(tmp_path / "in.parquet", [row | {"姓名": "=1+1"} for row in office_rows(policy)])
    whole, out = tmp_path / "out.parquet", tmp_path / f"out.{suffix}"
    assert decide(policy, path, whole) == 0
    assert decide(policy, path, out) == 0
    table = pl.read_parquet(whole)
    if suffix == "jsonl":
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        assert [line["decision"] for line in lines] == table["decision"].to_list()
        assert {line["fingerprint"] for line in lines} == {policy.fingerprint}
    elif suffix == "csv":
        lines = list(csv.DictReader(out.open(encoding="utf-8-sig")))
        assert [line["decision"] for line in lines] == table["decision"].to_list()
        assert {line["name"] for line in lines} == {"'=1+1"}
    else:
        book = openpyxl.load_workbook(out)
        assert book.sheetnames == ["汇总", "结果", "逐条"]
        rows = list(book["结果"].values)
        assert len(rows) == ROWS + 1
        assert [row[0] for row in rows[1:]] == table["row"].to_list()
        words = {"pass": "符合", "fail": "不符合", "unknown": "待核实"}
        at = rows[0].index("结论")
        assert [row[at] for row in rows[1:]] == [words[word] for word in table["decision"]]
        assert book["结果"]["B2"].data_type == "s"
        counted = {row[0]: row[1] for row in book["汇总"].values}
        assert (counted["件数"], counted["符合"]) == (ROWS, table["decision"].to_list().count("pass"))
        said_lines = list(book["逐条"].values)[1:]
        assert len(said_lines) == sum(text.count("\n") + 1 for text in table["explanation"].drop_nulls())


def test_sentences_are_written_for_the_rows_asked_for(policy, tmp_path, monkeypatch, capsys):
    path = write_table(tmp_path / "in.parquet", office_rows(policy))
    explained = {}
    for which in ("fail", "all", "none"):
        assert decide(policy, path, tmp_path / "out.parquet", "--explain", which) == 0
        explained[which] = pl.read_parquet(tmp_path / "out.parquet")
    failing = explained["fail"].filter(pl.col("decision") != "pass")
    assert failing["explanation"].null_count() == 0
    assert explained["fail"].filter(pl.col("decision") == "pass")["explanation"].null_count() == len(
        explained["fail"]
    ) - len(failing)
    assert explained["all"]["explanation"].null_count() == 0
    assert explained["none"]["explanation"].null_count() == ROWS
    case = read_cases(path, policy, "claim")[0][failing["row"][0] - 1]
    sentences = [
        finding.sentence
        for finding in policy.judge("claim", case.facts, on=case.facts["claimed_on"]).findings
        if finding.status is not Status.PASS
    ]
    assert all(sentence in failing["explanation"][0] for sentence in sentences)
    # left to itself it explains while few rows need it
    assert decide(policy, path, tmp_path / "auto.parquet") == 0
    assert pl.read_parquet(tmp_path / "auto.parquet").equals(explained["fail"])
    capsys.readouterr()
    monkeypatch.setattr("peibu.cli.batch.explain.AUTOMATIC_BELOW", 5)
    assert decide(policy, path, tmp_path / "auto.parquet") == 0
    assert "--explain fail" in capsys.readouterr().out
    assert pl.read_parquet(tmp_path / "auto.parquet").equals(explained["none"])


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_every_bad_cell_is_told_and_nothing_is_written(policy, tmp_path, suffix, capsys):
    rows = [{name: said(value) for name, value in row.items()} for row in office_rows(policy)]
    score = policy.fact_specs["exam_score"].label
    rows[3][score] = "及格"
    rows[100][score] = "3.5"
    rows[101]["申领日期"] = "2020-09-14"
    path = write_table(tmp_path / f"in.{suffix}", rows)
    assert decide(policy, path, tmp_path / "out.parquet") == 1
    told = capsys.readouterr().err
    first = 1 if suffix == "parquet" else 3
    assert "3处问题" in told
    assert f"第{first + 3}行“{score}”列：“及格”不能识别，应填整数" in told
    assert f"第{first + 100}行“{score}”列：“3.5”" in told
    assert f"第{first + 101}行：" in told
    assert "2020-09-14尚未生效" in told
    assert [file.name for file in tmp_path.iterdir() if "out" in file.name] == []


def test_a_thousand_problems_are_told_in_full_and_the_rest_counted(policy, tmp_path, capsys):
    label = policy.fact_specs["exam_score"].label
    path = tmp_path / "in.csv"
    path.write_text(f"姓名,{label}\n" + "甲,优\n" * 1_234, encoding="utf-8")
    assert decide(policy, path, tmp_path / "out.parquet") == 1
    lines = capsys.readouterr().err.splitlines()
    assert "1234处问题" in lines[0]
    assert len(lines) == 1 + 1_000 + 1
    assert f"另有234处问题。合计：{label} 1234处" in lines[-1]


def test_rows_are_counted_as_a_person_counts_them(policy, tmp_path, capsys):
    """In GB18030, with blank lines; and with line breaks inside cells, where lines cannot be counted."""
    rows = [{name: said(value) for name, value in row.items()} for row in office_rows(policy, 40)]
    rows[30]["申领日期"] = "某日"
    path = write_table(tmp_path / "in.csv", rows, encoding="gb18030")
    content = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*content[:10], b"", *content[10:]]))
    assert decide(policy, path, tmp_path / "out.parquet") == 1
    assert "第34行“申领日期”列：“某日”" in capsys.readouterr().err
    rows[2]["姓名"] = "甲\n某"
    path = write_table(tmp_path / "in.csv", rows)
    assert decide(policy, path, tmp_path / "out.parquet") == 1
    assert "第31条数据“申领日期”列：“某日”" in capsys.readouterr().err


def test_a_workbook_that_cannot_hold_the_rows_is_refused_with_advice(policy, tmp_path, monkeypatch, capsys):
    path = write_table(tmp_path / "in.parquet", office_rows(policy))
    monkeypatch.setattr(write, "EXCEL_ROWS", ROWS - 1)
    assert decide(policy, path, tmp_path / "out.xlsx") == 1
    assert "请改用 .parquet 或 .csv" in capsys.readouterr().err
    monkeypatch.setattr("peibu.cli.batch.workbook.EXCEL_ROWS", 3)
    monkeypatch.setattr(write, "EXCEL_ROWS", ROWS)
    assert decide(policy, path, tmp_path / "out.xlsx") == 1
    assert "--explain none" in capsys.readouterr().err
    assert decide(policy, path, tmp_path / "out.json") == 1
    assert ".jsonl" in capsys.readouterr().err
    assert main(["decide", NAME, str(path)]) == 1
    assert "--out" in capsys.readouterr().err
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("suffix", ["parquet", "csv", "xlsx"])
def test_an_old_result_stays_when_writing_fails(policy, tmp_path, suffix, monkeypatch, capsys):
    path = write_table(tmp_path / "in.parquet", office_rows(policy))
    out = tmp_path / f"out.{suffix}"
    out.write_bytes(b"old")

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.LazyFrame, f"sink_{suffix}", full, raising=False)
    monkeypatch.setattr("peibu.cli.batch.workbook.write_workbook", full)
    assert decide(policy, path, out) == 1
    assert "不能写出" in capsys.readouterr().err
    assert out.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_reason_for_a_soft_limit_is_read_from_parquet(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "LARGE_FROM", 1)
    rule = "class_size_in_limit"
    rows = [
        {"headcount": 500, "soft_reasons": {rule: reason}, "claimed_on": date(2020, 10, 1) + timedelta(days=number)}
        for number, reason in enumerate(["人数由市局核准", None, " "])
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    words = ["decide", "qingdao/industrial_internet_2020", str(tmp_path / "in.parquet"), "--subject", "class_filing"]
    assert main([*words, "--out", str(out), "--explain", "all"]) == 0
    table = pl.read_parquet(out)
    assert table[rule].to_list() == [False, False, False]
    assert ["人数由市局核准" in text for text in table["explanation"]] == [True, False, False]


INSURED = ("insured_months", "arrears_months", "late_arrears_months", "last_paid_month")
INSURED += ("run_first_month", "run_last_month", "insurance_gap_month")


def rows_of(path):
    return pl.read_parquet(path).to_dicts()


def without_insurance(policy, rows):
    slots = {slot for name in INSURED for slot in policy.fact_specs[name].slots}
    labels = slots | {policy.fact_specs[name].label for name in INSURED}
    return [{name: value for name, value in row.items() if name not in labels} for row in rows]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_records_of_insurance_give_the_same_facts_as_row_by_row(policy, tmp_path, suffix, monkeypatch):
    rows = without_insurance(policy, office_rows(policy))
    path = write_table(tmp_path / "in.parquet", rows)
    records = insurance_rows([row["证件号码"] for row in rows])
    insurance = write_table(tmp_path / f"insurance.{suffix}", records)
    monkeypatch.setattr(buckets, "_PEOPLE_EACH", 40)
    assert decide(policy, path, tmp_path / "out.parquet", "--records", f"insurance={insurance}") == 0
    table = pl.read_parquet(tmp_path / "out.parquet")
    monkeypatch.setattr(command, "LARGE_FROM", 10_000)
    assert decide(policy, path, tmp_path / "out.jsonl", "--insurance", str(insurance)) == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    for one, line in zip(lines, table.iter_rows(named=True), strict=True):
        assert (line["id"], line["decision"], line["amount_fen"]) == (one["id"], one["decision"], one["amount_fen"])
        assert all(line[item["rule"]] is VALUES[item["status"]] for item in one["findings"])
        told = [item["sentence"] for item in one["findings"] if item["status"] != "pass"]
        assert all(sentence in (line["explanation"] or "") for sentence in told)
    months = table["insured_long_enough"]
    assert {True, False, None} <= set(months)


WORK = [
    {"证件号码": "A0", "职业编码": "4-07", "开始日期": "2010-01-05", "结束日期": "至今", "单位名称": "青云厂"},
    {"证件号码": "A1", "职业编码": "4-07", "开始日期": "2019-02-28", "结束日期": "2020-02-29", "单位名称": ""},
    {"证件号码": "A1", "职业编码": "4-07", "开始日期": "2020-01-01", "结束日期": "", "单位名称": "海蓝厂"},
    {"证件号码": "A2", "职业编码": "", "开始日期": "2015-01-01", "结束日期": "2015-12-31", "单位名称": ""},
]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_periods_of_work_are_read_as_small_files_are(policy, tmp_path, suffix):
    """With the words offices write: an end “until today”, an empty end, an empty occupation."""
    file = write_plain(tmp_path / f"work.{suffix}", WORK)
    small = RecordFile(file, KINDS["work_periods"], policy)
    reader = RecordReader(KINDS["work_periods"], file, policy)
    large = pl.concat(reader.chunks())
    assert reader.problems.total == 0
    expected = [{"person": key} | row for key, rows in small._rows.items() for row in rows]
    assert large.to_dicts() == [{name: row.get(name) for name in large.columns} for row in expected]
    assert large["ongoing"].to_list() == [True, None, None, None]
    file = write_plain(file, [WORK[0] | {"开始日期": "2021-01-01", "结束日期": "2020-01-01"}])
    reader = RecordReader(KINDS["work_periods"], file, policy)
    list(reader.chunks())
    with pytest.raises(FactError, match="早于开始日期"):
        reader.refuse()


def write_plain(path, rows):
    frame = pl.DataFrame(rows)
    getattr(frame, f"write_{path.suffix[1:]}")(path)
    return path


def test_bad_records_are_told_with_file_row_and_column(policy, tmp_path, capsys):
    path = write_table(tmp_path / "in.parquet", without_insurance(policy, office_rows(policy)))
    file = tmp_path / "insurance.csv"
    file.write_text("证件号码,企业,费款所属期,缴费类别\nA1,青云厂,2020-13,正常\nA2,,2020-01,补交\n", encoding="utf-8")
    assert decide(policy, path, tmp_path / "out.parquet", "--records", f"insurance={file}") == 1
    told = capsys.readouterr().err
    assert "3处问题" in told
    assert "“insurance.csv”第2行“费款所属期”列：“2020-13”不能识别" in told
    assert "“insurance.csv”第3行“企业名称”列为空" in told
    assert "“insurance.csv”第3行“缴费类别”列：“补交”" in told
    file.write_text("证件号码,费款所属期\nA1,2020-01\n", encoding="utf-8")
    assert decide(policy, path, tmp_path / "out.parquet", "--insurance", str(file)) == 1
    assert "缺少列：企业名称" in capsys.readouterr().err
    file.write_text("证件号码,企业,费款所属期\nA1,青云厂,2020-01\n", encoding="utf-8")
    rows = [
        row | {"企业": None, "证件号码": row["证件号码"] if number else None}
        for number, row in enumerate(rows_of(path))
    ]
    write_table(path, rows)
    assert decide(policy, path, tmp_path / "out.parquet", "--insurance", str(file)) == 1
    told = capsys.readouterr().err
    assert f"{ROWS + 1}处问题" in told
    assert "第1行“证件号码”列为空" in told
    assert "第2行“企业名称”列为空" in told
    for word in ("insurance", "blood=x.csv", f"insurance={tmp_path / 'none.csv'}"):
        assert decide(policy, path, tmp_path / "out.parquet", "--records", word) == 1
    assert not (tmp_path / "out.parquet").exists()


# VmHWM and not ru_maxrss: Linux hands a child the high-water mark of the process that started it,
# so that a grown test worker would be measured in place of the command
CHILD = """
import sys
from pathlib import Path
from peibu.cli.__main__ import main
code = main(sys.argv[1:])
print("peak", int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024)
sys.exit(code)
"""
HOARDER = "kept = [{str(n): n} for n in range(3_000_000)]\n"


def peak_mb(code, words):
    environment = os.environ | {"POLARS_MAX_THREADS": "2"}
    command_line = [sys.executable, "-c", code, *map(str, words)]
    done = subprocess.run(command_line, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout.rpartition("peak ")[2])


@pytest.mark.slow
def test_memory_stays_small_however_many_rows_there_are(policy, tmp_path):
    rows = [{name: said(value) for name, value in row.items()} for row in office_rows(policy, 1_000)]
    frame = pl.concat([pl.DataFrame(rows)] * 300)
    frame.write_parquet(tmp_path / "in.parquet")
    frame.write_csv(tmp_path / "in.csv")
    for suffix in ("parquet", "csv"):
        words = ["decide", NAME, tmp_path / f"in.{suffix}", "--out", tmp_path / f"out.{suffix}"]
        assert peak_mb(CHILD, words) < MEMORY_BOUND_MB
    assert len(pl.read_parquet(tmp_path / "out.parquet")) == 300_000
    # the measure sees what is kept in memory
    assert peak_mb(HOARDER + CHILD, ["policy", "list"]) > MEMORY_BOUND_MB
