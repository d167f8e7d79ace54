"""A Jinan practice class after its online part (JN6.3.1, 6.3.2, 6.4.1b, 6.6.1a): taught, examined, with certificates."""

import datetime as dt
from decimal import Decimal

from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.actions import move_case
from peibu.claims.actions.drafts import draft_claim
from peibu.demo.loader.delivery import DeliveryStory, Part, list_unit, moment
from peibu.demo.loader.players import Players
from peibu.registry.actions import replace_basic_account
from peibu.registry.models import Person
from peibu.training.actions.agreements import accept_agreement, register_agreement
from peibu.training.actions.certificates import report_passed
from peibu.training.actions.exam import draft_exam, file_exam, name_supervisors, set_paper, set_time
from peibu.training.actions.scores import confirm_supervision, enter_scores, seal_scores
from peibu.training.models import Exam
from peibu.training.queries.exams import possible_supervisors

JINAN = "jinan/internet_plus_2020"
PROVIDER, FIRM = "p16", 4
OCCUPATION = "6-18-02-04"  # taught by this college in the city's catalogue of specialities
LISTED, PASSED_ON = dt.date(2020, 4, 10), dt.date(2020, 6, 20)
SIGNED, FILED, CONFIRMED = moment("2020-07-03 09:00"), moment("2020-07-06 09:00"), moment("2020-07-07 10:00")
FIRST, FINISHED = dt.date(2020, 7, 20), moment("2020-07-24 18:00")
ASKED, APPROVED = moment("2020-07-27 09:00"), moment("2020-07-28 09:00")
EXAM_FROM, EXAM_UNTIL = moment("2020-07-30 09:00"), moment("2020-07-30 11:00")
CLAIMED, ACCEPTED = moment("2020-08-03 09:00"), moment("2020-08-04 10:00")
SCORED, ISSUED = moment("2020-07-30 15:00"), moment("2020-07-31 10:00")
PEOPLE = 6
STATED = {"trainee_categories": ["employee"]}
ONLINE = {"online_completed": True, "online_passed": True, "online_passed_on": str(PASSED_ON)} | STATED
PAPER = (("single", 60, Decimal(1)), ("practical", 4, Decimal(10)))
PLAN = {
    "project_name": "焊工线下实操",
    "mode": "线上理论合格后线下实操",
    "goal": "能独立完成焊条电弧焊和气体保护焊的基本操作",
    "training_place": "实训中心",
    "practice_place": "实训中心",
    "content": "焊接安全和设备、平焊、立焊、气体保护焊、综合练习",
    "class_hours": 40,
    "headcount": PEOPLE,
    "batches": 1,
    "evaluation": "理论和实操合并计分，60分合格",
    "fee_fen": 0,
    "stated": {"occupation_code": OCCUPATION, "standard_level": "senior", "course_kind": "skill"},
}


def play_jinan(players: Players) -> None:
    """From the records of the online part to the certificates, each deed by who does it."""
    college = players.loaded.units[PROVIDER]
    story = DeliveryStory(players, JINAN, college, players.loaded.firms[FIRM])
    list_unit(JINAN, "provider", college, title="线下实操培训机构名单（演示）", on=LISTED)
    story.record("city", JINAN, "offline_resumed_on", "2020-05-15", since=dt.date(2020, 5, 15), at=SIGNED)
    people = story.people([], PEOPLE)
    for person in people:
        _passed_online(story, person)
    story.sign_up(people, post="焊工", stated=STATED, at=SIGNED)
    story.open_class(
        f"{college.name}焊工线下实操一班", PLAN, FIRST, [Part("practice", "焊接实操", (8,) * 5)], at=FILED
    )
    _agreement(story)
    story.file(submitted=FILED, confirmed=CONFIRMED)
    story.teach(finished=FINISHED)
    _examined(story)
    _certified(story)
    _claimed(story)


def _passed_online(story: DeliveryStory, person: Person) -> None:
    for name, value in ONLINE.items():
        story.record("person", person.pk, name, value, since=PASSED_ON, at=SIGNED)


def _agreement(story: DeliveryStory) -> None:
    """The enterprise names the provider as payee, the provider agrees."""
    row = register_agreement(
        policy=JINAN, provider=story.provider, payee="provider", valid_from=dt.date(2020, 7, 1),
        valid_until=dt.date(2020, 12, 31), number="委培〔2020〕1号（演示）", by=story.sender, at=FILED,
    )  # fmt: skip
    accept_agreement(agreement=row, by=story.by, at=FILED)


def _examined(story: DeliveryStory) -> None:
    """The college examines, the district approves, an officer watches, the marks are sealed."""
    exam = draft_exam(cohort=story.cohort, by=story.by, at=ASKED)
    set_time(exam=exam, held_from=EXAM_FROM, held_until=EXAM_UNTIL, place="实训中心", by=story.by, at=ASKED)
    set_paper(exam=exam, items=list(PAPER), by=story.by, at=ASKED)
    watchers = possible_supervisors(story.cohort, Role.HRSS_SUPERVISOR, on=ASKED.date())[:1]
    name_supervisors(exam=exam, users=list(watchers), by=story.by, at=ASKED)
    exam.refresh_from_db()
    file_exam(exam=exam, by=story.by, at=ASKED)
    exam.refresh_from_db()
    story.move(exam.case, "approve", story.players.of(Role.AGENCY_REVIEWER, exam.case.agency), APPROVED)
    exam = Exam.objects.select_related("cohort", "case").get(pk=exam.pk)
    for row in exam.supervisors.all():
        confirm_supervision(
            supervisor=row, remark="全程监考，秩序正常。", by=story.players.by_user(row.user), at=SCORED
        )
    enter_scores(exam=exam, marks=story.marks(exam), by=story.by, at=SCORED)
    seal_scores(exam=exam, by=story.by, at=SCORED)


def _certified(story: DeliveryStory) -> None:
    story.cohort.refresh_from_db()
    batch = report_passed(cohort=story.cohort, by=story.by, at=SCORED)
    office = Unit.objects.get(kind="hrss", division=story.cohort.division.desk)
    story.move(batch.case, "issue", story.players.of(Role.HRSS_APPROVER, office), ISSUED)


def _claimed(story: DeliveryStory) -> None:
    """The college claims by the agreement that pays it; it is accepted, and waits for the bureau's standard (JN6.3.2)."""
    replace_basic_account(
        unit=story.provider, bank_name="齐鲁银行济南分行", number="802160200112016", by=story.by, at=CLAIMED
    )
    claim = draft_claim(
        cohort=story.cohort, enterprise=story.provider, subject="institution_practice", by=story.by, at=CLAIMED
    )
    move_case(case=claim.case, move="submit", by=story.by, at=CLAIMED)
    reviewer = story.players.of(Role.AGENCY_REVIEWER, claim.case.agency)
    move_case(case=claim.case, move="accept", by=reviewer, at=ACCEPTED)
