import re
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree

import numpy as np
import pytest
import segno
import zxingcpp

from peibu.papers.qr import qr_svg
from peibu.papers.wording import hours, moment, yuan, yuan_in_words


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (101, "壹元零壹分"),
        (110, "壹元壹角整"),
        (123_456, "壹仟贰佰叁拾肆元伍角陆分"),
        (100_000, "壹仟元整"),
        (1_000_000, "壹万元整"),
        (1_001_000, "壹万零壹拾元整"),
        (10_000_500, "壹拾万零伍元整"),
        (10_203_000, "壹拾万贰仟零叁拾元整"),
        (200_000_000, "贰佰万元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_050_000_000, "壹亿零伍拾万元整"),
    ],
)
def test_amount_in_financial_capitals(fen, words):
    assert yuan_in_words(fen) == words


def test_amount_in_words_has_no_negative_form():
    with pytest.raises(ValueError, match="不小于零"):
        yuan_in_words(-1)


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (123_456_789, "1,234,567.89"), (-150, "-1.50"), (None, "—")]
)
def test_amount_with_two_decimals(fen, text):
    assert yuan(fen) == text


def test_hours_and_moments():
    assert [hours(40), hours(Decimal("7.50")), hours(Decimal(120))] == ["40", "7.5", "120"]
    assert moment(datetime(2020, 12, 31, 16, 0, 1, tzinfo=UTC)) == "2021年1月1日 00:00:01"


def test_qr_svg_is_one_sized_element_with_the_code_of_the_text():
    text = "https://peibu.example.cn/zs/1?a=1&b=<2>"
    root = ElementTree.fromstring(qr_svg(text, 3, border=4))
    modules = segno.make(text, error="m", micro=False, boost_error=False).symbol_size(border=4)[0]
    assert root.attrib["viewBox"] == f"0 0 {modules} {modules}"
    assert root.attrib["width"] == root.attrib["height"] == str(modules * 3)
    assert qr_svg(text) != qr_svg(text + "x")


@pytest.mark.parametrize("text", ["", "长" * 3000])
def test_qr_of_nothing_or_too_much_is_refused(text):
    with pytest.raises(ValueError, match="二维码内容"):
        qr_svg(text)


def modules_drawn(svg: str, border: int) -> list[list[int]]:
    """The code as it stands in the drawing, read back stroke by stroke."""
    root = ElementTree.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    rows = [[0] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", root[0].attrib["d"]):
        rows[int(y)][int(x) : int(x) + int(length)] = [1] * int(length)
    return [row[border : side - border] for row in rows[border : side - border]]


@pytest.mark.parametrize("border", [0, 4])
def test_another_program_draws_the_same_code(border):
    """segno, which had no part in it, makes the same modules with one of the eight masks."""
    text = "HTTPS://PEIBU.EXAMPLE.CN/VERIFY"
    drawn = modules_drawn(qr_svg(text, border=border), border)
    made = [segno.make(text, error="m", micro=False, boost_error=False, mask=number).matrix for number in range(8)]
    masks = [[list(row) for row in matrix] for matrix in made]
    assert drawn in masks
    drawn[10][10] ^= 1  # negative control
    assert drawn not in masks


def test_a_reader_reads_what_was_drawn():
    """The reader of zxing shares no code with the maker (zint) behind its back."""
    text = "https://peibu.example.cn/verify/%E9%9D%92-000001/?c=0123456789ab"
    rows = np.array(modules_drawn(qr_svg(text, border=4), 0))
    picture = np.kron(1 - rows, np.ones((6, 6))).astype(np.uint8) * 255
    assert zxingcpp.read_barcode(picture).text == text
    picture[60:130, 60:130] = 255  # negative control: more is missing than the correction can mend
    assert zxingcpp.read_barcode(picture) is None
