"""济人社发〔2020〕6号: one clause, one small function. Numbers are in parameters.yaml, sentences in wording.yaml."""

from peibu.rulebook import (
    add_days,
    add_months,
    add_years,
    all_of,
    amount,
    any_of,
    at_least,
    at_most,
    between,
    figure,
    has_all,
    has_any,
    is_in,
    is_known,
    missing_from,
    month_of,
    outcome,
    percent_of,
    pick,
    rate,
    rule,
    when,
)

# 一 Who is covered, and how much is paid


@rule("JN6.1a", "platform_online", "institution_online", "institution_practice", "special_operation", "enrolment")
def covered_person(f, p):
    return has_any(f.trainee_categories, p.covered_categories)


def standard(f, p):
    """The training standard of the action: one table for the five groups, another by occupation for everybody else."""
    of_group = rate(p.group_standard_fen, f.standard_level)
    of_occupation = rate(p.occupation_standard_fen, f.occupation_code, f.standard_level)
    return when(has_any(f.trainee_categories, p.five_groups)).then(of_group).otherwise(of_occupation)


@rule("JN6.1b", "platform_online", "institution_online", "enterprise_online")
def standard_set(f, p):
    return standard(f, p) > 0


@amount("JN6.1b", "platform_online", "institution_online", "enterprise_online")
def online_subsidy(f, p):
    return percent_of(standard(f, p), p.online_percent)


def practice_share(f, p):
    """Per cent of the standard that the city sets for the practice of this speciality."""
    return rate(p.practice_share_percent, f.occupation_code)


@rule("JN6.1c", "institution_practice", "employee_practice")
def practice_share_in_limit(f, p):
    return practice_share(f, p) <= p.practice_share_max


@amount("JN6.1c", "institution_practice", "employee_practice")
def practice_subsidy(f, p):
    return percent_of(standard(f, p), practice_share(f, p))


@figure
def share_of_speciality(f, p):
    return practice_share(f, p)


@rule("JN6.1d", "special_operation")
def under_guidance(f):
    return f.guided_by_competent_department


@rule("JN6.1d", "special_operation")
def special_certificate(f):
    return all_of(f.certificate_kind == "special_operation", f.certificate_valid)


@amount("JN6.1d", "special_operation")
def special_operation_subsidy(p):
    return p.special_operation_fen


@outcome("JN6.1d", "special_operation", name="payee")
def special_operation_payee(f, p):
    return pick(p.special_payee_reading, who_bore_cost=f.cost_borne_by, person="person")


@rule(
    "JN6.1a", "platform_online", "institution_online", "enterprise_online", "institution_practice", "employee_practice"
)
def not_subsidised_before(f, p):
    once = at_most(f.same_level_grants, 0)
    few = all_of(once, at_most(f.subsidies_this_year + 1, p.subsidies_per_year_max))
    return pick(p.repeat_reading, occupation_and_level_once=once, three_a_year_too=few)


# 二 Online platforms


def passed_online(f):
    """The online course was finished and its test passed: both are needed."""
    return all_of(f.online_completed, f.online_passed)


def free(f):
    """The trainee paid nothing."""
    return f.charged_to_trainee_fen <= 0


@rule("JN6.2", "platform_online")
def platform_evaluated(f):
    return f.platform_evaluated


@rule("JN6.2", "platform_online")
def platform_course_passed(f):
    return passed_online(f)


@rule("JN6.2", "platform_online")
def platform_course_free(f):
    return free(f)


@rule("JN6.2", "platform_evaluation")
def platform_conditions_met(f, p):
    return has_all(f.platform_conditions, p.platform_conditions)


@figure
def platform_conditions_missing(f, p):
    return missing_from(f.platform_conditions, p.platform_conditions)


# 三 Training institutions


@rule("JN6.3.1", "institution_online", "institution_practice", "class_filing")
def institution_on_catalogue(f):
    return f.institution_on_catalogue


@rule("JN6.3.1", "institution_online")
def institution_course_evaluated(f):
    return f.course_evaluated


@rule("JN6.3.1", "institution_online")
def own_student(f):
    return f.own_student


@rule("JN6.3.1", "institution_online")
def institution_course_passed(f):
    return passed_online(f)


@rule("JN6.3.1", "institution_online", "class_filing")
def institution_course_free(f):
    return free(f)


