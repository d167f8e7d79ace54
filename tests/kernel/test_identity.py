"""Identity numbers, names, codes and masks; every number here is synthetic."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.kernel.errors import Refused
from peibu.kernel.identity import (
    UsccKind,
    check_id_number,
    check_mobile,
    check_name,
    check_uscc,
    make_id_number,
    make_uscc,
    mask_account,
    mask_id,
    mask_mobile,
    mask_name,
    normalise_id,
    uscc_kind,
)

TODAY = date(2026, 11, 20)
GOOD = make_id_number("370202", date(1975, 3, 7), 123)
NUMBERS = st.builds(
    make_id_number,
    st.sampled_from(["370202", "110101", "379999", "650102", "820000", "911156"]),
    st.dates(date(1907, 1, 1), TODAY),
    st.integers(0, 999),
)


def refusal(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert re.search("[\u4e00-\u9fff]", caught.value.message)
    assert caught.value.remedy
    return caught.value.code


def test_the_known_example_of_the_standard_passes():
    found = check_id_number("11010519491231002X", TODAY)
    assert (found.birth, found.sex, found.area) == (date(1949, 12, 31), "female", "110105")
    assert found.age(date(2026, 12, 30)) == 76


def test_an_ordinary_old_county_code_is_not_refused():
    assert check_id_number(GOOD, TODAY).number == GOOD


@given(NUMBERS)
def test_every_well_formed_number_is_accepted_and_read(number):
    found = check_id_number(number, TODAY)
    assert f"{found.birth:%Y%m%d}" == number[6:14]
    assert found.sex == ("male" if int(number[16]) % 2 else "female")


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_is_found(number, place, digit):
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        assert refusal(check_id_number, wrong, TODAY)


@given(NUMBERS, st.integers(0, 16))
def test_every_swap_of_neighbours_is_found(number, place):
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        assert refusal(check_id_number, wrong, TODAY)


def test_writing_habits_are_forgiven():
    wide = "".join(chr(ord(character) + 0xFEE0) for character in "11010519491231002X")
    for text in (wide, " 110105 19491231 002x\u200b", "'11010519491231002x", "\ufeff110105\u300019491231-002X"):
        assert check_id_number(text, TODAY).number == "11010519491231002X"
        assert normalise_id(text) == "11010519491231002X"


def test_fifteen_digits_become_eighteen():
    found = check_id_number("110105491231002", TODAY)
    assert (found.number, found.converted) == ("11010519491231002X", True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "id_empty"),
        ("3702021975030", "id_length"),
        ("3702021975030712A4", "id_characters"),
        ("²" * 18 + "۱", "id_length"),
        ("۳" * 18, "id_characters"),
        (GOOD[:17] + ("0" if GOOD[17] != "0" else "1"), "id_check_digit"),
        (make_id_number("990000", date(1980, 1, 1), 1), "id_province"),
        (make_id_number("370202", date(2099, 1, 1), 1), "id_birth_future"),
        (make_id_number("370202", date(1880, 1, 1), 1), "id_age"),
        ("3702021980023000" + "16", "id_check_digit"),
    ],
)
def test_wrong_numbers_are_refused_with_reason_and_remedy(text, code):
    assert refusal(check_id_number, text, TODAY) == code


def test_an_impossible_date_is_refused_even_with_a_right_check_digit():
    from peibu.kernel.identity import id_check_digit

    for birth in ("19800230", "19801301", "00000101"):
        first = f"370202{birth}001"
        assert refusal(check_id_number, first + id_check_digit(first), TODAY) == "id_birth"


def test_the_age_window_is_in_full_years():
    number = make_id_number("370202", date(2010, 11, 20), 1)
    assert check_id_number(number, TODAY, min_age=16)
    assert refusal(check_id_number, number, date(2026, 11, 19), min_age=16) == "id_age"


@pytest.mark.parametrize(("text", "kind"), [("820000", "residence_permit"), ("911156", "foreigner")])
def test_permits_and_foreigner_cards_are_known(text, kind):
    assert check_id_number(make_id_number(text, date(1980, 1, 1), 1), TODAY).kind == kind


@pytest.mark.parametrize(("area", "sequence"), [("37020", 1), ("370202", 1000), ("37020a", 1)])
def test_no_number_is_made_from_nonsense(area, sequence):
    with pytest.raises(ValueError, match="area"):
        make_id_number(area, TODAY, sequence)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张 三", "张三"),
        ("　王　芳 ", "王芳"),
        ("艾力•买买提", "艾力·买买提"),
        ("艾力・买买提", "艾力·买买提"),
        ("艾力･买买提", "艾力·买买提"),
        ("李\u200b四", "李四"),
        ("㛃䶮", "㛃䶮"),
        ("王\U000212fe", "王\U000212fe"),
        ("王𬭎", "王𬭎"),
    ],
)
def test_real_names_pass(text, name):
    assert check_name(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name_empty"),
        ("王\ue864", "name_private_use"),
        ("王\U000f0001", "name_private_use"),
        ("Wang", "name_character"),
        ("王2", "name_character"),
        ("艾力.买买提", "name_character"),
        ("=王芳", "name_character"),
        ("王", "name_length"),
        ("·王芳", "name_length"),
        ("王··芳", "name_length"),
        ("王" * 51, "name_length"),
    ],
)
def test_other_texts_are_no_names(text, code):
    assert refusal(check_name, text) == code


def test_a_private_use_character_is_named_by_its_code_point():
    with pytest.raises(Refused, match=r"U\+E864"):
        check_name("王\ue864")


CODE = make_uscc("91370202MA3C5T7X1")


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_every_single_wrong_character_of_a_credit_code_is_found(place, character):
    wrong = CODE[:place] + character + CODE[place + 1 :]
    if wrong != CODE:
        assert refusal(check_uscc, wrong) in {"uscc_check", "uscc_characters"}


def test_credit_codes_are_read_and_sorted():
    assert check_uscc(CODE.lower() + " ") == CODE
    assert refusal(check_uscc, CODE[:-1]) == "uscc_length"
    assert refusal(check_uscc, CODE[:-1] + "I") == "uscc_characters"
    assert uscc_kind(CODE) is UsccKind.ENTERPRISE
    assert uscc_kind("52370200") is UsccKind.PRIVATE_NON_ENTERPRISE
    assert uscc_kind("A1") is UsccKind.OTHER
    assert all(kind.label for kind in UsccKind)


def test_a_published_credit_code_passes():
    assert check_uscc("91350100M000100Y43") == "91350100M000100Y43"


@pytest.mark.parametrize("text", ["13800138000", "+86 138-0013-8000", "8613800138000", "１３８００１３８０００"])
def test_mobile_numbers_in_any_writing(text):
    assert check_mobile(text) == "13800138000"


@pytest.mark.parametrize("text", ["14012345678", "12345678901", "1380013800", "13800138000.0", "", "۱۳۸۰۰۱۳۸۰۰۰"])
def test_other_numbers_are_no_mobile_numbers(text):
    assert refusal(check_mobile, text) == "mobile"


def test_masks_by_audience():
    assert mask_id(GOOD) == GOOD[:3] + "*" * 11 + GOOD[-4:]
    assert mask_account("6222020200112233445") == "*" * 15 + "3445"
    assert mask_mobile("13800138000") == "138******00"
    assert [mask_name(name) for name in ("张三", "王晓明", "艾力·买买提", "王", "")] == [
        "张*",
        "王*明",
        "艾*·**提",
        "王",
        "",
    ]


@given(NUMBERS)
def test_nothing_of_a_number_is_public_and_little_is_at_a_desk(number):
    for mask in (mask_id, mask_account, mask_mobile):
        assert set(mask(number, "public")) == {"*"}
        assert mask(number).count("*") * 2 >= len(number)
        assert number[6:14] not in mask(number)


def test_a_short_number_is_hidden_whole():
    assert mask_account("1234567") == "*******"
