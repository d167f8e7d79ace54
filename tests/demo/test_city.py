"""The demo city: same seed same city, valid codes, every planted situation there, nobody real in it."""

import datetime as dt
import io
import itertools
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import fields, replace

import pytest
from PIL import Image

from peibu.demo.city import NOW, SITUATIONS, City, draw_photo, generate, stream_insurance
from peibu.demo.city.insurance import OUTSIDE_FIRST
from peibu.demo.city.records import InsuranceRow, PracticeBase, Provider
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_mobile, check_name, check_uscc


@pytest.fixture(scope="module")
def city() -> City:
    return generate(97)


# --- oracles of our own, so that a wrong generator cannot agree with itself ---


def id_number_is_valid(number: str) -> bool:
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    remainder = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return (remainder + (10 if number[17] == "X" else int(number[17]))) % 11 == 1


def uscc_is_valid(code: str) -> bool:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(code) != 18 or any(letter not in letters for letter in code):
        return False
    return sum(letters.index(letter) * pow(3, place, 31) for place, letter in enumerate(code)) % 31 in (
        0,
        letters.index(code[17]) * (pow(3, 17, 31) - 1) % 31,
    )


def insurance_verdict(rows: list[InsuranceRow], employer: int, unknown: tuple[dt.date, ...]) -> str:
    """QD97.1.2 on NOW, written straight from the clause: six months in a row, three in arrears count."""
    arrears = {
        row.month: row.kind == "arrears" for row in rows if row.employer == employer and row.paid_on <= NOW.date()
    }
    normal = late = 0
    month = dt.date(2020, 12, 1) if dt.date(2020, 12, 1) in arrears else dt.date(2020, 11, 1)
    while month in arrears:
        normal, late = normal + (not arrears[month]), late + arrears[month]
        month = (month - dt.timedelta(days=1)).replace(day=1)
    if normal + min(late, 3) >= 6:
        return "pass"
    return "unknown" if month in unknown else "fail"


def rows_by_person(city: City) -> dict[int, list[InsuranceRow]]:
    found = defaultdict(list)
    for row in city.insurance:
        found[row.person].append(row)
    return found


def test_the_oracles_know_good_codes_from_bad_ones() -> None:
    assert id_number_is_valid("11010519491231002X")
    assert not id_number_is_valid("110105194912310021")
    for code in ("91330100799655058B", "914403001922038216", "91350100M000100Y43"):
        assert uscc_is_valid(code)
    assert not uscc_is_valid("91330100799655058A")
    assert not uscc_is_valid("91330100799655085B")


# --- the same city ---


