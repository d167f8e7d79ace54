"""What a measure does to every listing of a unit, what an upheld appeal takes back, when an agreement begins."""

import datetime as dt

import pytest

from peibu.accounts import clock
from peibu.accounts.models import Division
from peibu.accreditation.actions.applications import hand_in, start_application, write_answers
from peibu.accreditation.actions.calls import publish_call
from peibu.accreditation.actions.decisions import AgreementTerms, assent, publish_listing
from peibu.accreditation.actions.standing import (
    decide_appeal,
    offer_agreement,
    raise_appeal,
    sign_agreement,
    take_measure,
)
from peibu.casework.actions import move_case
from peibu.casework.notices import close_due_notices
from peibu.kernel.errors import Refused
from peibu.programmes.listings import Line, publish_list
from peibu.programmes.models import ListedUnit, ListingPause
from peibu.programmes.queries import is_listed
from peibu.rulebook import load_policy
from tests.accreditation.call_world import Calling, papers
from tests.accreditation.test_other_policies import lies_in
from tests.city import POLICY, at

pytestmark = pytest.mark.django_db
WHEN = at("2020-10-13 09:00")
HUANGDAO = "huangdao/skills_action_2020"


@pytest.fixture
def world(city):
    return Calling(city)


@pytest.fixture
def twice(world) -> list[ListedUnit]:
    """A unit of the annex that is on a second batch too."""
    first = (
        ListedUnit.objects.filter(published__role="provider", published__policy=POLICY).order_by("position").first()
    )
    published = publish_list(
        policy=POLICY, role="provider", title="第二批", issuers=["局"], source="公告", lines=[Line(first.unit)],
        at=at("2020-10-12 09:00"),
    )  # fmt: skip
    return [first, published.units.get()]


def listed_on(row: ListedUnit, *days: int) -> list[bool]:
    return [is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 10, day)) for day in days]


def measure(world, listing, kind, day, when=WHEN):
    return take_measure(
        listing=listing, kind=kind, effective_on=dt.date(2020, 10, day), reason="评估情况", by=world.hrss, at=when
    )


def upheld(world, taken, when="2020-10-22 09:00"):
    unit = world.city.actor("provider", taken.listing.unit)
    appeal = raise_appeal(measure=taken, text="资料有误", by=unit, at=at(when))
    return decide_appeal(appeal=appeal, upheld=True, answer="属实", by=world.hrss_second, at=at(when))


@pytest.mark.parametrize("which", [0, 1])
def test_a_suspension_holds_on_every_batch(world, twice, which):
    measure(world, twice[which], "suspended", 20)
    assert listed_on(twice[0], 19, 20, 28) == [True, False, False]
    measure(world, twice[1 - which], "resumed", 27)
    assert listed_on(twice[0], 26, 27) == [False, True]


@pytest.mark.parametrize("which", [0, 1])
def test_an_exit_holds_on_every_batch_and_an_upheld_appeal_gives_back_both(world, twice, which):
    ListedUnit.objects.filter(pk=twice[0].pk).update(valid_until=dt.date(2020, 10, 25))
    taken = measure(world, twice[which], "exited", 20)
    assert listed_on(twice[0], 19, 20, 28) == [True, False, False]
    upheld(world, taken)
    ends = [ListedUnit.objects.get(pk=row.pk).valid_until for row in twice]
    assert ends == [dt.date(2020, 10, 25), None], "each has the end that it had before"


def test_an_appeal_against_a_suspension_leaves_a_later_one(world, twice):
    first = measure(world, twice[0], "suspended", 14)
    measure(world, twice[0], "resumed", 16)
    measure(world, twice[0], "suspended", 20)
    upheld(world, first, "2020-10-18 09:00")
    assert listed_on(twice[0], 15, 17, 20, 28) == [False, True, False, False]


def test_an_appeal_against_an_exit_leaves_an_end_that_came_since(world, twice):
    taken = measure(world, twice[0], "exited", 25)
    measure(world, twice[0], "exited", 20)
    upheld(world, taken, "2020-10-18 09:00")
    assert listed_on(twice[0], 19, 20) == [True, False]


def test_an_appeal_won_before_the_suspension_begins_means_it_never_does(world, twice):
    taken = measure(world, twice[0], "suspended", 25)
    upheld(world, taken, "2020-10-18 09:00")
    assert listed_on(twice[0], 24, 25, 28) == [True, True, True]


def test_a_pause_that_lies_ahead_is_not_overtaken_unseen(world, twice):
    """Else one of the listings would stay open until then."""
    measure(world, twice[0], "suspended", 25)
    with pytest.raises(Refused, match="将来生效"):
        measure(world, twice[1], "suspended", 20)


def test_a_suspended_unit_is_on_no_new_batch(world):
    """Neither role nor batch opens what a pause shuts."""
    call = world.call()
    row = world.submitted(call)
    earlier = publish_list(
        policy=POLICY, role="provider", title="前一批", issuers=["局"], source="公告", lines=[Line(row.unit)],
        at=at("2020-10-12 09:00"),
    )  # fmt: skip
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    world.agreed(row)
    world.on_notice(call, row)
    ListingPause.objects.create(listing=earlier.units.get(), days=(dt.date(2020, 11, 1), None), reason="整改")
    with pytest.raises(Refused, match="暂停承接期间"):
        world.listed(call, row)
    assert not is_listed(row.unit, POLICY, "provider", on=dt.date(2020, 11, 13))


