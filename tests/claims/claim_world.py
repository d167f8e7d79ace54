"""A certified class and its enterprise: rows made directly, so that these tests do not rest on earlier stops."""

import dataclasses
import datetime as dt
import io
from decimal import Decimal

from PIL import Image

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.models import Assignment, Unit, User
from peibu.accounts.secrecy import person_key
from peibu.casework.actions import keep_document, move_case, open_case
from peibu.claims.actions.drafts import draft_claim
from peibu.claims.actions.evidence import enter_invoice
from peibu.claims.actions.looks import look_at_line
from peibu.claims.looks import to_look_at
from peibu.claims.models import Claim
from peibu.kernel.identity import make_id_number
from peibu.kernel.months import add_months
from peibu.ledger.actions import appropriate, open_funds
from peibu.registry.models import EarlierGrant, Employment, InsuranceCoverage, InsuranceMonth, Person
from peibu.training.models import (
    Certificate,
    CertificateBatch,
    Cohort,
    Enrolment,
    Exam,
    Score,
    Session,
    SignUp,
    SignUpLine,
    TrainingPlan,
)
from tests.city import LONG_AGO, at

FEE = 180_000
CLAIM_DAY = at("2020-11-10 10:00")
LAST_MONTH = dt.date(2020, 11, 1)


def scan(colour: int = 40) -> bytes:
    """A picture of an invoice."""
    picture = io.BytesIO()
    Image.new("RGB", (640, 400), (colour, 90, 160)).save(picture, "JPEG")
    return picture.getvalue()


@dataclasses.dataclass
class World:
    """One enterprise of the list in one class, with the officers of its district."""

    city: object
    cohort: Cohort
    enterprise: Unit
    hr: Actor
    reviewer: Actor
    second_reviewer: Actor
    approver: Actor
    serial: int = 0

    def person(self, name: str, **wishes) -> Enrolment:
        """An employee in the class; see `employee` for what can be wished."""
        self.serial += 1
        person = employee(self.enterprise, name, self.serial + wishes.pop("salt", 0), **wishes)
        return self.enrol(person, self.enterprise, score=wishes.get("score", "88"))

    def enrol(self, person: Person, unit: Unit, *, score: str | None = "88") -> Enrolment:
        signup = SignUp.objects.create(
            division=unit.division, policy=self.cohort.policy, enterprise=unit, created_at=LONG_AGO
        )
        line = SignUpLine.objects.create(
            signup=signup,
            policy=self.cohort.policy,
            position=1,
            person=person,
            post="生产部主管",
            level="middle",
        )
        row = Enrolment.objects.create(
            division=self.cohort.division,
            cohort=self.cohort,
            person=person,
            enterprise=unit,
            line=line,
            enrolled_at=at("2020-10-09 10:00"),
        )
        if score is not None:
            exam, user = self.cohort.exam, self.reviewer.user
            Score.objects.create(
                exam=exam, enrolment=row, points=Decimal(score), entered_by=user, entered_at=at("2020-10-24 09:00")
            )
        return row

    def certify(self) -> None:
        """Seal the scores and give certificates to who has 60."""
        Exam.objects.filter(cohort=self.cohort).update(
            sealed_at=at("2020-10-26 09:00"), sealed_by=self.reviewer.user, seal="0" * 64
        )
        passed = list(
            Enrolment.objects.filter(cohort=self.cohort, score__points__gte=60).order_by("enrolled_at", "id")
        )
        if not passed:
            return
        case = open_like(self.city, "certificate_batch", self.cohort.provider)
        series = f"T{str(self.cohort.pk)[-12:]}"
        batch = CertificateBatch.objects.create(
            division=self.cohort.division,
            cohort=self.cohort,
            case=case,
            series=series,
            first=1,
            last=len(passed),
            issued_on=dt.date(2020, 10, 30),
            issued_by=self.reviewer.user,
        )
        for number, row in enumerate(passed, start=1):
            Certificate.objects.create(
                batch=batch,
                enrolment=row,
                series=series,
                serial_no=number,
                serial=f"{series}-{number:04d}",
                check_code="ABCD1234",
                issued_on=dt.date(2020, 10, 30),
            )

    def draft(self, now: dt.datetime = CLAIM_DAY) -> Claim:
        return draft_claim(cohort=self.cohort, enterprise=self.enterprise, by=self.hr, at=now)

    def invoice(self, claim: Claim, number: str = "09900101", fen: int = 20 * FEE, now=CLAIM_DAY) -> Claim:
        return enter_invoice(
            claim=claim,
            kind="tax",
            code="3702201130",
            number=number,
            amount_fen=fen,
            on=dt.date(2020, 11, 2),
            name="发票.jpg",
            content=scan(),
            by=self.hr,
            at=now,
        )

    def ready(self, now: dt.datetime = CLAIM_DAY, number: str = "09900101", fen: int = 20 * FEE) -> Claim:
        """A draft that can be handed in."""
        claim = self.invoice(self.draft(now), number, fen, now=now)
        claim.roster = keep_document(
            division=claim.division,
            subject_id=claim.pk,
            case=claim.case,
            purpose="claim_roster",
            name="花名册.pdf",
            kind="pdf",
            content=b"%PDF-1.4 roster",
            by=self.hr,
            at=now,
        )
        claim.save(update_fields=["roster"])
        return claim

    def submitted(self, number: str = "09900101", now: dt.datetime = CLAIM_DAY) -> Claim:
        claim = self.ready(now, number)
        self.move(claim, "submit", self.hr, now)
        return claim

    def accepted(self) -> Claim:
        claim = self.submitted()
        return self.move(claim, "accept", self.reviewer, at("2020-11-11 09:00"))

    def approved(self) -> Claim:
        claim = self.accepted()
        self.move(claim, "review", self.reviewer, at("2020-11-12 09:00"))
        (fund,) = open_funds(policy=claim.policy, on=CLAIM_DAY.date())
        told = {"document_number": "青财社〔2020〕1号", "memo": "下达", "source_id": claim.pk}
        appropriate(fund=fund, amount_fen=100_000_000, by=SYSTEM, at=CLAIM_DAY, **told)
        return self.move(claim, "approve", self.approver, at("2020-11-13 09:00"))

    def on_notice(self) -> Claim:
        return self.move(self.approved(), "publish", self.reviewer, at("2020-11-16 09:00"))

    def move(self, claim: Claim, code: str, by: Actor, now: dt.datetime, reason: str = "") -> Claim:
        """A move as its page makes it: before the review passes, every line is looked at."""
        if code == "review":
            look_at_all(claim, by, now)
        move_case(case=claim.case, move=code, by=by, at=now, reason=reason)
        return Claim.objects.select_related("case", "enterprise", "cohort", "account").get(pk=claim.pk)


