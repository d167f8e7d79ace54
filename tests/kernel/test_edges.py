"""Both sides of the kernel's boundaries: months, file names, codes, masks, packages, ids, working days."""

import hashlib
import io
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from peibu.kernel import months
from peibu.kernel.errors import Refused
from peibu.kernel.identity import (
    check_id_number,
    check_name,
    check_uscc,
    make_id_number,
    make_uscc,
    mask_mobile,
    mask_name,
)
from peibu.kernel.ids import IdMaker, id_at, time_of
from peibu.kernel.money import MAX_FEN, fen_from_yuan, in_words, split_fen, yuan
from peibu.kernel.packages import MANIFEST, SUMS, check, file_name, pack
from peibu.kernel.text import visible
from peibu.kernel.workdays import Calendar, CalendarYearMissing, default_calendar, read_exceptions

TODAY = date(2020, 9, 15)


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2020, 1, 30), 1, date(2020, 2, 29)),
        (date(2020, 1, 29), 1, date(2020, 2, 29)),
        (date(2020, 1, 28), 1, date(2020, 2, 28)),
        (date(2019, 1, 29), 1, date(2019, 2, 28)),
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
        (date(2020, 11, 15), 2, date(2021, 1, 15)),
    ],
)
def test_the_same_day_of_a_later_month(day, count, later):
    assert months.same_day(day, count) == later


def month(number):
    return months.add_months(date(2020, 1, 1), number)


@pytest.mark.parametrize(
    ("numbers", "length"),
    [([], 0), ([3], 1), ([1, 3, 5, 7], 1), ([1, 2], 2), ([1, 2, 3, 5, 6], 3), ([0, 2, 3, 4, 5, 8], 4), ([-2, -1, 0, 1], 4)],
)  # fmt: skip
def test_the_longest_run(numbers, length):
    assert months.longest_run(month(number) for number in numbers) == length


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a.jpeg", "a.jpeg"),
        ("a.b.pdf", "a.b.pdf"),
        (" .X.a. ", "X.a"),
        ("Xa.XX", "Xa.XX"),
        ("a.12345678", "a.12345678"),
        ("很" * 80 + ".12345678", "很" * 71 + ".12345678"),
        ("很" * 80 + ".123456789", "很" * 80),
        ("很" * 81, "很" * 80),
        ("a." + "很" * 90 + ".pdf", "a." + "很" * 74 + ".pdf"),
        ("a<>:b", "a_b"),
    ],
)
def test_a_file_name_keeps_its_ending(text, name):
    assert file_name(text) == name


def test_a_made_credit_code_is_a_right_one():
    code = make_uscc("91370200MA3C000X0")
    assert code[:17] == "91370200MA3C000X0"
    assert check_uscc(code) == code


def test_ages_on_the_two_ends_of_the_window_are_accepted():
    for birth in (date(2004, 9, 15), date(1960, 9, 16)):
        assert check_id_number(make_id_number("370202", birth, 1), TODAY, 16, 59).birth == birth
    for birth in (TODAY, date(1899, 9, 16)):
        assert check_id_number(make_id_number("370202", birth, 1), TODAY).birth == birth


@pytest.mark.parametrize(("sequence", "sex"), [(0, "female"), (999, "male")])
def test_the_first_and_the_last_sequence(sequence, sex):
    made = check_id_number(make_id_number("370202", date(1990, 5, 6), sequence), TODAY)
    assert (made.sex, made.number[14:17], made.converted) == (sex, f"{sequence:03d}", False)


def test_names_of_two_and_of_fifty_characters():
    assert (len(check_name("张三")), len(check_name("张" * 50))) == (2, 50)
    assert (mask_name(""), mask_name("张"), mask_name("张三"), mask_name("张三丰")) == ("", "张", "张*", "张*丰")
    assert (mask_mobile("1" * 10), mask_mobile("123456789")) == ("111*****11", "*" * 9)


@pytest.mark.parametrize(
    ("character", "kept"), [("\t", "a b"), ("\r", "a b"), ("\n", "a b"), ("\x07", "ab"), ("\u200b", "ab")], ids=ascii
)
def test_white_space_stays_a_space_and_what_is_invisible_goes(character, kept):
    assert visible(f" a{character}b ") == kept


