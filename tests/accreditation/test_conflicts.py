"""Who may not sit on a panel, and that nobody else is kept from it: the page, the draw and the database say the same."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from peibu.accounts import clock
from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, Division, Unit, User
from peibu.accreditation.actions.applications import start_application
from peibu.accreditation.actions.decisions import assent
from peibu.accreditation.actions.panels import (
    add_expert,
    commit_panel,
    declare_interest,
    draw_panel,
    freeze_pool,
    order_of_panel,
    recuse,
)
from peibu.accreditation.enums import Ground
from peibu.accreditation.models import Affiliation, Expert, Interest, Panel, Seat
from peibu.accreditation.refusals import SENTENCES
from peibu.casework.actions import move_case
from peibu.kernel.errors import Refused
from peibu.registry.models import Engagement, Practitioner, Teacher
from peibu.theme.unit_field import UnitField
from tests.accreditation.call_world import CLOSED, OPENED, Calling
from tests.city import at

pytestmark = pytest.mark.django_db
COMMITTED, DRAWN = at("2020-10-20 09:00"), at("2020-10-31 10:00")


@pytest.fixture
def world(city):
    return Calling(city)


def constraint(error) -> str:
    return error.value.__cause__.diag.constraint_name


def frozen(world, call) -> Panel:
    return freeze_pool(panel=commit_panel(call=call, by=world.hrss, at=COMMITTED), by=world.hrss, at=CLOSED)


def own_expert(world) -> Expert:
    """The one who works for the unit of `world.conflicted`."""
    return Expert.objects.get(affiliations__unit=world.conflicted.unit)


def in_turn(panel: Panel) -> list[Expert]:
    """The order a draw will give; a test may know it before."""
    panel = Panel.objects.get(pk=panel.pk)
    panel.seed = panel.secret
    return [entry.expert for entry in order_of_panel(panel)]


# Who has applied


@pytest.mark.parametrize("withdrawn", [False, True])
def test_whoever_only_began_or_withdrew_keeps_nobody_from_the_panel(world, withdrawn):
    """Every drawn expert who is free can be seated: the pool and the trigger count the same applicants."""
    call = world.call()
    world.submitted(call)
    if withdrawn:
        gone = world.submitted(call, world.conflicted)
        move_case(case=gone.case, move="withdraw", by=world.conflicted, at=at("2020-10-15 09:00"), reason="不再申请")
    else:
        start_application(call=call, by=world.conflicted, at=OPENED)
    panel = frozen(world, call)
    bound = own_expert(world)
    assert panel.pool.get(expert=bound).excluded == ""
    panel = draw_panel(panel=panel, by=world.hrss, at=DRAWN)
    for seat in list(panel.places.all())[: Expert.objects.count() - 5]:
        if not panel.places.filter(entry__expert=bound).exists():
            recuse(seat=seat, reason="时间冲突", by=world.expert(seat), at=DRAWN)
    assert panel.places.filter(entry__expert=bound, state="seated").exists()


def test_whose_application_lies_with_the_unit_for_correction_has_applied(world):
    call = world.call()
    world.submitted(call)
    row = world.submitted(call, world.conflicted)
    move_case(case=row.case, move="return", by=world.hrss, at=at("2020-10-15 09:00"), reason="请补正")
    assert frozen(world, call).pool.get(expert=own_expert(world)).ground == Ground.WORKS_THERE


def test_nobody_applies_after_the_pool_was_frozen(world):
    """Or an expert in the pool would come to be bound to an applicant."""
    call = world.call()
    world.submitted(call)
    late = world.filled(call, world.conflicted)
    frozen(world, call)
    with pytest.raises(Refused, match="截止"):
        move_case(case=late.case, move="submit", by=world.conflicted, at=DRAWN)


def test_who_came_to_be_bound_since_the_freezing_is_passed_over_for_the_next(world):
    call = world.call()
    row = world.submitted(call)
    panel = frozen(world, call)
    order = in_turn(panel)
    Affiliation.objects.create(expert=order[1], unit=row.unit, valid_from=dt.date(2020, 10, 31))
    panel = draw_panel(panel=panel, by=world.hrss, at=DRAWN)
    told = [(seat.rank, seat.entry.expert_id, seat.state) for seat in panel.places.all()]
    assert told == [(n, expert.pk, "recused" if n == 2 else "seated") for n, expert in enumerate(order[:6], start=1)]


def test_a_second_substitute_follows_when_the_first_one_is_bound_by_now(world):
    call = world.call()
    row = world.submitted(call)
    panel = draw_panel(panel=frozen(world, call), by=world.hrss, at=DRAWN)
    order = [entry.expert for entry in order_of_panel(panel)]
    Affiliation.objects.create(expert=order[5], unit=row.unit, valid_from=dt.date(2020, 10, 31))
    seat = panel.places.get(rank=3)
    assert recuse(seat=seat, reason="时间冲突", by=world.expert(seat), at=DRAWN).entry.expert == order[6]


# What binds


def test_an_account_at_an_applicant_binds_the_natural_person(world):
    """Also through another account than the expert's own."""
    call = world.call()
    row = world.submitted(call)
    expert = Expert.objects.exclude(affiliations__unit=row.unit).first()
    clerk = User.objects.create_user(
        "second-account", "x", name=expert.name, person_key=expert.person_key, created_at=OPENED
    )
    Assignment.objects.create(user=clerk, role="provider", unit=row.unit, valid_from=dt.date(2020, 1, 1))
    panel = frozen(world, call)
    assert panel.pool.get(expert=expert).ground == Ground.WORKS_THERE


