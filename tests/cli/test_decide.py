"""`peibu decide`, `facts`, `policy check` as a person at a terminal meets them. No database, no server, no Django."""

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import openpyxl
import polars as pl
import pytest

from peibu.cli.__main__ import main
from peibu.rulebook import load_policy
from peibu.rulebook.schema import yuan_to_fen
from peibu.rulebook.yaml_reader import read_yaml

QD = "qingdao/industrial_internet_2020"
ROOT = Path(__file__).resolve().parents[2]


def plain(facts):
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


@pytest.fixture
def claim():
    policy = load_policy(QD)
    return plain(read_yaml(policy.folder / "cases.yaml")["bases"]["claim"])


def write_json(path, content):
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return str(path)


def filled_template(path, rows, tmp_path, subject="claim"):
    """Fill the template as an office would: by its Chinese headers."""
    assert main(["facts", QD, "--subject", subject, "--template", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    headers = {cell.value: cell.column for cell in sheet[2]}
    for number, row in enumerate(rows, start=4):
        for header, value in row.items():
            sheet.cell(number, headers[header], value)
    book.save(path)
    return str(path)


OFFICE = {
    "姓名": "甲某",
    "证件号码": "A1",
    "企业在“555”项目名单内": "是",
    "管理层级": "中层管理人员",
    "劳动合同开始日期": date(2019, 11, 1),
    "劳动合同结束日期": "2022年10月31日",
    "已办理就业登记": "是",
    "在本企业连续缴费月数（个月）": 12,
    "其中补缴月数（个月）": 0,
    "在本企业最近缴费月": "2020-10",
    "考试成绩（分）": 82,
    "已取得培训合格证书": "是",
    "合格证书序列号": "QD2020-1",
    "已享受本项补贴次数（次）": 0,
    "企业已先行支付培训费": "是",
    "每人实际培训费（元）": 1799.5,
    "申领日期": date(2020, 11, 10),
    "培训结束日期": date(2020, 10, 23),
}


def test_one_case_is_printed_in_chinese_with_clause_and_amount(tmp_path, claim, capsys):
    assert main(["decide", QD, write_json(tmp_path / "a.json", claim)]) == 0
    out = capsys.readouterr().out
    assert "结论: 符合" in out
    assert "2000元 (200000 fen)" in out
    assert "QD97.1.2" in out


def test_one_case_in_english_without_a_fact_is_unknown(tmp_path, claim, capsys):
    del claim["exam_score"]
    assert main(["decide", QD, write_json(tmp_path / "a.json", claim), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "Decision: unknown" in out
    assert "missing exam score (from the provider)" in out


def test_the_template_filled_by_an_office_is_judged(tmp_path, capsys):
    wrong = OFFICE | {"姓名": "乙某", "在本企业连续缴费月数（个月）": 5}
    unclear = OFFICE | {"姓名": "丙某", "考试成绩（分）": None}
    file = filled_template(tmp_path / "facts.xlsx", [OFFICE, wrong, unclear], tmp_path)
    capsys.readouterr()
    assert main(["decide", QD, file, "--out", str(tmp_path / "out.json")]) == 0
    rows = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [(row["name"], row["decision"], row["amount_fen"], row["amount_yuan"]) for row in rows] == [
        ("甲某", "pass", 179950, "1799.50"),
        ("乙某", "fail", 0, "0.00"),
        ("丙某", "unknown", None, None),
    ]
    finding = next(item for item in rows[1]["findings"] if item["status"] == "fail")
    assert {"rule", "clause", "cite", "status", "observed", "sentence", "fix"} <= set(finding)


def test_the_template_has_units_help_and_drop_downs(tmp_path):
    path = tmp_path / "t.xlsx"
    assert main(["facts", QD, "--template", str(path)]) == 0
    sheet = openpyxl.load_workbook(path)["填报"]
    assert "青人社字〔2020〕97号" in sheet["A1"].value
    assert "每人实际培训费（元）" in [cell.value for cell in sheet[2]]
    assert sheet["A3"].value.startswith("填写说明")
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) == sum(spec.type in ("boolean", "code") for spec in load_policy(QD).facts_of("claim"))


@pytest.mark.parametrize("suffix", ["json", "jsonl", "csv", "xlsx", "parquet"])
def test_every_output_kind_holds_every_rule_of_every_person(tmp_path, claim, suffix):
    file = write_json(tmp_path / "a.json", [claim, claim | {"exam_score": 59, "姓名": "=1+1"}])
    out = tmp_path / f"out.{suffix}"
    assert main(["decide", QD, file, "--out", str(out)]) == 0
    rules = 12 * 2
    if suffix == "json":
        assert sum(len(row["findings"]) for row in json.loads(out.read_text(encoding="utf-8"))) == rules
    elif suffix == "jsonl":
        assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    elif suffix == "csv":
        lines = list(csv.DictReader(out.open(encoding="utf-8-sig")))
        assert len(lines) == rules
        assert lines[-1]["姓名"] == "'=1+1"
    elif suffix == "xlsx":
        book = openpyxl.load_workbook(out)
        assert (book["结果"].max_row, book["逐条"].max_row) == (3, rules + 1)
        assert book["结果"]["B3"].data_type == "s"
    else:
        assert len(pl.read_parquet(out)) == rules


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_of_a_chinese_office_is_read(tmp_path, encoding, capsys):
    path = tmp_path / "a.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["某某企业申领人员名单"])
        writer.writerow(OFFICE)
        writer.writerow(str(value) for value in OFFICE.values())
    assert main(["decide", QD, str(path)]) == 0
    assert "结论: 符合" in capsys.readouterr().out


def test_parquet_is_read(tmp_path, claim, capsys):
    path = tmp_path / "a.parquet"
    pl.DataFrame([claim, claim | {"exam_score": 10}]).write_parquet(path)
    assert main(["decide", QD, str(path)]) == 0
    assert "符合 1、不符合 1、待核实 0" in capsys.readouterr().out


def test_insurance_months_come_from_the_records(tmp_path, claim, capsys):
    for name in ("insured_months", "arrears_months", "run_first_month", "run_last_month", "last_paid_month"):
        claim.pop(name, None)
    people = [claim | {"id": "A1", "employer": "青云厂"}, claim | {"id": "A2", "employer": "青云厂"}]
    records = tmp_path / "insurance.csv"
    lines = ["证件号码,企业,费款所属期,到账日期,缴费类别"]
    lines += [f"A1,青云厂,2020-{month:02d},2020-{month:02d}-20,正常" for month in range(1, 11)]
    lines += [f"A2,青云厂,2020-{month:02d},2020-10-20,补缴" for month in (7, 8)]
    lines += [f"A2,青云厂,2020-{month:02d},2020-{month:02d}-20,正常" for month in (9, 10)]
    records.write_text("\n".join(lines), encoding="utf-8")
    file = write_json(tmp_path / "a.json", people)
    assert main(["decide", QD, file, "--insurance", str(records)]) == 0
    out = capsys.readouterr().out
    assert "连续缴费10个月（2020-01至2020-10）" in out
    assert "连续缴费4个月（2020-07至2020-10），其中补缴2个月" in out
    assert "2020-06中断；还需再缴2个月，最早2020-12可申领" in out


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b"{\n", "JSON"),
        ("a.json", b"[1]", "对象"),
        ("a.json", b'{"exam_score": NaN}', "NaN"),
        ("a.json", '{"考试成绩": 60}'.encode(), "exam_score"),
        ("a.json", b'{"exam_score": "x"}', "应填整数"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "找不到表头"),
        ("a.csv", "考试成绩,血型\n60,A\n".encode(), "血型"),
        ("a.csv", "考试成绩,考试成绩\n60,61\n".encode(), "重复"),
        ("a.csv", "考试成绩\n".encode(), "没有数据行"),
        ("a.csv", b'exam_score\n"60\n', "CSV"),
        ("a.xlsx", b"not excel", "Excel"),
        ("a.parquet", b"not parquet", "Parquet"),
        ("a.docx", b"", "不支持的文件类型"),
    ],
    ids=lambda value: value.decode(errors="replace")[:12] if isinstance(value, bytes) else None,
)
def test_bad_files_are_refused_with_a_chinese_sentence(tmp_path, capsys, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["decide", QD, str(path), "--out", str(tmp_path / "out.json")]) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def test_all_wrong_cells_are_told_with_row_and_column(tmp_path, capsys):
    rows = [
        OFFICE,
        OFFICE | {"考试成绩（分）": "及格", "每人实际培训费（元）": 1800.005},
        OFFICE | {"申领日期": "2020-02-30"},
    ]
    file = filled_template(tmp_path / "a.xlsx", rows, tmp_path)
    assert main(["decide", QD, file]) == 1
    told = capsys.readouterr().err
    assert "工作表“填报”第5行“考试成绩（分）”列：“及格”不能识别，应填整数" in told
    assert "第5行“每人实际培训费（元）”列" in told
    assert "第6行“申领日期”列：“2020-02-30”不能识别，没有这一天" in told
    assert "3处问题" in told