def test_the_largest_amount_of_either_sign():
    assert fen_from_yuan("9999999999999.99") == MAX_FEN
    assert fen_from_yuan("-9,999,999,999,999.99", allow_negative=True) == -MAX_FEN
    assert in_words(MAX_FEN).startswith("玖万玖仟玖佰玖拾玖亿")
    assert in_words(-MAX_FEN) == "负" + in_words(MAX_FEN)
    assert (fen_from_yuan("0"), fen_from_yuan("+0.01"), fen_from_yuan("¥ 1.10元"), fen_from_yuan(12)) == (
        0,
        1,
        110,
        1200,
    )


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (1, "0.01"), (-1, "-0.01"), (100, "1.00"), (-100000, "-1,000.00")]
)
def test_fen_as_yuan_around_nothing(fen, text):
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("value", "fen"),
    [("−5", -500), ("-¥5元", -500), (Decimal("1E+2"), 10000), (Decimal("-0.01"), -1), (-7, -700), ("1.500", 150), ("3.", 300)],
)  # fmt: skip
def test_other_ways_of_writing_an_amount(value, fen):
    assert fen_from_yuan(value, allow_negative=True) == fen


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (MAX_FEN, "money_range"), (MAX_FEN + 1, "money_range"), (10**20, "money_range"), (-(10**20), "money_range"),
        (Decimal("NaN"), "money_format"), (Decimal("-Infinity"), "money_format"), ("1.5X", "money_format"),
    ],
)  # fmt: skip
def test_amounts_that_are_none_or_too_large(value, code):
    with pytest.raises(Refused) as told:
        fen_from_yuan(value, allow_negative=True)
    assert told.value.code == code


@pytest.mark.parametrize(
    ("yuan_", "words"),
    [
        (110, "壹佰壹拾元整"), (1100, "壹仟壹佰元整"), (1010, "壹仟零壹拾元整"), (11000, "壹万壹仟元整"),
        (10999, "壹万零玖佰玖拾玖元整"), (110000000, "壹亿壹仟万元整"), (109999999, "壹亿零玖佰玖拾玖万玖仟玖佰玖拾玖元整"),
    ],
)  # fmt: skip
def test_a_zero_stands_only_where_a_place_is_skipped(yuan_, words):
    assert in_words(yuan_ * 100) == words


def test_only_the_stops_at_the_end_are_joined():
    assert Refused("错误X；", remedy="改为X;。").sentence() == "错误X。改为X。"


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 1], [0, 5]),
        (1, [0, 0, 3], [0, 0, 1]),
        (0, [1, 2], [0, 0]),
        (7, [1], [7]),
    ],
)
def test_a_split_by_hand(total, weights, parts):
    assert split_fen(total, weights) == parts


def test_the_form_of_a_package():
    """No time, no compression, Unix modes: the same bytes everywhere, and `sha256sum -c` can read the list."""
    content, root = pack({"b": b"2", "a": b"1"})
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.namelist() == ["a", "b", SUMS, MANIFEST]
    for entry in archive.infolist():
        form = (entry.date_time, entry.compress_type, entry.create_system, entry.external_attr)
        assert form == ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 3, 0o100644 << 16)
    listing = archive.read(SUMS)
    assert listing.decode() == "".join(
        f"{hashlib.sha256(one).hexdigest()}  {name}\n" for name, one in ((("a"), b"1"), ("b", b"2"))
    )
    assert root == hashlib.sha256(listing).hexdigest()
    assert archive.read(MANIFEST).decode() == f'{{\n "files": 2,\n "root": "{root}"\n}}'
    found = check(io.BytesIO(content))
    assert (found.root, found.files, found.wrong, found.intact) == (root, 2, [], True)