def resumed(f, p):
    """Practice began after the epidemic."""
    after_period = f.practice_starts_on > p.online_until
    since = f.practice_starts_on >= f.offline_resumed_on
    return pick(p.after_epidemic_reading, announced_day=since, after_period=after_period)


@rule("JN6.3.2", "institution_practice", "enrolment")
def online_before_practice(f):
    return all_of(passed_online(f), f.online_passed_on <= f.practice_starts_on)


@rule("JN6.3.2", "institution_practice", "class_filing")
def practice_after_epidemic(f, p):
    return resumed(f, p)


@rule("JN6.3.2", "institution_practice", "exam_filing", "certificate_batch")
def practice_by_plan(f):
    return f.practice_by_plan


@rule("JN6.3.2", "institution_practice")
def practice_certificate(f, p):
    return all_of(is_in(f.certificate_kind, p.practice_certificates), f.certificate_valid)


# 四 Enterprises and their workers


@rule("JN6.4a", "enterprise_prejob", "enterprise_online", "employee_practice")
def enterprise_in_jinan(f):
    return f.enterprise_in_jinan


@rule("JN6.4a", "enterprise_online", "employee_practice")
def own_worker(f, p):
    alone, with_dispatched = is_in(f.worker_relation, p.own_relations), is_in(f.worker_relation, p.wider_relations)
    return pick(p.dispatched_reading, not_own=alone, own=with_dispatched)


@rule("JN6.4a", "enterprise_prejob", "enterprise_online")
def enterprise_course_evaluated(f):
    return f.course_evaluated


@rule("JN6.4a", "enterprise_prejob", "enterprise_online")
def course_tied_to_business(f):
    return any_of(f.organised_by != "enterprise", f.course_tied_to_business)


@rule("JN6.4a", "enterprise_prejob", "enterprise_online")
def entrusted_by_agreement(f):
    return any_of(f.organised_by == "enterprise", f.entrustment_agreement)


@rule("JN6.4.1a", "enterprise_prejob")
def newly_hired(f):
    return f.newly_hired


@rule("JN6.4.1a", "enterprise_prejob")
def contract_long_enough(f, p):
    without_end = all_of(~is_known(f.contract_ends_on), f.contract_kind == "open_ended")
    day_after, due = add_days(f.contract_ends_on, 1), add_months(f.contract_starts_on, p.contract_months_min)
    return any_of(without_end, pick(p.contract_reading, included=day_after >= due, longer=day_after > due))


@rule("JN6.4.1a", "enterprise_prejob")
def insurance_paid(f, p):
    now = at_least(f.last_paid_month, month_of(f.claimed_on))
    return pick(p.insured_reading, one_month=at_least(f.insured_months, 1), at_claim=now)


@rule("JN6.4.1a", "enterprise_prejob")
def trained_within_a_year(f, p):
    day = pick(p.window_day_reading, opening=f.class_starts_on, end=f.training_ended_on)
    anniversary = add_years(f.contract_signed_on, p.window_years)
    in_time = pick(p.window_last_day_reading, included=day <= anniversary, excluded=day < anniversary)
    return all_of(day >= f.contract_signed_on, in_time)


@rule("JN6.4.1a", "enterprise_prejob")
def prejob_course_free(f):
    return free(f)


@rule("JN6.4.1a", "enterprise_prejob")
def prejob_assessed(f, p):
    return all_of(f.online_completed, is_in(f.assessment_mode, p.assessment_modes), f.assessment_passed)


@amount("JN6.4.1a", "enterprise_prejob")
def prejob_subsidy(p):
    return p.prejob_fen


@rule("JN6.4.1b", "enterprise_prejob")
def hr_agency_qualified(f):
    return any_of(f.organised_by != "hr_agency", f.hr_agency_qualified)


@rule("JN6.4.1b", "platform_online", "institution_online", "enterprise_prejob", "enterprise_online")
def not_paid_to_another(f):
    return at_most(f.other_payee_grants, 0)


@rule("JN6.4.1b", "class_filing")
def senders_have_agreement(f):
    return at_most(f.senders_without_agreement, 0)


@rule("JN6.3.2", "class_filing")
def everyone_passed_online(f):
    return at_most(f.not_passed_online, 0)


