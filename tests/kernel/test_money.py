"""Money stays exact from the keyboard to the voucher."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.kernel.errors import Refused
from peibu.kernel.money import MAX_FEN, fen_from_yuan, in_words, split_fen, yuan

FEN = st.integers(-MAX_FEN, MAX_FEN)


@given(FEN)
def test_yuan_text_reads_back_exactly(fen):
    assert fen_from_yuan(yuan(fen), allow_negative=True) == fen
    assert fen_from_yuan(Decimal(fen) / 100, allow_negative=True) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123450),
        ("１２３４．５", 123450),
        ("￥1,234.5元", 123450),
        (" 1234.500 ", 123450),
        ("+0.07", 7),
        ("1234.", 123400),
        (1234, 123400),
        (Decimal("0.30"), 30),
        (Decimal("1E+3"), 100000),
    ],
)
def test_usual_ways_of_writing_are_read(text, fen):
    assert fen_from_yuan(text) == fen


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.1, "money_type"),
        (True, "money_type"),
        (None, "money_type"),
        ("", "money_format"),
        ("1,23", "money_format"),
        ("12,34,567", "money_format"),
        ("一百", "money_format"),
        ("1e3", "money_format"),
        (Decimal("NaN"), "money_format"),
        (Decimal("Infinity"), "money_format"),
        ("0.001", "money_decimals"),
        (Decimal("1.005"), "money_decimals"),
        ("-1", "money_negative"),
        (-5, "money_negative"),
        (10**40, "money_range"),
        ("99999999999999", "money_range"),
    ],
)
def test_anything_inexact_is_refused_in_chinese(value, code):
    with pytest.raises(Refused) as caught:
        fen_from_yuan(value)
    assert caught.value.code == code
    assert re.search("[\u4e00-\u9fff]", caught.value.message)
    assert caught.value.remedy


def test_yuan_refuses_floats_and_booleans():
    for wrong in (1.0, True, "1"):
        with pytest.raises(TypeError):
            yuan(wrong)


@given(FEN, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_parts_sum_to_the_whole_and_miss_their_share_by_less_than_a_fen(total, weights):
    parts = split_fen(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert weight or part == 0


def test_left_over_fen_go_to_the_largest_remainder_then_to_the_first():
    assert split_fen(100, [1, 1, 1]) == [34, 33, 33]
    assert split_fen(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split_fen(100, [Fraction(7, 10), Decimal("0.3")]) == [70, 30]
    assert split_fen(10, [1, 2, 3]) == [2, 3, 5]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_without_proportion_is_an_error(weights):
    with pytest.raises(ValueError, match="weights"):
        split_fen(10, weights)


def test_a_split_by_floats_is_an_error():
    with pytest.raises(TypeError):
        split_fen(10, [0.5, 0.5])


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元零叁角贰分"),
        (10700053, "壹拾万柒仟元零伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (1000, "壹拾元整"),
        (100000005 * 100, "壹亿零伍元整"),
        (1000500000000, "壹佰亿零伍佰万元整"),
        (-100, "负壹元整"),
        (12345 * 10**10, "壹万贰仟叁佰肆拾伍亿元整"),
    ],
)
def test_words_follow_the_voucher_rules(fen, words):
    assert in_words(fen) == words


DIGIT = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNIT = {"拾": 10, "佰": 100, "仟": 1000}


def read_words(words: str) -> int:
    """An independent reader of capital numerals: fen."""
    sign = -1 if words.startswith("负") else 1
    total = section = digit = high = 0
    for character in words.removeprefix("负"):
        if character in DIGIT:
            digit = DIGIT[character]
        elif character in UNIT:
            section, digit = section + digit * UNIT[character], 0
        elif character == "万":
            high, section, digit = high + (section + digit) * 10**4, 0, 0
        elif character == "亿":
            high, section, digit = (high + section + digit) * 10**8, 0, 0
        elif character == "元":
            total, section, digit, high = (high + section + digit) * 100, 0, 0, 0
        elif character in "角分":
            total, digit = total + digit * (10 if character == "角" else 1), 0
    return sign * total


@given(FEN)
def test_words_read_back_to_the_same_amount(fen):
    assert read_words(in_words(fen)) == fen


def test_the_independent_reader_can_tell_amounts_apart():
    assert read_words("壹仟零伍元整") != read_words("壹仟零伍拾元整")


def test_amounts_beyond_the_range_have_no_words():
    with pytest.raises(Refused):
        in_words(MAX_FEN + 1)