def rezipped(content, **changes):
    """The package with members replaced; None takes one out."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w") as new:
        for name, data in {**{name: old.read(name) for name in old.namelist()}, **changes}.items():
            if data is not None:
                new.writestr(name, data)
    sink.seek(0)
    return sink


def test_each_wrong_thing_of_a_package_is_told_in_words():
    content, _root = pack({"a": b"1", "b": b"2", "c": b"3"})
    assert check(rezipped(content, c=None, b=b"x", d=b"4")).wrong == ["多出文件：d", "缺少文件：c", "内容已变：b"]
    assert check(rezipped(content, **{"folder/": b""})).wrong == []
    lines = zipfile.ZipFile(io.BytesIO(content)).read(SUMS).decode().splitlines()
    twice = "\n".join([lines[0], lines[0], *lines[1:], "nonsense"]) + "\n"
    cover = f"清单与封面指纹不符：{MANIFEST} 或 {SUMS} 已被改动"
    found = check(rezipped(content, **{SUMS: twice}))
    assert found.wrong == ["清单第 2 行无法识别", "清单第 5 行无法识别", cover]
    assert (found.files, found.intact) == (3, False)


@pytest.mark.parametrize(
    "path", [SUMS, MANIFEST, "a\rb", "a\nb", "a\\b", "/a", "..", "../a", "a/../b", "a/.."], ids=ascii
)
def test_unfit_paths(path):
    with pytest.raises(ValueError, match="unfit paths"):
        pack({path: b""})


@pytest.mark.parametrize("path", ["a..b", "..a", "a../b", "a/b"])
def test_fit_paths(path):
    assert check(io.BytesIO(pack({path: b""})[0])).intact


def test_the_bits_of_an_id():
    """RFC 9562: 48 bits of milliseconds, version 7, 12 bits of the fraction, variant 10, 62 random bits."""
    maker = IdMaker(clock=lambda: 1_500_000, bits=lambda count: 2**count - 1)
    first, second = maker(), maker()
    assert first.int == 1 << 80 | 7 << 76 | 2048 << 64 | 2 << 62 | 2**62 - 1
    assert second.int == 1 << 80 | 7 << 76 | 2049 << 64 | 2 << 62 | 2**62 - 1
    assert IdMaker(clock=lambda: 0, bits=lambda count: 0)().int == 7 << 76 | 2 << 62
    moment = datetime(2020, 1, 1, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    made = id_at(moment, bits=lambda count: 2**count - 1)
    assert made.int == 1577836800123 << 80 | 7 << 76 | 4095 << 64 | 2 << 62 | 2**62 - 1
    assert time_of(made) == datetime(2020, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)


YEAR = Calendar({date(2025, 1, 1): False}, [2025], "v1", "某市")


def test_the_edges_of_a_covered_year():
    assert (YEAR.version, YEAR.region, YEAR.years) == ("v1", "某市", frozenset({2025}))
    assert Calendar({}, [2025], "v").region == "全国"
    assert not YEAR.is_workday(date(2025, 1, 1))
    assert (YEAR.is_workday(date(2025, 1, 3)), YEAR.is_workday(date(2025, 1, 4))) == (True, False)
    assert YEAR.add_workdays(date(2025, 1, 1), 1) == date(2025, 1, 2)
    assert YEAR.add_workdays(date(2025, 12, 30), 1) == date(2025, 12, 31)
    assert YEAR.add_workdays(date(2025, 1, 3), -1) == date(2025, 1, 2)
    assert YEAR.add_workdays(date(2025, 1, 4), -1) == date(2025, 1, 3)
    assert YEAR.add_workdays(date(2025, 1, 4), 0) == date(2025, 1, 4)
    assert YEAR.deadline(date(2025, 1, 4), 1) == date(2025, 1, 6)
    assert YEAR.nth_workday_before(date(2025, 1, 6), 1) == date(2025, 1, 3)


@pytest.mark.parametrize(
    ("day", "count", "year"),
    [(date(2025, 12, 31), 1, 2026), (date(2025, 1, 2), -1, 2024), (date(2026, 1, 1), 0, 2026), (date(2024, 12, 31), 1, 2024)],
)  # fmt: skip
def test_beyond_a_covered_year_the_missing_one_is_named(day, count, year):
    with pytest.raises(CalendarYearMissing) as told:
        YEAR.add_workdays(day, count)
    assert (told.value.year, told.value.region) == (year, "某市")


def test_counting_between_two_days():
    assert YEAR.workdays_between(date(2025, 1, 1), date(2025, 1, 6)) == 3
    assert YEAR.workdays_between(date(2025, 1, 6), date(2025, 1, 1)) == -3
    assert YEAR.workdays_between(date(2025, 1, 2), date(2025, 1, 2)) == 0
    for start, end in ((date(2024, 12, 31), date(2025, 1, 2)), (date(2025, 1, 2), date(2024, 12, 31))):
        with pytest.raises(CalendarYearMissing):
            YEAR.workdays_between(start, end)


def test_an_overlay_keeps_what_it_does_not_change():
    over = YEAR.overlay({date(2025, 1, 2): False}, version="v2")
    assert (over.version, over.region, over.years) == ("v2", "某市", frozenset({2025}))
    assert over.add_workdays(date(2025, 1, 1), 1) == date(2025, 1, 3)
    assert YEAR.overlay({}, version="v2", region="别市", years=[2026]).years == frozenset({2025, 2026})
    with pytest.raises(ValueError, match="exceptions outside the covered years"):
        YEAR.overlay({date(2026, 1, 1): False}, version="v2")


def test_a_calendar_file_is_read_with_its_mark_and_its_blanks():
    days, years = read_exceptions("\ufeffdate,kind,occasion\n 2026-10-01 , holiday ,x\n2027-10-09,workday,x\n")
    assert days == {date(2026, 10, 1): False, date(2027, 10, 9): True}
    assert years == frozenset({2026, 2027})
    assert default_calendar().version == "cn-2026"
