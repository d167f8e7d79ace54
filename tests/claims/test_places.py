"""Limits at commit: places are held once, in order, on one side; whoever comes second is told what stands."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from peibu.casework.actions import move_case
from peibu.claims.actions.places import take
from peibu.claims.grants import counted_facts
from peibu.claims.models import Entitlement, Place
from peibu.kernel.errors import Refused
from tests.city import at
from tests.claims.claim_world import CLAIM_DAY, build
from tests.claims.limited import QUOTA, limited_policy

pytestmark = pytest.mark.django_db
LATER = at("2020-11-11 10:00")


@pytest.fixture
def policy(tmp_path, monkeypatch):
    return limited_policy(tmp_path, monkeypatch)


@pytest.fixture
def lines(policy, city):
    """Three people of one draft claim."""
    world = build(city)
    for name in ("甲", "乙", "丙"):
        world.person(name)
    return list(world.draft().lines.order_by("position").select_related("person", "claim"))


def held(line, **columns) -> Entitlement:
    base = {"at": "2020-11-10", "person": str(line.person_id), "benefit": "claim", "training": "t1"}
    base |= {"occupation": "焊工", "level": "junior", "payee_kind": "enterprise"}
    return Entitlement.objects.create(
        policy=line.claim.policy,
        person=line.person,
        line=line,
        exclusive=False,
        columns=base | columns,
        taken_at=CLAIM_DAY,
    )


# The claim's way


def test_handing_in_takes_the_places_and_withdrawal_gives_them_back(policy, city):
    world = build(city)
    person = world.person("甲一").person
    world.certify()
    claim = world.submitted()
    places = {place.code: place for place in Place.objects.all()}
    assert places.keys() == {"earlier_subsidies", "quota_taken", "higher_grants", "other_side"}
    once = places["earlier_subsidies"]
    assert (once.ordinal, once.maximum, once.parameter) == (1, 1, "subsidies_per_person_max")
    assert (once.scope, once.fingerprint, once.day) == (policy.path, policy.fingerprint, dt.date(2020, 11, 10))
    assert once.key == f"person={person.pk}"
    assert not any(secret in place.key for place in places.values() for secret in (person.id_number, person.key))
    assert (places["quota_taken"].key, places["quota_taken"].maximum) == ("year=2020", QUOTA)
    world.move(claim, "withdraw", world.hr, LATER, "数据有误")
    assert not Place.objects.filter(released_at__isnull=True).exists()
    assert Place.pgh_event_model.objects.filter(pgh_obj_id=once.pk).count() == 2


def test_the_earlier_claim_is_counted_and_named_and_may_be_repeated_after_release(policy, city):
    one, two = build(city), build(city, nth=1)
    row = one.person("同一人")
    two.enrol(row.person, two.enterprise)
    for world in (one, two):
        world.certify()
    first = one.submitted()
    second = two.invoice(two.draft(), "09900102")
    line = second.lines.get()
    assert line.state == "left_out"
    assert first.case.number in line.remark
    one.move(first, "withdraw", one.hr, LATER, "数据有误")
    columns = Entitlement.objects.get().columns | {"at": CLAIM_DAY.date(), "id": str(second.pk)}
    facts = counted_facts(policy, row.person, columns, claim=second, known_at=LATER)
    assert facts["earlier_subsidies"] == (0, 0)
    before = counted_facts(policy, row.person, columns, claim=second, known_at=at("2020-11-10 12:00"))
    assert (before["earlier_subsidies"], before["quota_taken"]) == ((1, 1), 1)


@pytest.mark.django_db(transaction=True)
def test_two_claims_of_one_person_at_the_same_moment_leave_exactly_one(policy, city):
    one, two = build(city), build(city, nth=1)
    person = one.person("同一人").person
    two.enrol(person, two.enterprise)
    claims = []
    for world, number in ((one, "09900101"), (two, "09900102")):
        world.certify()
        claims.append(world.ready(number=number))
    told = _race([lambda c=c: move_case(case=c.case, move="submit", by=one.hr, at=CLAIM_DAY) for c in claims])
    refusals = [one for one in told if isinstance(one, Refused)]
    assert len(refusals) == 1
    assert "同一人" in str(refusals[0])
    assert Place.objects.filter(code="earlier_subsidies", released_at__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_once_for_ten_places(policy, city):
    world = build(city)
    for number in range(20):
        world.person(f"甲{number}")
    rows = [
        held(line, occupation=f"o{n}") for n, line in enumerate(world.draft().lines.select_related("person", "claim"))
    ]
    told = _race([lambda row=row: _alone(policy, row) for row in rows])
    assert sum(isinstance(one, Refused) for one in told) == 10
    assert all("最多10，已满" in str(one) for one in told if isinstance(one, Refused))
    taken = Place.objects.filter(code="quota_taken").order_by("ordinal")
    assert list(taken.values_list("ordinal", flat=True)) == list(range(1, QUOTA + 1))
    # all or none: a refused entitlement holds nothing under any limit
    assert Place.objects.values("entitlement").distinct().count() == 10


@pytest.mark.django_db(transaction=True)
def test_two_sides_at_once_leave_one_side(policy, city):
    world = build(city)
    world.person("甲")
    line = world.draft().lines.select_related("person", "claim").get()
    rows = [held(line, payee_kind=kind, person="") for kind in ("enterprise", "platform")]
    for row in rows:
        row.columns["person"] = str(line.person_id)
    told = _race([lambda row=row: _alone(policy, row, only="other_side") for row in rows])
    refused = [one for one in told if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["one_side_of_an_exclusion"]


def _alone(policy, row, only=""):
    with transaction.atomic():
        if not only:
            return take(policy, [row], at=CLAIM_DAY)
        from peibu.claims.actions.places import _take
        from peibu.rulebook.limits import seats_of

        seats = seats_of(policy, "claim", row.columns | {"at": CLAIM_DAY.date()})
        return [_take(policy, row, seat, CLAIM_DAY) for seat in seats if seat.code == only]


def _race(deeds) -> list:
    start, told = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int) -> None:
        try:
            start.wait(timeout=30)
            told[place] = deeds[place]()
        except Exception as error:
            told[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    [one.start() for one in threads]
    [one.join(90) for one in threads]
    assert [one for one in told if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    return told


# What the deed refuses


def test_no_lower_level_after_a_higher_and_the_other_way_is_allowed(policy, lines):
    for line, first, second in ((lines[0], "junior", "senior"), (lines[1], "senior", "junior")):
        row = held(line, level=first)
        take(policy, [row], at=CLAIM_DAY)
        other = held(line, level=second, training="t2")
        Place.objects.filter(code="earlier_subsidies", entitlement=row).update(released_at=LATER)
        if first == "junior":
            take(policy, [other], at=LATER)
        else:
            with pytest.raises(Refused, match="更高等级补贴.*申领") as error:
                take(policy, [other], at=LATER)
            assert error.value.code == "no_lower_level_after_a_higher"


def test_a_full_limit_names_the_earlier_claim_and_a_quota_names_nobody(policy, lines):
    take(policy, [held(lines[0])], at=CLAIM_DAY)
    with pytest.raises(Refused, match=f"最多1，已满（.*{lines[0].claim.case.number}）") as error:
        take(policy, [held(lines[0], training="t2")], at=LATER)
    assert error.value.code == "limit_is_full"


def test_a_claim_that_passes_though_the_limit_is_full_stands_without_a_number(policy, lines):
    take(policy, [held(lines[0])], at=CLAIM_DAY)
    again = held(lines[0], training="t2")
    line = again.line
    line.determination.facts = line.determination.facts | {"earlier_subsidies_low": 1, "earlier_subsidies_high": 1}
    take(policy, [again], at=LATER)
    once = Place.objects.filter(code="earlier_subsidies").order_by("taken_at")
    assert list(once.values_list("ordinal", "maximum")) == [(1, 1), (None, None)]


def test_places_of_different_years_do_not_meet(policy, lines):
    take(policy, [held(lines[0]), held(lines[1], at="2021-01-01")], at=CLAIM_DAY)
    keys = Place.objects.filter(code="quota_taken").order_by("key").values_list("key", "ordinal")
    assert list(keys) == [("year=2020", 1), ("year=2021", 1)]


def test_a_released_place_is_the_next_to_be_taken(policy, lines):
    take(policy, [held(line) for line in lines], at=CLAIM_DAY)
    Place.objects.filter(code="quota_taken", ordinal=2).update(released_at=LATER)
    Place.objects.filter(code="earlier_subsidies", entitlement__line=lines[1]).update(released_at=LATER)
    take(policy, [held(lines[1], training="t9")], at=LATER)
    assert (
        Place.objects.get(code="quota_taken", released_at__isnull=True, entitlement__columns__training="t9").ordinal
        == 2
    )


@pytest.mark.parametrize(
    ("first", "second", "free"),
    [
        ("2020-11-10", "2021-11-09", False),
        ("2020-11-10", "2021-11-10", True),
        ("2021-11-10", "2020-11-11", False),
        ("2021-11-10", "2020-11-10", True),
    ],
)
def test_a_moving_window_is_counted_when_a_place_is_taken(policy, lines, first, second, free):
    take(policy, [held(lines[0], benefit="spaced", at=first)], at=CLAIM_DAY)
    other = held(lines[1], benefit="spaced", at=second)
    if free:
        take(policy, [other], at=LATER)
    else:
        with pytest.raises(Refused, match="近期补贴") as error:
            take(policy, [other], at=LATER)
        assert error.value.code == "places_in_a_moving_window"


# What the database refuses on its own


def place(row, **wishes) -> Place:
    base = {
        "scope": "*",
        "code": "x",
        "key": "k",
        "ordinal": 1,
        "maximum": 2,
        "fingerprint": "f",
        "day": dt.date(2020, 11, 10),
    }
    return Place.objects.create(entitlement=row, taken_at=CLAIM_DAY, **base | wishes)


LOOSE = {"ordinal": None, "maximum": None}
GAP = {"ordinal": None, "maximum": 1, "until": dt.date(2021, 11, 10)}


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("a_place_is_held_once", {}, {}),
        ("a_place_is_within_its_limit", {}, {"ordinal": 3}),
        ("a_place_is_within_its_limit", {}, {"ordinal": 0}),
        ("a_counted_place_has_a_number", {}, {"ordinal": None}),
        ("a_place_is_released_after_it_was_taken", {}, {"ordinal": 2, "released_at": at("2020-11-09 10:00")}),
        ("no_lower_level_after_a_higher", LOOSE | {"rank": 2}, LOOSE | {"rank": 1}),
        ("one_side_of_an_exclusion", LOOSE | {"side": "a"}, LOOSE | {"side": "b"}),
        ("places_in_a_moving_window", GAP, GAP | {"day": dt.date(2021, 11, 9), "until": dt.date(2022, 11, 9)}),
    ],
)
def test_each_constraint_by_its_name(policy, lines, name, first, second):
    place(held(lines[0]), **first)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        place(held(lines[1]), **second)
    assert error.value.__cause__.diag.constraint_name == name
    # another key meets nobody: what was refused is refused for what stands, unless the row contradicts itself
    itself = name in (
        "a_place_is_within_its_limit",
        "a_counted_place_has_a_number",
        "a_place_is_released_after_it_was_taken",
    )
    if not itself:
        place(held(lines[2]), **second | {"key": "other"})


def test_an_entitlement_holds_one_place_under_a_limit(policy, lines):
    row = held(lines[0])
    place(row)
    with pytest.raises(IntegrityError, match="one_place_per_entitlement_and_limit"), transaction.atomic():
        place(row, ordinal=2)


def test_a_place_is_kept_never_changes_and_stays_released(policy, lines):
    one = place(held(lines[0]))
    for deed in (one.delete, lambda: Place.objects.update(ordinal=2)):
        with pytest.raises(ProgrammingError), transaction.atomic():
            deed()
    Place.objects.update(released_at=LATER)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Place.objects.update(released_at=None)
