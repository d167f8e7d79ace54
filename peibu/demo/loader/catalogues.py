"""The catalogues of the demo city: files brought in and put into force as a bureau does it, and wishes of workers.

Names are of occupations that exist; codes only have the form of the national ones, numbers of people are invented.
"""

import datetime as dt
import io
import uuid

import xlsxwriter

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Division
from peibu.catalogue.actions.demand import register_demand
from peibu.catalogue.actions.editions import put_in_force, receive_edition
from peibu.catalogue.enums import CatalogueKind, Level
from peibu.catalogue.files import TITLES, edition_spec
from peibu.demo.city.records import CHINA
from peibu.demo.loader.base import Loaded
from peibu.demo.loader.players import Players

OCCUPATIONS = (
    ("6-31-01-03", "电工", "装备制造"), ("6-18-02-04", "焊工", "装备制造"), ("6-18-01-01", "车工", "装备制造"),
    ("6-18-01-02", "铣工", "装备制造"), ("6-20-01-01", "装配钳工", "装备制造"), ("6-31-01-02", "锅炉设备检修工", "能源"),
    ("6-31-03-03", "工业机器人系统操作员", "智能制造"), ("6-31-03-04", "工业机器人系统运维员", "智能制造"),
    ("2-02-10-13", "工业互联网工程技术人员", "智能制造"), ("4-04-05-05", "数字孪生应用技术员", "智能制造"),
    ("6-25-03-00", "计算机及外部设备装配调试员", "电子信息"), ("6-25-04-07", "电子设备装接工", "电子信息"),
    ("4-04-05-01", "计算机程序设计员", "电子信息"), ("4-04-04-02", "信息安全测试员", "电子信息"),
    ("4-10-01-05", "养老护理员", "健康养老"), ("4-10-01-02", "育婴员", "家政服务"), ("4-10-01-06", "家政服务员", "家政服务"),
    ("4-10-01-03", "保育师", "家政服务"), ("4-14-01-02", "医疗护理员", "健康养老"), ("4-03-02-01", "中式烹调师", "餐饮服务"),
    ("4-03-02-02", "中式面点师", "餐饮服务"), ("4-03-02-03", "西式烹调师", "餐饮服务"), ("4-10-03-01", "美容师", "生活服务"),
    ("4-12-01-01", "汽车维修工", "汽车服务"), ("4-02-06-02", "起重装卸机械操作工", "港口物流"),
    ("4-02-06-03", "物流服务师", "港口物流"), ("4-02-02-04", "船舶引航员", "港口物流"), ("6-23-07-02", "船体装配工", "海工装备"),
    ("5-04-02-01", "海水养殖工", "海洋渔业"), ("6-02-04-02", "水产品加工工", "海洋渔业"),
)  # fmt: skip
WELDER = OCCUPATIONS[1]  # the older edition has it up to technician: the demo trains technicians of 2019
LEVELS = ("初级工", "中级工", "高级工", "技师")
SCARCE = {
    "焊工": 620,
    "工业机器人系统运维员": 450,
    "养老护理员": 900,
    "船体装配工": 310,
    "工业互联网工程技术人员": 260,
    "电工": 540,
}
GENERAL_FROM = 13  # occupations from here on make up the general catalogue
TEACHES = {
    "青岛市技师学院": ("电工", "焊工", "车工", "工业机器人系统运维员"), "青岛海洋技师学院": ("焊工", "船体装配工", "海水养殖工"),
    "平度市技师学院": ("汽车维修工", "电工", "装配钳工"), "青岛港湾职业技术学院": ("起重装卸机械操作工", "物流服务师", "电工"),
    "青岛职业技术学院": ("计算机程序设计员", "中式烹调师", "养老护理员"), "青岛酒店管理职业技术学院": ("中式烹调师", "西式烹调师", "中式面点师"),
    "青岛工程职业技术学院": ("工业互联网工程技术人员", "数字孪生应用技术员", "信息安全测试员"),
}  # fmt: skip
WISHES = (("养老护理员", "370211", 14), ("焊工", "370211", 9), ("电工", "370281", 11), ("育婴员", "370202", 8),
          ("中式面点师", "370203", 6), ("汽车维修工", "370283", 7), ("计算机程序设计员", "370212", 12),
          ("船体装配工", "370211", 5), ("美容师", "370214", 3))  # fmt: skip
FIRST, SECOND = dt.date(2019, 7, 1), dt.date(2020, 7, 1)
SPACE = uuid.UUID("6f3c1a52-6a0e-4e0e-9f55-3f6f1c9b7d20")


def load_catalogues(loaded: Loaded, players: Players, *, at: dt.datetime) -> None:
    """Two editions of the occupations, one of each other catalogue, and the demand of a few districts."""
    city = next(row for row in loaded.divisions.values() if row.kind == "city")
    by = _bureau(players)
    older = [(*row, level) for row in OCCUPATIONS[:-4] for level in LEVELS[:3]] + [(*WELDER, LEVELS[3])]
    every = [(*row, level) for row in OCCUPATIONS for level in LEVELS]
    _publish(CatalogueKind.OCCUPATIONS, city, FIRST, [_row(*row) for row in older], by, at)
    _publish(CatalogueKind.OCCUPATIONS, city, SECOND, [_row(*row) for row in every], by, at)
    scarce = [_row(*row, "高级工", headcount=SCARCE[row[1]]) for row in OCCUPATIONS if row[1] in SCARCE]
    _publish(CatalogueKind.SCARCE, city, SECOND, scarce, by, at)
    general = [_row(*row, level) for row in OCCUPATIONS[GENERAL_FROM:] for level in LEVELS[:2]]
    _publish(CatalogueKind.GENERAL, city, SECOND, general, by, at)
    codes = {row[1]: row for row in OCCUPATIONS}
    taught = [_row(*codes[name], "高级工", unit_name=unit) for unit, names in TEACHES.items() for name in names]
    _publish(CatalogueKind.SPECIALITIES, city, FIRST, taught, by, at)
    _wish(loaded, at)


def _bureau(players: Players) -> Actor:
    office = next(
        unit for unit in players.loaded.units.values() if unit.assignments.filter(role=Role.CITY_BUREAU).exists()
    )
    return players.of(Role.CITY_BUREAU, office)


def _row(code: str, name: str, industry: str, level: str, **more) -> dict:
    return {"code": code, "name": name, "industry": industry, "level": level, **more}


def _publish(kind: str, division: Division, on: dt.date, rows: list[dict], by: Actor, at: dt.datetime) -> None:
    title = f"青岛市{TITLES[CatalogueKind(kind)]}（{on.year}年，演示）"
    edition = receive_edition(
        kind=kind, division=division, title=title, source=f"演示数据，{on.year}年发布", effective_from=on,
        name=f"{title}.xlsx", content=_book(kind, rows), by=by, at=at,
    )  # fmt: skip
    put_in_force(edition=edition, by=by, at=dt.datetime.combine(on, dt.time(8), tzinfo=CHINA))


def _book(kind: str, rows: list[dict]) -> bytes:
    columns = edition_spec(kind).columns
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        sheet = book.add_worksheet("目录")
        sheet.write_row(0, 0, [column.label for column in columns])
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(column.name, "") for column in columns])
    return sink.getvalue()


def _wish(loaded: Loaded, at: dt.datetime) -> None:
    for name, place, people in WISHES:
        for number in range(people):
            register_demand(
                division=loaded.divisions[place], occupation=name, level=Level.ANY, by=None, at=at,
                token=uuid.uuid5(SPACE, f"{name}{place}{number}"), address=f"demo-{place}-{name}-{number}",
            )  # fmt: skip