def test_same_seed_gives_the_same_city_in_another_process_with_another_hash_seed() -> None:
    program = "from peibu.demo.city import generate; print(generate(7, people=500, enterprises=12).digest())"
    here = generate(7, people=500, enterprises=12).digest()
    for hash_seed in ("1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == here
    assert generate(8, people=500, enterprises=12).digest() != here


def test_stream_yields_the_rows_of_the_city_and_can_be_cut_into_ranges(city: City) -> None:
    assert tuple(stream_insurance(97)) == city.insurance
    parts = itertools.chain(stream_insurance(97, last=700), stream_insurance(97, first=700))
    assert tuple(parts) == city.insurance
    assert tuple(stream_insurance(98)) != city.insurance


@pytest.mark.parametrize(
    "sizes", [{"people": 399}, {"people": 1_000_001}, {"enterprises": 9}, {"enterprises": 201}, {"months": 11}]
)
def test_impossible_sizes_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        generate(1, **sizes)


@pytest.mark.parametrize("months", [12, 13, 24, 60])
def test_other_windows_end_in_december_2020_too(months: int) -> None:
    rows = list(stream_insurance(5, people=600, months=months))
    present = {row.month for row in rows}
    assert max(present) == dt.date(2020, 12, 1)
    assert len(present) == months


def test_twenty_thousand_people() -> None:
    large = generate(3, people=20_000)
    assert len(large.people) == 20_000
    assert len({person.id_number for person in large.people}) == 20_000
    assert len({person.mobile for person in large.people if person.mobile}) > 19_000
    assert sum(20 <= len(plan.enrolments) <= 60 for plan in large.classes) == len(large.classes)
    assert {person.truth.insurance for person in large.people} == set(SITUATIONS)


# --- codes ---


def natural_persons(city: City) -> list[tuple[str, dt.date | None, str | None]]:
    employees = [(p.id_number, p.birth, p.sex) for p in city.people]
    teachers = [(t.id_number, t.birth, t.sex) for t in city.teachers]
    return [*employees, *teachers, *((o.id_number, None, None) for o in city.officers)]


def test_every_identity_number_is_valid_and_tells_birth_and_sex(city: City) -> None:
    for number, birth, sex in natural_persons(city):
        assert id_number_is_valid(number), number
        if birth:
            assert number[6:14] == f"{birth:%Y%m%d}"
            assert (int(number[16]) % 2 == 1) == (sex == "male")
    assert {number[:2] for number, _birth, _sex in natural_persons(city)} >= {"37", "21", "41"}


def test_nobody_shares_an_identity_number_except_the_planted_double_accounts(city: City) -> None:
    numbers = [p.id_number for p in city.people] + [t.id_number for t in city.teachers]
    assert len(numbers) == len(set(numbers))
    own = [o for o in city.officers if o.person is None and o.teacher is None]
    twice = {number for number, count in Counter(o.id_number for o in own).items() if count > 1}
    assert [o.key for o in own if o.id_number in twice] == ["o-two-hats-reviewer", "o-two-hats-approver"]
    assert not {o.id_number for o in own} & set(numbers)


def test_every_credit_code_is_valid_unique_and_has_the_prefix_of_its_kind(city: City) -> None:
    bodies = [*city.agencies, *city.providers, *city.candidates, *city.bases, *city.enterprises]
    assert all(uscc_is_valid(body.uscc) for body in bodies)
    assert len({body.uscc for body in bodies}) == len(bodies)
    assert all(body.uscc[8:10] == "PB" for body in bodies)
    assert {e.uscc[:2] for e in city.enterprises} == {"91"}
    # an employment agency and an appraisal body are public institutions, bureaus are organs of government
    institutions = {"agency", "appraisal"}
    assert {a.uscc[:2] for a in city.agencies if a.kind in institutions} == {"12"}
    assert {a.uscc[:2] for a in city.agencies if a.kind not in institutions} == {"11"}
    assert all(body.synthetic_code for body in (*city.providers, *city.bases))


def test_the_checks_of_the_product_accept_every_number_and_name(city: City) -> None:
    today = NOW.date()
    for person in city.people:
        assert check_id_number(person.id_number, today).birth == person.birth
        assert check_name(person.name) == person.name
        assert person.mobile is None or check_mobile(person.mobile) == person.mobile
    for body in (*city.agencies, *city.providers, *city.bases, *city.enterprises):
        assert check_uscc(body.uscc) == body.uscc
    with pytest.raises(Refused):
        check_id_number(city.people[0].id_number[::-1], today)


# --- the bodies ---


def test_first_batch_has_18_providers_and_8_bases_and_says_what_is_assumed(city: City) -> None:
    assert len(city.providers) == len({p.name for p in city.providers}) == 18
    assert len(city.bases) == len({b.name for b in city.bases}) == 8
    assert {"中国海洋大学", "青岛大学", "平度市技师学院"} < {p.name for p in city.providers}
    assert {"双星集团有限责任公司", "青岛酷特智能股份有限公司"} < {b.name for b in city.bases}
    assert {p.institution_type for p in city.providers} == {"university", "college", "technician_college"}
    assert {b.category for b in city.bases} == {"listed_enterprise", "industry_education", "ai_community"}
    assert all((p.batch, p.published_on) == (1, dt.date(2020, 9, 15)) for p in (*city.providers, *city.bases))
    assert all("division" in p.demo_assumptions for p in (*city.providers, *city.bases))


def test_every_seat_routes_to_a_division_with_all_three_bodies(city: City) -> None:
    divisions = {division.key: division for division in city.divisions}
    served = {(agency.division, agency.kind) for agency in city.agencies}
    for body in (*city.providers, *city.bases, *city.enterprises):
        route = divisions[body.division].routes_to
        assert {kind for seat, kind in served if seat == route} == {"agency", "hrss", "industry"}
    assert divisions["zone-west-coast"].routes_to == "370211"
    assert divisions["zone-west-coast"].code is None
    assert {kind for seat, kind in served if seat == "370200"} == {
        "hrss", "education", "industry", "finance", "appraisal",
    }  # fmt: skip


def test_enterprises_show_every_state_of_the_list_and_of_the_account(city: City) -> None:
    assert len({e.name for e in city.enterprises}) == 40
    listed = [e for e in city.enterprises if e.listed_from and not e.listed_until]
    assert len(listed) >= 30
    assert sum(e.listed_from is None for e in city.enterprises) >= 3
    assert sum(e.listed_until is not None for e in city.enterprises) == 1
    assert {e.account.kind for e in city.enterprises} == {"basic", "general"}
    assert len({e.account.number for e in city.enterprises}) == 40


def test_nothing_of_the_real_contacts_is_in_the_city(city: City) -> None:
    text = repr(city)

    def telephones(content: str) -> list[str]:
        return re.findall(r"(?<!\d)(?:1[3-9]\d{9}|0532-?\d{7,8})(?!\d)", content)

    assert telephones("0532-12345678 13912345678") == ["0532-12345678", "13912345678"]
    found = telephones(text)
    assert found
    assert {number[:6] for number in found} == {"199000", "199999"[:3] + "999"}
    for record in (Provider, PracticeBase):
        assert not {"contact", "phone", "mobile", "telephone"} & {field.name for field in fields(record)}


# --- the people ---


def test_people_are_plausible(city: City) -> None:
    on = NOW.date()
    ages = [on.year - p.birth.year - ((on.month, on.day) < (p.birth.month, p.birth.day)) for p in city.people]
    assert all(22 <= age <= 59 for age, p in zip(ages, city.people, strict=True) if p.pension_from is None)
    assert all(age >= 60 for age, p in zip(ages, city.people, strict=True) if p.pension_from)
    managers = sum(p.level != "other" for p in city.people) / len(city.people)
    assert 0.33 < managers < 0.43
    assert 0.4 < sum(p.sex == "male" for p in city.people) / len(city.people) < 0.6
    assert min(Counter(p.employer for p in city.people).values()) >= 30
    assert [p.no for p in city.people] == list(range(2000))
    assert any("·" in p.name for p in city.people)
    assert any("䶮" in p.name for p in city.people)
    assert any(p.mobile is None for p in city.people)


def test_contracts_and_registrations_show_every_case(city: City) -> None:
    assert {p.truth.contract for p in city.people} == {"fixed", "open_ended", "short", "missing", "expired"}
    assert {p.truth.registration for p in city.people} == {"done", "late", "missing"}
    for person in city.people:
        contract, on = person.contract, NOW.date()
        match person.truth.contract:
            case "missing":
                assert contract.start is None
                assert contract.end is None
            case "open_ended":
                assert contract.start
                assert contract.open_ended
                assert contract.end is None
            case "expired":
                assert contract.end < on
            case kind:
                assert contract.start <= on <= contract.end
                months = (contract.end + dt.timedelta(days=1) - contract.start).days / 30.44
                assert (months < 11.9) == (kind == "short")
        assert (person.registered_on is None) == (person.truth.registration == "missing")


def test_every_planted_situation_occurs_and_a_rule_written_from_the_clause_agrees(city: City) -> None:
    rows = rows_by_person(city)
    assert {p.truth.insurance for p in city.people} == set(SITUATIONS)
    for person, record_set in zip(city.people, city.record_sets, strict=True):
        verdict = insurance_verdict(rows[person.no], person.employer, record_set.unknown_months)
        assert verdict == SITUATIONS[person.truth.insurance].verdict, (person.no, person.truth)
    assert {situation.verdict for situation in SITUATIONS.values()} == {"pass", "fail", "unknown"}
    passing = sum(SITUATIONS[p.truth.insurance].verdict == "pass" for p in city.people) / 2000
    assert 0.7 < passing < 0.9


def test_insurance_rows_are_plausible(city: City) -> None:
    firms = {e.no for e in city.enterprises} | {o.no for o in city.outside_employers}
    months = {row.month for row in city.insurance}
    assert (min(months), max(months), len(months)) == (dt.date(2018, 1, 1), dt.date(2020, 12, 1), 36)
    assert {row.employer for row in city.insurance} <= firms
    assert any(row.employer >= OUTSIDE_FIRST for row in city.insurance)
    assert {row.kind for row in city.insurance} == {"normal", "arrears"}
    assert all(row.paid_on > row.month and 0 < row.amount_fen < row.base_fen for row in city.insurance)
    assert all(row.paid_on.replace(day=1) > row.month for row in city.insurance if row.kind == "arrears")
    twice = Counter((row.person, row.employer, row.month) for row in city.insurance)
    assert 0.005 < sum(count - 1 for count in twice.values()) / len(city.insurance) < 0.015
    assert any(row.kind == "normal" and row.paid_on.month != row.month.month for row in city.insurance)


def test_unknown_months_have_no_rows_and_complete_sets_say_so(city: City) -> None:
    rows = rows_by_person(city)
    for record_set in city.record_sets:
        assert not {row.month for row in rows[record_set.person]} & set(record_set.unknown_months)
    assert 0.01 < sum(not record_set.complete for record_set in city.record_sets) / 2000 < 0.1


def test_every_role_has_an_account(city: City) -> None:
    assert {o.role for o in city.officers} == {
        "trainee", "enterprise", "provider", "teacher", "base", "agency_reviewer", "hrss_approver", "hrss_supervisor",
        "industry_supervisor", "finance", "city_bureau", "auditor", "operator", "expert", "examiner",
    }  # fmt: skip
    assert len({o.key for o in city.officers}) == len(city.officers)
    units = {
        body.key for body in (*city.agencies, *city.providers, *city.candidates, *city.bases, *city.enterprises)
    } | {""}
    assert {o.unit for o in city.officers} <= units
    own = next(o for o in city.officers if o.key == "o-own-case-reviewer")
    claim = city.in_stage("claim_accepted")
    assert own.id_number == city.people[own.person].id_number
    assert own.person in {e.person for e in claim.enrolments if e.enterprise == claim.claims[0].enterprise}


# --- the classes ---

CLASS_STATES = [
    "draft", "submitted", "returned", "confirmed", "running", "taught", "exam_filed", "exam_approved", "exam_done",
    "scored", "certified", "archived",
]  # fmt: skip
CLAIM_STATES = [
    "draft", "submitted", "accepted", "returned", "reviewed", "approved", "notice", "objected", "ready", "paid",
]  # fmt: skip


def test_classes_and_claims_exist_in_every_state(city: City) -> None:
    assert {plan.state for plan in city.classes} == set(CLASS_STATES)
    assert {claim.state for plan in city.classes for claim in plan.claims} == set(CLAIM_STATES)
    for state in CLAIM_STATES:
        assert city.in_stage(f"claim_{state}").claims[0].state == state
    with pytest.raises(KeyError):
        city.in_stage("no such stage")


def test_at_least_ten_classes_have_twenty_to_sixty_people(city: City) -> None:
    assert sum(20 <= len(plan.enrolments) <= 60 for plan in city.classes) >= 10
    enrolled = Counter(e.person for plan in city.classes for e in plan.enrolments)
    assert max(enrolled.values()) == 1


def test_events_are_in_order_and_none_lies_after_now(city: City) -> None:
    for plan in city.classes:
        for events in (plan.events, *(claim.events for claim in plan.claims)):
            times = [event.at for event in events]
            assert times == sorted(times)
            assert times[-1] <= NOW
        for claim in plan.claims:
            certified = next(event.at for event in plan.events if event.name == "certified")
            assert claim.events[-1].name == claim.state
            assert certified < claim.events[0].at
        assert max(e.at for e in plan.enrolments) < plan.events[0].at
        assert all(s.at is None or s.at <= NOW for s in plan.sign_ins)
        assert all(photo.taken_at <= NOW for photo in plan.photos)


def test_timetables_keep_the_limits_except_where_the_script_breaks_them(city: City) -> None:
    for plan in city.classes:
        days = sorted({session.on for session in plan.sessions})
        practice = {session.on for session in plan.sessions if session.kind == "practice"}
        span = (days[-1] - days[0]).days + 1
        assert len(practice) <= 2
        assert (len(days) >= 5) == (plan.remark != "too_short")
        assert (span <= 15) == (plan.remark != "long_span") == (plan.exception_reason == "")
        assert (len({s.base for s in plan.sessions if s.base}) >= 2) == (plan.remark != "too_short")
        assert dt.date(2020, 9, 23) <= days[0] <= plan.exam.on <= dt.date(2020, 12, 31)
        assert days[-1] < plan.exam.on
        assert plan.plan.class_hours == sum(session.class_hours for session in plan.sessions) >= 32
        assert plan.plan.head_count == len(plan.enrolments)


def test_running_class_is_in_session_now(city: City) -> None:
    plan = city.in_stage("running")
    assert any(s.on == NOW.date() and s.start <= NOW.time() < s.end for s in plan.sessions)
    assert plan.sign_ins
    assert not plan.scores


def test_papers_have_a_hundred_points_and_one_is_too_subjective(city: City) -> None:
    low = []
    for plan in city.classes:
        points = {part: part.items * part.points_each for part in plan.exam.paper}
        assert sum(points.values()) == 100
        if sum(value for part, value in points.items() if part.objective) < 60:
            low.append(plan.remark)
    assert low == ["low_objective"]


def test_exams_have_graders_who_did_not_teach_and_the_right_supervisors(city: City) -> None:
    officers = {o.key: o for o in city.officers}
    for plan in city.classes:
        assert plan.exam.graders
        assert not set(plan.exam.graders) & {session.teacher for session in plan.sessions}
        if plan.exam.third_party:
            assert not plan.exam.supervisors
        else:
            roles = [officers[key].role for key in plan.exam.supervisors]
            assert roles == ["hrss_supervisor", "industry_supervisor"]
    assert any(plan.exam.third_party for plan in city.classes)


def test_taught_classes_leave_traces_and_scores_stand_on_both_sides_of_the_pass_mark(city: City) -> None:
    for plan in city.classes:
        names = {event.name for event in plan.events}
        assert bool(plan.sign_ins) == bool(plan.log) == ("opened" in names)
        assert (len(plan.photos) >= 2) == ("opened" in names)
        assert bool(plan.scores) == ("scored" in names)
        assert bool(plan.answers) == ("exam_done" in names)
        if plan.scores:
            assert {60, 59} <= {score.points for score in plan.scores}
            assert {score.person for score in plan.scores} == {e.person for e in plan.enrolments}
    statuses = {s.status for plan in city.classes for s in plan.sign_ins}
    assert statuses == {"present", "late", "leave", "absent"}
    assert any(s.manual_reason for plan in city.classes for s in plan.sign_ins)


def test_claims_meet_eligible_ineligible_and_unknown_people(city: City) -> None:
    met = set()
    for plan in city.classes:
        for claim in plan.claims:
            for enrolment in plan.enrolments:
                if enrolment.enterprise == claim.enterprise:
                    met.add(SITUATIONS[city.people[enrolment.person].truth.insurance].verdict)
    assert met == {"pass", "fail", "unknown"}
    levels = {city.people[e.person].level for plan in city.classes for e in plan.enrolments}
    assert levels == {"senior", "middle", "other"}
    listed = {e.no for e in city.enterprises if e.listed_from and not e.listed_until}
    assert any(e.enterprise not in listed for plan in city.classes for e in plan.enrolments)
    assert all(claim.enterprise in listed for plan in city.classes for claim in plan.claims)
    fees = {plan.fee_fen for plan in city.classes}
    assert min(fees) < 200_000 < max(fees)


# --- planted frauds ---


def double_bookings(city: City) -> set[str]:
    seen, found = {}, set()
    for plan in city.classes:
        for session in plan.sessions:
            place = seen.setdefault((session.teacher, session.on, session.start), plan.key)
            if place != plan.key:
                found.add(session.teacher)
    return found


def test_each_planted_fraud_is_there_and_is_the_only_one_of_its_kind(city: City) -> None:
    by_kind = defaultdict(list)
    for fraud in city.frauds:
        by_kind[fraud.kind].append(fraud)
    assert set(by_kind) == {
        "invoice_reused", "teacher_two_places", "photo_reused", "subsidised_elsewhere", "retired_trainee",
    }  # fmt: skip
    numbers = Counter(claim.invoice.number for plan in city.classes for claim in plan.claims)
    assert sum(count > 1 for count in numbers.values()) == 1
    assert double_bookings(city) == {by_kind["teacher_two_places"][0].refs[0]}
    drawings = Counter(photo.drawing for plan in city.classes for photo in plan.photos)
    assert sum(count > 1 for count in drawings.values()) == 1
    assert len(by_kind["subsidised_elsewhere"]) == len(city.earlier_grants) == 2
    stages = {plan.key: plan.stage for plan in city.classes}
    assert {stages[f.refs[1]] for f in by_kind["retired_trainee"]} == {"claim_accepted", "claim_notice"}


def test_double_booking_check_sees_a_second_one(city: City) -> None:
    first, second = (plan for plan in city.classes if plan.stage == "exam_filed")
    clash = replace(second.sessions[0], teacher=first.sessions[0].teacher, on=first.sessions[0].on)
    worse = replace(city, classes=(first, replace(second, sessions=(clash, *second.sessions[1:]))))
    assert double_bookings(worse) == {first.sessions[0].teacher}


def gradient_hash(picture: bytes) -> int:
    """256 bits: is a point of the small grey picture brighter than its right neighbour."""
    small = Image.open(io.BytesIO(picture)).convert("L").resize((17, 16), Image.Resampling.BOX)
    points = small.tobytes()
    bits = (points[y * 17 + x] > points[y * 17 + x + 1] for y in range(16) for x in range(16))
    return sum(bit << place for place, bit in enumerate(bits))


def test_photos_are_the_same_for_a_seed_differ_between_seeds_and_the_near_duplicate_is_near() -> None:
    assert draw_photo(5) == draw_photo(5)
    hashes = {seed: gradient_hash(draw_photo(seed)) for seed in range(12)}
    distances = [(hashes[a] ^ hashes[b]).bit_count() for a, b in itertools.combinations(hashes, 2)]
    assert min(distances) > 55
    for seed, original in hashes.items():
        copy = draw_photo(seed, near_duplicate=True)
        assert copy != draw_photo(seed)
        assert (original ^ gradient_hash(copy)).bit_count() < 45