def look_at_all(claim: Claim, by: Actor, now: dt.datetime) -> None:
    """Open and mark every line that nobody has looked at."""
    for line in to_look_at(claim):
        look_at_line(line=line, by=by, at=now)


def employee(
    unit: Unit,
    name: str,
    sequence: int,
    *,
    months: int = 12,
    arrears: int = 0,
    registered: bool | None = True,
    earlier: bool = False,
    score: str = "88",
    unknown: bool = False,
    last: dt.date = LAST_MONTH,
) -> Person:
    """An invented employee: `months` insured here up to `last`, the oldest `arrears` of them paid later."""
    number = make_id_number("370202", dt.date(1980, 1, 1) + dt.timedelta(days=41 * sequence), sequence % 999)
    person = Person.objects.create(
        key=person_key(number), id_number=number, name=name, sex="m", born_on=dt.date(1980, 1, 1), mobile="13900000000"
    )
    Employment.objects.create(
        person=person,
        unit=unit,
        contract_from=dt.date(2019, 1, 1),
        contract_until=dt.date(2022, 12, 31),
        registered_on=dt.date(2019, 1, 5) if registered else None,
        registration_known=registered is not None,
        post="生产部主管",
        level="middle",
        level_evidence="任职文件",
        source="测试",
        known_at=LONG_AGO,
    )
    first = add_months(last, 1 - months)
    for index in range(months):
        month = add_months(first, index)
        late = index < arrears
        paid = add_months(first, arrears) if late else month
        pay_month(person, unit, month, paid.replace(day=9), "arrears" if late else "normal")
    if not unknown:
        InsuranceCoverage.objects.create(
            person=person, from_month=dt.date(2017, 1, 1), until_month=LAST_MONTH, source="测试", known_at=LONG_AGO
        )
    if earlier:
        EarlierGrant.objects.create(
            person=person,
            policy="qingdao/industrial_internet_2020",
            paid_by="某区公共就业服务机构",
            employer_name="另一家企业",
            paid_on=dt.date(2020, 10, 20),
            amount_fen=200_000,
            source="测试",
            known_at=LONG_AGO,
        )
    return person


