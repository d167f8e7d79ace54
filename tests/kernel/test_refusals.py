"""Every refusal of the kernel, word for word: what a person reads, what a program reads, and what to do."""

import io
import pickle
import zipfile
from datetime import date, datetime

import pytest

from peibu.kernel import packages
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_mobile, check_name, check_uscc, make_id_number
from peibu.kernel.ids import id_at
from peibu.kernel.money import MAX_FEN, fen_from_yuan, in_words, split_fen, yuan
from peibu.kernel.packages import MANIFEST, SUMS, check, pack
from peibu.kernel.verdict import no, yes
from peibu.kernel.workdays import CalendarYearMissing, default_calendar, read_exceptions

TODAY = date(2020, 9, 15)
CARD = "请对照本人身份证原件核对后重新填写"
LICENCE = "请对照营业执照或登记证书核对后重新填写"
HEAD = "date,kind,occasion\n"


def an_id(birth, area="370202"):
    return make_id_number(area, birth, 1)


def a_zip(**files):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    sink.seek(0)
    return sink


REFUSALS = [
    (lambda: check_id_number(" ", TODAY), "身份证号码有误：没有填写", "id_empty", CARD),
    (lambda: check_id_number("1234", TODAY), "身份证号码有误：应为 18 位，现为 4 位", "id_length", CARD),
    (lambda: check_id_number("37020219990101001A", TODAY), "身份证号码有误：只能由 17 位数字加 1 位数字或 X 组成", "id_characters", CARD),
    (lambda: check_id_number("370202199901010011", TODAY), "身份证号码有误：最后一位校验码不符，号码中有一位写错", "id_check_digit", CARD),
    (lambda: check_id_number(an_id(date(1999, 1, 1), "990202"), TODAY), "身份证号码有误：前两位“99”不是省级行政区代码", "id_province", CARD),
    (lambda: check_id_number(an_id(date(2020, 9, 16)), TODAY), "身份证号码有误：出生日期晚于今天", "id_birth_future", CARD),
    (lambda: check_id_number(an_id(date(2004, 9, 16)), TODAY, 16, 59), "身份证号码有误：按号码推算的年龄 15 周岁不在 16—59 周岁之间", "id_age", CARD),
    (lambda: check_id_number(an_id(date(1960, 9, 15)), TODAY, 16, 59), "身份证号码有误：按号码推算的年龄 60 周岁不在 16—59 周岁之间", "id_age", CARD),
    (lambda: check_id_number(an_id(date(1899, 9, 15)), TODAY), "身份证号码有误：按号码推算的年龄 121 周岁不在 0—120 周岁之间", "id_age", CARD),
    (lambda: check_mobile("1" * 40), f"“{'1' * 30}”不是有效的手机号码", "mobile", "请填写 11 位中国大陆手机号码"),
    (lambda: check_name(" "), "姓名没有填写", "name_empty", "请填写与身份证一致的姓名"),
    (lambda: check_name("张\ue000"), "姓名中有自造字（编码 U+E000），在别的电脑上会显示成别的字", "name_private_use", "请改用国家标准编码的汉字重新输入；仍打不出来的，请联系经办人员登记"),
    (lambda: check_name("张3"), "姓名“张3”中有不能用于姓名的字符“3”（U+0033）", "name_character", "姓名只能由汉字和间隔号“·”组成，请按身份证填写"),
    (lambda: check_name("张" * 60 + "3"), f"姓名“{'张' * 50}”中有不能用于姓名的字符“3”（U+0033）", "name_character", "姓名只能由汉字和间隔号“·”组成，请按身份证填写"),
    (lambda: check_name("张"), "姓名“张”不完整或过长", "name_length", "请按身份证填写 2 至 50 个字的姓名"),
    (lambda: check_name("张" * 51), f"姓名“{'张' * 50}”不完整或过长", "name_length", "请按身份证填写 2 至 50 个字的姓名"),
    (lambda: check_name("张·"), "姓名“张·”不完整或过长", "name_length", "请按身份证填写 2 至 50 个字的姓名"),
    (lambda: check_uscc("91"), "统一社会信用代码有误：应为 18 位，现为 2 位", "uscc_length", LICENCE),
    (lambda: check_uscc("I" * 18), "统一社会信用代码有误：含有不允许的字符（不使用字母 I、O、S、V、Z，第 3—8 位为数字）", "uscc_characters", LICENCE),
    (lambda: check_uscc("913702000000000000"), "统一社会信用代码有误：最后一位校验码不符，号码中有一位写错", "uscc_check", LICENCE),
    (lambda: fen_from_yuan(1.5), "金额不能用浮点数表示，否则可能差一分钱", "money_type", "请按文本或两位小数的数字提供金额，例如 1234.50"),
    (lambda: fen_from_yuan("一百"), "“一百”不是有效的金额", "money_format", "请填写数字，最多两位小数，例如 1234.50"),
    (lambda: fen_from_yuan("1.005"), "金额“1.005”超过两位小数", "money_decimals", "金额最小到分，请按两位小数填写"),
    (lambda: fen_from_yuan("-1"), "金额“-1”不能是负数", "money_negative", "请填写零或正数"),
    (lambda: fen_from_yuan("10000000000000"), "金额“10000000000000”超出可处理的范围", "money_range", "请检查是否多写了位数，金额单位是元"),
    (lambda: in_words(MAX_FEN + 1), "金额超出可以大写的范围", "money_range", "请检查金额"),
    (lambda: check(io.BytesIO(b"x")), "文件不是完整的档案包，或已损坏", "package_broken", "请重新下载档案包后再核对"),
    (lambda: check(a_zip(a="1")), "文件不是本平台的档案包：缺少SHA256SUMS、manifest.json", "not_a_package", "请选择从“班次档案”下载的压缩包"),
    (lambda: check(a_zip(**{SUMS: "1"})), "文件不是本平台的档案包：缺少manifest.json", "not_a_package", "请选择从“班次档案”下载的压缩包"),
    (lambda: check(a_zip(**{MANIFEST: "1"})), "文件不是本平台的档案包：缺少SHA256SUMS", "not_a_package", "请选择从“班次档案”下载的压缩包"),
    (lambda: read_exceptions(HEAD), "日历文件里没有任何日期", "calendar_file", "请按 date,kind,occasion 三列提供"),
    (lambda: read_exceptions(HEAD + "2026-13-01,holiday,x"), "日历文件第 2 行：日期“2026-13-01”无效", "calendar_file", "日期请写成 2026-10-10 的形式"),
    (lambda: read_exceptions("kind\nholiday"), "日历文件第 2 行：日期“None”无效", "calendar_file", "日期请写成 2026-10-10 的形式"),
    (lambda: read_exceptions(HEAD + "2026-10-01,holiday,x\n2026-10-02,rest,x"), "日历文件第 3 行：类型“rest”无效", "calendar_file", "类型只能是 holiday（放假）或 workday（上班）"),
    (lambda: read_exceptions("date\n2026-10-02"), "日历文件第 2 行：类型“”无效", "calendar_file", "类型只能是 holiday（放假）或 workday（上班）"),
    (lambda: read_exceptions(HEAD + "2026-10-01,holiday,x\n2026-10-01,holiday,x"), "日历文件第 3 行：2026-10-01 重复出现", "calendar_file", "每个日期只写一行"),
    (lambda: read_exceptions(HEAD + "2026-10-05,workday,x"), "日历文件第 2 行：2026-10-05 本来就是工作日", "calendar_file", "只写与周一至周五不同的日期"),
    (lambda: read_exceptions(HEAD + "2026-10-09,workday,x"), "日历文件第 2 行：2026-10-09 本来就是工作日", "calendar_file", "只写与周一至周五不同的日期"),
    (lambda: read_exceptions(HEAD + "2026-10-10,holiday,x"), "日历文件第 2 行：2026-10-10 本来就是周末", "calendar_file", "只写与周一至周五不同的日期"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "what", "code", "remedy"), REFUSALS, ids=[f"{row[2]}-{row[1][:24]}" for row in REFUSALS]
)
def test_a_refusal_reads_as_written(deed, what, code, remedy):
    with pytest.raises(Refused) as told:
        deed()
    assert (told.value.message, told.value.code, told.value.remedy) == (what, code, remedy)