def test_the_database_keeps_an_account_of_an_applicant_off_the_seats(world):
    call = world.call()
    row = world.submitted(call)
    panel = frozen(world, call)
    first = in_turn(panel)[0]
    Assignment.objects.create(user=first.user, role="provider", unit=row.unit, valid_from=dt.date(2020, 10, 31))
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Panel.objects.filter(pk=panel.pk).update(seed=Panel.objects.get(pk=panel.pk).secret, drawn_at=DRAWN)
        Seat.objects.create(panel=panel, entry=panel.pool.get(expert=first), rank=1, since=DRAWN)
    assert constraint(error) == "nobody_with_an_interest_sits_on_a_panel"


def _engaged(expert: Expert, unit: Unit, by: User, **told) -> Engagement:
    person = Practitioner.objects.get(person_key=expert.person_key)
    days = {"valid_from": dt.date(2020, 1, 1), "source": "聘书1号", "known_at": OPENED, "entered_by": by}
    return Engagement.objects.create(person=person, unit=unit, role="supervisor", full_time=False, **(days | told))


def _listed(expert: Expert, unit: Unit, by: User) -> Teacher:
    return Teacher.objects.create(unit=unit, person_key=expert.person_key, name=expert.name)


@pytest.mark.parametrize("enter", [_engaged, _listed])
def test_a_place_on_the_register_at_an_applicant_binds_and_the_database_says_the_same(world, enter):
    call = world.call()
    row = world.submitted(call)
    panel = frozen(world, call)
    order = in_turn(panel)
    enter(order[0], row.unit, world.applicant.user)
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Panel.objects.filter(pk=panel.pk).update(seed=Panel.objects.get(pk=panel.pk).secret, drawn_at=DRAWN)
        Seat.objects.create(panel=panel, entry=panel.pool.get(expert=order[0]), rank=1, since=DRAWN)
    assert constraint(error) == "nobody_with_an_interest_sits_on_a_panel"
    panel = draw_panel(panel=panel, by=world.hrss, at=DRAWN)
    assert [(s.rank, s.state) for s in panel.places.all()][:2] == [(1, "recused"), (2, "seated")]


def test_a_place_that_is_over_or_was_taken_back_binds_nobody(world):
    call = world.call()
    row = world.submitted(call)
    over, withdrawn, later = Expert.objects.exclude(affiliations__unit=row.unit)[:3]
    by = world.applicant.user
    _engaged(over, row.unit, by, valid_until=CLOSED.date() - dt.timedelta(days=1))
    _engaged(withdrawn, row.unit, by, withdrawn_at=OPENED, withdrawn_by=by, withdrawn_why="录错")
    _engaged(later, row.unit, by, valid_from=CLOSED.date() + dt.timedelta(days=1))
    panel = frozen(world, call)
    assert not panel.pool.filter(expert__in=[over, withdrawn, later]).exclude(excluded="").exists()


def test_an_interest_told_after_the_draw_takes_the_expert_off(world):
    call = world.call()
    row = world.submitted(call)
    panel = draw_panel(panel=frozen(world, call), by=world.hrss, at=DRAWN)
    seat = panel.places.get(rank=1)
    declare_interest(
        expert=seat.entry.expert, unit=row.unit, reason="正在合作一个项目", by=world.expert(seat), at=DRAWN
    )
    assert [one.rank for one in panel.places.filter(state="seated")] == [2, 3, 4, 5, 6]


def test_nobody_tells_of_an_interest_for_somebody_else(world):
    expert, other = Expert.objects.all()[:2]
    with pytest.raises(Refused, match="本人"):
        declare_interest(
            expert=expert, unit=world.applicant.unit, reason="x", by=Actor(other.user, "expert"), at=OPENED
        )
    assert not Interest.objects.exists()


