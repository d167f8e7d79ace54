"""The forms of national certificate numbers: 22 and 16 characters, group by group; a wrong one is named, not guessed."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.kernel.certificate_numbers import check_number, normal, scheme_of
from peibu.kernel.errors import Refused

GOOD_SKILL = "S000137021100204000017"  # S 0001 37 021100 20 4 000017
GOOD_QUALIFICATION = "2037021123400056"  # 20 37 02 1 123 4 00056


def digits(length):
    return st.text("0123456789", min_size=length, max_size=length)


@given(st.sampled_from("YS"), digits(14), st.sampled_from("12345"), digits(6))
def test_every_number_of_twenty_two_characters_built_like_that_is_accepted(kind, middle, level, serial):
    number = f"{kind}{middle}{level}{serial}"
    assert len(number) == 22
    assert check_number("skill_level", number) == number


@given(digits(6), st.sampled_from("01234"), digits(3), st.sampled_from("12345"), digits(5))
def test_every_number_of_sixteen_digits_built_like_that_is_accepted(head, body_kind, body, level, serial):
    number = f"{head}{body_kind}{body}{level}{serial}"
    assert len(number) == 16
    assert check_number("vocational_qualification", number) == number


@given(st.text("0123456789YS", max_size=30))
def test_any_other_length_is_refused_with_both_lengths(text):
    if len(text) not in (0, 22):
        with pytest.raises(Refused, match=f"应为22位，现为{len(text)}位"):
            check_number("skill_level", text)


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        (
            "skill_level",
            "X" + GOOD_SKILL[1:],
            "第1位（评价机构类别）应为Y（用人单位）或S（社会培训评价组织），现为“X”",
        ),
        ("skill_level", GOOD_SKILL[:5] + "3A" + GOOD_SKILL[7:], "第6至7位（省份代码）应为数字，现为“3A”"),
        ("skill_level", GOOD_SKILL[:15] + "6" + GOOD_SKILL[16:], "第16位（等级）应为1至5，现为“6”"),
        (
            "vocational_qualification",
            GOOD_QUALIFICATION[:6] + "5" + GOOD_QUALIFICATION[7:],
            "第7位（鉴定机构类别）应为0至4，现为“5”",
        ),
        ("vocational_qualification", "A" + GOOD_QUALIFICATION[1:], "第1至2位（发证年份）应为数字"),
        (
            "vocational_qualification",
            GOOD_QUALIFICATION[:10] + "0" + GOOD_QUALIFICATION[11:],
            "第11位（等级）应为1至5",
        ),
    ],
)
def test_a_wrong_group_is_named_with_its_place(kind, number, told):
    with pytest.raises(Refused, match=re.escape(told)):
        check_number(kind, number)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(Refused) as caught:
        check_number("skill_level", "X" + GOOD_SKILL[1:15] + "9" + GOOD_SKILL[16:])
    assert "第1位" in str(caught.value)
    assert "第16位" in str(caught.value)


@pytest.mark.parametrize(
    ("digit", "level"),
    [("5", "junior"), ("4", "middle"), ("3", "senior"), ("2", "technician"), ("1", "senior_technician")],
)
def test_the_level_digit_must_say_the_stated_level(digit, level):
    skill = GOOD_SKILL[:15] + digit + GOOD_SKILL[16:]
    other = "middle" if level != "middle" else "senior"
    assert check_number("skill_level", skill, level=level) == skill
    with pytest.raises(Refused, match="等级位"):
        check_number("skill_level", skill, level=other)
    qualification = GOOD_QUALIFICATION[:10] + digit + GOOD_QUALIFICATION[11:]
    assert check_number("vocational_qualification", qualification, level=level)
    with pytest.raises(Refused, match="等级位"):
        check_number("vocational_qualification", qualification, level=other)


def test_a_number_of_a_later_year_than_the_issue_is_refused_and_of_the_nineties_is_not():
    assert check_number("skill_level", GOOD_SKILL, issued_on=dt.date(2020, 12, 31))
    with pytest.raises(Refused, match="晚于发证日期2019-12-31"):
        check_number("skill_level", GOOD_SKILL, issued_on=dt.date(2019, 12, 31))
    nineties = "99" + GOOD_QUALIFICATION[2:]
    assert check_number("vocational_qualification", nineties, issued_on=dt.date(2001, 1, 5))


def test_full_width_blanks_and_small_letters_are_made_plain():
    assert normal(" ｓ0001 3702 ") == "S00013702"
    assert check_number("skill_level", GOOD_SKILL.lower()[:10] + " " + GOOD_SKILL[10:]) == GOOD_SKILL


def test_kinds_without_a_published_scheme_only_need_a_number():
    assert scheme_of("special_operation") is None
    assert check_number("special_operation", "T370202199001011234") == "T370202199001011234"
    with pytest.raises(Refused, match="没有填写证书编号"):
        check_number("special_operation", "  ")
