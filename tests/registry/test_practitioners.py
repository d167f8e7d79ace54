"""The one register: who may enter whom, what cannot stand beside what, and what was known when (ADR 0025)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peibu.kernel.errors import Refused
from peibu.registry.models import Engagement, NameCorrection, Practitioner, Qualification, Teacher
from peibu.registry.practitioner_names import correct_name
from peibu.registry.practitioner_queries import engaged, is_valid, of_unit, titles_of, titles_on, with_rows
from peibu.registry.practitioners import Held, end_engagement, qualify, withdraw
from tests.city import at
from tests.registry.practitioner_world import DAY, NOW, number, paper, place, providers, somebody

pytestmark = pytest.mark.django_db


def test_whoever_is_listed_as_a_teacher_is_on_the_register(city):
    keys = set(Teacher.objects.values_list("person_key", flat=True))
    assert keys
    assert keys <= set(Practitioner.objects.values_list("person_key", flat=True))


def test_one_person_is_one_row_whoever_enters(city):
    first, second = providers(city)
    assert somebody(first) == somebody(second)
    with pytest.raises(Refused, match="不一致") as refused:
        somebody(second, name="王建军")
    assert "王建国" not in refused.value.sentence()


def test_an_officer_of_the_district_corrects_a_name_on_the_word_of_a_paper(city):
    by = providers(city)[0]
    person = somebody(by, name="王建过")
    place(by, person)
    right = {"person": person, "name": "王建国", "source": "身份证原件", "at": NOW}
    officer = city.actor("agency_reviewer", city.office("agency", by.unit.division))
    far = next(
        a for a in (city.actor("agency_reviewer", nth=n) for n in range(9)) if not a.covers(by.unit.division_id)
    )
    for stranger in (by, far):
        with pytest.raises(Refused, match="只有经办机构"):
            correct_name(**right, by=stranger)
    for wrong, says in (({"name": "王建过"}, "相同"), ({"source": " "}, "依据")):
        with pytest.raises(Refused, match=says):
            correct_name(**right | wrong, by=officer)
    correct_name(**right, by=officer)
    assert somebody(by) == person
    assert Teacher.objects.get(unit=by.unit, person_key=person.person_key).name == "王建国"
    row = NameCorrection.objects.get()
    assert (row.was, row.becomes, row.corrected_by) == ("王建过", "王建国", officer.user)
    with pytest.raises(ProgrammingError), transaction.atomic():
        NameCorrection.objects.update(was="x")


def test_a_place_makes_a_teacher_that_timetables_can_choose(city):
    by = providers(city)[0]
    person = somebody(by)
    place(by, person)
    place(by, person, role="supervisor")
    assert Teacher.objects.filter(unit=by.unit, person_key=person.person_key).count() == 1
    assert person in of_unit(by.unit)


def test_nobody_works_full_time_at_two_units(city):
    first, second = providers(city)
    person = somebody(first)
    place(first, person, until="2020-06-30")
    with pytest.raises(Refused, match="另一单位的专职人员") as refused:
        place(second, person, since="2020-06-30")
    assert "兼职" in refused.value.remedy
    place(second, person, since="2020-06-30", full_time=False)  # part time is nobody's business
    place(second, person, since="2020-07-01", role="grader")  # the day after is free
    with pytest.raises(Refused, match="同一岗位已登记"):
        place(first, person, since="2020-06-30", full_time=False)


def test_the_database_refuses_what_the_action_would(city):
    first, second = providers(city)
    row = place(first, somebody(first))
    for unit in (second.unit, first.unit):
        with pytest.raises(IntegrityError, match="nobody_works_full|entered_once"), transaction.atomic():
            Engagement.objects.create(
                person=row.person, unit=unit, role="teacher", full_time=True, valid_from=DAY("2021-01-01"),
                source="x", known_at=NOW, entered_by=first.user,
            )  # fmt: skip
    held = paper(first, row.person, until="2020-12-31")
    with pytest.raises(IntegrityError, match="counts_once_at_a_time"), transaction.atomic():
        Qualification.objects.create(
            person=row.person, kind="title", number="ZC1", issuer="省厅", valid_from=DAY("2020-12-31"), source="x",
            known_at=NOW, entered_by=first.user,
        )  # fmt: skip
    for change in ({"number": "ZC9"}, {"title": "other"}, {"valid_until": None}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Qualification.objects.filter(pk=held.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Qualification.objects.filter(pk=held.pk).delete()


def test_a_number_counts_once_at_a_time(city):
    first, second = providers(city)
    person, other = somebody(first), somebody(second, 9, "李明")
    place(first, person)
    place(second, other)
    held = paper(first, person, until="2020-06-30")
    with pytest.raises(Refused, match="另一人名下"):
        paper(second, other, no=" zc 1 ", since="2020-06-30")
    paper(first, person, since="2020-07-01")  # the renewed one
    elsewhere = Held("title", "ZC1", "部委", title="senior_title")
    told = {"valid_from": DAY("2020-06-30"), "source": "原件", "by": second, "at": NOW}
    assert qualify(person=other, unit=second.unit, held=elsewhere, **told).pk  # another issuer counts for itself
    withdraw(row=held, why="录错人", by=first, at=NOW)
    assert paper(second, other, until="2020-06-30").pk


def test_who_may_enter(city):
    first, second = providers(city)
    person = somebody(first)
    with pytest.raises(Refused, match="不是该单位登记的人员"):
        paper(first, person)
    with pytest.raises(Refused, match="只能登记本单位"):
        place(second, person, unit=first.unit)
    place(first, person)
    with pytest.raises(Refused, match="只能登记本单位"):
        paper(second, person, unit=first.unit)
    with pytest.raises(Refused, match="只能登记本单位人员的资格"):
        paper(first, person, unit=None)
    assert paper(city.actor("city_bureau"), person, unit=None).unit is None
    with pytest.raises(Refused, match="只有用人单位和经办机构"):
        somebody(city.actor("enterprise"), 11)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"kind": "diploma"}, "没有选择资格类别"),
        ({"title": ""}, "须选择职称"),
        ({"title": "wizard"}, "不在列表"),
        ({"no": " "}, "证书编号"),
        ({"since": "2020-07-07"}, "晚于今天"),
        ({"until": "2017-12-31"}, "早于起始"),
    ],
)
def test_a_qualification_is_told_in_full(city, told, says):
    by = providers(city)[0]
    person = somebody(by)
    place(by, person)
    with pytest.raises(Refused, match=says):
        paper(by, person, **told)
    assert paper(by, person, kind="examiner_card", title="").pk


def test_a_stay_is_shortened_never_prolonged(city):
    by, other = providers(city)
    row = place(by, somebody(by), until="2020-12-31")
    with pytest.raises(Refused, match="不在已登记的聘期内"):
        end_engagement(engagement=row, on=DAY("2021-01-01"), by=by, at=NOW)
    with pytest.raises(Refused, match="只能登记本单位"):
        end_engagement(engagement=row, on=DAY("2020-09-30"), by=other, at=NOW)
    assert end_engagement(engagement=row, on=DAY("2020-09-30"), by=by, at=NOW).valid_until == DAY("2020-09-30")
    for later in (DAY("2020-10-01"), None):
        with pytest.raises(ProgrammingError, match="an_end_only_comes_earlier"), transaction.atomic():
            Engagement.objects.filter(pk=row.pk).update(valid_until=later)


def test_an_end_counts_from_the_moment_it_is_known(city):
    by = providers(city)[0]
    person = somebody(by)
    row = place(by, person, until="2020-12-31")

    def until(moment):
        return engaged(by.unit.pk, "teacher", known_at=at(moment))[person.person_key][0].valid_until

    end_engagement(engagement=row, on=DAY("2020-09-30"), by=by, at=at("2020-08-01 09:00"))
    end_engagement(engagement=row, on=DAY("2020-07-31"), by=by, at=at("2020-09-01 09:00"))
    moments = ("2020-07-31 09:00", "2020-08-01 09:00", "2020-08-31 09:00", "2020-09-01 09:00")
    assert [str(until(moment)) for moment in moments] == ["2020-12-31", "2020-09-30", "2020-09-30", "2020-07-31"]
    with pytest.raises(ProgrammingError), transaction.atomic():
        row.ends.all().delete()


def test_a_withdrawal_counts_from_its_moment_on(city):
    by = providers(city)[0]
    person = somebody(by)
    place(by, person)
    row = paper(by, person)
    with pytest.raises(Refused, match="撤回理由"):
        withdraw(row=row, why=" ", by=by, at=NOW)
    withdraw(row=row, why="不是原件", by=by, at=at("2020-08-01 09:00"))
    assert titles_of([person.person_key], known_at=at("2020-07-31 09:00"))
    assert titles_of([person.person_key], known_at=at("2020-08-01 09:00")) == {}
    assert titles_of([person.person_key], known_at=at("2020-07-05 09:00")) == {}
    with pytest.raises(Refused, match="已经撤回"):
        withdraw(row=row, why="再次", by=by, at=NOW)


def test_nothing_entered_is_unknown_and_run_out_is_not(city):
    by = providers(city)[0]
    person = somebody(by)
    place(by, person)
    paper(by, person, kind="teacher_licence", title="")  # says nothing about titles
    known = titles_of([person.person_key], known_at=NOW)
    assert titles_on(known.get(person.person_key), DAY("2020-07-06")) is None
    paper(by, person, until="2020-07-06")
    held = titles_of([person.person_key], known_at=NOW)[person.person_key]
    assert titles_on(held, DAY("2020-07-06")) == {"senior_title"}
    assert titles_on(held, DAY("2020-07-07")) == set()


@pytest.mark.parametrize(
    ("until", "day", "state"),
    [(None, "2020-07-06", "valid"), ("2020-10-04", "2020-07-06", "soon"), ("2020-10-05", "2020-07-06", "valid"),
     ("2020-07-05", "2020-07-06", "expired")],
)  # fmt: skip
def test_the_state_of_a_person(city, until, day, state):
    by = providers(city)[0]
    person = somebody(by)
    place(by, person)
    assert with_rows([person], on=DAY(day))[0].state == "none"
    paper(by, person, until=until)
    assert with_rows([person], on=DAY(day))[0].state == state
    paper(by, person, no="ZC2")
    assert with_rows([person], on=DAY(day))[0].state != "expired"


day = st.dates(dt.date(2019, 1, 1), dt.date(2022, 12, 31))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(since=day, length=st.integers(0, 900) | st.none(), on=day)
def test_both_ends_count(since, length, on):
    until = None if length is None else since + dt.timedelta(days=length)
    inside = since <= on and (until is None or on <= until)
    assert is_valid(Qualification(valid_from=since, valid_until=until), on) is inside


def test_the_identity_number_is_not_kept(city):
    person = somebody(providers(city)[0])
    assert number(7) not in "".join(str(getattr(person, f.name)) for f in Practitioner._meta.fields)
