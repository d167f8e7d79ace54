"""A catalogue comes as a file: all its errors at once, compared before it holds, dated, never rewritten."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import strategies as st

from peibu.accounts.enums import Role
from peibu.accounts.models import Division, Unit
from peibu.catalogue import queries
from peibu.catalogue.actions import editions as deeds
from peibu.catalogue.actions.editions import drop_edition, put_in_force, read_edition, receive_edition
from peibu.catalogue.fragments import grams
from peibu.catalogue.models import Edition, Entry
from peibu.catalogue.queries.editions import changes_of
from peibu.catalogue.queries.entries import standing
from peibu.kernel.errors import Refused
from tests.catalogue.shelf import DAY, ELECTRICIAN, NOW, NURSE, WELDER, book, propose, publish
from tests.city import at

pytestmark = pytest.mark.django_db
OCCUPATIONS, SCARCE, SPECIALITIES = "occupations", "scarce_occupations", "institution_specialities"
LATER = dt.date(2020, 10, 1)
IN_TIME = at("2020-08-31 09:00")


def names(kind, on):
    return [row.name for row in standing(kind, on=on).order_by("name")]


def test_an_edition_holds_from_its_day_and_the_next_one_ends_and_opens_entries(city):
    publish(city, OCCUPATIONS, ELECTRICIAN, WELDER)
    second = propose(city, OCCUPATIONS, ELECTRICIAN | {"note": "国家职业标准2018"}, NURSE, on=LATER)
    told = changes_of(second)
    assert [row["name"] for row in told.added] == ["养老护理员"]
    assert [row.name for row in told.removed] == ["焊工"]
    assert [(old.note, new["note"]) for old, new in told.changed] == [("", "国家职业标准2018")]
    assert names(OCCUPATIONS, LATER) == ["焊工", "电工"], "nothing changes before it is put into force"
    put_in_force(edition=second, by=city.actor(Role.CITY_BUREAU), at=IN_TIME)
    assert names(OCCUPATIONS, DAY - dt.timedelta(1)) == []
    assert names(OCCUPATIONS, LATER - dt.timedelta(1)) == ["焊工", "电工"]
    assert names(OCCUPATIONS, LATER) == ["养老护理员", "电工"]
    assert standing(OCCUPATIONS, on=DAY).get(name="电工").note == ""
    assert standing(OCCUPATIONS, on=LATER).get(name="电工").note == "国家职业标准2018"


def test_every_error_of_a_file_is_told_at_once_with_its_row_and_nothing_is_kept(city):
    bad = (
        ELECTRICIAN | {"code": "六-31", "unit_name": "不存在的学校"},
        WELDER | {"level": "八级", "unit_name": "青岛大学"},
        NURSE | {"name": "", "unit_name": "青岛大学"},
        ELECTRICIAN | {"unit_name": "青岛大学"},
        ELECTRICIAN | {"unit_name": "青岛大学"},
    )
    edition = propose(city, SPECIALITIES, *bad)
    assert edition.state == "wrong"
    assert [(p["row"], p["column"]) for p in edition.problems] == [
        (2, "职业编码"), (2, "培训机构"), (3, "等级"), (4, "职业名称"), (6, "职业编码"),
    ]  # fmt: skip
    assert all(p["sheet"] == "目录" and p["todo"] for p in edition.problems)
    assert edition.rows == []
    assert set(edition.wrong_rows) == {"2", "3", "4", "6"}
    with pytest.raises(Refused, match="不能生效"):
        put_in_force(edition=edition, by=city.actor(Role.CITY_BUREAU), at=NOW)
    assert not Entry.objects.exists()


def test_a_long_file_is_read_by_the_job_and_shows_how_far_it_is(city, monkeypatch):
    monkeypatch.setattr(deeds, "AT_ONCE_BYTES", 10)
    seen = []
    monkeypatch.setattr(deeds, "STEP", 2)
    rows = [ELECTRICIAN | {"code": f"6-31-01-{n:02}"} for n in range(5)]
    edition = propose(city, OCCUPATIONS, *rows)
    assert (edition.state, edition.done, edition.total) == ("reading", 0, 0)
    real = deeds._kept
    monkeypatch.setattr(deeds, "_kept", lambda *a: seen.append(Edition.objects.get(pk=edition.pk).done) or real(*a))
    read_edition(Edition.objects.get(pk=edition.pk))
    assert seen == [0, 0, 2, 2, 4]
    row = Edition.objects.get(pk=edition.pk)
    assert (row.state, row.done, row.total, bytes(row.content)) == ("proposed", 5, 5, b"")
    read_edition(row)  # a job that is run again changes nothing
    assert Edition.objects.get(pk=edition.pk).state == "proposed"


def test_an_edition_must_lie_after_the_one_in_force(city):
    publish(city, OCCUPATIONS, ELECTRICIAN, on=LATER)
    for day in (DAY, LATER):
        with pytest.raises(Refused, match="须晚于它"):
            put_in_force(
                edition=propose(city, OCCUPATIONS, WELDER, on=day), by=city.actor(Role.CITY_BUREAU), at=IN_TIME
            )
    assert names(OCCUPATIONS, LATER) == ["电工"]


def test_an_edition_never_takes_effect_backwards(city):
    """What was judged since that day rests on what held then."""
    edition, bureau = propose(city, OCCUPATIONS, ELECTRICIAN, on=LATER), city.actor(Role.CITY_BUREAU)
    with pytest.raises(Refused, match="不能追溯生效"):
        put_in_force(edition=edition, by=bureau, at=at("2020-10-02 00:01"))
    assert not Entry.objects.exists()
    put_in_force(edition=edition, by=bureau, at=at("2020-10-01 23:59"))
    assert names(OCCUPATIONS, LATER) == ["电工"]


def test_an_institution_is_the_one_of_the_catalogues_own_place(city):
    """A namesake elsewhere is neither taken for it nor in its way."""
    own = Unit.objects.get(name="青岛大学")
    jinan = Division.objects.create(code="370100", name="济南市", kind="city")
    Unit.objects.create(name=own.name, kind=own.kind, division=jinan)
    edition = publish(city, SPECIALITIES, ELECTRICIAN | {"unit_name": own.name})
    assert edition.entries.get().unit == own
    Unit.objects.filter(pk=own.pk).update(division=jinan, name="另一所")
    later = propose(city, SPECIALITIES, ELECTRICIAN | {"unit_name": own.name}, on=LATER)
    assert [problem["column"] for problem in later.problems] == ["培训机构"]


@pytest.mark.parametrize("role", [Role.AGENCY_REVIEWER, Role.AUDITOR, Role.PROVIDER])
def test_others_publish_nothing(city, role):
    with pytest.raises(Refused, match="主管部门"):
        propose(city, OCCUPATIONS, ELECTRICIAN, role=role)


def test_a_district_publishes_for_itself_only(city):
    bureau, district = city.actor(Role.CITY_BUREAU), city.actor(Role.HRSS_APPROVER)
    given = {"kind": SCARCE, "title": "目录", "source": "依据", "effective_from": DAY, "name": "a.xlsx", "at": NOW}
    with pytest.raises(Refused, match="主管部门"):
        receive_edition(division=bureau.unit.division, content=book(ELECTRICIAN), by=district, **given)
    assert publish(city, SCARCE, ELECTRICIAN, role=Role.HRSS_APPROVER).division == district.unit.division


def test_what_workers_want_is_not_imported(city):
    with pytest.raises(Refused, match="不从文件导入"):
        propose(city, "workers_demand", ELECTRICIAN)


def test_a_dropped_edition_never_holds(city):
    edition = propose(city, OCCUPATIONS, ELECTRICIAN)
    drop_edition(edition=edition, by=city.actor(Role.CITY_BUREAU), at=NOW)
    with pytest.raises(Refused, match="已放弃"):
        put_in_force(edition=edition, by=city.actor(Role.CITY_BUREAU), at=NOW)


def entry(city, **change):
    row = publish(city, OCCUPATIONS, ELECTRICIAN).entries.get()
    fields = ("kind", "division", "code", "name", "level", "unit", "holder", "valid", "opened_by", "words", "grams")
    return Entry(**{name: getattr(row, name) for name in fields} | change)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("an_entry_holds_once_a_day", {"valid": DateRange(LATER, None)}),
        ("an_entry_has_code_and_name", {"code": ""}),
        ("only_a_speciality_has_an_institution", {"holder": "x"}),
    ],
)
def test_constraints_of_entries_hold_by_name(city, name, change):
    with pytest.raises(IntegrityError, match=name):
        entry(city, **change).save()


def test_entries_of_other_days_stand_side_by_side(city):
    entry(city, valid=DateRange(dt.date(2019, 1, 1), DAY)).save()


@pytest.mark.parametrize("change", [{"name": "钳工"}, {"level": "any"}, {"note": "改"}, {"headcount": 1}])
def test_the_database_keeps_an_entry_as_it_is(city, change):
    row = publish(city, OCCUPATIONS, ELECTRICIAN).entries.get()
    with pytest.raises(DatabaseError, match="entry_never_changes"):
        Entry.objects.filter(pk=row.pk).update(**change)


def test_entries_and_editions_are_kept_and_a_published_edition_is_final(city):
    edition = publish(city, OCCUPATIONS, ELECTRICIAN)
    with pytest.raises(DatabaseError, match="a_decided_edition_is_final"):
        Edition.objects.filter(pk=edition.pk).update(title="别的")


@pytest.mark.parametrize("model", [Entry, Edition])
def test_nothing_is_deleted(city, model):
    publish(city, OCCUPATIONS, ELECTRICIAN)
    with pytest.raises(DatabaseError, match="are_kept"):
        model.objects.all()._raw_delete("default")


def test_a_speciality_is_in_force_on_the_day_or_not_or_nobody_can_say(city):
    school = Unit.objects.get(name="青岛大学")
    ask = {"division": school.division, "unit": school}
    assert queries.speciality_on("6-31-01-03", "senior", on=LATER, **ask).listed is None, "no catalogue: unknown"
    publish(city, SPECIALITIES, ELECTRICIAN | {"unit_name": "青岛大学"}, on=LATER)
    assert queries.speciality_on("6-31-01-03", "senior", on=LATER - dt.timedelta(1), **ask).listed is None
    found = queries.speciality_on("6-31-01-03", "senior", on=LATER, **ask)
    assert (found.listed, found.since, found.until) == (True, LATER, None)
    assert queries.speciality_on("6-31-01-03", "technician", on=LATER, **ask).listed is False
    other = Unit.objects.get(name="青岛科技大学")
    assert queries.speciality_on("6-31-01-03", "senior", on=LATER, division=other.division, unit=other).listed is False
    assert queries.speciality_on("6-31-01-03", "senior", on=LATER, division=other.division).listed is True
    publish(city, SPECIALITIES, WELDER | {"unit_name": "青岛大学"}, on=LATER + dt.timedelta(9))
    closed = queries.speciality_on("6-31-01-03", "senior", on=LATER, **ask)
    assert (closed.listed, closed.until) == (True, LATER + dt.timedelta(8))


def test_an_occupation_without_levels_holds_for_every_level(city):
    publish(city, OCCUPATIONS, ELECTRICIAN | {"level": "不分等级"})
    place = city.actor(Role.HRSS_APPROVER).unit.division
    assert queries.occupation_on("6-31-01-03", "technician", on=DAY, division=place).listed is True


def test_without_a_level_nobody_can_say_whether_an_occupation_listed_by_levels_is_listed(city):
    publish(city, OCCUPATIONS, ELECTRICIAN)
    ask = {"on": DAY, "division": city.actor(Role.HRSS_APPROVER).unit.division}
    assert queries.occupation_on("6-31-01-03", "", **ask).listed is None
    assert queries.occupation_on("6-31-01-03", "technician", **ask).listed is False
    assert queries.occupation_on("6-18-02-04", "", **ask).listed is False, "at no level"


@given(st.text(alphabet="电工焊接钳|ab", max_size=12), st.text(alphabet="电工焊接钳ab", min_size=2, max_size=3))
def test_the_pairs_never_hide_what_the_text_holds(text, part):
    if part in text:
        assert set(grams(part)) <= set(grams(text))
