"""Claims: facts, drafts, evidence, once per person, an invoice once, natural persons apart."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment
from peibu.casework.actions import move_case
from peibu.casework.models import Case, CaseEvent, Determination
from peibu.claims.actions.drafts import draft_claim, rejudge
from peibu.claims.actions.evidence import attach_roster, make_roster
from peibu.claims.actions.lines import judge_anew, remove_line
from peibu.claims.facts import judge_person
from peibu.claims.models import Claim, Entitlement
from peibu.claims.papers import letter_of, roster_of, roster_table
from peibu.claims.queries import attended, drifts, strip_of
from peibu.demo.city.insurance import SITUATIONS
from peibu.kernel.errors import Refused
from peibu.ledger.models import Account
from peibu.registry.models import EarlierGrant, Employment
from peibu.training.models import Attendance, Leave
from peibu.training.queries.attendance import Rate
from tests.city import at
from tests.claims.claim_world import CLAIM_DAY, FEE, build, look_at_all, scan
from tests.classroom import classroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    return build(city)


def states(claim: Claim) -> dict[str, str]:
    return {line.person.name: line.state for line in claim.lines.select_related("person")}


# Facts


def test_the_claim_shows_the_attendance_of_the_class_with_what_was_made_up(world, city):
    """QD97.6.2: the same figure as on the class's own page, out of the taught sessions."""
    row, absent = world.person("来三次"), world.person("没来过")
    sessions = list(world.cohort.sessions.order_by("starts_at"))
    by = world.hr.user
    for session in sessions[:2]:
        Attendance.objects.create(
            enrolment=row, session=session, method="qr", signed_at=session.starts_at, entered_by=by
        )
    made = classroom(city, number=1, opens="2020-11-02").sessions[0]
    Leave.objects.create(
        division=row.division, enrolment=row, session=sessions[4], reason="出差", state="granted", asked_by=by,
        asked_at=CLAIM_DAY, decided_by=by, decided_at=CLAIM_DAY, make_up=made,
    )  # fmt: skip
    Attendance.objects.create(enrolment=row, session=made, method="qr", signed_at=made.starts_at, entered_by=by)
    world.certify()
    claim = world.draft()
    assert attended(claim, claim.lines.all()) == {row.pk: Rate(5, 3), absent.pk: Rate(5, 0)}
    assert Rate(5, 3).percent == 60


def test_boundaries_of_months_and_arrears(world):
    rows = {
        "恰六月": world.person("恰六月", months=6),
        "只五月": world.person("只五月", months=5),
        "补三月": world.person("补三月", months=6, arrears=3),
        "补四月": world.person("补四月", months=6, arrears=4),
    }
    world.certify()
    told = {
        name: str(judge_person(row, fee_fen=FEE, fee_paid=True, claim=None, on=CLAIM_DAY.date(), known_at=CLAIM_DAY)
                  .judgement.decision)
        for name, row in rows.items()
    }  # fmt: skip
    assert told == {"恰六月": "pass", "只五月": "fail", "补三月": "pass", "补四月": "fail"}


def test_every_planted_situation_of_the_city_is_judged_as_it_says(world):
    now = at("2020-12-10 10:00")
    seen = {}
    for row in world.city.city.people:
        if row.truth.insurance in seen or row.truth.registration != "done" or row.level == "other":
            continue
        if row.truth.contract not in ("fixed", "open_ended") or world.city.loaded.firms[row.employer].pk is None:
            continue
        seen[row.truth.insurance] = row
    assert {"five_months", "six_months", "arrears_3", "arrears_4", "unknown_recent"} <= set(seen)
    enrolled = {
        key: world.enrol(world.city.loaded.people[row.no], world.city.loaded.firms[row.employer])
        for key, row in seen.items()
    }
    world.certify()
    for key, row in enrolled.items():
        judged = judge_person(row, fee_fen=FEE, fee_paid=True, claim=None, on=now.date(), known_at=now)
        insured = {f.rule: str(f.status) for f in judged.judgement.findings}
        both = {insured["insured_long_enough"], insured["still_employed"]}
        told = "fail" if "fail" in both else "unknown" if "unknown" in both else "pass"
        assert told == SITUATIONS[key].verdict, key


