"""Employees, teachers and officers."""

import datetime as dt
import random
from dataclasses import replace

from peibu.demo.city import bodies, words
from peibu.demo.city.codes import RETIRED, WORKING, identity, mobile
from peibu.demo.city.draw import offset, spread, stream, weighted
from peibu.demo.city.insurance import Census, Seat, month_at
from peibu.demo.city.plans import ClassPlan
from peibu.demo.city.records import (
    NOW,
    Agency,
    Contract,
    Enterprise,
    Officer,
    Person,
    PracticeBase,
    Provider,
    Teacher,
    Truth,
)
from peibu.kernel.months import add_months

_CONTRACTS = (("short", 0.04), ("missing", 0.03), ("expired", 0.015), ("open_ended", 0.13), ("fixed", 1.0))
_REGISTRATIONS = (("missing", 0.03), ("late", 0.03), ("done", 1.0))
# Numbers of the staff come from the end of the space of identity numbers; employees start at 0.
_STAFF_FROM = 5_000_000
_STAFF_MOBILE = 99_990_000


def full_name(rng: random.Random, sex: str) -> str:
    """Return a made-up name; common surnames are more frequent, as in life."""
    surname = words.SURNAMES[int(rng.random() ** 1.8 * len(words.SURNAMES))]
    return surname + rng.choice(words.MALE if sex == "male" else words.FEMALE)


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, the 28th at most."""
    return add_months(day, months).replace(day=min(day.day, 28))


def _contract(kind: str, hired_on: dt.date, rng: random.Random) -> Contract:
    one_day = dt.timedelta(days=1)
    if kind == "missing":
        return Contract(None, None)
    if kind == "open_ended":
        return Contract(hired_on, None, open_ended=True)
    if kind == "short":
        return Contract(
            max(hired_on, dt.date(2020, 8, 1)), months_later(max(hired_on, dt.date(2020, 8, 1)), 10) - one_day
        )
    term = rng.choice((12, 24, 36, 36, 60))
    start = hired_on
    if kind == "expired":
        start = min(hired_on, dt.date(2019, 10, 1))
        return Contract(start, dt.date(2020, 9, 30))
    while months_later(start, term) <= NOW.date():
        start = months_later(start, term)
    return Contract(start, months_later(start, term) - one_day)


def employee(census: Census, seat: Seat, id_start: int) -> Person:
    """Make the person who sits on the seat."""
    rng, seed = stream(census.seed, "person", seat.no), census.seed
    retired = seat.situation == "retired"
    number, birth, sex = identity(seat.no, id_start, RETIRED if retired else WORKING)
    rare = seat.no % 157 == 29
    name = words.RARE[seat.no // 157 % len(words.RARE)] if rare else full_name(rng, sex)
    level = weighted(rng.random(), (("senior", 0.07), ("middle", 0.31), ("other", 1.0)))
    if retired:
        level = "middle"
    hired_on = month_at(census.months, seat.career.hired).replace(day=rng.randrange(1, 6))
    hired_on = max(hired_on, months_later(birth, 12 * 18 + 1))
    contract = weighted(spread(offset(seed, "contract"), seat.no * 3), _CONTRACTS)
    registration = weighted(spread(offset(seed, "registration"), seat.no * 5), _REGISTRATIONS)
    registered = {"missing": None, "late": months_later(hired_on, 3), "done": hired_on + dt.timedelta(days=9)}
    return Person(
        no=seat.no,
        key=f"n{seat.no:06d}",
        name=name,
        id_number=number,
        sex=sex,
        birth=birth,
        mobile=None if seat.no % 53 == 17 else mobile(seat.no),
        employer=seat.employer,
        post=rng.choice(words.POSTS[level]),
        level=level,
        contract=_contract(contract, hired_on, rng),
        registered_on=registered[registration],
        pension_from=months_later(seat_end(census, seat), 1) if retired else None,
        truth=Truth(seat.situation, contract, registration),
    )


def seat_end(census: Census, seat: Seat) -> dt.date:
    """Return the first day of the last month for which the person is insured."""
    return census.first_days[seat.career.spells[-1][1]]


class _Staff:
    """Hands out names, identity numbers and mobile numbers to people who are not employees of an enterprise."""

    def __init__(self, seed: int, id_start: int) -> None:
        self._seed, self._start, self._given = seed, id_start, 0

    def next(self) -> tuple[str, str, str, dt.date, str]:
        number, birth, sex = identity(_STAFF_FROM + self._given, self._start, WORKING)
        name = full_name(stream(self._seed, "staff", self._given), sex)
        phone = mobile(_STAFF_MOBILE + self._given)
        self._given += 1
        return name, number, sex, birth, phone


def staff(
    seed: int, id_start: int, enterprises: tuple[Enterprise, ...]
) -> tuple[tuple[Teacher, ...], tuple[Officer, ...]]:
    """Return teachers and officers; trainees' accounts are added when the classes are known."""
    source = _Staff(seed, id_start)
    taught = _teachers(seed, source)
    return taught, (
        *_officers(source, enterprises),
        *_two_hats(source),
        *_evaluators(source),
        *_examiners(source),
        *_lecturers(taught),
    )


