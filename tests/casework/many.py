"""Thousands of open tasks at one agency, put straight into the tables: what is tested is the list, not the filing."""

import datetime as dt

from django.db import transaction

from peibu.casework.models import Case, CaseEvent, Task
from tests.city import at

OPENED = at("2020-09-21 09:00")
FIRST_DUE = dt.date(2020, 9, 28)


def _initials(process: str) -> str:
    return "".join(word[0] for word in process.split("_"))


@transaction.atomic
def fill(city, number: int, *, process: str = "class_filing", state: str = "submitted", start: int = 0):
    """`number` submitted cases that wait for one reviewer; returns the reviewer. Deadlines are spread over 20 days."""
    provider = city.unit(city.city.providers[0].key)
    agency = city.office("agency", provider.division)
    cases = [
        Case(
            division=agency.division, number=f"T{_initials(process)}{start + n:06d}", policy=city.policy, process=process,
            subject=f"智能制造第{start + n}期", state=state, applicant=provider, agency=agency, opened_at=OPENED,
            state_since=OPENED, due_on=FIRST_DUE + dt.timedelta(days=n % 20), rule_version="x",
        )
        for n in range(number)
    ]  # fmt: skip
    Case.objects.bulk_create(cases, batch_size=1000)
    CaseEvent.objects.bulk_create(
        [
            CaseEvent(
                case=case, seq=1, move="open", label="建立", to_state=state, actor_name="系统", actor_role="system",
                at=OPENED, rule_version="x",
            )
            for case in cases
        ],
        batch_size=1000,
    )  # fmt: skip
    Task.objects.bulk_create(
        [
            Task(
                case=case, role="agency_reviewer", unit=agency, state=state, title="待审核", opened_at=OPENED,
                due_on=case.due_on,
            )
            for case in cases
        ],
        batch_size=1000,
    )  # fmt: skip
    return city.actor("agency_reviewer", agency)
