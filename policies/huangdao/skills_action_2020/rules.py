"""青西新管办发〔2020〕2号, except 五 (rules_money.py): one clause, one small function. Numbers are in parameters.yaml."""

from peibu.rulebook import (
    add_months,
    add_years,
    all_of,
    amount,
    any_of,
    at_least,
    at_most,
    count_of,
    figure,
    greatest,
    has_all,
    is_in,
    is_known,
    missing_from,
    month_of,
    months_between,
    outcome,
    pick,
    previous_month,
    rate,
    rule,
    share_at_least,
    share_needed,
    when,
    years_between,
)

KEY_GROUPS = ("five_groups", "entrepreneurship", "labour_reserve")
STUDENTS = ("student_skills", "student_entrepreneurship", "student_practice")
DEPARTMENTS = ("farmers", "veterans", "disabled")
GROUPED = (*KEY_GROUPS, *STUDENTS, *DEPARTMENTS, "living_allowance")

# 一 Targets


@rule("HD2.1", "targets")
def person_times_reached(f, p):
    return f.person_times >= p.target_person_times


@rule("HD2.1", "targets")
def skilled_share_reached(f, p):
    return share_at_least(f.skilled_workers, f.employed_people, p.target_skilled_share)


@rule("HD2.1", "targets")
def high_skilled_share_reached(f, p):
    return share_at_least(f.high_skilled_workers, f.skilled_workers, p.target_high_skilled_share)


@figure
def person_times_short(f, p):
    return p.target_person_times - f.person_times


@figure
def months_left(f, p):
    return greatest(months_between(f.reported_on, p.action_until), 0)


@figure
def pace_needed(f, p):
    """Person-times a month, rounded up, to reach the target by the last month."""
    return 0 - (f.person_times - p.target_person_times) // greatest(months_between(f.reported_on, p.action_until), 1)


@figure
def skilled_needed(f, p):
    return share_needed(f.employed_people, p.target_skilled_share)


@figure
def high_skilled_needed(f, p):
    return share_needed(f.skilled_workers, p.target_high_skilled_share)


# 二.1 Enterprises


@rule("HD2.2.1", "new_hire")
def newly_hired(f, p):
    in_time = f.training_started_on <= add_months(f.contract_starts_on, p.new_hire_months)
    recent = all_of(f.training_started_on >= f.contract_starts_on, in_time)
    return pick(p.new_hire_reading, within_months=recent, statement=f.newly_hired_stated)


@rule("HD2.2.1", "insured_upskilling")
def insured_employee(f):
    """Insured in the month of enrolment or the one before, as contributions of a month are booked late."""
    return at_least(f.last_paid_month, previous_month(month_of(f.enrolled_on)))


@rule("HD2.2.1", "apprenticeship")
def apprentice_agreement_signed(f):
    return f.apprentice_agreement


@rule("HD2.2.1", "gold_collar")
def on_gold_collar_plan(f):
    return f.gold_collar_project


@rule("HD2.2.1", "international")
def export_oriented_enterprise(f):
    return f.export_oriented


@rule("HD2.2.1", "staff_course")
def staff_course_covered(f, p):
    purchased = all_of(f.purchased_by_government, is_in(f.firm_kind, p.served_firms))
    return any_of(purchased, f.spare_time_course)


@rule("HD2.2.1", "work_training")
def employer_may_claim(f, p):
    return is_in(f.employer_status, p.work_training_employers)


@rule("HD2.2.1", "work_training")
def takes_on_eligible_person(f, p):
    return is_in(f.trainee_category, p.work_training_groups)


def held_on(day, f):
    """The category holds on that day."""
    without_end = all_of(~is_known(f.category_until), f.category_open_ended)
    return all_of(f.category_from <= day, any_of(without_end, f.category_until >= day))


@rule("HD2.2.1", "work_training")
def category_held_when_taken_on(f):
    return held_on(f.taken_on_on, f)


@rule("HD2.2.1", "work_training")
def worked_before_claim(f):
    return all_of(f.taken_on_on <= f.claimed_on, f.months_on_job >= 1)


@amount("HD2.2.1", "work_training")
def work_training_subsidy(f, p):
    once = rate(p.work_training_fen, f.trainee_category)
    return pick(p.work_training_unit, person_month=once * f.months_on_job, person=once)


# 二.2 Key groups, and the living allowance


@rule("HD2.2.2", "five_groups")
def one_of_five_groups(f, p):
    return is_in(f.trainee_category, p.five_groups)


@rule("HD2.5.16a", "entrepreneurship")
def entrepreneurship_group(f, p):
    group = is_in(f.trainee_category, p.five_groups)
    return pick(p.entrepreneurship_scope, five_groups=group, anyone=is_in(f.trainee_category, p.trainee_groups))