def test_unsealed_scores_are_no_score_and_a_score_is_rounded_down(world):
    row = world.person("差半分", score="59.5")

    def judge():
        asked = {"fee_fen": FEE, "fee_paid": True, "claim": None, "on": CLAIM_DAY.date(), "known_at": CLAIM_DAY}
        return judge_person(row, **asked).judgement

    exam = {f.rule: f for f in judge().findings}["exam_passed"]
    assert (str(exam.status), exam.missing) == ("unknown", ("exam_score",))
    world.person("及格", score="60")
    world.certify()
    found = {f.rule: str(f.status) for f in judge().findings}
    assert (found["exam_passed"], found["certificate_held"]) == ("fail", "fail")


def test_an_earlier_grant_is_named(world):
    row = world.person("领过", earlier=True)
    world.certify()
    judged = judge_person(row, fee_fen=FEE, fee_paid=True, claim=None, on=CLAIM_DAY.date(), known_at=CLAIM_DAY)
    finding = {f.rule: f for f in judged.judgement.findings}["no_earlier_subsidy"]
    assert str(finding.status) == "fail"
    assert "另一家企业" in finding.sentence
    assert "2020-10-20" in finding.sentence


def test_the_strip_marks_the_counted_run(world):
    row = world.person("补三月", months=6, arrears=3)
    world.certify()
    judged = judge_person(row, fee_fen=FEE, fee_paid=True, claim=None, on=CLAIM_DAY.date(), known_at=CLAIM_DAY)
    strip = strip_of(judged)
    assert [m.status for m in strip if m.in_run] == ["arrears"] * 3 + ["paid"] * 3
    assert strip[-7].status == "gap"


# Drafts


def test_nobody_counts_before_the_invoice_and_everybody_is_told_why(world):
    for name, wish in {"甲一": {}, "乙五月": {"months": 5}, "丙未知": {"registered": None}}.items():
        world.person(name, **wish)
    world.certify()
    claim = world.draft()
    assert states(claim) == {"甲一": "waiting", "乙五月": "left_out", "丙未知": "waiting"}
    assert claim.amount_fen == 0
    world.invoice(claim)
    assert states(claim) == {"甲一": "included", "乙五月": "left_out", "丙未知": "waiting"}
    assert claim.amount_fen == FEE
    waiting = claim.lines.get(person__name="丙未知")
    assert "就业登记" in waiting.remark
    assert "企业" in waiting.remark
    assert claim.lines.get(person__name="乙五月").remark


def test_amount_is_the_fee_up_to_the_cap(world):
    world.person("甲一")
    world.certify()
    claim = world.draft()
    Claim.objects.filter(pk=claim.pk).update(fee_fen=220_000)
    world.invoice(Claim.objects.get(pk=claim.pk))
    assert Claim.objects.get(pk=claim.pk).amount_fen == 200_000


def test_a_second_draft_of_the_class_is_refused_with_the_number_of_the_first(world):
    world.person("甲一")
    world.certify()
    claim = world.draft()
    with pytest.raises(Refused, match=claim.case.number):
        world.draft()
    with pytest.raises(IntegrityError, match="one_live_claim_per_enterprise_and_class"), transaction.atomic():
        Claim.objects.create(
            division=claim.division, policy=claim.policy, case=world.cohort.case, enterprise=claim.enterprise,
            cohort=claim.cohort, fee_fen=1, invoice_active=True, created_at=CLAIM_DAY,
        )  # fmt: skip


def test_a_foreign_enterprise_cannot_draft_or_edit(world, city):
    world.person("甲一")
    world.certify()
    other = build(city, firm=4, nth=1)
    with pytest.raises(Refused, match="只有该单位"):
        draft_claim(cohort=world.cohort, enterprise=world.enterprise, by=other.hr, at=CLAIM_DAY)
    with pytest.raises(Refused, match="没有本企业的学员"):
        draft_claim(cohort=world.cohort, enterprise=other.enterprise, by=other.hr, at=CLAIM_DAY)
    claim = world.draft()
    with pytest.raises(Refused, match="只有申领人"):
        rejudge(claim=claim, by=other.hr, at=CLAIM_DAY)