def test_wrong_usage_is_answered(tmp_path, capsys):
    assert main(["decid"]) == 2
    assert "decide" in capsys.readouterr().err
    file = write_json(tmp_path / "a.json", {})
    assert main(["decide", "qingdao/nothing", file]) == 1
    assert QD in capsys.readouterr().err
    assert main(["decide", QD, file, "--subject", "nothing"]) == 1
    assert "enrolment" in capsys.readouterr().err
    assert main(["decide", QD, file, "--on", "2020-09-14"]) == 1
    assert "尚未生效" in capsys.readouterr().err
    assert main(["decide", QD, str(tmp_path / "none.json")]) == 1
    assert main(["decide", QD, file, "--out", str(tmp_path / "no" / "out.json")]) == 1
    assert "不能写出" in capsys.readouterr().err


@pytest.mark.parametrize("subject", list(load_policy(QD).subjects))
def test_the_schema_accepts_the_worked_examples_and_refuses_others(subject, capsys):
    assert main(["facts", QD, "--subject", subject]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    cases = read_yaml(load_policy(QD).folder / "cases.yaml")
    assert check.is_valid(plain(cases["bases"][subject]) | {})
    assert not check.is_valid({"no_such_fact": 1})


@pytest.mark.parametrize(("given", "fen"), [(1800, 180000), ("1800.50", 180050), (0.07, 7), ("2,000元", 200000)])
def test_yuan_becomes_exact_fen(given, fen):
    assert yuan_to_fen(given) == fen


@pytest.mark.parametrize("given", ["1.005", -1, True, "NaN", "很多"])
def test_yuan_that_is_no_money_is_refused(given):
    with pytest.raises(ValueError):
        yuan_to_fen(given)


def test_decide_needs_neither_django_nor_a_locale(tmp_path, claim):
    file = write_json(tmp_path / "a.json", claim)
    code = (
        "import sys; from peibu.cli.__main__ import main;"
        f"assert main(['decide', {QD!r}, {file!r}]) == 0; assert main(['policy', 'check']) == 0;"
        "assert 'django' not in sys.modules, 'django was imported'"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"LC_ALL": "C"}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "符合" in done.stdout.decode("utf-8")