@rule("HD2.2.2", "labour_reserve")
def school_leaver(f):
    return f.trainee_category == "unplaced_leaver"


def category_day(f, p):
    return pick(p.category_day_reading, enrolment=f.enrolled_on, training_start=f.training_started_on)


@rule("HD2.2.2", *GROUPED)
def category_holds(f, p):
    return held_on(category_day(f, p), f)


def year_start(day, p):
    """The first of January of the year a day lies in."""
    return add_years(p.calendar_anchor, years_between(p.calendar_anchor, day))


@rule("HD2.2.2", "five_groups", "entrepreneurship")
def in_graduation_year(f, p):
    day = category_day(f, p)
    near = all_of(day <= add_months(f.graduated_on, p.year_months), add_months(day, p.year_months) >= f.graduated_on)
    same = year_start(f.graduated_on, p) == year_start(day, p)
    in_year = pick(p.graduation_year_reading, calendar_year=same, twelve_months=near)
    return any_of(f.trainee_category != "graduating_student", in_year)


@rule("HD2.2.2", "five_groups", "entrepreneurship", "labour_reserve", "living_allowance")
def local_where_required(f, p):
    named = any_of(~is_in(f.trainee_category, p.local_groups), f.category_in_district)
    whole = any_of(f.trainee_category == "graduating_student", f.category_in_district)
    return pick(p.local_reading, named_only=named, whole_list=whole)


@rule("HD2.2.2", *KEY_GROUPS)
def provider_is_contracted(f):
    return f.provider_contracted


@rule("HD2.2.2", *KEY_GROUPS)
def cost_advanced(f):
    by_institution = all_of(f.proxy_agreement, f.tuition_charged_fen <= 0)
    return when(f.advanced_by == "institution").then(by_institution).otherwise(f.fee_receipt)


@outcome("HD2.2.2", *KEY_GROUPS)
def payee(f, p):
    return pick(p.payee_reading, who_advanced=f.advanced_by, institution="institution")


@rule("HD2.2.2", "living_allowance")
def allowance_group(f, p):
    leaver = f.trainee_category == "unplaced_leaver"
    leavers_only = all_of(leaver, any_of(f.rural_household, f.minimum_living_family))
    everyone = any_of(all_of(leaver, f.rural_household), f.minimum_living_family)
    also = pick(p.minimum_living_reading, school_leavers=leavers_only, every_trainee=everyone)
    return any_of(is_in(f.trainee_category, p.allowance_groups), also)


@rule("HD2.2.2", "living_allowance")
def allowance_for_subsidised_training(f):
    return f.training_subsidised


def allowance_days(f, p):
    return pick(p.attended_day_reading, full_days=f.attended_days, any_session=f.attended_days + f.part_days)


@rule("HD2.2.2", "living_allowance")
def attended_some_day(f, p):
    return allowance_days(f, p) >= 1


@rule("HD2.2.2", "living_allowance")
def allowance_not_paid_before(f):
    return at_most(f.allowance_grants, 0)


@amount("HD2.2.2", "living_allowance")
def living_allowance_paid(f, p):
    return rate(p.living_allowance_day_fen, f.trainee_category) * allowance_days(f, p)


@figure
def days_counted(f, p):
    return allowance_days(f, p)


# 二.3 to 二.6 Students, farmers, veterans, disabled people


@rule("HD2.2.3", *STUDENTS)
def student_of_local_college(f):
    return f.in_school


@rule("HD2.2.3", *STUDENTS)
def first_of_this_item(f, p):
    return at_most(f.student_item_grants + 1, p.student_item_max)


@rule("HD2.2.4", "farmers")
def farmer_course_covered(f, p):
    return is_in(f.farmer_course, p.farmer_courses_covered)


@rule("HD2.2.5", "veterans")
def unemployed_veteran(f):
    return all_of(f.trainee_category == "veteran", f.unemployed)


@rule("HD2.2.5", "veterans")
def veteran_wants_training(f):
    return f.wants_training


def age_on(day, f):
    return years_between(f.birth_date, day)


def below_retirement(day, f, p):
    women = pick(p.working_age_reading, cadre=p.retirement_age_women_cadre, worker=p.retirement_age_women_worker)
    return age_on(day, f) < when(f.sex == "female").then(women).otherwise(p.retirement_age_men)


@rule("HD2.2.5", "veterans")
def veteran_of_working_age(f, p):
    day = f.training_started_on
    return all_of(age_on(day, f) >= p.working_age_min, below_retirement(day, f, p))


@rule("HD2.2.5", "veterans")
def first_training_under_plan(f, p):
    return at_most(f.veteran_grants + 1, p.veteran_trainings_max)


@rule("HD2.2.6", "disabled")
def disabled_person(f):
    return f.trainee_category == "disabled"


