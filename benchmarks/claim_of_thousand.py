"""A claim of 1,000 people: drafted (read, judged, kept), and its first page read; against one person after the other.

    .venv/bin/python -m benchmarks.claim_of_thousand [--people 1000]

Both read the same rows of the small demo city's database in one run and must give the same facts and judgements, cell by
cell, before anything is printed. The rival is the reading of tests/claims/one_by_one.py; it keeps nothing.
"""

import argparse
import datetime as dt
import os
import sys
import time
from decimal import Decimal

import pytest

PEOPLE = 1000
SIZE = "PEIBU_BENCH_PEOPLE"


def main(argv: list[str]) -> int:
    """Run through pytest, whose fixtures bring the database with the city."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    people = parser.parse_args(argv).people
    os.environ[SIZE] = str(people)
    return pytest.main(["-q", "-s", "-p", "no:cacheprovider", "--reuse-db", "benchmarks/claim_of_thousand_run.py"])


def persons(world, count: int) -> None:
    """An enterprise's people: contract, 14 insured months, answered coverage, enrolled, marked, certified."""
    from peibu.accounts.secrecy import person_key
    from peibu.kernel.identity import make_id_number
    from peibu.kernel.months import add_months
    from peibu.registry.models import Employment, InsuranceCoverage, InsuranceMonth, Person
    from peibu.training.models import Cohort, Enrolment, Score, SignUp, SignUpLine
    from tests.city import LONG_AGO, at
    from tests.claims.claim_world import LAST_MONTH

    unit, cohort = world.enterprise, world.cohort
    Cohort.objects.filter(pk=cohort.pk).update(seats=count + 100)
    numbers = [make_id_number("370202", dt.date(1970, 1, 1) + dt.timedelta(days=7 * n), n % 999) for n in range(count)]
    born = dt.date(1980, 1, 1)
    people = Person.objects.bulk_create(
        Person(key=person_key(x), id_number=x, name=f"员工{n:04d}", sex="m", born_on=born)
        for n, x in enumerate(numbers)
    )
    Employment.objects.bulk_create(
        Employment(
            person=one, unit=unit, contract_from=dt.date(2019, 1, 1), contract_until=dt.date(2022, 12, 31),
            registered_on=dt.date(2019, 1, 5), post="主管", level="middle", level_evidence="任职文件", source="测试",
            known_at=LONG_AGO,
        )
        for one in people
    )  # fmt: skip
    months = [add_months(LAST_MONTH, -k) for k in range(14)]
    InsuranceMonth.objects.bulk_create(
        (
            InsuranceMonth(
                person=one, unit=unit, month=month, paid_on=month.replace(day=9), kind="normal", amount_fen=100_000,
                source="测试", known_at=LONG_AGO,
            )
            for n, one in enumerate(people)
            for month in months[: 14 if n % 10 else 9]
        ),
        batch_size=2000,
    )  # fmt: skip
    InsuranceCoverage.objects.bulk_create(
        InsuranceCoverage(
            person=one, from_month=dt.date(2017, 1, 1), until_month=LAST_MONTH, source="测试", known_at=LONG_AGO
        )
        for one in people
    )
    signup = SignUp.objects.create(division=unit.division, policy=cohort.policy, enterprise=unit, created_at=LONG_AGO)
    lines = SignUpLine.objects.bulk_create(
        SignUpLine(signup=signup, policy=cohort.policy, position=n, person=one, post="主管", level="middle")
        for n, one in enumerate(people, start=1)
    )
    rows = Enrolment.objects.bulk_create(
        Enrolment(
            division=cohort.division, cohort=cohort, person=line.person, enterprise=unit, line=line,
            enrolled_at=at("2020-10-09 10:00"),
        )
        for line in lines
    )  # fmt: skip
    Score.objects.bulk_create(
        Score(
            exam=cohort.exam, enrolment=row, points=Decimal(88), entered_by=world.reviewer.user,
            entered_at=at("2020-10-24 09:00"),
        )
        for row in rows
    )  # fmt: skip


def timed(deed):
    """(result, seconds)."""
    start = time.perf_counter()
    found = deed()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