def test_a_batch_of_another_role_does_not_stand_for_this_one(world):
    call = world.call()
    row = world.submitted(call)
    world.scored(world.drawn(call), row)
    world.evaluated(row)
    world.agreed(row)
    world.on_notice(call, row)
    close_due_notices(at=at("2020-11-13 09:00"))
    publish_list(
        policy=POLICY, role="base", title="基地", issuers=["局"], source="公告", lines=[Line(row.unit)],
        at=at("2020-11-13 09:30"),
    )  # fmt: skip
    row.case.refresh_from_db()
    with pytest.raises(Refused, match="统一公布名单"):
        move_case(case=row.case, move="list", by=world.hrss_second, at=at("2020-11-13 10:00"), reason="列入")


# Agreements


@pytest.fixture
def agreement(world):
    """Offered by the West Coast on 12 May for 1 June 2020 to 31 May 2021, not yet signed."""
    world.division = Division.objects.get(code="370281")
    lies_in(world, "370211")
    call = publish_call(
        policy=HUANGDAO, subject="provider", title="申报签约", about="", fields=[], opens_on=dt.date(2020, 5, 6),
        closes_on=dt.date(2020, 5, 29), by=world.approver, at=at("2020-05-06 09:00"),
    )  # fmt: skip
    by, when = world.applicant, at("2020-05-07 09:00")
    row = start_application(call=call, by=by, at=when)
    papers(row, by, when)
    audiences = list(load_policy(HUANGDAO).codes["audiences"].items)[:2]
    facts = {"agreement_occupations": 3, "agreement_audiences": audiences, "has_training_centre": True}
    write_answers(application=row, facts=facts, reasons={}, by=by, at=when)
    hand_in(application=row, by=by, at=when)
    move_case(case=row.case, move="evaluate", by=world.agency, at=at("2020-05-11 09:00"), reason="材料属实")
    assent(application=row, agrees=True, by=world.approver, at=at("2020-05-12 09:00"))
    row.case.refresh_from_db()
    published = publish_listing(
        call=call, applications=[row], title="签约机构", by=world.approver, at=at("2020-05-12 10:00"),
        agreement=AgreementTerms(dt.date(2020, 6, 1), dt.date(2021, 5, 31), "电工"),
    )  # fmt: skip
    return published.units.get().agreements.get()


def on_list(agreement, day: str) -> bool:
    return is_listed(agreement.listing.unit, HUANGDAO, "provider", on=dt.date.fromisoformat(day))


def test_a_listing_begins_on_the_first_day_of_the_agreement(world, agreement):
    sign_agreement(agreement=agreement, by=world.applicant, at=at("2020-05-20 09:00"))
    assert [on_list(agreement, day) for day in ("2020-05-31", "2020-06-01", "2021-05-31", "2021-06-01")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_listing_begins_on_the_day_of_a_later_signature(world, agreement):
    assert not on_list(agreement, "2020-06-15")
    sign_agreement(agreement=agreement, by=world.applicant, at=at("2020-06-15 09:00"))
    assert [on_list(agreement, day) for day in ("2020-06-14", "2020-06-15")] == [False, True]


def test_the_public_list_says_who_has_not_signed(world, agreement, client):
    clock.move_to(at("2020-06-15 09:00"))
    published = agreement.listing.published
    assert "待签署协议" in client.get(f"/lists/{published.pk}/").content.decode()
    assert client.get(f"/lists/{published.pk}/list.json").json()["units"][0]["valid_from"] is None
    sign_agreement(agreement=agreement, by=world.applicant, at=clock.now())
    assert "待签署协议" not in client.get(f"/lists/{published.pk}/").content.decode()


def test_an_agreement_whose_term_is_over_is_neither_offered_nor_signed(world, agreement):
    with pytest.raises(Refused, match="期限已过"):
        sign_agreement(agreement=agreement, by=world.applicant, at=at("2021-06-01 09:00"))
    with pytest.raises(Refused, match="截止日期已过"):
        offer_agreement(
            listing=agreement.listing, application=agreement.application, valid_from=dt.date(2020, 6, 1),
            valid_until=dt.date(2020, 6, 30), scope="电工", by=world.approver, at=at("2020-07-01 09:00"),
        )  # fmt: skip


def test_who_was_ordered_out_before_signing_signs_no_more(world, agreement):
    move_case(
        case=agreement.application.case,
        move="order_out",
        by=world.approver,
        at=at("2020-05-15 09:00"),
        reason="弄虚作假",
    )
    with pytest.raises(Refused, match="责令退出"):
        sign_agreement(agreement=agreement, by=world.applicant, at=at("2020-06-15 09:00"))
    assert not on_list(agreement, "2020-06-15")


def test_another_agreement_is_offered_on_the_page_of_the_listing(world, agreement, visit):
    """The first one was never signed; the form finds the application in whatever state the process lists it."""
    clock.move_to(at("2020-06-15 09:00"))
    form = {"valid_from": "2020-07-01", "valid_until": "2021-06-30", "scope": "焊工"}
    answer = visit(world.approver).post(f"/desk/listings/{agreement.listing_id}/agreement/", form)
    assert answer.status_code == 302
    second = agreement.listing.agreements.exclude(pk=agreement.pk).get()
    sign_agreement(agreement=second, by=world.applicant, at=at("2020-06-20 09:00"))
    assert [on_list(agreement, day) for day in ("2020-06-30", "2020-07-01", "2021-06-30")] == [False, True, True]
