"""`peibu decide --records KIND=FILE` and `peibu facts --records KIND`: files of records as offices keep them."""

import csv
import json
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from peibu.cli.__main__ import main
from peibu.cli.record_file import RecordFile, headers
from peibu.rulebook import FactError, load_policy
from peibu.rulebook.derived import KINDS
from peibu.rulebook.derived.frames import schema_of

TEST = "test/derived"
ROOT = Path(__file__).parents[1] / "rulebook" / "policies"


@pytest.fixture(autouse=True)
def policies(monkeypatch):
    monkeypatch.setenv("PEIBU_POLICIES", str(ROOT))


def write(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def people(tmp_path, *ids):
    facts = {"applied_on": "2019-11-20", "occupation_code": "A", "target_level": "senior"}
    path = tmp_path / "people.json"
    path.write_text(json.dumps([facts | {"证件号码": key} for key in ids], ensure_ascii=False), encoding="utf-8")
    return path


WORK = [
    ["证件号码", "职业编码", "开始日期", "结束日期", "至今"],
    ["A1", "A", "2009-11-20", "至今", ""],
    ["A2", "A", "2009年11月20日", "2019-11-18", ""],
    ["A3", "A", "2009/11/20", "", ""],
]


def decided(tmp_path, *args):
    out = tmp_path / "out.json"
    assert main(["decide", TEST, *map(str, args), "--subject", "person", "--on", "2019-11-20", "--out", str(out)]) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))
    return [{finding["rule"]: finding["status"] for finding in row["findings"]} for row in rows]


def test_records_give_the_facts_of_each_person(tmp_path):
    file = people(tmp_path, "A1", "A2", "A3", "A4")
    found = decided(tmp_path, file, "--records", f"work_periods={write(tmp_path / 'w.csv', WORK)}")
    assert [row["worked_long_enough"] for row in found] == ["pass", "fail", "unknown", "fail"]


def test_two_kinds_of_records_together(tmp_path):
    level = [
        ["证件号码", "等级", "证书类别", "职业（工种）编码", "发证日期"],
        ["A1", "中级工", "职业资格证书", "A", "2016-11-20"],
    ]
    work, level = write(tmp_path / "w.csv", WORK), write(tmp_path / "q.csv", level)
    files = ["--records", f"work_periods={work}", "--records", f"qualifications={level}"]
    row = decided(tmp_path, people(tmp_path, "A1"), *files)[0]
    assert (row["worked_long_enough"], row["held_long_enough"]) == ("pass", "pass")


def test_every_kind_has_a_template_that_reads_back(tmp_path):
    values = {
        "date": date(2019, 1, 1),
        "month": date(2019, 1, 1),
        "integer": 1,
        "fen": 12.5,
        "boolean": "是",
        "text": "甲",
    }
    policy = load_policy(TEST)
    for kind in KINDS.values():
        path = tmp_path / f"{kind.name}.xlsx"
        assert main(["facts", TEST, "--subject", "person", "--records", kind.name, "--template", str(path)]) == 0
        book = openpyxl.load_workbook(path)
        sheet = book["填报"]
        assert sheet["A3"].value.startswith("填写说明")
        sheet.cell(4, 1, "A1")
        for index, column in enumerate(kind.columns, start=2):
            choices = list(column.spec(policy.fact_specs).choices.values()) if "code" in column.type else [""]
            assert sheet.cell(2, index).value == column.label
            if column.name != "ongoing":
                sheet.cell(4, index, values.get(column.type, choices[0]))
        book.save(path)
        file = RecordFile(path, kind, policy)
        table = file.table().frame.collect()
        assert table.schema == schema_of(kind)
        assert table.drop("ongoing", strict=False).null_count().sum_horizontal().item() == 0, kind.name
        assert file.table().covered == ((date(2019, 1, 1),) * 2 if kind.name == "insurance" else None)


def test_the_columns_of_a_kind_are_printed_for_programmes(capsys):
    assert main(["facts", TEST, "--subject", "person", "--records", "videos"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["gives"] == ["video_seconds", "learning_traces"]
    assert told["columns"]["seconds"]["label"] == "时长（秒）"
    assert main(["facts", TEST, "--subject", "person", "--records", "x"]) == 1
    assert "work_periods" in capsys.readouterr().err


def test_no_two_columns_of_a_kind_answer_to_one_header():
    for kind in KINDS.values():
        every = [
            header for column in kind.columns for header in {column.name, column.label, column.label_en, *column.also}
        ]
        assert len(every) == len(set(every)), kind.name
        assert set(headers(kind).values()) == {"@key", *(column.name for column in kind.columns)}


def test_a_class_alone_needs_no_key(tmp_path):
    case = tmp_path / "class.json"
    case.write_text("{}", encoding="utf-8")
    rows = [["视频", "时长", "学习过程记录"], ["1", "0:40:00", "签到登记、测验"], ["2", 19, "无"]]
    out = tmp_path / "o.json"
    args = ["--subject", "training", "--on", "2020-01-01", "--out", str(out)]
    assert main(["decide", TEST, str(case), "--records", f"videos={write(tmp_path / 'v.csv', rows)}", *args]) == 0
    facts = RecordFile(tmp_path / "v.csv", KINDS["videos"], load_policy(TEST)).table().frame.collect()
    assert facts["seconds"].to_list() == [2400, 19]
    assert facts["traces"].to_list() == [["sign_in", "test"], []]


def test_classes_are_told_apart_by_their_number(tmp_path):
    cases = write(tmp_path / "c.csv", [["班级编号", "视频总时长（秒）"], ["K1", ""], ["K2", 7]])
    rows = [
        ["班级编号", "视频", "时长", "学习过程记录"],
        ["K1", "1", 60, "签到登记，学习记录，答疑，测验"],
        ["K2", "1", 60, "测验"],
    ]
    out = tmp_path / "o.json"
    args = ["--subject", "training", "--on", "2020-01-01", "--out", str(out)]
    assert main(["decide", TEST, str(cases), "--records", f"videos={write(tmp_path / 'v.csv', rows)}", *args]) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))
    statuses = [{finding["rule"]: finding["status"] for finding in row["findings"]} for row in rows]
    assert [row["traces_complete"] for row in statuses] == ["pass", "fail"]