def test_an_expert_declares_an_interest_on_the_own_page(world, visit):
    clock.move_to(OPENED)
    expert = Expert.objects.first()
    client = visit(Actor(expert.user, "expert", expert.user.assignments.get(role="expert").unit))
    assert "申报利害关系" in client.get("/reviews/").content.decode()
    bad = client.post("/reviews/interests/", {"unit": "没有这个单位", "reason": "配偶任职"})
    assert (bad.status_code, Interest.objects.count()) == (422, 0)
    client.post("/reviews/interests/", {"unit": world.applicant.unit.name, "reason": "配偶任职"})
    assert Interest.objects.get().expert == expert
    assert "配偶任职" in client.get("/reviews/").content.decode()


def test_who_scored_neither_records_the_evaluation_nor_decides(world):
    """The same natural person, in the bureau's account."""
    call = world.call()
    row = world.submitted(call)
    panel = draw_panel(panel=frozen(world, call), by=world.hrss, at=DRAWN)
    expert = panel.places.first().entry.expert
    User.objects.filter(pk=world.hrss.user.pk).update(person_key=expert.person_key)
    world.scored(panel, row)
    world.hrss.user.refresh_from_db()
    with pytest.raises(Refused, match="专家评分"):
        world.evaluated(row)
    User.objects.filter(pk=world.hrss.user.pk).update(person_key="k" * 64)
    world.hrss.user.refresh_from_db()
    world.evaluated(row)
    finance = world.bureaus["finance"]
    User.objects.filter(pk=finance.user.pk).update(person_key=expert.person_key)
    finance.user.refresh_from_db()
    with pytest.raises(Refused, match="同一自然人"):
        assent(application=row, agrees=True, by=finance, at=at("2020-11-04 09:00"))


def test_the_timeline_names_no_expert(world):
    call = world.call()
    row = world.submitted(call)
    panel = draw_panel(panel=frozen(world, call), by=world.hrss, at=DRAWN)
    world.score(panel.places.first(), row, 8)
    assert row.case.steps.get(move="score").actor_name == panel.places.first().entry.expert.number


# Who cannot score


def test_an_expert_without_an_account_is_left_out_and_the_office_reads_why(world, visit):
    call = world.call()
    world.submitted(call)
    silent = Expert.objects.first()
    Expert.objects.filter(pk=silent.pk).update(user=None)
    Assignment.objects.filter(user__person_key=silent.person_key, role="expert").delete()
    entry = frozen(world, call).pool.get(expert=silent)
    assert (entry.ground, "账号" in entry.excluded) == (Ground.NO_ACCOUNT, True)
    clock.move_to(DRAWN)
    assert "尚未开通专家账号" in visit(world.hrss).get(f"/desk/calls/{call.pk}/").content.decode()
    assert "未开通账号" in visit(world.hrss).get("/desk/experts/").content.decode()


def test_an_account_that_was_opened_since_is_found(world):
    call = world.call()
    world.submitted(call)
    expert = Expert.objects.select_related("user").first()
    Expert.objects.filter(pk=expert.pk).update(user=None)
    assert frozen(world, call).pool.get(expert=expert).excluded == ""
    assert Expert.objects.get(pk=expert.pk).user == expert.user


def test_the_bureau_of_the_call_takes_an_expert_off_with_a_reason(world, visit):
    call = world.call()
    world.submitted(call)
    panel = draw_panel(panel=frozen(world, call), by=world.hrss, at=DRAWN)
    seat = panel.places.get(rank=1)
    with pytest.raises(Refused, match="回避理由"):
        recuse(seat=seat, reason=" ", by=world.hrss, at=DRAWN)
    with pytest.raises(Refused, match="本人"):
        recuse(seat=seat, reason="生病", by=world.bureaus["finance"], at=DRAWN)
    clock.move_to(DRAWN)
    visit(world.hrss).post(f"/desk/seats/{seat.pk}/recuse/", {"reason": "生病，不能评审"})
    seat.refresh_from_db()
    assert (seat.state, seat.recused_by) == ("recused", world.hrss.user)
    assert panel.places.filter(state="seated").count() == 5
    visit(world.bureaus["finance"]).post(f"/desk/seats/{panel.places.get(rank=2).pk}/recuse/", {"reason": "x"})
    assert panel.places.get(rank=2).state == "seated"


def test_who_has_scored_stays_and_the_desk_offers_no_way_off(world, visit):
    call = world.call()
    row = world.submitted(call)
    panel = draw_panel(panel=frozen(world, call), by=world.hrss, at=DRAWN)
    clock.move_to(DRAWN)
    seats = list(panel.places.order_by("rank")[:2])
    world.score(seats[0], row, 8)
    text = visit(world.hrss).get(f"/desk/calls/{call.pk}/").content.decode()
    assert f"/desk/seats/{seats[0].pk}/recuse/" not in text
    assert f"/desk/seats/{seats[1].pk}/recuse/" in text
    assert "已提交评分，不能再回避" in text


