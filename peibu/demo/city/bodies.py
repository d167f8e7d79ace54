"""Divisions, public bodies, providers, practice bases and enterprises."""

import datetime as dt

from peibu.demo.city import words
from peibu.demo.city.codes import synthetic_uscc
from peibu.demo.city.draw import spread, stream, weighted
from peibu.demo.city.records import (
    Agency,
    BankAccount,
    Division,
    Enterprise,
    OutsideEmployer,
    PracticeBase,
    Provider,
)

CITY = "370200"
_DISTRICTS = (
    ("370202", "市南区"),
    ("370203", "市北区"),
    ("370211", "黄岛区"),
    ("370212", "崂山区"),
    ("370213", "李沧区"),
    ("370214", "城阳区"),
    ("370215", "即墨区"),
    ("370281", "胶州市"),
    ("370283", "平度市"),
    ("370285", "莱西市"),
)
# Zones have no code in GB/T 2260. West Coast hands its work to Huangdao.
# That High-tech has bodies of its own is an assumption.
WEST_COAST, HIGH_TECH = "zone-west-coast", "zone-high-tech"
_AREA_OF_ZONE = {WEST_COAST: "370211", HIGH_TECH: "370214"}

# Annex 1: name, kind of institution, seat, prefix of the code (12 public institution, 52 private non-enterprise body).
_PROVIDERS = (
    ("中国海洋大学", "university", "370212", "12"),
    ("中国石油大学", "university", WEST_COAST, "12"),
    ("山东大学青岛校区", "university", "370215", "12"),
    ("青岛大学", "university", "370202", "12"),
    ("青岛科技大学", "university", "370212", "12"),
    ("青岛理工大学", "university", "370203", "12"),
    ("青岛农业大学", "university", "370214", "12"),
    ("山东外贸职业学院", "college", "370213", "12"),
    ("青岛酒店管理职业技术学院", "college", "370213", "12"),
    ("青岛职业技术学院", "college", WEST_COAST, "12"),
    ("青岛广播电视大学", "university", "370203", "12"),
    ("青岛港湾职业技术学院", "college", "370211", "12"),
    ("青岛黄海学院", "university", WEST_COAST, "52"),
    ("青岛恒星科技学院", "university", "370213", "52"),
    ("青岛工程职业技术学院", "college", HIGH_TECH, "12"),
    ("青岛市技师学院", "technician_college", "370211", "12"),
    ("青岛海洋技师学院", "technician_college", "370281", "12"),
    ("平度市技师学院", "technician_college", "370283", "12"),
)
# On no list yet, made up: they answer the city's next call.
_CANDIDATES = (
    ("青岛演示职业技术学院", "college", "370212", "12"),
    ("青岛演示技师学院", "technician_college", "370214", "12"),
)
# Annex 2: name, qualifying category, enterprise?, seat, prefix.
_BASES = (
    ("北汽新能源汽车股份有限公司", "listed_enterprise", True, "370285", "91"),
    ("双星集团有限责任公司", "listed_enterprise", True, WEST_COAST, "91"),
    ("青岛酷特智能股份有限公司", "listed_enterprise", True, "370215", "91"),
    ("青岛海尔工业智能研究院有限公司", "industry_education", True, "370212", "91"),
    ("莱茵科斯特智能科技（青岛）有限公司", "industry_education", True, WEST_COAST, "91"),
    ("中科数据（青岛）科技信息有限公司", "ai_community", True, HIGH_TECH, "91"),
    ("青岛星鲨虚拟现实技术研究院", "ai_community", False, "370212", "52"),
    ("青岛青软实训教育科技股份有限公司", "industry_education", True, HIGH_TECH, "91"),
)


def area_of(division: str) -> str:
    """Return the six digits used in codes of bodies seated in the division."""
    return _AREA_OF_ZONE.get(division, division)


def divisions() -> tuple[Division, ...]:
    city = Division(CITY, "青岛市", "city", CITY, CITY)
    districts = tuple(Division(code, f"青岛市{name}", "district", code, code) for code, name in _DISTRICTS)
    west = Division(WEST_COAST, "青岛西海岸新区", "zone", None, "370211")
    high_tech = Division(HIGH_TECH, "青岛高新区", "zone", None, HIGH_TECH)
    return (city, *districts, west, high_tech)


