"""A bureau with files to publish: short ways to make a workbook and bring it in."""

import datetime as dt
import io

import xlsxwriter

from peibu.accounts.enums import Role
from peibu.catalogue.actions.editions import put_in_force, receive_edition
from tests.city import at

HEADS = {"code": "职业编码", "name": "职业名称", "level": "等级", "industry": "行业", "note": "备注",
         "headcount": "紧缺人数", "unit_name": "培训机构"}  # fmt: skip
ELECTRICIAN = {"code": "6-31-01-03", "name": "电工", "level": "高级工", "industry": "装备制造"}
WELDER = {"code": "6-18-02-04", "name": "焊工", "level": "技师", "industry": "装备制造"}
NURSE = {"code": "4-10-01-05", "name": "养老护理员", "level": "初级工", "industry": "健康养老"}
NOW = at("2020-10-12 09:00")
DAY = dt.date(2020, 9, 1)


def book(*rows: dict, heads: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows under the office's headings."""
    names = heads or tuple(dict.fromkeys(name for row in rows for name in row))
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as made:
        sheet = made.add_worksheet("目录")
        sheet.write_row(0, 0, [HEADS[name] for name in names])
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(name, "") for name in names])
    return sink.getvalue()


def propose(city, kind: str, *rows: dict, on: dt.date = DAY, role: str = Role.CITY_BUREAU, content: bytes = b""):
    """An edition as it is after its file was read."""
    by = city.actor(role)
    return receive_edition(
        kind=kind, division=by.unit.division, title="目录", source="青人社字〔2020〕1号", effective_from=on,
        name="目录.xlsx", content=content or book(*rows), by=by, at=NOW,
    )  # fmt: skip


def publish(city, kind: str, *rows: dict, on: dt.date = DAY, role: str = Role.CITY_BUREAU):
    """An edition in force."""
    edition = propose(city, kind, *rows, on=on, role=role)
    assert edition.problems == []
    return put_in_force(edition=edition, by=city.actor(role), at=min(NOW, at(f"{on} 08:00")))
