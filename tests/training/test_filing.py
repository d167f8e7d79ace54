"""From the plan to the confirmed class (QD97.2.3, 3.1, 3.2, 3.4, 4.1)."""

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction

from peibu.casework.actions import move_case
from peibu.casework.models import Determination
from peibu.kernel.errors import Refused
from peibu.programmes.queries import listed
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import cancel_reason, draft_cohort, drop, enrol, give_reason, set_timetable
from peibu.training.actions.plans import cosign_plan, draft_plan, sign_plan, write_plan
from peibu.training.filing import judge_filing
from peibu.training.models import Cohort
from tests.city import at, stage
from tests.training.filing_world import DAYS, Filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing(city):
    return Filing(city)


@pytest.mark.parametrize(
    ("part", "empty", "label"),
    [
        ("goal", "", "培训目标"),
        ("evaluation", " ", "结业评价标准"),
        ("class_hours", None, "课时"),
        ("batches", None, "人数及批次"),
        ("practice_place", "", "培训及实训地点"),
    ],
)
def test_an_incomplete_plan_cannot_be_signed_and_the_missing_part_is_named(filing, part, empty, label):
    plan = filing.plan(**{part: empty})
    with pytest.raises(Refused, match=label):
        sign_plan(plan=plan, by=filing.by, at=filing.now)


def test_a_signed_plan_is_frozen_and_a_new_version_starts_unsigned(filing):
    plan = filing.signed()
    with pytest.raises(Refused, match="已签署"):
        write_plan(plan=plan, parts={"goal": "x"}, bases=[], teachers=[], by=filing.by, at=filing.now)
    newer = draft_plan(policy=plan.policy, by=filing.by, at=filing.now, replaces=plan)
    assert (newer.version, newer.goal, newer.signed_at) == (2, plan.goal, None)
    assert newer.bases.filter(signed_at__isnull=False).count() == 0


def test_a_base_signs_only_plans_that_name_it_and_only_after_the_provider(filing):
    plan = filing.plan()
    base = filing.city.actor("base", filing.bases[0])
    with pytest.raises(Refused, match="尚未签署"):
        cosign_plan(plan=plan, by=base, at=filing.now)
    others = [row.unit for row in listed(plan.policy, "base", on=dt.date(2020, 9, 28))[2:3]]
    with pytest.raises(Refused, match="未选择贵单位"):
        cosign_plan(plan=plan, by=filing.city.actor("base", others[0]), at=filing.now)


def test_a_good_class_is_filed_with_its_check_sheet_and_confirmed(filing):
    cohort = filing.full()
    filing.submit(cohort)
    cohort.refresh_from_db()
    assert Determination.objects.get(subject_id=cohort.pk).decision == "pass"
    assert set(cohort.sessions.values_list("active", flat=True)) == {True}
    reviewer = filing.city.actor("agency_reviewer", cohort.case.agency)
    move_case(case=cohort.case, move="confirm", by=reviewer, at=at("2020-10-12 09:00"))
    cohort.refresh_from_db()
    assert cohort.stage == "confirmed"
    with pytest.raises(Refused, match="不能直接修改"):
        set_timetable(cohort=cohort, lessons=filing.lessons(), by=filing.by, at=at("2020-10-12 10:00"))


def test_four_days_are_too_few(filing):
    cohort = filing.full(days=DAYS[1:])
    with pytest.raises(Refused, match="4"):
        filing.submit(cohort)
    cohort.case.refresh_from_db()
    assert cohort.case.state == "draft"


def test_a_span_beyond_the_usual_needs_a_reason_and_shows_it(filing):
    days = [*DAYS[:4], dt.date(2020, 11, 3)]
    cohort = filing.full(days=days)
    with pytest.raises(Refused, match="原则上"):
        filing.submit(cohort)
    cohort.refresh_from_db()
    give_reason(
        cohort=cohort, rule="class_span_in_limit", reason="企业生产排期，分两段授课", by=filing.by, at=filing.now
    )
    filing.submit(cohort)
    finding = next(
        f for f in Determination.objects.get(subject_id=cohort.pk).findings if f["rule"] == "class_span_in_limit"
    )
    assert "分两段授课" in finding["sentence"]


def test_three_practice_days_one_base_and_an_unsigned_plan_are_each_named(filing):
    plan = sign_plan(plan=filing.plan(), by=filing.by, at=filing.now)
    cohort = draft_cohort(plan=plan, name="第二期", venue="x", by=filing.by, at=filing.now)
    rows = [filing.lesson(day) for day in DAYS[:2]]
    rows += [filing.lesson(day, kind="practice", base=filing.bases[0]) for day in DAYS[2:]]
    set_timetable(cohort=cohort, lessons=rows, by=filing.by, at=filing.now)
    wrong = {f.rule for f in judge_filing(cohort, on=dt.date(2020, 10, 10)).findings if f.status.value != "pass"}
    assert {"practice_short_enough", "enough_practice_bases", "plan_cosigned"} <= wrong


