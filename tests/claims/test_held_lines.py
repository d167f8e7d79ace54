"""An objection to one person stops that person; the others go on to payment, and who waited follows or is taken out."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from peibu.casework.actions import move_case
from peibu.casework.models import Objection, PublicNotice
from peibu.casework.notices import close_due_notices
from peibu.casework.objections import raise_objection
from peibu.claims.facts import judge_payment
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.tasks import release_settled
from peibu.kernel.errors import Refused
from peibu.ledger.queries import commitment_of
from peibu.payments.actions import prepare_batch_of_cases, release_batch
from peibu.payments.models import Payment, PaymentBatch
from peibu.payments.queries import waiting_cases
from tests.city import at
from tests.claims.claim_world import FEE, account, build
from tests.recovery.recovery_world import Owing

pytestmark = pytest.mark.django_db
TEXT = "该同志十月已调离该企业，请核实其参保情况"
AFTER, LATER = at("2020-11-24 09:00"), at("2020-12-02 09:00")


def on_notice(city) -> Owing:
    world = build(city)
    for name in ("赵甲一", "钱乙二", "孙丙三"):
        world.person(name)
    world.certify()
    agency = city.office("agency", world.enterprise.division)
    payers = [account("finance", agency, f"出纳{n}", f"37029900{n}") for n in (1, 2)]
    return Owing(world, world.on_notice(), *payers, city.actor("city_bureau"))


@pytest.fixture(scope="module")
def built(worlds) -> Owing:
    return worlds.build(on_notice)


@pytest.fixture
def made(built, handed) -> Owing:
    return handed(built)


def objected(position: int | None = 2) -> Objection:
    notice = PublicNotice.objects.get()
    line = notice.lines.get(position=position) if position else None
    return raise_objection(
        notice=notice, line=line, text=TEXT, at=at("2020-11-18 09:00"), address=f"10.0.0.{position}"
    )


def settle(made, objection: Objection, how: str, day: str = "2020-12-01") -> None:
    told = {"case": objection.case, "reason": "经核实"}
    move_case(move="investigate", by=made.world.reviewer, at=at(f"{day} 08:00"), **told)
    move_case(move=how, by=made.world.second_reviewer, at=at(f"{day} 09:00"), **told)


def states() -> list[str]:
    return list(ClaimLine.objects.order_by("position").values_list("state", flat=True))


def fresh(made) -> Claim:
    return Claim.objects.select_related("case").get(pk=made.claim.pk)


def test_only_the_person_concerned_waits_and_follows_when_it_comes_to_nothing(made):
    objection = objected()
    assert (states(), fresh(made).case.state, objection.holds) == (["included", "held", "included"], "notice", "line")
    made.pay(made.claim, AFTER)
    claim = fresh(made)
    assert (states(), claim.case.state) == (["paid", "held", "paid"], "ready_to_pay")
    assert commitment_of(claim.case_id).paid_fen == 2 * FEE
    assert "2人已拨付，其余因异议暂缓" in claim.case.steps.values_list("label", flat=True)
    assert claim.case not in waiting_cases(made.payer, on=AFTER.date())
    with pytest.raises(Refused, match="没有待支付的金额"):
        prepare_batch_of_cases(cases=[claim.case], by=made.payer, at=LATER)
    settle(made, objection, "dismiss")
    assert states() == ["paid", "included", "paid"]
    assert claim.case in waiting_cases(made.payer, on=LATER.date())
    made.to_bank(prepare_batch_of_cases(cases=[claim.case], by=made.payer, at=LATER), LATER)
    assert (states(), fresh(made).case.state) == (["paid"] * 3, "paid")
    assert list(Payment.objects.order_by("intended_at").values_list("purpose", "amount_fen")) == [
        ("subsidy", 2 * FEE),
        ("subsidy_2", FEE),
    ]


def test_an_upheld_objection_after_the_others_were_paid_ends_the_claim(made):
    objection = objected()
    made.pay(made.claim, AFTER)
    settle(made, objection, "uphold")
    claim = fresh(made)
    assert (states(), claim.case.state, claim.approved_fen) == (["paid", "removed", "paid"], "paid", 2 * FEE)
    commitment = commitment_of(claim.case_id)
    assert (commitment.paid_fen, commitment.committed_fen) == (2 * FEE, 0)


def test_nobody_joins_a_payment_that_is_on_its_way(made):
    objection = objected()
    close_due_notices(at=AFTER)
    batch = prepare_batch_of_cases(cases=[fresh(made).case], by=made.payer, at=AFTER)
    settle(made, objection, "dismiss", "2020-11-25")
    assert states() == ["included", "held", "included"]
    made.to_bank(batch, at("2020-11-25 15:00"))
    assert states() == ["paid", "included", "paid"]  # settled meanwhile: goes on when the money has arrived


def test_should_the_moment_be_missed_the_hourly_job_lets_them_go_on(made):
    objection = objected()
    made.pay(made.claim, AFTER)
    assert release_settled(at=LATER) == 0  # the objection is open
    settle(made, objection, "dismiss")
    ClaimLine.objects.filter(person__name="钱乙二").update(state="held")  # both looked before the other had written
    assert (release_settled(at=LATER), states()) == (1, ["paid", "included", "paid"])


def test_the_bank_reply_locks_the_claim_before_it_looks_who_waits(made):
    objected()
    with CaptureQueriesContext(connection) as seen:
        made.pay(made.claim, AFTER)
    told = [one["sql"] for one in seen.captured_queries]
    looks = [n for n, sql in enumerate(told) if "claims_claimline" in sql and "'held'" in sql and "LIMIT 1" in sql]
    locks = [
        n
        for n, sql in enumerate(told)
        if 'FROM "claims_claim"' in sql and sql.endswith('FOR UPDATE OF "claims_claim"')
    ]
    paid = next(n for n, sql in enumerate(told) if 'UPDATE "payments_payment"' in sql and "'paid'" in sql)
    assert min(n for n in locks if n > paid) < min(n for n in looks if n > paid)


def test_the_database_refuses_a_release_while_an_objected_line_is_not_held(made):
    objected()
    close_due_notices(at=AFTER)
    batch = prepare_batch_of_cases(cases=[fresh(made).case], by=made.payer, at=AFTER)
    ClaimLine.objects.filter(state="held").update(state="included")
    with pytest.raises(IntegrityError, match="no_release_under_objection"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(
            state="released", released_key="x", released_by=made.releaser.user, released_at=AFTER
        )
    with pytest.raises(Refused, match="异议"):
        release_batch(batch=batch, by=made.releaser, at=AFTER)
    ClaimLine.objects.filter(person__name="钱乙二").update(state="held")
    release_batch(batch=batch, by=made.releaser, at=AFTER)  # negative control


def test_an_objection_to_the_whole_stops_everybody(made):
    objection = objected(None)
    assert (states(), fresh(made).case.state, objection.holds) == (["included"] * 3, "objection", "case")
    assert {f.rule for f in judge_payment(fresh(made), at=AFTER).failed} == {"no_open_objection"}


def test_where_nobody_is_left_the_claim_waits_as_a_whole(made):
    raised = [objected(position) for position in (1, 2, 3)]
    assert (states(), fresh(made).case.state) == (["held"] * 3, "objection")
    with pytest.raises(Refused, match="还有3件"):
        made.world.move(made.claim, "settle_objection", made.world.reviewer, at("2020-11-19 09:00"), "继续")
    for objection in raised:
        settle(made, objection, "uphold", "2020-11-20")
    claim = made.world.move(made.claim, "refuse", made.world.second_reviewer, at("2020-11-21 09:00"), "均已离职")
    assert (claim.case.state, commitment_of(claim.case_id).committed_fen) == ("refused", 0)


@pytest.mark.parametrize("how", ["uphold", "dismiss"])
def test_a_claim_refused_under_an_objection_to_a_person_leaves_nobody_in_it(made, how):
    """Refused for an objection to the whole while another holds one person: that one is decided later all the same."""
    to_one, _to_all = objected(), objected(None)
    claim = made.world.move(made.claim, "refuse", made.world.second_reviewer, at("2020-11-21 09:00"), "材料不实")
    assert (claim.case.state, states()) == ("refused", ["removed"] * 3)
    settle(made, to_one, how)
    to_one.refresh_from_db()
    assert (to_one.state, states()) == ("upheld" if how == "uphold" else "dismissed", ["removed"] * 3)
    assert commitment_of(claim.case_id).committed_fen == 0
