"""Single people apply for a class: accepted, waiting in order, offered a free place for some hours (JN6.3.1)."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, User
from peibu.kernel.errors import Refused
from peibu.registry.models import Person
from peibu.training.actions import applications as deeds
from peibu.training.actions.cohorts import drop, enrol
from peibu.training.actions.roster import add_person
from peibu.training.actions.signup import choose_provider, commit_signup, precheck, start_signup
from peibu.training.models import Cohort, Enrolment, PlaceApplication, SignUpLine
from peibu.training.queries.applications import applications_for, open_classes, own_applications, turn
from tests.city import LONG_AGO, at, stage
from tests.training.test_delivery_roads import JINAN_PLAN, jinan, online, practice

NOW = "2020-07-06 09:00"


def trainee(person) -> Actor:
    user, _made = User.objects.get_or_create(
        person_key=person.key, username=f"a-{person.key[:12]}",
        defaults={"name": person.name, "created_at": LONG_AGO, "password": "!"},
    )  # fmt: skip
    Assignment.objects.get_or_create(user=user, role="trainee", defaults={"valid_from": LONG_AGO.date()})
    return Actor(user=user, role="trainee")


class Opened:
    """A Jinan class of some seats, open to single applicants, and people who passed the online part."""

    def __init__(self, city, seats=2, people=5):
        self.road = jinan(city)
        self.cohort = self.road.cohort(self.road.signed(**JINAN_PLAN, fee_fen=0), practice(self.road))
        Cohort.objects.filter(pk=self.cohort.pk).update(seats=seats)
        self.cohort.refresh_from_db()
        deeds.open_enrolment(
            cohort=self.cohort, closes_on=at("2020-07-15 00:00").date(), version="1", by=self.road.by, at=at(NOW)
        )
        self.people = list(Person.objects.order_by("id")[:people])
        for person in self.people:
            online(self.road, person)

    def apply(self, number, when=NOW, **stated):
        by = trainee(self.people[number])
        words = {"trainee_categories": ["employee"]} | stated
        return deeds.apply_for_place(cohort=self.cohort, stated=words, by=by, at=at(when))

    def accept(self, row, when=NOW, answer=""):
        return deeds.decide_application(application=row, accept=True, answer=answer, by=self.road.by, at=at(when))

    def state(self, row):
        row.refresh_from_db()
        return row.state

    def counts(self):
        self.cohort.refresh_from_db()
        return self.cohort.seats_taken, self.cohort.seats_held


@pytest.fixture
def opened(city):
    return Opened(city)


@pytest.mark.django_db
def test_who_is_accepted_has_a_place_while_there_is_one_then_waits_in_order(opened):
    rows = [opened.apply(n, f"2020-07-06 09:0{n}") for n in range(4)]
    assert [row.precheck.decision for row in rows] == ["pass"] * 4
    for row in reversed(rows[2:]):
        opened.accept(row, "2020-07-06 10:00")  # decided first, applied later: two seats are free, both get one
    assert [opened.state(row) for row in rows] == ["applied", "applied", "placed", "placed"]
    for row in reversed(rows[:2]):
        opened.accept(row, "2020-07-06 11:00")
    assert [turn(row) for row in applications_for(opened.cohort)] == [1, 2, 0, 0]
    assert opened.counts() == (2, 0)
    placed = Enrolment.objects.filter(cohort=opened.cohort)
    assert {row.enterprise for row in placed} == {opened.road.unit}
    assert set(SignUpLine.objects.filter(active=True).values_list("person", flat=True)) == {
        row.person_id for row in placed
    }


@pytest.mark.django_db
def test_a_free_place_is_offered_to_the_longest_waiting_for_some_hours_then_to_the_next(opened):
    rows = [opened.accept(opened.apply(n, f"2020-07-06 09:0{n}"), "2020-07-06 10:00") for n in range(4)]
    assert [opened.state(row) for row in rows] == ["placed", "placed", "waiting", "waiting"]
    place = Enrolment.objects.get(cohort=opened.cohort, person=rows[0].person)
    drop(enrolment=place, by=opened.road.by, at=at("2020-07-07 09:00"))
    assert deeds.fill_places(cohort=opened.cohort, at=at("2020-07-07 09:00")) == 1
    assert [opened.state(row) for row in rows[2:]] == ["offered", "waiting"]
    assert rows[2].offered_until == at("2020-07-08 09:00")
    assert opened.counts() == (1, 1)
    assert deeds.expire_offers(at=at("2020-07-08 09:00")) == 0  # the hour itself is still in time
    assert deeds.expire_offers(at=at("2020-07-08 09:01")) == 1
    assert [opened.state(row) for row in rows[2:]] == ["expired", "offered"]
    with pytest.raises(Refused, match="没有可确认的名额"):
        deeds.confirm_offer(application=rows[2], by=trainee(rows[2].person), at=at("2020-07-08 09:02"))
    with pytest.raises(Refused, match="只能办理本人的报名"):
        deeds.confirm_offer(application=rows[3], by=trainee(rows[2].person), at=at("2020-07-08 09:02"))
    for _twice in range(2):
        deeds.confirm_offer(application=rows[3], by=trainee(rows[3].person), at=at("2020-07-08 10:00"))
    assert opened.counts() == (2, 0)


@pytest.mark.django_db
def test_an_offer_of_which_the_job_knows_nothing_yet_is_over_at_its_hour(opened):
    rows = [opened.accept(opened.apply(n), NOW) for n in range(3)]
    Cohort.objects.filter(pk=opened.cohort.pk).update(seats=3)
    deeds.fill_places(cohort=opened.cohort, at=at(NOW))
    with pytest.raises(Refused, match="名额已于2020-07-07 09:00失效"):
        deeds.confirm_offer(application=rows[2], by=trainee(rows[2].person), at=at("2020-07-07 09:01"))


@pytest.mark.django_db
def test_an_offered_place_is_taken_by_nobody_else_even_by_sql(opened):
    rows = [opened.accept(opened.apply(n)) for n in range(3)]
    Cohort.objects.filter(pk=opened.cohort.pk).update(seats=3)
    deeds.fill_places(cohort=opened.cohort, at=at(NOW))
    assert opened.counts() == (2, 1)
    with pytest.raises(IntegrityError, match="class_is_never_overfull"), transaction.atomic():
        Cohort.objects.filter(pk=opened.cohort.pk).update(seats_taken=F("seats_taken") + 1)
    deeds.withdraw_application(application=rows[2], by=trainee(rows[2].person), at=at(NOW))
    assert opened.counts() == (2, 0)  # negative control: given back, it is free
    Cohort.objects.filter(pk=opened.cohort.pk).update(seats_taken=F("seats_taken") + 1)


@pytest.mark.django_db
def test_who_fails_is_not_accepted_who_is_unknown_only_with_a_reason_and_a_refusal_says_why(opened):
    road = opened.road
    failed, stranger = Person.objects.order_by("-id")[:2]
    online(road, failed, passed=False)
    words = {"trainee_categories": ["employee"]}
    failing = deeds.apply_for_place(cohort=opened.cohort, stated=words, by=trainee(failed), at=at(NOW))
    assert failing.precheck.decision == "fail"
    with pytest.raises(Refused, match="不符合报名条件"):
        opened.accept(failing)
    with pytest.raises(Refused, match="没有写明理由"):
        deeds.decide_application(application=failing, accept=False, answer="", by=road.by, at=at(NOW))
    deeds.decide_application(application=failing, accept=False, answer="线上未合格", by=road.by, at=at(NOW))
    assert opened.state(failing) == "declined"
    unknown = deeds.apply_for_place(cohort=opened.cohort, stated={}, by=trainee(stranger), at=at(NOW))
    assert unknown.precheck.decision == "unknown"
    with pytest.raises(Refused, match="尚待核实"):
        opened.accept(unknown)
    assert opened.accept(unknown, answer="线上成绩待平台回传").state == "placed"


@pytest.mark.django_db
def test_when_and_where_one_may_apply(opened, city):
    first = opened.apply(0)
    assert opened.apply(0, "2020-07-06 12:00").pk == first.pk  # sent twice it is one
    with pytest.raises(Refused, match="已于2020-07-15截止"):
        opened.apply(1, "2020-07-16 00:01")
    assert [row.cohort for row in open_classes(on=at(NOW).date())] == [opened.cohort]
    assert not open_classes(on=at("2020-07-16 09:00").date())
    assert [row.pk for row in own_applications(trainee(opened.people[0]))] == [first.pk]
    assert not own_applications(trainee(opened.people[1]))
    with pytest.raises(DatabaseError), transaction.atomic():
        PlaceApplication.objects.filter(pk=first.pk).update(applied_at=at("2020-07-01 09:00"))


@pytest.mark.django_db
def test_a_document_under_which_only_enterprises_enrol_has_no_open_enrolment(city):
    from tests.training.filing_world import Filing

    filing = Filing(city)
    cohort = filing.cohort()
    with pytest.raises(Refused, match="不接受个人报名"):
        deeds.open_enrolment(
            cohort=cohort, closes_on=at("2020-10-01 00:00").date(), version="1", by=filing.by, at=filing.now
        )


@pytest.mark.django_db
def test_filing_the_class_ends_what_is_undecided_and_frees_what_was_held(opened):
    rows = [opened.accept(opened.apply(n)) for n in range(3)]
    Cohort.objects.filter(pk=opened.cohort.pk).update(seats=3)
    deeds.fill_places(cohort=opened.cohort, at=at(NOW))
    late = opened.apply(3)
    opened.cohort.case.refresh_from_db()
    opened.road.move(opened.cohort.case, "submit", opened.road.by, at("2020-07-10 09:00"))
    assert [opened.state(row) for row in (*rows, late)] == ["placed", "placed", "closed", "closed"]
    assert opened.counts() == (2, 0)
    with pytest.raises(Refused, match="没有开放|不再接受"):
        opened.apply(4, "2020-07-10 10:00")


def at_once(jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_twelve_accepted_at_one_moment_three_have_a_place_and_nine_wait():
    opened = Opened(stage(), seats=3, people=12)
    rows = [opened.apply(n, f"2020-07-06 09:{n:02d}") for n in range(12)]
    gate = threading.Barrier(12)

    def accept(row):
        def job():
            gate.wait()
            try:
                opened.accept(row, "2020-07-06 10:00")
            finally:
                connection.close()

        return job

    at_once([accept(row) for row in rows])
    states = [opened.state(row) for row in rows]
    assert (states.count("placed"), states.count("waiting")) == (3, 9)
    assert opened.counts() == (3, 0)
    assert Enrolment.objects.filter(cohort=opened.cohort, state="active").count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_naive_way_would_oversell():
    """Negative control: who asks first and writes later, holding nothing, sells the last place twice. Only the database
    stands in the way."""
    opened = Opened(stage(), seats=1, people=2)
    gate, asked, refused = threading.Barrier(2), [], []

    def job():
        try:
            cohort = Cohort.objects.get(pk=opened.cohort.pk)
            asked.append(cohort.seats - cohort.seats_taken - cohort.seats_held)
            gate.wait()
            Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") + 1)
        except IntegrityError as error:
            refused.append("class_is_never_overfull" in str(error))
        finally:
            connection.close()

    at_once([job, job])
    assert asked == [1, 1]  # both were told that a place is free
    assert refused == [True]


@pytest.mark.django_db
def test_an_institution_enrols_whom_it_recruits_where_the_document_lets_it(city):
    road = jinan(city)
    person = Person.objects.order_by("id").first()
    online(road, person)
    signup = start_signup(policy=road.policy, enterprise=road.unit, by=road.by, at=road.now)
    words = {"trainee_categories": ["employee"]}
    add_person(
        signup=signup, name=person.name, id_number=person.id_number, post="学员", stated=words, by=road.by, at=road.now
    )
    precheck(signup=signup, by=road.by, at=road.now)
    other = city.actor("provider", nth=5)
    with pytest.raises(Refused, match="只能为本单位的班次招生"):
        choose_provider(signup=signup, provider=other.unit, by=road.by, at=road.now)
    commit_signup(signup=signup, version="1", by=road.by, at=road.now)
    cohort = road.cohort(road.signed(**JINAN_PLAN, fee_fen=0), practice(road))
    enrol(cohort=cohort, lines=SignUpLine.objects.filter(signup=signup), by=road.by, at=road.now)
    assert cohort.seats_taken == 1
    with pytest.raises(Refused, match="不由培训机构报名"):
        start_signup(policy=city.policy, enterprise=road.unit, by=road.by, at=at("2020-09-28 09:00"))