def test_judging_again_tells_what_changed_and_keeps_unchanged_determinations(world):
    row = world.person("丙未知", registered=None)
    world.person("甲一")
    world.certify()
    claim = world.invoice(world.draft())
    before = Determination.objects.count()
    assert rejudge(claim=claim, by=world.hr, at=CLAIM_DAY) == []
    assert Determination.objects.count() == before
    old = Employment.objects.get(person=row.person)
    old.pk, old.registered_on, old.registration_known = None, dt.date(2019, 1, 5), True
    old.known_at = CLAIM_DAY
    Employment.objects.bulk_create([old])
    changes = rejudge(claim=claim, by=world.hr, at=CLAIM_DAY)
    assert [c.sentence for c in changes] == ["丙未知：由“待补事实”变为“纳入申请”"]
    assert claim.amount_fen == 2 * FEE


# Evidence


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"fen": FEE - 1}, "少于1人的培训费"),
        ({"number": "12"}, "号码格式"),
        ({"fen": 0}, "须大于0"),
    ],
)
def test_an_unfit_invoice_is_refused_and_nothing_is_kept(world, fault, told):
    world.person("甲一")
    world.certify()
    claim = world.draft()
    with pytest.raises(Refused, match=told):
        world.invoice(claim, **({"number": "09900101", "fen": FEE} | fault))
    claim.refresh_from_db()
    assert (claim.invoice_number, claim.invoice_id, states(claim)) == ("", None, {"甲一": "waiting"})
    world.invoice(claim, fen=FEE)
    assert states(claim) == {"甲一": "included"}


def test_a_file_that_is_no_scan_is_refused(world):
    world.person("甲一")
    world.certify()
    claim = world.draft()
    with pytest.raises(Refused, match="不能保存"):
        attach_roster(claim=claim, name="花名册.pdf", content=b"MZ\x90 not a pdf", by=world.hr, at=CLAIM_DAY)
    assert attach_roster(claim=claim, name="花名册.jpg", content=scan(), by=world.hr, at=CLAIM_DAY).roster_id


def test_a_used_invoice_is_refused_naming_only_the_other_number(world, city):
    world.person("甲一")
    world.certify()
    first = world.invoice(world.draft())
    other = build(city, firm=4, nth=1)
    other.person("乙二")
    other.certify()
    with pytest.raises(Refused) as caught:
        other.invoice(other.draft(), " ０９９００１０１ ")
    assert first.case.number in str(caught.value)
    assert world.enterprise.name not in caught.value.sentence()
    world.move(first, "withdraw", world.hr, CLAIM_DAY, "票据开错")
    assert other.invoice(Claim.objects.get(enterprise=other.enterprise), "09900101").invoice_number == "09900101"


# Handing in


def test_handing_in_asks_for_everything(world):
    world.person("甲一")
    world.certify()
    claim = world.draft()
    with pytest.raises(Refused, match="票据尚未填写完整"):
        world.move(claim, "submit", world.hr, CLAIM_DAY)
    world.invoice(claim)
    with pytest.raises(Refused, match="花名册"):
        world.move(claim, "submit", world.hr, CLAIM_DAY)
    world.enterprise.bank_accounts.update(kind="general")
    with pytest.raises(Refused, match="基本存款账户"):
        world.move(claim, "submit", world.hr, CLAIM_DAY)


def test_only_people_who_fail_cannot_be_handed_in(world):
    world.person("乙五月", months=5)
    world.certify()
    claim = world.invoice(world.draft())
    with pytest.raises(Refused, match="没有符合条件的人员"):
        world.move(claim, "submit", world.hr, CLAIM_DAY)


def test_a_draft_that_went_stale_is_not_handed_in_silently(world):
    world.person("甲一")
    world.person("十月断", last=dt.date(2020, 10, 1))
    world.certify()
    claim = world.ready()
    assert claim.amount_fen == 2 * FEE
    december = at("2020-12-10 10:00")
    with pytest.raises(Refused, match="十月断"):
        world.move(claim, "submit", world.hr, december)
    assert Case.objects.get(pk=claim.case_id).state == "draft"
    assert not Entitlement.objects.exists()


def test_handing_in_takes_the_subsidy_of_each_person_and_withdrawal_gives_it_back(world):
    world.person("甲一")
    world.person("乙五月", months=5)
    world.certify()
    claim = world.submitted()
    assert list(Entitlement.objects.values_list("person__name", "released_at")) == [("甲一", None)]
    with pytest.raises(Refused, match="只有申领企业|已提交"):
        rejudge(claim=claim, by=world.hr, at=CLAIM_DAY)
    world.move(claim, "withdraw", world.hr, at("2020-11-10 15:00"), "数据有误")
    assert Entitlement.objects.get().released_at is not None
    assert world.draft(at("2020-11-10 16:00")).pk != claim.pk