@pytest.mark.parametrize("place", ["MOST_BYTES", "MOST_FILES"])
def test_a_package_at_its_limit_is_read_and_one_above_is_refused(place, monkeypatch):
    content, _root = pack({"a": b"12345"})
    size = {"MOST_FILES": 3}.get(place) or sum(e.file_size for e in zipfile.ZipFile(io.BytesIO(content)).infolist())
    monkeypatch.setattr(packages, place, size)
    assert check(io.BytesIO(content)).intact
    monkeypatch.setattr(packages, place, size - 1)
    with pytest.raises(Refused) as told:
        check(io.BytesIO(content))
    told = told.value
    assert (told.message, told.code, told.remedy) == (
        "压缩包异常庞大，没有核对",
        "package_too_large",
        "请确认文件来源",
    )


def test_a_year_without_a_table_is_named_with_its_region():
    error = CalendarYearMissing(2031, "青岛")
    assert error.message == "2031 年的工作日安排尚未载入（待国务院通知），不能推算该年的工作日"
    assert error.remedy == "国务院办公厅发布 2031 年节假日安排后，请管理员导入该年日历再办理"
    assert (error.code, error.year, error.region) == ("calendar_year_missing", 2031, "青岛")
    assert CalendarYearMissing(2031).region == ""
    again = pickle.loads(pickle.dumps(error))
    assert (again.year, again.region) == (2031, "青岛")
    with pytest.raises(CalendarYearMissing) as told:
        default_calendar().is_workday(date(2031, 1, 1))
    assert (told.value.year, told.value.region) == (2031, "全国")


PROGRAMMERS = [
    (lambda: yuan(1.0), TypeError, "fen must be an int, not float"),
    (lambda: split_fen(1, [1.0]), TypeError, "weights must be exact: int, Fraction or Decimal"),
    (lambda: split_fen(1, []), ValueError, "weights must be non-negative with a positive sum"),
    (lambda: make_id_number("37020", TODAY, 1), ValueError, "area has six digits and sequence lies in 0-999"),
    (lambda: default_calendar().deadline(TODAY, 0), ValueError, "a deadline needs at least one working day"),
    (lambda: default_calendar().nth_workday_before(TODAY, 0), ValueError, "count from one"),
    (lambda: id_at(datetime(2026, 1, 1)), ValueError, "an id needs an aware time"),  # noqa: DTZ001
    (lambda: no(" "), ValueError, "a refusal needs a reason"),
    (lambda: pack({"/x": b""}), ValueError, "unfit paths: ['/x']"),
]


@pytest.mark.parametrize(("deed", "kind", "told"), PROGRAMMERS, ids=[row[2] for row in PROGRAMMERS])
def test_a_misuse_says_what_is_wrong(deed, kind, told):
    with pytest.raises(kind) as error:
        deed()
    assert str(error.value) == told


def test_yes_has_no_reason_unless_one_is_given():
    assert (yes().reason, yes("名额充足").reason, no("名额已满").reason) == ("", "名额充足", "名额已满")