def test_parquet_keeps_its_types(tmp_path):
    rows = {"person": ["A1"], "occupation": ["A"], "starts_on": [date(2009, 11, 20)], "ongoing": [True]}
    pl.DataFrame(rows).write_parquet(tmp_path / "w.parquet")
    found = decided(tmp_path, people(tmp_path, "A1"), "--records", f"work_periods={tmp_path / 'w.parquet'}")
    assert found[0]["worked_long_enough"] == "pass"


BAD = [
    ["证件号码", "职业编码", "开始日期", "结束日期", "至今"],
    ["A1", "A", "2009-13-20", "2019-11-18", "也许"],
    ["", "A", "2019-01-01", "2018-01-01", ""],
    ["A3", "A", "2019-01-01", "2018-01-01", ""],
    ["A4", "A", "2019-01-01", "2019-02-01", "是"],
]


def test_every_problem_of_a_file_is_told_at_once_with_row_and_column(tmp_path, capsys):
    file = write(tmp_path / "w.csv", BAD)
    args = ["decide", TEST, str(people(tmp_path, "A1")), "--subject", "person", "--out", str(tmp_path / "out.json")]
    assert main([*args, "--records", f"work_periods={file}"]) == 1
    told = capsys.readouterr().err
    for part in (
        "第2行“开始日期”列：“2009-13-20”不能识别，没有这一天",
        "第2行“至今”列：“也许”不能识别，应填“是”或“否”",
        "第3行“证件号码”列：须填写",
        "第4行：结束日期早于开始日期",
        "第5行：填了结束日期就不能再填“至今”",
    ):
        assert f"“w.csv”{part}" in told
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("kind", "header", "told"),
    [
        ("work_periods", ["职业编码"], "缺少列：证件号码"),
        ("insurance", ["证件号码", "企业"], "缺少列：费款所属期"),
        ("work_periods", ["证件号码", "开始日期", "开始 日期"], "列“开始日期”重复"),
        ("work_periods", ["证件号码", "开始日"], "是否想填“开始日期”"),
        ("work_periods", ["甲", "乙"], "找不到表头"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(tmp_path, kind, header, told):
    path = write(tmp_path / "a.csv", [header, ["1"] * len(header)])
    with pytest.raises(FactError, match=told):
        RecordFile(path, KINDS[kind], load_policy(TEST))


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("work_periods", "种类=文件"),
        ("works=w.csv", "没有名为“works”的记录种类"),
        ("work_periods=none.csv", "找不到文件"),
        ("work_periods=w.docx", "不支持的文件类型"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(tmp_path, capsys, option, told):
    assert main(["decide", TEST, str(people(tmp_path, "A1")), "--subject", "person", "--records", option]) == 1
    assert told in capsys.readouterr().err


def test_long_numbers_that_a_spreadsheet_rounded_are_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["证件号码", "开始日期"])
    book.active.append([370211199001011000, date(2019, 1, 1)])
    book.save(tmp_path / "w.xlsx")
    with pytest.raises(FactError, match="工作表“Sheet”第2行“证件号码”列：数字过长"):
        RecordFile(tmp_path / "w.xlsx", KINDS["work_periods"], load_policy(TEST))


def test_cases_that_cannot_be_told_apart_are_refused(tmp_path, capsys):
    file = tmp_path / "p.json"
    file.write_text('[{"applied_on": "2019-11-20"}, {"applied_on": "2019-11-20"}]', encoding="utf-8")
    work = write(tmp_path / "w.csv", WORK)
    assert main(["decide", TEST, str(file), "--subject", "person", "--records", f"work_periods={work}"]) == 1
    err = capsys.readouterr().err
    assert "第1项须有证件号码" in err
    assert "第2项须有证件号码" in err


def test_the_reference_page_names_every_column_and_fact():
    page = (ROOT.parents[2] / "docs/reference/records.md").read_text(encoding="utf-8")
    sections = {text.split("`")[0]: text for text in page.split("\n## `")[1:]}
    assert list(sections) == list(KINDS)
    for kind in KINDS.values():
        rows = [f"| `{column.name}` | {column.label} | {column.type} |" for column in kind.columns]
        assert [row for row in rows if row not in sections[kind.name]] == []
        assert sections[kind.name].count("\n| `") == len(kind.columns)
        assert [name for name in kind.gives if f"`{name}`" not in sections[kind.name].split("Gives: ")[1]] == []
