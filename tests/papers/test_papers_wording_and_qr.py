from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
import segno

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
