"""Platforms that send learning records: a published list, keys, one class reported in the simple way, one report that is
wrong. Numbers of people are those of the generated city."""

import datetime as dt

from django.conf import settings

from peibu.accounts import clock
from peibu.accounts.enums import Scope
from peibu.accounts.models import PlatformKey
from peibu.accounts.platforms import Platform
from peibu.demo.city.records import CHINA
from peibu.demo.loader.base import Loaded
from peibu.demo.loader.players import Players
from peibu.learning.actions.reports import Sender, receive
from peibu.programmes.listings import Line, publish_list
from peibu.programmes.platform_keys import issue_key, revoke_key

JINAN = "jinan/internet_plus_2020"
CODE = "XS-2020-001"
LEARNERS, SITTINGS = 12, 3
FIRST = dt.datetime(2020, 11, 16, 19, tzinfo=CHINA)
HOUR = dt.timedelta(hours=1)


def load_learning(loaded: Loaded, players: Players, *, at: dt.datetime) -> None:
    """The list, the keys and the reports, each by its own action."""
    lead = players.by_key("o-370200-hrss-city_bureau-1")
    first, second = (loaded.units[row.key] for row in loaded.city.providers[:2])
    listed = at - dt.timedelta(days=60)
    publish_list(
        policy=JINAN, role="platform", title="线上培训平台名单（演示）", issuers=["市人力资源和社会保障局"],
        source="演示数据", lines=[Line(first), Line(second)], at=listed,
    )  # fmt: skip
    until = (at + dt.timedelta(days=120)).date()
    given = {"expires_on": until, "by": lead, "at": listed}
    key, _secret = issue_key(unit=first, label="正式环境", scopes=[Scope.INTAKE, Scope.WRITE, Scope.READ], **given)
    issue_key(unit=second, label="正式环境", scopes=[Scope.WRITE, Scope.READ_MINE, Scope.STATE], **given)
    lost, _secret = issue_key(unit=second, label="测试环境", scopes=[Scope.WRITE], **given)
    revoke_key(key=lost, why="测试结束", by=lead, at=at - dt.timedelta(days=30))
    _report(loaded, key, at)


def _report(loaded: Loaded, key: PlatformKey, at: dt.datetime) -> None:
    now, shift = clock.reading()
    sender = Sender(Platform(key.pk, key.unit_id, frozenset(key.scopes)), settings.BASE_URL, at - now + shift)
    people = [loaded.people[row.no] for row in loaded.city.people[:LEARNERS]]

    def send(kind: str, items: list[dict]) -> None:
        receive(kind, items, by=sender, at=at, source="JSON")

    students = [{"name": one.name, "identity": one.id_number} for one in people]
    send("classes", [{
        "classCode": CODE, "className": "电工中级工线上培训班", "learnHour": 40, "startDate": FIRST.date().isoformat(),
        "chapterList": [{"chapterCode": "Z1", "chapterName": "安全用电"}], "studentList": students,
    }])  # fmt: skip
    send("hours", [_hours(one["identity"], number) for number, one in enumerate(students)])
    send("exams", [_exam(one["identity"], number) for number, one in enumerate(students)])
    send("hours", [_hours(students[0]["identity"], 0, ip="10.0.0.999")])


def _hours(identity: str, number: int, *, ip: str = "") -> dict:
    evenings = [FIRST + dt.timedelta(days=day, minutes=3 * number + day) for day in range(SITTINGS)]
    sittings = [
        {
            "startTime": when.isoformat(),
            "endTime": (when + 2 * HOUR).isoformat(),
            "ip": ip or f"203.0.113.{number + 1}",
        }
        for when in evenings
    ]
    checks = [{"activityTime": (when + HOUR).isoformat(), "activityDetection": True} for when in evenings]
    return {"classCode": CODE, "identity": identity, "loginList": sittings, "activityList": checks}


def _exam(identity: str, number: int) -> dict:
    start = FIRST + dt.timedelta(days=7)
    score = 58 + 3 * number
    return {
        "classCode": CODE, "identity": identity, "examCode": "KS01", "startTime": start.isoformat(),
        "endTime": (start + HOUR).isoformat(), "score": score, "fullScore": 100, "passed": score >= 60,
    }  # fmt: skip
