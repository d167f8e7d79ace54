"""One claim for every benefit: who claims, for what, at which office, on whose word (ADR 0029)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.models import Assignment, Division, User
from peibu.accounts.secrecy import person_key
from peibu.casework.actions import move_case
from peibu.casework.queries import cases_for
from peibu.claims.actions.drafts import draft_claim, draft_own_claim, draft_project_claim
from peibu.claims.actions.evidence import attach_paper, enter_invoice, make_roster
from peibu.claims.actions.statements import answer_for_office, check_statement, judge_pending, state_facts
from peibu.claims.answers import missing_in
from peibu.claims.claimable import own_claimable, whose
from peibu.claims.models import Claim, Statement
from peibu.claims.needs import needs_of
from peibu.claims.offers import PROCESSES, offer_of, offers_in, offers_to
from peibu.claims.papers import kept_letter, letter_of
from peibu.claims.queries import falling_due
from peibu.kernel.errors import Refused
from peibu.kernel.identity import make_id_number
from peibu.ledger.actions import appropriate, open_funds
from peibu.ledger.queries import commitment_of
from peibu.programmes.models import EnteredRate
from peibu.programmes.rates import enter_rate
from peibu.registry.actions import replace_basic_account, replace_own_account
from peibu.registry.held_certificates import register_certificate
from peibu.registry.models import IdentityCheck, Person
from peibu.rulebook import list_policies, load_policy
from peibu.training.actions.agreements import accept_agreement
from peibu.training.actions.cohorts import enrol
from tests.city import LONG_AGO, at
from tests.claims.claim_world import account, look_at_all, scan
from tests.training.road_world import JINAN, WEIHAI, WEIHAI_PLAN, technician, weihai, weihai_lessons
from tests.training.test_delivery_roads import (
    JINAN_PLAN,
    agreement,
    certified,
    committed,
    copies,
    jinan,
    online,
    practice,
    staff,
    taught,
)

pytestmark = pytest.mark.django_db
HUANGDAO = "huangdao/skills_action_2020"
KNOWLEDGE = "qingdao/knowledge_renewal_2023"


# What the folders say


def test_every_claimed_process_is_one_this_room_guards():
    for path in list_policies():
        for code, process in load_policy(path).processes.items():
            assert ("claims" in process) <= (code in PROCESSES), (path, code)
        for offer in offers_in(path):
            assert offer.subject in load_policy(path).subjects, offer
            assert load_policy(path).item_of(offer.subject, load_policy(path).card["in_force"]["from"]), offer


def test_who_may_claim_is_read_from_the_folder():
    assert {o.subject for o in offers_to("base", on=dt.date(2019, 12, 1))} == {"claim"}
    assert {o.policy for o in offers_to("base", on=dt.date(2019, 12, 1))} == {WEIHAI}
    subjects = {o.subject for o in offers_to("trainee", on=dt.date(2020, 11, 1))}
    assert subjects == {"employee_practice", "special_operation", "special_operations", "appraisal_fee"}
    assert not offers_to("teacher", on=dt.date(2030, 1, 1))


# Weihai: a base for the class it taught


@pytest.fixture
def weihai_class(city):
    road = weihai(city)
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    enrol(cohort=cohort, lines=committed(road, staff(road, 2), technician()), by=road.by, at=road.now)
    copies(road, cohort)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", city.actor("agency_reviewer", cohort.case.agency), at("2019-10-28 10:00"))
    cohort.refresh_from_db()
    taught(road, cohort, "2019-12-10 18:00")
    certified(
        road, cohort, filed="2019-12-11 09:00", held="2019-12-20 09:00", judge=lambda _c: road.bureau,
        issuer=lambda _c: _other_bureau(city, road),
    )  # fmt: skip
    cohort.refresh_from_db()
    return road, cohort


def _other_bureau(city, road):
    try:
        return city.actor("city_bureau", nth=1)
    except IndexError:
        return road.bureau


def weihai_claim(road, cohort, now="2019-12-23 09:00"):
    replace_basic_account(unit=road.unit, bank_name="青岛银行", number="802990200112244", by=road.by, at=at(now))
    claim = draft_claim(cohort=cohort, enterprise=road.unit, by=road.by, at=at(now))
    return enter_invoice(
        claim=claim, kind="tax", code="", number="77001122", amount_fen=400_000, on=dt.date(2019, 12, 20),
        name="发票.jpg", content=scan(), by=road.by, at=at(now),
    )  # fmt: skip


def test_a_base_claims_for_its_class_and_the_office_and_the_rate_have_the_last_word(weihai_class):
    road, cohort = weihai_class
    city = road.city
    claim = weihai_claim(road, cohort)
    assert claim.lines.count() == 2
    assert {line.state for line in claim.lines.all()} == {"waiting"}  # the base has not said who bore the cost
    now = at("2019-12-23 09:30")
    state_facts(
        claim=claim, values={"cost_advanced_fen": 200_000, "cost_advanced_by": "base"}, name="垫付凭证.jpg",
        content=scan(41), by=road.by, at=now,
    )  # fmt: skip
    assert {line.state for line in claim.lines.all()} == {"pending"}, [line.remark for line in claim.lines.all()]
    make_roster_refused(claim, road, now)
    claim.roster_id = claim.invoice_id
    claim.save(update_fields=["roster"])
    assert not needs_of(claim, on=now.date())
    move_case(case=claim.case, move="submit", by=road.by, at=now)
    reviewer = city.actor("agency_reviewer", claim.case.agency)
    approver = city.actor("hrss_approver", city.office("hrss", claim.case.division))
    move_case(case=claim.case, move="accept", by=reviewer, at=at("2019-12-24 09:00"))
    with pytest.raises(Refused, match="没有核实"):
        move_case(case=claim.case, move="approve", by=approver, at=at("2019-12-24 10:00"))
    for row in Statement.objects.filter(claim=claim):
        check_statement(statement=row, accept=True, words="核对垫付凭证", by=reviewer, at=at("2019-12-24 10:00"))
    channels = list(load_policy(WEIHAI).codes["supervision_channels"].items)
    answer_for_office(
        claim=claim, values={"supervision_channels": channels}, words="过程监管台账", by=reviewer,
        at=at("2019-12-24 11:00"),
    )  # fmt: skip
    assert {line.state for line in claim.lines.all()} == {"pending"}  # nobody has entered the standard
    with pytest.raises(Refused, match="待核实"):
        move_case(case=claim.case, move="approve", by=approver, at=at("2019-12-24 12:00"))
    # the bureau of Weihai, which this city has not, enters it
    EnteredRate.objects.create(
        policy=WEIHAI, table="training_standard_fen", key="technician", valid=(dt.date(2019, 10, 21), None),
        value=200_000, cite="威人社字〔2019〕47号", entered_by=road.bureau.user, entered_at=at("2019-12-24 13:00"),
    )  # fmt: skip
    judge_pending(claim=claim, by=reviewer, at=at("2019-12-24 14:00"))
    assert {line.state for line in claim.lines.all()} == {"included"}, [line.remark for line in claim.lines.all()]
    claim.refresh_from_db()
    assert (claim.amount_fen, claim.approved_fen) == (400_000, 400_000)
    for fund in open_funds(policy=WEIHAI, on=dt.date(2019, 12, 24), division=claim.case.division):
        appropriate(
            fund=fund, amount_fen=1_000_000, by=SYSTEM, at=at("2019-12-24 15:00"), document_number="威财〔2019〕1号",
            memo="下达", source_id=fund.pk,
        )  # fmt: skip
    with pytest.raises(Refused, match="没有核对"):  # no second check here: looked at before the approval
        move_case(case=claim.case, move="approve", by=approver, at=at("2019-12-25 09:00"))
    look_at_all(claim, reviewer, at("2019-12-25 08:00"))
    move_case(case=claim.case, move="approve", by=approver, at=at("2019-12-25 09:00"))
    assert commitment_of(claim.case_id).subject == "claim"
    letter = kept_letter(claim)
    assert letter is not None
    assert letter_of(Claim.objects.get(pk=claim.pk)) == letter.file.open().read()


def make_roster_refused(claim, road, now):
    """The system makes no roster of nobody who passes yet."""
    with pytest.raises(Refused, match="没有符合条件"):
        make_roster(claim=claim, by=road.by, at=now)


def test_an_enterprise_does_not_claim_what_the_base_claims(weihai_class):
    road, cohort = weihai_class
    with pytest.raises(Refused, match="岗位不能申领"):
        draft_claim(cohort=cohort, enterprise=road.enterprise.unit, by=road.enterprise, at=at("2019-12-23 09:00"))


def test_nobody_confirms_the_own_word_and_a_rejected_one_counts_no_more(weihai_class):
    road, cohort = weihai_class
    claim = weihai_claim(road, cohort)
    now = at("2019-12-23 10:00")
    state_facts(claim=claim, values={"cost_advanced_fen": 200_000, "cost_advanced_by": "base"}, by=road.by, at=now)
    row = Statement.objects.filter(claim=claim, fact="cost_advanced_fen").get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=row.pk).update(
            state="confirmed", judged_by=road.by.user, judged_key=row.stated_key, judged_at=now, judged_words="好"
        )
    claim.roster_id = claim.invoice_id
    claim.save(update_fields=["roster"])
    move_case(case=claim.case, move="submit", by=road.by, at=now)
    reviewer = road.city.actor("agency_reviewer", claim.case.agency)
    move_case(case=claim.case, move="accept", by=reviewer, at=at("2019-12-24 09:00"))
    check_statement(statement=row, accept=False, words="凭证金额不符", by=reviewer, at=at("2019-12-24 10:00"))
    assert {line.state for line in claim.lines.all()} == {"removed"}


def test_what_the_office_is_asked_the_claimant_cannot_state(weihai_class):
    road, cohort = weihai_class
    claim = weihai_claim(road, cohort)
    for fact, value in (("supervision_channels", ["site"]), ("exam_passed", True), ("certificate_level", "senior")):
        with pytest.raises(Refused, match="不由您填写"):
            state_facts(claim=claim, values={fact: value}, by=road.by, at=at("2019-12-23 10:00"))


# Jinan: the institution for its class, a person for the own practice


@pytest.fixture
def jinan_class(city):
    road = jinan(city)
    people = staff(road, 2)
    for person in people:
        online(road, person)
    cohort = road.cohort(road.signed(**JINAN_PLAN, fee_fen=0), practice(road))
    enrol(cohort=cohort, lines=committed(road, people, {}), by=road.by, at=road.now)
    accept_agreement(agreement=agreement(road), by=road.by, at=road.now)
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", city.actor("agency_reviewer", cohort.case.agency))
    cohort.refresh_from_db()
    taught(road, cohort, "2020-07-27 18:00")
    certified(
        road, cohort, filed="2020-07-28 09:00", held="2020-07-30 09:00",
        judge=lambda case: city.actor("agency_reviewer", case.agency),
        issuer=lambda case: city.actor("hrss_approver", case.agency),
    )  # fmt: skip
    cohort.refresh_from_db()
    return road, cohort


def test_an_institution_claims_for_its_class_by_the_agreement_that_pays_it(jinan_class):
    road, cohort = jinan_class
    now = at("2020-08-03 09:00")
    claim = draft_claim(cohort=cohort, enterprise=road.unit, subject="institution_practice", by=road.by, at=now)
    assert claim.case.process == "practice_claim"
    assert claim.lines.count() == 2
    lines = list(claim.lines.all())
    # what the class and the registers know is not asked again; the share of practice has to be entered by the bureau
    assert {line.state for line in lines} <= {"waiting", "pending"}, [line.remark for line in lines]
    missing = missing_in(line.determination for line in lines)
    assert not missing & {"certificate_kind", "certificate_valid", "online_passed", "practice_by_plan"}
    assert {name for name in missing if name.startswith("rate:")}


def test_people_of_an_enterprise_that_is_paid_itself_are_not_the_institutions_to_claim(jinan_class):
    road, cohort = jinan_class
    offer = offer_of(JINAN, "institution_practice")
    assert [one.why_not for one in whose(offer, cohort, road.unit)] == ["", ""]
    from peibu.training.models import EntrustmentAgreement

    EntrustmentAgreement.objects.update(accepted_at=None, accepted_by=None)
    assert all("没有生效的委托培训协议" in one.why_not for one in whose(offer, cohort, road.unit))


# Huangdao: a person, a certificate, a phone


def person_with_account(city, name="庄一", serial=77):
    number = make_id_number("370211", dt.date(1985, 3, 1), serial)
    key = person_key(number)
    person = Person.objects.create(key=key, id_number=number, name=name, sex="m", born_on=dt.date(1985, 3, 1))
    user = User.objects.create_user(
        f"trainee-{serial}", "x-Peibu-2020", name=name, person_key=key, created_at=LONG_AGO
    )
    Assignment.objects.create(user=user, role="trainee", unit=None, valid_from=dt.date(2015, 1, 1))
    return person, Actor(user=user, role="trainee")


def special_certificate(city, person, number="T3702001", kind="special_operation"):
    officer = city.actor("city_bureau")
    return register_certificate(
        person=person, kind=kind, number=number, issuer="青岛市应急管理局", occupation="", level="",
        issued_on=dt.date(2020, 6, 1), valid_until=dt.date(2026, 6, 1), source="特种作业操作证", by=officer,
        at=at("2020-06-02 09:00"),
    )  # fmt: skip


def huangdao_claim(city):
    person, me = person_with_account(city)
    IdentityCheck.objects.create(
        person=person, verdict="match", source="公安人口库（测试）", reference="R1", asked_at=at("2020-11-09 09:00"),
        answered_at=at("2020-11-09 09:00"),
    )  # fmt: skip
    held = special_certificate(city, person)
    offer = offer_of(HUANGDAO, "special_operations")
    claim = draft_own_claim(offer=offer, held=held, by=me, at=at("2020-11-10 09:00"))
    return person, me, claim


STATED = {
    "connection_places": ["work"], "training_started_on": "2020-05-06", "training_ended_on": "2020-05-20",
}  # fmt: skip


def test_a_person_claims_for_the_own_certificate_and_is_paid_by_nobodys_unit(city):
    person, me, claim = huangdao_claim(city)
    assert (claim.enterprise, claim.person, claim.case.applicant) == (None, person, None)
    assert claim.case.agency.division == Division.objects.get(code="370211").desk
    assert "青岛西海岸新区" in claim.route
    places = load_policy(HUANGDAO).fact_specs["connection_places"].choices
    stated = STATED | {"connection_places": [next(iter(places))]}
    now = at("2020-11-10 09:10")
    assert "还没有登记本人的收款账户" in needs_of(claim, on=now.date())
    replace_own_account(person=person, bank_name="中国银行黄岛支行", number="6217000000000123", by=me, at=now)
    state_facts(claim=claim, values=stated, by=me, at=now)
    line = claim.lines.get()
    assert line.state == "pending", line.remark
    move_case(case=claim.case, move="submit", by=me, at=now)
    reviewer = city.actor("agency_reviewer", claim.case.agency)
    move_case(case=claim.case, move="accept", by=reviewer, at=at("2020-11-11 09:00"))
    for row in Statement.objects.filter(claim=claim):
        check_statement(statement=row, accept=True, words="核对证件", by=reviewer, at=at("2020-11-11 10:00"))
    answer_for_office(
        claim=claim, values={"certificate_verified": True}, words="应急管理部门查询平台", by=reviewer,
        at=at("2020-11-11 11:00"),
    )  # fmt: skip
    line.refresh_from_db()
    assert line.state == "pending"  # the standard is not known: never a pass, never a refusal
    enter_rate(
        policy=HUANGDAO, table="flat_standard_fen", key=("special_operations",), start=dt.date(2020, 1, 20), end=None,
        value=80_000, cite="青人社规〔2020〕1号（测试）", by=city.actor("city_bureau"), at=at("2020-11-11 12:00"),
    )  # fmt: skip
    judge_pending(claim=claim, by=reviewer, at=at("2020-11-11 13:00"))
    line.refresh_from_db()
    assert (line.state, line.amount_fen) == ("included", 80_000), line.remark
    look_at_all(claim, reviewer, at("2020-11-11 14:00"))
    move_case(case=claim.case, move="review", by=reviewer, at=at("2020-11-11 14:00"))
    (fund,) = open_funds(policy=HUANGDAO, on=dt.date(2020, 11, 11), division=claim.case.division)
    appropriate(
        fund=fund, amount_fen=100_000, by=SYSTEM, at=at("2020-11-11 15:00"), document_number="青财〔2020〕1号",
        memo="下达", source_id=claim.pk,
    )  # fmt: skip
    approver = city.actor("hrss_approver", city.office("hrss", claim.case.division))
    move_case(case=claim.case, move="approve", by=approver, at=at("2020-11-12 09:00"))
    claim.refresh_from_db()
    claim.case.refresh_from_db()
    assert (claim.case.state, claim.approved_fen) == ("ready_to_pay", 80_000)
    assert commitment_of(claim.case_id).subject == "special_operations"


def test_a_persons_case_is_seen_by_that_person_alone(city):
    person, me, claim = huangdao_claim(city)
    _other, stranger = person_with_account(city, "庄二", 78)
    assert claim.case in cases_for(me)
    assert claim.case not in cases_for(stranger)
    clerk = account("enterprise", city.loaded.firms[3], "经办", person.id_number)
    assert clerk.person_key == me.person_key
    assert claim.case not in cases_for(clerk)  # the same natural person in another role
    with pytest.raises(Refused, match="只有申领人"):
        state_facts(claim=claim, values={"training_started_on": "2020-05-06"}, by=stranger, at=at("2020-11-10 10:00"))


def test_a_certificate_is_claimed_for_once_and_only_by_its_holder(city):
    person, me, claim = huangdao_claim(city)
    offer = offer_of(HUANGDAO, "special_operations")
    with pytest.raises(Refused, match="该证书已用于"):
        draft_own_claim(offer=offer, held=claim.held, by=me, at=at("2020-11-10 10:00"))
    _other, stranger = person_with_account(city, "庄二", 78)
    with pytest.raises(Refused, match="本人的证书"):
        draft_own_claim(offer=offer, held=claim.held, by=stranger, at=at("2020-11-10 10:00"))
    found = own_claimable(me, at=at("2020-11-10 10:00"))
    assert claim.subject not in {one.offer.subject for one in found if one.offer.policy == HUANGDAO}
    assert next(one for one in found if one.offer.subject == "appraisal_fee").hopeless  # another kind of certificate


def test_a_withdrawn_claim_lets_the_certificate_go(city):
    person, me, claim = huangdao_claim(city)
    move_case(case=claim.case, move="withdraw", by=me, at=at("2020-11-10 10:00"), reason="填错")
    offer = offer_of(HUANGDAO, "special_operations")
    again = draft_own_claim(offer=offer, held=claim.held, by=me, at=at("2020-11-10 11:00"))
    assert again.pk != claim.pk


def test_a_claim_has_exactly_one_claimant_and_one_thing_it_is_for(city):
    person, me, claim = huangdao_claim(city)
    unit = city.loaded.firms[3]
    for wrong in ({"enterprise": unit}, {"person": None}, {"project": "项目"}, {"held": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(**wrong)


# Qingdao 2023: the host of a seminar


def test_the_host_of_a_seminar_claims_after_the_report(city):
    base = city.actor("base")
    bureau = city.actor("city_bureau")
    now = at("2024-09-02 09:00")
    offer = offer_of(KNOWLEDGE, "seminar_grant")
    claim = draft_project_claim(offer=offer, project="智能制造高级研修班", by=base, at=now)
    assert claim.case.process == "seminar_grant"
    assert claim.lines.get().person is None
    state_facts(
        claim=claim,
        values={
            "seminar_level": "city", "seminar_ended_on": "2024-07-10", "evaluation_report_on": "2024-08-01",
            "seminar_cost_fen": 9_000_000,
        },
        by=base,
        at=now,
    )  # fmt: skip
    assert claim.lines.get().state == "pending", claim.lines.get().remark
    assert any("绩效评估报告" in need for need in needs_of(claim, on=now.date()))
    attach_paper(claim=claim, code="evaluation_report", name="报告.jpg", content=scan(), by=base, at=now)
    replace_basic_account(unit=base.unit, bank_name="青岛银行", number="802990200112233", by=base, at=now)
    assert not needs_of(claim, on=now.date())
    move_case(case=claim.case, move="submit", by=base, at=now)
    move_case(case=claim.case, move="accept", by=bureau, at=at("2024-09-03 09:00"))
    for row in Statement.objects.filter(claim=claim):
        check_statement(statement=row, accept=True, words="核对报告", by=bureau, at=at("2024-09-03 10:00"))
    answer_for_office(
        claim=claim, values={"seminar_in_plan": True, "carried_out_by_plan": True}, words="年度计划", by=bureau,
        at=at("2024-09-03 11:00"),
    )  # fmt: skip
    line = claim.lines.get()
    assert (line.state, line.amount_fen) == ("included", 8_000_000), line.remark
    with pytest.raises(Refused, match="已有一件有效"):
        draft_project_claim(offer=offer, project="智能制造高级研修班", by=base, at=at("2024-09-04 09:00"))


# Deadlines


def test_what_is_late_is_listed_with_whose_turn_it_is_and_as_excel(city, visit):
    person, me, claim = huangdao_claim(city)
    choice = next(iter(load_policy(HUANGDAO).fact_specs["connection_places"].choices))
    now = at("2020-11-10 09:10")
    replace_own_account(person=person, bank_name="中国银行", number="6217000000000123", by=me, at=now)
    state_facts(claim=claim, values=STATED | {"connection_places": [choice]}, by=me, at=now)
    move_case(case=claim.case, move="submit", by=me, at=now)
    reviewer = city.actor("agency_reviewer", claim.case.agency)
    due = Claim.objects.get(pk=claim.pk).case.due_on
    assert not list(falling_due(reviewer, until=due - dt.timedelta(days=1)))
    assert [row.pk for row in falling_due(reviewer, until=due)] == [claim.pk]
    clock.move_to(at(f"{due + dt.timedelta(days=20)} 09:00"))
    page = visit(reviewer).get("/desk/claims/overdue/")
    assert claim.case.number in page.content.decode()
    sheet = visit(reviewer).get("/desk/claims/overdue/?as=xlsx")
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
    other = city.actor("agency_reviewer", city.office("agency", city.loaded.firms[3].division))
    assert claim.case.agency != other.unit
    assert claim.case.number not in visit(other).get("/desk/claims/overdue/").content.decode()
    page = visit(me).get(f"/trainee/claims/{claim.pk}/")
    assert "青岛西海岸新区" in page.content.decode()


def test_the_pages_of_a_draft_answer_person_unit_and_desk(city, visit):
    person, me, claim = huangdao_claim(city)
    clock.move_to(at("2020-11-10 10:00"))
    assert "开户银行" in visit(me).get(f"/trainee/claims/{claim.pk}/").content.decode()
    assert "可以申领" in visit(me).get("/trainee/claims/").content.decode()
    reviewer = city.actor("agency_reviewer", claim.case.agency)
    assert "庄一" in visit(reviewer).get(f"/desk/cases/{claim.case_id}/").content.decode()
