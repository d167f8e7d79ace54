"""Rates entered at the desk: dated, cited, never changed, one a day, known from the moment of entry."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange

from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.programmes.models import EnteredRate
from peibu.programmes.rates import enter_rate, policy_as_known, withdraw_rate
from peibu.rulebook import Status
from tests.city import at

pytestmark = pytest.mark.django_db
BEFORE, NOW, LATER = at("2020-10-11 09:00"), at("2020-10-12 09:00"), at("2020-10-13 09:00")
DAY = dt.date(2019, 11, 1)
FACTS = {"score": 60, "by_agreement": True, "level": "technician"}


@pytest.fixture
def enter(city, waiting):
    def call(key=("technician",), value=150000, cite="某字〔2019〕47号", start=DAY, end=None, by=None, **more):
        by = by or city.actor(Role.CITY_BUREAU)
        given = {"policy": waiting, "table": "standard_fen", "at": NOW} | more
        return enter_rate(key=key, value=value, cite=cite, start=start, end=end, by=by, **given)

    return call


def judged(path, known_at):
    return policy_as_known(path, known_at=known_at).judge("claim", FACTS, on=DAY)


def test_a_case_waits_until_its_rate_is_entered_and_stays_explained_after_the_withdrawal(enter, waiting, city):
    row = enter()
    assert judged(waiting, BEFORE).decision is Status.UNKNOWN  # nobody knew it then
    found = judged(waiting, NOW)
    assert (found.decision, found.amount_fen) == (Status.PASS, 150000)
    assert [used.cite for used in found.rates] == ["某字〔2019〕47号"]
    withdraw_rate(row, reason="文号写错", by=city.actor(Role.CITY_BUREAU), at=LATER)
    assert judged(waiting, NOW).amount_fen == 150000
    assert judged(waiting, LATER).decision is Status.UNKNOWN


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"key": ("boss",)}, "没有代码“boss”"),
        ({"cite": " "}, "没有填写依据"),
        ({"table": "no_such"}, "没有名为“no_such”的标准表"),
        ({"value": -1}, "非负整数"),
        ({"key": ("senior",), "start": dt.date(2019, 11, 30)}, "重叠"),
        ({"table": "share_percent", "key": ("06-01", "senior"), "value": 81}, "超过"),
    ],
)
def test_what_cannot_be_a_rate_is_refused(enter, wrong, sentence):
    with pytest.raises(Refused) as refusal:
        enter(**wrong)
    assert sentence in refusal.value.sentence()
    assert not EnteredRate.objects.exists()
    enter()  # the right one is taken


def test_two_rates_never_hold_on_one_day_until_one_is_withdrawn(enter, city):
    first = enter(end=dt.date(2019, 12, 31))
    with pytest.raises(Refused, match="期间内已有标准"):
        enter(start=dt.date(2019, 12, 31))
    enter(start=dt.date(2020, 1, 1))
    withdraw_rate(first, reason="改正", by=city.actor(Role.CITY_BUREAU), at=LATER)
    enter(end=dt.date(2019, 12, 31), value=140000)
    assert EnteredRate.objects.count() == 3


@pytest.mark.parametrize("role", [Role.AGENCY_REVIEWER, Role.FINANCE, Role.AUDITOR])
def test_only_the_citys_bureau_enters_and_withdraws(enter, city, role):
    with pytest.raises(Refused, match="只有政策所在城市的主管部门"):
        enter(by=city.actor(role))
    row = enter()
    with pytest.raises(Refused, match="只有政策所在城市的主管部门"):
        withdraw_rate(row, reason="无", by=city.actor(role), at=LATER)


def test_another_citys_bureau_does_not_enter(enter, city, waiting):
    from peibu.rulebook import policies_root

    card = policies_root() / waiting / "policy.yaml"
    card.write_text(card.read_text(encoding="utf-8").replace("370200", "371000"), encoding="utf-8")
    with pytest.raises(Refused, match="只有政策所在城市的主管部门"):
        enter()


@pytest.mark.parametrize("change", [{"value": 1}, {"cite": "别的"}, {"key": "senior"}, {"entered_at": LATER}])
def test_the_database_keeps_an_entered_rate_as_it_is(enter, change):
    row = enter()
    with pytest.raises(DatabaseError, match="rate_never_changes"):
        EnteredRate.objects.filter(pk=row.pk).update(**change)


def test_the_database_keeps_a_rate_for_ever(enter):
    with pytest.raises(DatabaseError, match="rates_are_kept"):
        enter().delete()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_rate_is_never_negative", {"value": -1}),
        ("a_share_stays_under_its_ceiling", {"ceiling": 149999}),
        ("a_rate_has_its_source", {"cite": ""}),
        ("a_withdrawn_rate_says_who_when_and_why", {"withdrawn_at": LATER}),
        ("a_rate_holds_once_a_day", {"valid": DateRange(dt.date(2019, 11, 30), None)}),
    ],
)
def test_constraints_hold_by_name(enter, name, change):
    row = enter()
    values = {field: getattr(row, field) for field in ("policy", "table", "key", "value", "cite", "entered_by")}
    apart = {"valid": DateRange(dt.date(2010, 1, 1), dt.date(2010, 2, 1))}
    with pytest.raises(IntegrityError, match=name):
        EnteredRate.objects.create(**values | apart | {"entered_at": NOW} | change)


def test_a_withdrawal_is_final_and_needs_its_reason(enter, city):
    row, bureau = enter(), city.actor(Role.CITY_BUREAU)
    with pytest.raises(Refused, match="没有填写撤销理由"):
        withdraw_rate(row, reason=" ", by=bureau, at=LATER)
    withdraw_rate(row, reason="写错", by=bureau, at=LATER)
    with pytest.raises(Refused, match="已经撤销"):
        withdraw_rate(row, reason="再来", by=bureau, at=LATER)
    with pytest.raises(DatabaseError, match="a_withdrawal_is_final"):
        EnteredRate.objects.filter(pk=row.pk).update(reason="别的")