def _teachers(seed: int, source: _Staff) -> tuple[Teacher, ...]:
    topics = tuple(words.TOPICS)
    homes: list[Provider | None] = [provider for provider in bodies.providers() for _ in range(3)]
    found = []
    for index, home in enumerate([*homes, *([None] * 8)]):
        name, number, sex, birth, phone = source.next()
        rng = stream(seed, "teacher", index)
        title = rng.choice(words.TITLES[:4]) if home else "行业专家"
        where = home.name if home else rng.choice(("演示工业互联网研究会", "演示智能制造协会", "演示软件行业协会"))
        known = tuple(sorted({topics[index % 7], topics[(index * 3 + 1) % 7], rng.choice(topics)}))
        key = home.key if home else None
        found.append(Teacher(f"t{index + 1:02d}", name, number, sex, birth, phone, title, key, where, known))
    return tuple(found)


def _lecturers(teachers: tuple[Teacher, ...]) -> list[Officer]:
    seats = {provider.key: provider.division for provider in bodies.providers()}
    return [
        Officer(
            f"o-{t.key}",
            t.name,
            t.id_number,
            t.mobile,
            "teacher",
            t.provider or "",
            seats.get(t.provider or "", ""),
            teacher=t.key,
        )
        for t in teachers
    ]


def _officers(source: _Staff, enterprises: tuple[Enterprise, ...]) -> list[Officer]:
    found: list[Officer] = []

    def add(role: str, unit: str, division: str, serial: int = 1) -> None:
        name, number, _sex, _birth, phone = source.next()
        found.append(Officer(f"o-{unit or 'city'}-{role}-{serial}", name, number, phone, role, unit, division))

    for agency in bodies.agencies():
        for role, serial in _posts_of(agency):
            add(role, agency.key, agency.division, serial)
    for body in (*bodies.providers(), *bodies.bases(), *enterprises):
        add(_role_of(body), body.key, body.division)
    add("auditor", "", bodies.CITY)
    add("operator", "", bodies.CITY)
    return found


def _posts_of(agency: Agency) -> tuple[tuple[str, int], ...]:
    if agency.kind == "appraisal":
        return ()  # its people come last, see _examiners
    if agency.division == bodies.CITY:
        return (("city_bureau", 1),)
    posts = {
        "agency": (("agency_reviewer", 1), ("agency_reviewer", 2), ("finance", 1), ("finance", 2)),
        "hrss": (("hrss_approver", 1), ("hrss_supervisor", 1)),
        "industry": (("industry_supervisor", 1),),
    }
    return posts[agency.kind]


def _role_of(body: Provider | PracticeBase | Enterprise) -> str:
    if isinstance(body, Provider):
        return "provider"
    return "base" if isinstance(body, PracticeBase) else "enterprise"


def _examiners(source: _Staff) -> list[Officer]:
    """The city's appraisal body: two who write papers, name examiners and enter scores, and examine themselves."""
    found = []
    for serial in (1, 2):
        name, number, _sex, _birth, phone = source.next()
        key = f"o-appraisal-examiner-{serial}"
        found.append(Officer(key, name, number, phone, "examiner", f"{bodies.CITY}-appraisal", bodies.CITY))
    return found


def _two_hats(source: _Staff) -> list[Officer]:
    """One natural person with two accounts, for the separation of duties."""
    name, number, _sex, _birth, phone = source.next()
    both = "同一自然人兼审核岗与审批岗"
    seat = "370281"
    return [
        Officer("o-two-hats-reviewer", name, number, phone, "agency_reviewer", f"{seat}-agency", seat, remark=both),
        Officer("o-two-hats-approver", name, number, phone, "hrss_approver", f"{seat}-hrss", seat, remark=both),
    ]


EXPERTS = 9


def _evaluators(source: _Staff) -> list[Officer]:
    """Who calls for providers and evaluates them: a second person of the city bureau, experts, the new applicants."""
    bureau = f"{bodies.CITY}-hrss"
    posts = [(f"o-{bureau}-city_bureau-2", "city_bureau", bureau, bodies.CITY)]
    posts += [(f"o-x{n:02d}-expert-1", "expert", bureau, bodies.CITY) for n in range(1, EXPERTS + 1)]
    posts += [(f"o-{body.key}-provider-1", "provider", body.key, body.division) for body in bodies.candidates()]
    found = []
    for key, role, unit, division in posts:
        name, number, _sex, _birth, phone = source.next()
        found.append(Officer(key, name, number, phone, role, unit, division))
    return found


def trainee_accounts(
    classes: tuple[ClassPlan, ...], people: tuple[Person, ...], enterprises: tuple[Enterprise, ...]
) -> tuple[Officer, ...]:
    """Return one trainee per class, and one who also reviews: the claim that names him comes to his own desk."""
    found = []
    for plan in classes:
        trainee = next((people[e.person] for e in plan.enrolments if people[e.person].mobile), None)
        if trainee:
            found.append(_account(f"o-{plan.key}-trainee", trainee, "trainee", enterprises[trainee.employer - 1]))
    plan = next(plan for plan in classes if plan.stage == "claim_accepted")
    firm = enterprises[plan.enterprises[0] - 1]
    person = next(people[e.person] for e in plan.enrolments if e.enterprise == firm.no and people[e.person].mobile)
    seat = next(division.routes_to for division in bodies.divisions() if division.key == firm.division)
    own = _account("o-own-case-reviewer", person, "agency_reviewer", firm)
    found.append(replace(own, unit=f"{seat}-agency", division=seat, remark="审核员本人又是本辖区参训企业职工"))
    return tuple(found)


def _account(key: str, person: Person, role: str, firm: Enterprise) -> Officer:
    return Officer(key, person.name, person.id_number, person.mobile or "", role, firm.key, firm.division, person.no)