def test_a_person_claimed_elsewhere_is_left_out_and_the_earlier_claim_is_named(world, city):
    row = world.person("甲一")
    world.certify()
    first = world.submitted()
    other = build(city, nth=1)
    other.enrol(row.person, other.enterprise)
    other.certify()
    claim = other.invoice(other.draft(), "09900102")
    line = claim.lines.get(person=row.person)
    assert line.state == "left_out"
    assert first.case.number in line.remark


@pytest.mark.django_db(transaction=True)
def test_two_claims_of_one_person_at_the_same_moment_leave_exactly_one(city):
    one, two = build(city), build(city, nth=1)
    person = one.person("同一人").person
    two.enrol(person, two.enterprise)
    claims = []
    for world, number in ((one, "09900101"), (two, "09900102")):
        world.certify()
        claims.append(world.ready(number=number))
    told = _race([lambda c=c: move_case(case=c.case, move="submit", by=one.hr, at=CLAIM_DAY) for c in claims])
    assert Entitlement.objects.filter(person=person, released_at__isnull=True).count() == 1
    refusals = [t for t in told if isinstance(t, Refused)]
    assert len(refusals) == 1
    assert "同一人" in str(refusals[0])


@pytest.mark.django_db(transaction=True)
def test_two_claims_with_one_invoice_at_the_same_moment(city):
    worlds = [build(city), build(city, firm=4, nth=1)]
    drafts = []
    for index, world in enumerate(worlds):
        world.person(f"甲{index}")
        world.certify()
        drafts.append((world, world.draft()))
    told = _race([lambda w=w, c=c: w.invoice(c) for w, c in drafts])
    assert Claim.objects.filter(invoice_number="09900101").count() == 1
    assert sum(isinstance(t, Refused) and t.code == "an_invoice_is_used_once" for t in told) == 1


