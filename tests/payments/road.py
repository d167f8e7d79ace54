"""A claim at the gate of payment, laid down as rows: earlier stretches have tests of their own."""

import datetime as dt
import itertools

from django.db import transaction

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.models import Assignment, Unit, User
from peibu.accounts.secrecy import secret_index
from peibu.casework.models import Case, CaseEvent, NoticeLine, Objection, PublicNotice
from peibu.claims.models import Claim
from peibu.kernel.ids import uuid7
from peibu.ledger.actions import appropriate, open_funds
from peibu.payments.models import BankChannel
from peibu.registry.models import BankAccount
from peibu.training.models import Cohort, TrainingPlan
from tests.city import at

_serial = itertools.count(1)
OPENED, ENDS, CLOSED = at("2020-11-16 09:00"), dt.date(2020, 11, 23), at("2020-11-24 09:00")
NOW = at("2020-11-24 10:00")


class Road:
    """Two payers, an approver and a supply of claims of one district."""

    def __init__(self, city, division=None):
        self.city, self.policy = city, city.policy
        self.firms = [u for u in city.loaded.firms.values() if division is None or u.division.desk == division]
        self.division = division or self.firms[0].division.desk
        self.firms = [u for u in self.firms if u.division.desk == self.division]
        self.agency = city.office("agency", self.division)
        self.maker = self.officer("finance", self.agency)
        self.releaser = self.officer("finance", self.agency)
        self.approver = self.officer("hrss_approver", city.office("hrss", self.division))
        (self.fund,) = open_funds(policy=self.policy, on=OPENED.date())

    def officer(self, role: str, unit: Unit, key: str = "") -> Actor:
        n = next(_serial)
        user = User.objects.create(
            username=f"pay-{n}", name=f"出纳{n}", person_key=key or f"pay-person-{n}", created_at=OPENED, password="!"
        )
        Assignment.objects.create(user=user, role=role, unit=unit, valid_from=dt.date(2015, 1, 1))
        return Actor(user=user, role=role, unit=unit)

    def money(self, fen: int) -> None:
        source = uuid7()
        told = {"document_number": "青财社〔2020〕1号", "memo": "下达通知", "source_id": source}
        appropriate(fund=self.fund, amount_fen=fen, by=SYSTEM, at=OPENED, **told)

    def bank(self, ability: str, **terms) -> BankChannel:
        """What the bank of the agency can do."""
        told = {"format": "generic_txt", "statement_format": "generic_txt", "payer_name": self.agency.name}
        told |= {"payer_account": "37000000000000001", "division": self.agency.division, "set_at": OPENED}
        row, _made = BankChannel.objects.update_or_create(
            agency=self.agency, defaults=told | {"ability": ability} | terms
        )
        return row

    def account(self, unit: Unit, number: str = "", kind: str = "basic") -> BankAccount:
        found = unit.bank_accounts.filter(kind=kind, valid_until__isnull=True).first()
        if found and not number:
            return found
        number = number or f"62284804{next(_serial):011d}"
        unit.bank_accounts.filter(kind=kind, valid_until__isnull=True).update(valid_until=dt.date(2020, 1, 1))
        return BankAccount.objects.create(
            unit=unit,
            kind=kind,
            bank_name="演示银行青岛分行",
            number=number,
            number_index=secret_index(number),
            valid_from=dt.date(2015, 1, 1),
        )

    @transaction.atomic
    def claim(
        self, fen: int = 200000, state: str = "ready_to_pay", firm: Unit | None = None, notice: bool = True
    ) -> Case:
        n = next(_serial)
        firm = firm or self.firms[n % len(self.firms)]
        account = self.account(firm)
        case = self._case("claim", state, firm, n)
        self._step(case, "open", "", state)
        Claim.objects.create(
            division=self.division,
            policy=self.policy,
            case=case,
            enterprise=firm,
            cohort=self._cohort(n),
            fee_fen=fen,
            account=account,
            approved_account_index=account.number_index,
            amount_fen=fen,
            approved_fen=fen,
            created_at=OPENED,
        )
        if notice:
            self.notice(case)
        return case

    @transaction.atomic
    def claims(self, count: int, first_fen: int = 0) -> list[Case]:
        """Many claims ready to pay, each with a sum of its own (kept in `last_fens`), in one notice."""
        first_fen = first_fen or 100_000 + next(_serial) * 10_000
        self.last_fens = [first_fen + n for n in range(count)]
        firm = self.firms[0]
        account, cohort = self.account(firm), self._cohort(next(_serial))
        cases, events, claims = [], [], []
        for fen in self.last_fens:
            n = next(_serial)
            case = self._case("claim", "ready_to_pay", firm, n, save=False)
            cases.append(case)
            events.append(self._event(case, "open", "", "ready_to_pay", 1))
            claims.append(
                Claim(
                    division=self.division, policy=self.policy, case=case, enterprise=firm, cohort=cohort, fee_fen=fen,
                    account=account, approved_account_index=account.number_index, amount_fen=fen, approved_fen=fen,
                    created_at=OPENED,
                )
            )  # fmt: skip
        Case.objects.bulk_create(cases)
        CaseEvent.objects.bulk_create(events)
        Claim.objects.bulk_create(claims)
        notice = self._notice(ENDS, CLOSED)
        lines = [
            NoticeLine(notice=notice, case=case, subject_id=case.pk, position=n, columns={}, token="t", leaf="0" * 64)
            for n, case in enumerate(cases, start=1)
        ]
        NoticeLine.objects.bulk_create(lines)
        return cases

    def _case(self, process: str, state: str, firm: Unit, n: int, *, save: bool = True) -> Case:
        case = Case(
            division=self.division,
            number=f"PAYTEST-{n:05d}",
            policy=self.policy,
            process=process,
            subject=f"补贴申领{n}",
            state=state,
            applicant=firm,
            agency=self.agency,
            opened_at=OPENED,
            state_since=CLOSED,
            rule_version="test",
        )
        if save:
            case.save(force_insert=True)
        return case

    def _step(self, case: Case, move: str, duty: str, state: str, key: str = "") -> None:
        self._event(case, move, duty, state, case.steps.count() + 1, key).save(force_insert=True)

    def _event(self, case: Case, move: str, duty: str, state: str, seq: int, key: str = "") -> CaseEvent:
        return CaseEvent(
            case=case,
            seq=seq,
            move=move,
            label=move,
            to_state=state,
            actor_name="甲",
            actor_role="agency_reviewer",
            person_key=key,
            duty=duty,
            at=OPENED,
            rule_version="test",
        )

    def did(self, actor: Actor, case: Case, duty: str) -> None:
        """Let a natural person have had a duty in the case."""
        self._step(case, "did", duty, case.state, actor.person_key)

    def _cohort(self, n: int) -> Cohort:
        provider = self.city.unit(self.city.city.providers[0].key)
        plan = TrainingPlan.objects.create(
            policy=self.policy,
            provider=provider,
            division=provider.division,
            created_at=OPENED,
        )
        filing = self._case("class_filing", "confirmed", provider, next(_serial))
        self._step(filing, "open", "", "confirmed")
        return Cohort.objects.create(
            division=provider.division,
            policy=self.policy,
            provider=provider,
            plan=plan,
            case=filing,
            name=f"第{n}期",
            fee_fen=200000,
            seats=80,
            created_at=OPENED,
        )

    def notice(self, case: Case, *, ends: dt.date = ENDS, closed: dt.datetime | None = CLOSED) -> PublicNotice:
        notice = self._notice(ends, closed)
        NoticeLine.objects.create(
            notice=notice, case=case, subject_id=case.pk, position=1, columns={}, token="t", leaf="0" * 64
        )
        return notice

    def _notice(self, ends: dt.date, closed: dt.datetime | None) -> PublicNotice:
        return PublicNotice.objects.create(
            division=self.division,
            number=f"GS-TEST-{next(_serial)}",
            policy=self.policy,
            title="公示",
            agency=self.agency,
            opened_at=OPENED,
            ends_on=ends,
            root="0" * 64,
            state="closed" if closed else "open",
            closed_at=closed,
        )

    def objection(self, case: Case, whole: bool = False) -> Objection:
        line = case.notice_lines.get()
        return Objection.objects.create(
            division=self.division,
            notice=line.notice,
            line=None if whole else line,
            number=f"YY-TEST-{next(_serial)}",
            text="异议",
            raised_at=OPENED,
        )