@rule("HD2.2.6", "disabled")
def free_of_charge(f):
    return f.tuition_charged_fen <= 0


@figure
def age_at_start(f):
    return age_on(f.training_started_on, f)


# 三 Key fields


@rule("HD2.3.7", "class_filing")
def occupation_in_public_catalogue(f):
    return f.occupation_in_catalogue


@rule("HD2.3.7", "equipment_support")
def support_applicant_covered(f, p):
    return is_in(f.support_applicant, p.supported_applicants)


@rule("HD2.3.7", "equipment_support")
def support_purpose_covered(f, p):
    return is_in(f.support_purpose, p.supported_purposes)


@rule("HD2.3.7", "equipment_support")
def outstanding_results(f):
    return f.outstanding_confirmed


@amount("HD2.3.7", "equipment_support")
def support_settled(f):
    return f.support_approved_fen


@rule("HD2.3.8", "special_operations")
def special_certificate_held(f, p):
    return is_in(f.certificate_kind, p.special_certificates)


@rule("HD2.3.9", "domestic")
def training_wanted(f):
    return f.wants_training


@rule("HD2.3.9", "domestic")
def no_monthly_pension(f, p):
    return pick(p.pension_reading, drawing=~f.draws_pension, entitled=~f.pension_entitled)


@rule("HD2.3.9", "domestic")
def old_enough_for_domestic_work(f, p):
    day = f.training_started_on
    grown = age_on(day, f) >= p.working_age_min
    return pick(p.domestic_age_reading, pension_only=grown, working_age=all_of(grown, below_retirement(day, f, p)))


# 四 Providers, classes, teachers


@rule("HD2.4.12", "provider")
def provider_kind_admitted(f, p):
    """One list for public and private bodies alike."""
    return is_in(f.applicant_kind, p.provider_kinds)


@rule("HD2.4.10", "provider")
def enterprise_has_training_centre(f):
    return any_of(f.applicant_kind != "enterprise", f.has_training_centre)


@rule("HD2.4.10", "provider")
def agreement_has_term(f):
    return f.agreement_from < f.agreement_until


@rule("HD2.4.10", "provider")
def agreement_has_scope(f):
    return all_of(f.agreement_occupations >= 1, count_of(f.agreement_audiences) >= 1)


@rule("HD2.4.12", "provider", "class_filing")
def provider_not_ordered_out(f):
    return ~f.exit_ordered


@rule("HD2.4.10", "class_filing")
def provider_listed(f):
    return f.provider_listed


@rule("HD2.4.10", "class_filing")
def class_within_agreement_term(f):
    return all_of(f.agreement_from <= f.class_starts_on, f.class_ends_on <= f.agreement_until)


@rule("HD2.4.10", "class_filing")
def class_within_agreement_scope(f):
    return all_of(f.occupation_in_agreement, f.audience_in_agreement)


@rule("HD2.4.11", "class_record", "certificate_batch")
def teacher_hours_recorded(f):
    return f.sessions_without_hours <= 0


@rule("HD2.4.13", "class_filing")
def teachers_on_register(f):
    return f.unregistered_teachers <= 0


@rule("HD2.4.13", "teacher_training")
def teaching_institution_covered(f, p):
    return is_in(f.teaching_institution, p.teacher_training_institutions)


@rule("HD2.4.13", "teacher_training")
def full_time_teaching_staff(f, p):
    return is_in(f.teaching_role, p.teacher_training_roles)


@rule("HD2.4.13", "teacher_training")
def teacher_of_working_age(f, p):
    day = f.training_started_on
    return all_of(age_on(day, f) >= p.working_age_min, below_retirement(day, f, p))


@rule("HD2.5.16b", "exam_filing", "certificate_batch")
def class_taught_as_filed(f):
    return f.class_taught_as_filed


# 六 Assessment, plans, statistics


@rule("HD2.6.17", "unit_assessment")
def assessment_complete(f, p):
    return has_all(f.assessment_parts, p.assessment_parts)


@figure
def assessment_parts_missing(f, p):
    return missing_from(f.assessment_parts, p.assessment_parts)


@rule("HD2.6.18b", "unit_plan")
def plan_by_member_unit(f):
    return f.plan_unit == "member"


@rule("HD2.6.18b", "unit_plan")
def plan_names_programmes(f):
    return count_of(f.plan_programmes) >= 1


@rule("HD2.6.18b", "unit_plan")
def plan_names_places(f):
    return f.plan_places >= 1


@rule("HD2.6.18b", "class_filing")
def class_is_planned(f, p):
    by_class, by_occupation = f.class_in_district_plan, f.occupation_in_district_plan
    return pick(p.plan_reading, by_class=by_class, by_occupation=by_occupation)


@rule("HD2.6.19b", "class_filing")
def roster_identities_verified(f):
    return f.unverified_trainees <= 0