def agencies() -> tuple[Agency, ...]:
    """The city's four bureaus, and three bodies in every division that handles its own work."""
    found = []
    for kind, name in (("hrss", "人力资源和社会保障局"), ("education", "教育局")):
        found.append((f"{CITY}-{kind}", f"青岛市{name}", kind, CITY, "11"))
    for kind, name in (("industry", "工业和信息化局"), ("finance", "财政局")):
        found.append((f"{CITY}-{kind}", f"青岛市{name}", kind, CITY, "11"))
    for division in divisions():
        if division.kind == "city" or division.routes_to != division.key:
            continue
        for kind, title in words.BUREAU_TITLES.items():
            prefix = "12" if kind == "agency" else "11"
            found.append((f"{division.key}-{kind}", f"{division.name}{title}", kind, division.key, prefix))
    # last, so that the codes of the others stay as they are; the body is made up
    found.append((f"{CITY}-appraisal", "青岛市职业技能鉴定中心（演示）", "appraisal", CITY, "12"))
    return tuple(
        Agency(key, name, kind, seat, synthetic_uscc(prefix, area_of(seat), 100_000 + n))
        for n, (key, name, kind, seat, prefix) in enumerate(found)
    )


def providers() -> tuple[Provider, ...]:
    return tuple(
        Provider(f"p{n:02d}", name, kind, seat, synthetic_uscc(prefix, area_of(seat), 200_000 + n))
        for n, (name, kind, seat, prefix) in enumerate(_PROVIDERS, 1)
    )


def candidates() -> tuple[Provider, ...]:
    """Institutions that are not listed yet."""
    return tuple(
        Provider(f"z{n:02d}", name, kind, seat, synthetic_uscc(prefix, area_of(seat), 220_000 + n))
        for n, (name, kind, seat, prefix) in enumerate(_CANDIDATES, 1)
    )


def bases() -> tuple[PracticeBase, ...]:
    return tuple(
        PracticeBase(f"b{n:02d}", name, category, company, seat, synthetic_uscc(prefix, area_of(seat), 210_000 + n))
        for n, (name, category, company, seat, prefix) in enumerate(_BASES, 1)
    )


def outside_employers() -> tuple[OutsideEmployer, ...]:
    return tuple(OutsideEmployer(900_001 + n, name) for n, name in enumerate(words.OUTSIDE))


def _enterprise_name(index: int) -> tuple[str, str]:
    step = index * 7 + 3
    first = words.FIRST[step % len(words.FIRST)]
    second = words.SECOND[index * 5 % len(words.SECOND)]
    industry = words.INDUSTRIES[index % len(words.INDUSTRIES)]
    round_no = index // (len(words.FIRST) * len(words.SECOND) * len(words.INDUSTRIES))
    kind = "股份有限公司" if index % 9 == 4 else "有限公司"
    return f"青岛{first}{second}{f'{round_no}号' if round_no else ''}{industry}{kind}", industry


def listing(index: int, count: int) -> str:
    """Return on | removed | never: one enterprise was taken off the 555 list, about one in eight never was on it."""
    if index == count - 1:
        return "removed"
    return "never" if index >= count - 1 - max(1, count // 8) else "on"


def enterprises(seed: int, count: int) -> tuple[Enterprise, ...]:
    """The synthetic enterprises; ``no`` runs from 1."""
    seats = (WEST_COAST, HIGH_TECH, *(code for code, _ in _DISTRICTS))
    found = []
    for index in range(count):
        rng = stream(seed, "enterprise", index)
        name, industry = _enterprise_name(index)
        seat = seats[index % len(seats)]
        kind = weighted(spread(0.5, index), (("general", 0.05), ("basic", 0.95)))
        number = f"9900{rng.randrange(10**15):015d}"
        bank = f"演示银行青岛第{index % 6 + 1}支行"
        state = listing(index, count)
        listed = dt.date(2019, 3, 1) + dt.timedelta(days=rng.randrange(540)) if state != "never" else None
        until = dt.date(2020, 10, 31) if state == "removed" else None
        uscc = synthetic_uscc("91", area_of(seat), 300_000 + index)
        account = BankAccount(kind, bank, number, name)
        no = index + 1
        found.append(Enterprise(no, f"e{no:03d}", name, industry, seat, uscc, account, listed, until))
    return tuple(found)