def test_filing_counts_working_days_over_the_national_holiday(filing):
    """Opening 2020-10-19: 5 working days ahead is 10-12 (Mon); 10-13 is one too late."""
    cohort = filing.cohort()
    assert judge_filing(cohort, on=dt.date(2020, 10, 12)).decision.value == "pass"
    assert judge_filing(cohort, on=dt.date(2020, 10, 13)).decision.value == "fail"
    early = filing.cohort(days=[dt.date(2020, 10, 9) + dt.timedelta(days=n) for n in range(5)], plan=cohort.plan)
    # 9-27 (Sunday) was a make-up working day: 28, 29, 30 September and 9 October follow it.
    assert judge_filing(early, on=dt.date(2020, 9, 27)).decision.value == "fail"
    assert judge_filing(early, on=dt.date(2020, 9, 25)).decision.value == "pass"


def test_a_teacher_cannot_be_in_two_filed_classes_at_once(filing):
    first, second = filing.full(), filing.full(nth=1)
    filing.submit(first)
    with pytest.raises(Refused, match="教师"):
        filing.submit(second)
    reviewer = filing.city.actor("agency_reviewer", first.case.agency)
    move_case(case=first.case, move="return", by=reviewer, at=at("2020-10-10 10:00"), reason="请更换教师")
    second.refresh_from_db()
    filing.submit(second)  # the returned timetable binds nobody


def test_every_fault_of_a_timetable_is_told_at_once(filing):
    cohort = filing.cohort()
    before = list(cohort.sessions.values_list("pk", flat=True))
    bad = [filing.lesson(DAYS[0]), filing.lesson(DAYS[0], hour=10), filing.lesson(DAYS[1], kind="practice")]
    with pytest.raises(Refused) as caught:
        set_timetable(cohort=cohort, lessons=bad, by=filing.by, at=filing.now)
    assert "重叠" in str(caught.value)
    assert "没有实训基地" in str(caught.value)
    assert list(cohort.sessions.values_list("pk", flat=True)) == before


def test_another_provider_cannot_touch_the_class(filing):
    cohort = filing.cohort()
    other = next(a for a in (filing.city.actor("provider", nth=i) for i in range(18)) if a.unit.pk != filing.unit.pk)
    with pytest.raises(Refused, match="不属于"):
        set_timetable(cohort=cohort, lessons=filing.lessons(), by=other, at=filing.now)
    with pytest.raises(Refused, match="不属于"):
        move_case(case=cohort.case, move="submit", by=other, at=filing.now)


@pytest.mark.django_db(transaction=True)
def test_nobody_comes_into_a_class_while_it_is_being_filed():
    """Who enrols at that moment waits for the filing and is then refused: what is filed is what was judged."""
    filing = Filing(stage())
    cohort = filing.full()
    late = filing.sign_ups(1, nth=1)
    stale = Cohort.objects.select_related("case").get(pk=cohort.pk)
    filed, left = threading.Event(), []

    def file():
        try:
            with transaction.atomic():
                filing.submit(cohort)
                filed.set()
                time.sleep(0.5)
                left.append(time.monotonic())
        finally:
            filed.set()
            connection.close()

    thread = threading.Thread(target=file)
    thread.start()
    assert filed.wait(60)
    with pytest.raises(Refused, match="已提交备案"):
        enrol(cohort=stale, lines=late, by=filing.by, at=filing.now)
    assert left
    assert time.monotonic() >= left[0]
    thread.join()
    assert Cohort.objects.get(pk=cohort.pk).enrolments.count() == 3


@pytest.mark.parametrize("deed", ["enrol", "drop", "set_timetable", "give_reason", "cancel_reason"])
def test_a_page_opened_before_the_filing_changes_nothing_after_it(filing, deed):
    cohort = filing.full()
    stale = Cohort.objects.select_related("case").get(pk=cohort.pk)
    person = stale.enrolments.select_related("cohort__case").first()
    late = filing.sign_ups(1, nth=1)
    filing.submit(cohort)
    rule = "class_size_in_limit"
    deeds = {
        "enrol": lambda by: enrol(cohort=stale, lines=late, **by),
        "drop": lambda by: drop(enrolment=person, **by),
        "set_timetable": lambda by: set_timetable(cohort=stale, lessons=filing.lessons(), **by),
        "give_reason": lambda by: give_reason(cohort=stale, rule=rule, reason="同一企业末位并班", **by),
        "cancel_reason": lambda by: cancel_reason(cohort=stale, rule=rule, **by),
    }
    with pytest.raises(Refused, match="已提交备案"):
        deeds[deed]({"by": filing.by, "at": filing.now})


def test_a_reason_opens_the_seats_the_folder_names_and_no_more(filing):
    cohort = filing.full()
    policy = load_policy(cohort.policy)
    most = policy.value(policy.delivery.size_beyond, on=filing.now.date())
    rule = policy.delivery.size_rule
    give_reason(cohort=cohort, rule=rule, reason="同一企业末位并班", by=filing.by, at=filing.now)
    assert Cohort.objects.get(pk=cohort.pk).seats == most == 200
    cancel_reason(cohort=cohort, rule=rule, by=filing.by, at=filing.now)
    assert Cohort.objects.get(pk=cohort.pk).seats == 80