# The library


def test_only_keepers_take_somebody_into_the_library(world):
    told = {
        "name": "周明", "id_number": "110101199003077010", "title": "", "fields": ["teaching"],
        "units": [world.applicant.unit], "at": OPENED,
    }  # fmt: skip
    with pytest.raises(Refused, match="专家库"):
        add_expert(by=world.applicant, **told)
    assert add_expert(by=world.hrss, **told).name == "周明"


def test_who_joined_the_library_after_the_call_closed_is_in_no_pool_of_it(world):
    """The applicants were known by then."""
    call = world.call()
    world.submitted(call)
    late, last_day = Expert.objects.all()[:2]
    Expert.objects.filter(pk=late.pk).update(active_from=dt.date(2020, 10, 31))
    Expert.objects.filter(pk=last_day.pk).update(active_from=dt.date(2020, 10, 30))
    panel = frozen(world, call)
    assert not panel.pool.filter(expert=late).exists()
    assert panel.pool.filter(expert=last_day).exists()


def test_a_namesake_elsewhere_is_told_apart_by_its_district(world):
    """The wrong one would be the unit that the expert does not judge."""
    own = world.applicant.unit
    elsewhere = Division.objects.exclude(pk=own.division_id).first()
    namesake = Unit.objects.create(name=own.name, kind=own.kind, division=elsewhere)
    with pytest.raises(ValidationError, match="同名单位"):
        UnitField().clean(own.name)
    assert UnitField().clean(f"{own.name}（{elsewhere.name}）") == namesake
    with pytest.raises(ValidationError, match="没有名为"):
        UnitField().clean(f"{own.name}（没有这个区）")


def test_every_refusal_of_this_room_belongs_to_a_rule_of_the_database():
    """Two at once: who comes second meets the constraint and reads its sentence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
        named = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname LIKE 'pgtrigger%'")
        raised = " ".join(source for (source,) in cursor.fetchall())
    assert {name for name in SENTENCES if name not in named and name not in raised} == set()


def test_who_comes_second_with_the_same_expert_reads_a_sentence(world, monkeypatch):
    known = next(row for row in world.city.city.officers if row.role == "expert")
    nobody = Expert.objects.none()
    monkeypatch.setattr("peibu.accreditation.actions.panels.Expert.objects.filter", lambda **_asked: nobody)
    with pytest.raises(Refused, match="已在专家库中"):
        add_expert(
            name=known.name, id_number=known.id_number, title="", fields=["teaching"], units=[world.applicant.unit],
            by=world.hrss, at=OPENED,
        )  # fmt: skip


# The draw


def test_a_seed_is_committed_to_only_while_the_call_runs(world):
    call = world.call()
    world.submitted(call)
    with pytest.raises(Refused, match="不能再公布"):
        commit_panel(call=call, by=world.hrss, at=at("2020-10-31 00:01"))
    commit_panel(call=call, by=world.hrss, at=at("2020-10-30 23:59"))


def test_a_seat_has_the_rank_that_was_drawn(world):
    call = world.call()
    world.submitted(call)
    panel = frozen(world, call)
    Panel.objects.filter(pk=panel.pk).update(seed=Panel.objects.get(pk=panel.pk).secret, drawn_at=DRAWN)
    panel = Panel.objects.get(pk=panel.pk)
    first, second = order_of_panel(panel)[:2]
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Seat.objects.create(panel=panel, entry=second, rank=1, since=DRAWN)
    assert constraint(error) == "a_seat_has_the_rank_that_was_drawn"
    Seat.objects.create(panel=panel, entry=first, rank=1, since=DRAWN)


# What the public reads


def test_the_public_reads_the_ground_and_neither_applicant_nor_sentence(world, client):
    """Before scoring as after it: the name would tell the experts who has applied."""
    call = world.call()
    row = world.submitted(call, world.conflicted)
    other = Expert.objects.exclude(affiliations__unit=row.unit).first()
    declare_interest(expert=other, unit=row.unit, reason="配偶在该单位任职", by=Actor(other.user, "expert"), at=OPENED)
    panel = draw_panel(panel=frozen(world, call), by=world.hrss, at=DRAWN)
    clock.move_to(DRAWN)
    page = client.get(f"/calls/{call.pk}/").content.decode()
    told = client.get(f"/calls/{call.pk}/draw.json").json()
    for text in (page, json.dumps(told, ensure_ascii=False)):
        assert row.unit.name not in text
        assert "配偶" not in text
    assert "申报" in page
    assert {one["number"]: one["ground"] for one in told["excluded"]} == {
        own_expert(world).number: "works_there",
        other.number: "declared",
    }
    assert panel.pool.filter(excluded__contains="配偶").exists(), "the office reads it"