@outcome("JN6.4.1b", "enterprise_prejob", "enterprise_online", name="payee")
def payee_by_agreement(f):
    entrusted = when(f.organised_by == "platform").then("platform").otherwise("institution")
    agreed = when(f.agreement_pays_entrusted).then(entrusted).otherwise("enterprise")
    return when(f.organised_by == "enterprise").then("enterprise").otherwise(agreed)


@figure
def contract_needed_until(f, p):
    due = add_months(f.contract_starts_on, p.contract_months_min)
    return pick(p.contract_reading, included=add_days(due, 0 - 1), longer=due)


@figure
def window_ends_on(f, p):
    return add_years(f.contract_signed_on, p.window_years)


@rule("JN6.4.2", "enterprise_online")
def post_training(f, p):
    return is_in(f.post_training_kind, p.post_training_kinds)


@rule("JN6.4.2", "enterprise_online")
def enterprise_course_passed(f):
    return passed_online(f)


@rule("JN6.4.2", "enterprise_online")
def enterprise_course_free(f):
    return free(f)


@rule("JN6.4.3a", "practice_routing", "employee_practice")
def employee_online_before_practice(f):
    return all_of(passed_online(f), f.online_passed_on <= f.practice_starts_on)


@rule("JN6.4.3a", "employee_practice")
def employee_practice_after_epidemic(f, p):
    return resumed(f, p)


@rule("JN6.4.3a", "practice_routing", "employee_practice")
def employee_certificate(f, p):
    return all_of(is_in(f.certificate_kind, p.practice_certificates), f.certificate_valid)


@rule("JN6.4.3a", "employee_practice")
def not_for_insurance_agency(f):
    return ~f.qualifies_for_insurance_upskilling


@rule("JN6.4.3a", "employee_practice")
def claimed_by_person_or_enterprise(f, p):
    return is_in(f.claim_mode, p.claim_modes)


@outcome("JN6.4.3a", "practice_routing", "employee_practice")
def competent_agency(f):
    to_insurance = when(f.qualifies_for_insurance_upskilling).then("social_insurance_agency")
    return to_insurance.otherwise("public_employment_agency")


@outcome("JN6.4.3a", "employee_practice", name="payee")
def practice_payee(f):
    return when(f.claim_mode == "through_enterprise").then("enterprise").otherwise("person")


@rule("JN6.4.3b", "institution_practice", "employee_practice", "upskilling_check")
def no_exclusive_benefit(f, p):
    of_certificate, of_person = at_most(f.exclusive_benefit_grants, 0), at_most(f.exclusive_person_grants, 0)
    return pick(p.exclusive_reading, same_certificate=of_certificate, whole_person=of_person)


# 五 Evaluation of platforms and courses


@rule("JN6.5a", "platform_evaluation")
def evaluated_by_city(f):
    return f.evaluated_by == "city_bureau"


@rule("JN6.5a", "platform_evaluation")
def open_to_all_workers(f):
    return all_of(f.course_audience == "all_workers", f.free_of_charge)


@rule("JN6.5a", "course_evaluation")
def evaluated_by_district(f):
    return f.evaluated_by == "district_bureau"


@rule("JN6.5a", "course_evaluation")
def result_reported_to_city(f):
    return f.result_reported_to_city


@rule("JN6.5a", "course_evaluation")
def open_to_own_people(f, p):
    return is_in(f.course_audience, p.own_audiences)


@rule("JN6.5b", "platform_online", "institution_online", "enterprise_prejob", "enterprise_online")
def in_public_catalogue(f):
    return f.in_public_catalogue


def period_day(f, p):
    """The day that must lie in the period of the online policy."""
    day, ended = f.class_starts_on, f.training_ended_on
    return pick(p.period_day_reading, training_end=ended, opening=day, claim=f.claimed_on)


@rule("JN6.5c", "platform_online", "institution_online", "enterprise_online")
def within_online_period(f, p):
    return between(period_day(f, p), p.policy_from, p.online_until)


@rule("JN6.5c", "enterprise_prejob")
def prejob_within_period(f, p):
    bound = between(period_day(f, p), p.policy_from, p.online_until)
    return pick(p.prejob_period_reading, bound=bound, unbound=period_day(f, p) >= p.policy_from)


@rule("JN6.5c", "platform_evaluation", "course_evaluation")
def evaluated_in_period(f, p):
    return between(f.evaluated_on, p.policy_from, p.online_until)