def pay_month(person: Person, unit: Unit, month: dt.date, paid_on: dt.date, kind: str = "normal", known=None) -> None:
    InsuranceMonth.objects.create(
        person=person,
        unit=unit,
        month=month,
        paid_on=paid_on,
        kind=kind,
        amount_fen=100_000,
        source="测试",
        known_at=known or dt.datetime.combine(paid_on, dt.time(8), tzinfo=dt.UTC),
    )


def account(role: str, unit: Unit, name: str, number: str) -> Actor:
    """An account of an invented person."""
    username = f"{role}-{number[-10:]}"
    user = User.objects.create_user(
        username, "Peibu-demo-2020", name=name, person_key=person_key(number), created_at=LONG_AGO
    )
    Assignment.objects.create(user=user, role=role, unit=unit, valid_from=dt.date(2015, 1, 1))
    return Actor(user=user, role=role, unit=unit)


def open_like(city, process: str, provider: Unit):
    return open_case(
        policy=city.policy,
        process=process,
        subject="测试",
        applicant=provider,
        agency=city.office("agency", provider.division),
        by=city.actor("provider", provider),
        at=at("2020-10-09 09:00"),
    )


def build(city, *, firm: int = 3, nth: int = 0) -> World:
    """A class of the nth provider for people of one enterprise of the city (number 3: 370202, on the list)."""
    provider = city.unit(city.city.providers[nth].key)
    enterprise = city.loaded.firms[firm]
    plan = TrainingPlan.objects.create(
        division=provider.division, policy=city.policy, provider=provider, created_at=LONG_AGO
    )
    cohort = Cohort.objects.create(
        division=provider.division,
        policy=city.policy,
        provider=provider,
        plan=plan,
        case=open_like(city, "class_filing", provider),
        name=f"工业互联网综合素质第{nth + 1}期",
        stage="certified",
        opens_on=dt.date(2020, 10, 12),
        ends_on=dt.date(2020, 10, 16),
        fee_fen=FEE,
        seats=80,
        created_at=LONG_AGO,
    )
    teacher = provider.teachers.first()
    for place in range(5):
        day = dt.date(2020, 10, 12 + place)
        Session.objects.create(
            division=cohort.division,
            cohort=cohort,
            position=place + 1,
            kind="lecture",
            subject="专题讲座",
            starts_at=at(f"{day} 09:00"),
            ends_at=at(f"{day} 16:00"),
            place="一教101",
            teacher=teacher,
            teacher_key=teacher.person_key,
        )
    Exam.objects.create(
        division=cohort.division,
        cohort=cohort,
        case=open_like(city, "exam_filing", provider),
        survey_token=f"t{str(cohort.pk)[-20:]}",
    )
    agency = city.office("agency", enterprise.division)
    reviewers = [
        city.actor("agency_reviewer", agency),
        account("agency_reviewer", agency, "复核乙", f"3702{firm}{nth}9"),
    ]
    bureau = city.office("hrss", enterprise.division)
    return World(
        city=city,
        cohort=cohort,
        enterprise=enterprise,
        hr=_hr(city, enterprise, f"3702{firm}{nth}"),
        reviewer=reviewers[0],
        second_reviewer=reviewers[1],
        approver=city.actor("hrss_approver", bureau),
        serial=1000 * firm + 100 * nth,
    )


def _hr(city, enterprise: Unit, number: str) -> Actor:
    row = (
        Assignment.objects.filter(role="enterprise", unit=enterprise).select_related("user", "unit__division").first()
    )
    if row:
        return Actor(user=row.user, role=row.role, unit=row.unit)
    return account("enterprise", enterprise, "经办甲", number)