def _race(deeds) -> list:
    """Run deeds at once in threads of their own; answers what came out of each."""
    start, told = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int) -> None:
        try:
            start.wait(timeout=20)
            told[place] = deeds[place]()
        except Exception as error:
            told[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    unexpected = [t for t in told if isinstance(t, Exception) and not isinstance(t, Refused)]
    assert unexpected == []
    return told


# Review and approval


def test_the_reviewer_takes_a_person_out_with_a_reason(world):
    world.person("甲一")
    world.person("甲二")
    world.certify()
    claim = world.accepted()
    line = claim.lines.get(person__name="甲二")
    with pytest.raises(Refused, match="须写明理由"):
        remove_line(line=line, reason=" ", by=world.reviewer, at=CLAIM_DAY)
    with pytest.raises(Refused, match="审核环节"):
        remove_line(line=line, reason="x", by=world.approver, at=CLAIM_DAY)
    remove_line(line=line, reason="合同造假", by=world.reviewer, at=at("2020-11-11 10:00"))
    claim.refresh_from_db()
    assert (claim.amount_fen, claim.approved_fen) == (2 * FEE, FEE)
    assert Entitlement.objects.filter(released_at__isnull=True).count() == 1
    assert CaseEvent.objects.filter(case=claim.case, move="remove_line", reason="合同造假", duty="review").exists()


def test_facts_learned_after_submission_block_review_until_looked_at(world):
    row = world.person("甲一")
    world.person("甲二")
    world.certify()
    claim = world.accepted()
    assert drifts(claim, at=at("2020-11-12 09:00")) == []
    EarlierGrant.objects.create(
        person=row.person, policy=claim.policy, paid_by="某机构", employer_name="他企业", paid_on=dt.date(2020, 10, 1),
        amount_fen=1, source="测试", known_at=at("2020-11-11 12:00"),
    )  # fmt: skip
    later = at("2020-11-12 09:00")
    (drift,) = drifts(claim, at=later)
    assert drift.decision_changes
    assert {d.label: (d.then, d.now) for d in drift.facts}["已享受本项补贴次数"][0].startswith("0")
    with pytest.raises(Refused, match="甲一"):
        world.move(claim, "review", world.reviewer, later)
    line = judge_anew(line=drift.line, by=world.reviewer, at=later)
    assert (line.state, line.amount_fen) == ("removed", 0)
    claim = world.move(claim, "review", world.reviewer, later)
    assert claim.approved_fen == FEE


def test_reviewer_and_approver_are_two_natural_persons_whatever_the_account(world):
    world.person("甲一")
    world.certify()
    claim = world.accepted()
    claim = world.move(claim, "review", world.reviewer, at("2020-11-12 09:00"))
    hat = Assignment.objects.create(
        user=world.reviewer.user, role="hrss_approver", unit=world.approver.unit, valid_from=dt.date(2015, 1, 1)
    )
    same = Actor(user=hat.user, role=hat.role, unit=hat.unit)
    with pytest.raises(Refused, match="同一自然人"):
        world.move(claim, "approve", same, at("2020-11-13 09:00"))


def test_two_accounts_of_one_person_are_one_person(city):
    reviewer, approver = city.user("o-two-hats-reviewer"), city.user("o-two-hats-approver")
    assert reviewer.pk != approver.pk
    world = build(city, firm=10)
    world.enterprise.register_entries.update(valid_until=None)
    world.person("甲一")
    world.certify()
    rows = {r.user_id: r for r in Assignment.objects.filter(user__in=[reviewer, approver]).select_related("unit")}
    first, second = (Actor(user=u, role=rows[u.pk].role, unit=rows[u.pk].unit) for u in (reviewer, approver))
    claim = world.ready()
    move = lambda code, by: move_case(case=claim.case, move=code, by=by, at=CLAIM_DAY)  # noqa: E731
    move("submit", world.hr)
    move("accept", first)
    look_at_all(claim, first, CLAIM_DAY)
    move("review", first)
    with pytest.raises(Refused, match="同一自然人"):
        move("approve", second)


def test_approval_freezes_amount_and_account_and_sets_the_money_aside(world):
    world.person("甲一")
    world.certify()
    claim = world.approved()
    assert claim.approved_fen == FEE
    assert claim.approved_account_index == claim.account.number_index
    fund = Account.objects.get(fund__code="skills_action_special_account", role="committed")
    assert fund.balance_fen == FEE


def test_an_account_changed_after_submission_stops_the_approval(world):
    world.person("甲一")
    world.certify()
    claim = world.accepted()
    claim = world.move(claim, "review", world.reviewer, at("2020-11-12 09:00"))
    old = claim.account
    type(old).objects.filter(pk=old.pk).update(valid_until=dt.date(2020, 11, 12))
    world.enterprise.bank_accounts.create(
        kind="basic", bank_name="另一银行", number="6222", number_index="x" * 64, valid_from=dt.date(2020, 11, 13)
    )
    with pytest.raises(Refused, match="收款账户在提交后发生变更"):
        world.move(claim, "approve", world.approver, at("2020-11-13 09:00"))


def test_refusal_releases_people_and_invoice(world):
    world.person("甲一")
    world.certify()
    claim = world.accepted()
    claim = world.move(claim, "refuse", world.second_reviewer, at("2020-11-12 09:00"), "培训费未实际支付")
    assert (claim.approved_fen, claim.invoice_active) == (0, False)
    assert not Entitlement.objects.filter(released_at__isnull=True).exists()
    assert letter_of(claim).startswith(b"%PDF")


def test_a_roster_made_here_lapses_when_the_people_change(world):
    world.person("甲一")
    world.certify()
    claim = world.invoice(world.draft())
    claim = make_roster(claim=claim, by=world.hr, at=CLAIM_DAY)
    assert claim.roster.facts == {"made_here": True}
    rejudge(claim=claim, by=world.hr, at=CLAIM_DAY)
    assert claim.roster_id
    rejudge(claim=claim, by=world.hr, at=at("2021-01-10 10:00"))
    assert claim.roster_id is None


def test_papers_of_a_claim(world):
    world.person("甲一")
    world.person("乙五月", months=5)
    world.certify()
    claim = world.approved()
    on = CLAIM_DAY.date()
    assert roster_of(claim, on=on).startswith(b"%PDF")
    assert roster_table(claim, on=on).startswith(b"PK")
    assert letter_of(claim).startswith(b"%PDF")
