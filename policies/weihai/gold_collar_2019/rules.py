"""威人社字〔2019〕63号: one clause, one small function. Numbers are in parameters.yaml, sentences in wording.yaml."""

from peibu.rulebook import (
    add_years,
    all_of,
    amount,
    any_of,
    at_least,
    at_most,
    count_of,
    days_from,
    figure,
    has_all,
    has_any,
    is_in,
    is_known,
    missing_from,
    outcome,
    pick,
    rank_of,
    rate,
    rule,
    when,
)

# 一 What and whom the training covers


@rule("WH63.1.1", "class_filing")
def industry_supported(f, p):
    named = count_of(f.industries) >= 1
    return pick(p.focus_reading, priority=named, condition=has_any(f.industries, p.focus_industries))


@rule("WH63.1.2", "enrolment", "claim")
def level_of_the_project(f, p):
    return is_in(f.target_level, p.project_levels)


@rule("WH63.1.2", "enrolment", "claim", "certificate")
def occupation_in_catalogue(f):
    not_ended = any_of(~is_known(f.catalogue_until), f.catalogue_until >= f.applied_on)
    listed = all_of(f.occupation_listed, f.catalogue_from <= f.applied_on, not_ended)
    return any_of(listed, f.level_standard_issued)


def teaches(f, p):
    """A specialist or practice teacher of a technical or vocational school."""
    return all_of(f.employer_kind == "vocational_school", is_in(f.post_kind, p.teaching_posts))


@rule("WH63.1.3", "enrolment", "claim")
def employee_or_teacher(f, p):
    serving = all_of(f.employer_kind == "enterprise", is_in(f.worker_relation, p.serving_relations))
    return any_of(serving, teaches(f, p))


@rule("WH63.1.4", "enrolment", "claim")
def not_other_public_staff(f, p):
    return any_of(~is_in(f.employer_kind, p.public_employers), teaches(f, p))


# 二(一) Training bases


@rule("WH63.2.1", "base")
def base_kind_fits(f, p):
    return is_in(f.base_kind, p.base_kinds)


@rule("WH63.2.1", "base", soft=True)
def base_conditions_met(f, p):
    return has_all(f.base_conditions, p.base_conditions)


@rule("WH63.2.1", "base")
def teachers_at_hand(f):
    return all_of(at_least(f.theory_teachers, 1), at_least(f.practice_teachers, 1))


@rule("WH63.2.1", "base")
def theory_teachers_qualified(f):
    return at_most(f.theory_teachers_unqualified, 0)


@rule("WH63.2.1", "base")
def practice_teachers_qualified(f):
    return at_most(f.practice_teachers_unqualified, 0)


@figure
def base_conditions_missing(f, p):
    return missing_from(f.base_conditions, p.base_conditions)


# 二(二) Three ways to enrol: a qualification held, years of work, outstanding skill


def counting_day(f, p):
    """The day on which the years must be complete."""
    return pick(p.counting_day_reading, application=f.applied_on, class_opening=f.class_starts_on)


def by_qualification(f, p):
    """The level directly below has been held for the years asked."""
    kinds = pick(
        p.qualification_kind_reading,
        qualification_only=f.prior_certificate_kind == "vocational_qualification",
        skill_level_too=is_in(f.prior_certificate_kind, p.prior_certificate_kinds),
    )
    high_enough = rank_of(f.held_level, p.held_levels) + 1 >= rank_of(f.target_level, p.held_levels)
    long_enough = add_years(f.prior_level_since, p.held_years_min) <= counting_day(f, p)
    return all_of(kinds, high_enough, long_enough)


@figure
def work_years(f, p):
    """Years of work in the occupation that the target level asks for."""
    upper = when(f.target_level == "technician").then(p.work_years_technician)
    above = upper.otherwise(p.work_years_senior_technician)
    return when(f.target_level == "senior").then(p.work_years_senior).otherwise(above)


def work_days_needed(f, p):
    """Days of that many calendar years ending on the day that counts."""
    day = counting_day(f, p)
    return days_from(add_years(day, 0 - work_years(f, p)), day) - 1


def years_worked(f, p):
    """The years of work are complete (knowledge and skill are a matter of their own)."""
    return at_least(f.occupation_work_days, work_days_needed(f, p))


def skill_confirmed(f, p):
    """High knowledge and skill, on the word of whom the reading names."""
    return pick(p.skill_reading, employer=f.skill_stated_by_employer, district=f.skill_checked_by_district)


def target_open_to_outstanding(f, p):
    """One level up from middle or above; straight to senior from junior or none."""
    one_up = rank_of(f.target_level, p.held_levels) == rank_of(f.held_level, p.held_levels) + 1
    above = all_of(is_in(f.held_level, p.middle_or_above), one_up)
    return any_of(above, all_of(is_in(f.held_level, p.below_middle), f.target_level == "senior"))


def outstanding(f, p):
    """A skills master of the city or above, or an outstanding achievement, applying for a level open to such."""
    by_city = is_in(f.outstanding_recognised_by, p.city_or_above)
    works = is_in(f.outstanding_achievement, p.outstanding_works)
    achieved = pick(p.outstanding_reading, title_only=works, both=all_of(works, by_city))
    master = all_of(f.outstanding_achievement == "skills_master", by_city)
    return all_of(any_of(master, achieved), target_open_to_outstanding(f, p))


def by_work(f, p):
    """The way of work years, complete."""
    return all_of(years_worked(f, p), skill_confirmed(f, p))


def by_outstanding(f, p):
    """The way without waiting years, complete."""
    return all_of(outstanding(f, p), f.outstanding_evidence)


@rule("WH63.2.2a", "enrolment", "claim")
def a_way_to_enrol(f, p):
    return any_of(by_qualification(f, p), years_worked(f, p), outstanding(f, p))


@rule("WH63.2.2b", "enrolment", "claim")
def knowledge_and_skill_high(f, p):
    other_way = any_of(by_qualification(f, p), by_outstanding(f, p), ~years_worked(f, p))
    return any_of(other_way, skill_confirmed(f, p))


@rule("WH63.2.2c", "enrolment", "claim")
def outstanding_proven(f, p):
    other_way = any_of(by_qualification(f, p), by_work(f, p), ~outstanding(f, p))
    return any_of(other_way, f.outstanding_evidence)


def sure(condition):
    """True only when the condition is known to be true; never unknown."""
    return all_of(is_known(condition), condition)


@outcome("WH63.2.2c", "enrolment")
def way_of_enrolment(f, p):
    without_qualification = when(sure(by_work(f, p))).then("work_years").otherwise("outstanding")
    return when(sure(by_qualification(f, p))).then("qualification").otherwise(without_qualification)


@figure
def qualified_since(f, p):
    return when(by_qualification(f, p)).then(f.prior_level_since).otherwise(None)


@figure
def days_that_suffice(f, p):
    return when(years_worked(f, p)).then(f.occupation_work_days.low).otherwise(None)


@figure
def outstanding_as(f, p):
    return when(outstanding(f, p)).then(f.outstanding_achievement).otherwise(None)


@figure
def level_not_open(f, p):
    closed = all_of(f.outstanding_achievement != "none", ~target_open_to_outstanding(f, p))
    return when(closed).then(f.held_level).otherwise(None)


@figure
def qualified_from(f, p):
    due = add_years(f.prior_level_since, p.held_years_min)
    return when(due > counting_day(f, p)).then(due).otherwise(None)


@figure
def work_days_short(f, p):
    return work_days_needed(f, p) - f.occupation_work_days.low


# 二(三) The plan and its filing


@rule("WH63.2.3", "class_filing")
def planned_with_employer(f):
    return f.planned_with_employer


@rule("WH63.2.3", "class_filing")
def plan_complete(f, p):
    return has_all(f.plan_parts, p.plan_parts)


@rule("WH63.2.3", "class_filing")
def filing_papers_complete(f, p):
    return has_all(f.filing_papers, p.filing_papers)


@rule("WH63.2.3", "claim")
def opened_after_filing(f):
    return f.class_starts_on >= f.filing_confirmed_on


@rule("WH63.2.3", "claim")
def changes_confirmed(f):
    return f.unconfirmed_plan_changes <= 0


@figure
def plan_parts_missing(f, p):
    return missing_from(f.plan_parts, p.plan_parts)


@figure
def filing_papers_missing(f, p):
    return missing_from(f.filing_papers, p.filing_papers)


# 二(四), 二(五) How and what is taught


@rule("WH63.2.4", "class_filing", soft=True)
def main_modes_used(f, p):
    all_three, some = has_all(f.training_modes, p.main_modes), has_any(f.training_modes, p.main_modes)
    return pick(p.main_modes_reading, all_three=all_three, one=some)


def theory_hours(f, p):
    """Hours that count as theory, taught on the spot or online."""
    with_ideological = f.class_hours_theory + f.class_hours_ideological
    return pick(p.ideological_reading, apart=f.class_hours_theory, within_theory=with_ideological)


@rule("WH63.2.5", "class_filing", soft=True)
def hours_in_all(f, p):
    return at_least(f.class_hours_total, p.hours_total_min)


@rule("WH63.2.5", "class_filing")
def ideological_hours(f, p):
    return at_least(f.class_hours_ideological, p.hours_ideological_min)


@rule("WH63.2.5", "class_filing")
def theory_hours_enough(f, p):
    return at_least(theory_hours(f, p), p.hours_theory_min)


@rule("WH63.2.5", "class_filing")
def practice_hours_enough(f, p):
    return at_least(f.class_hours_practice, p.hours_practice_min)


@rule("WH63.2.5", "class_filing")
def theory_topics_complete(f, p):
    return has_all(f.theory_topics_present, p.theory_topics)


@rule("WH63.2.1", "class_filing")
def sessions_have_teacher(f):
    return at_most(f.sessions_without_teacher, 0)


@rule("WH63.2.1", "class_filing")
def base_recognised(f):
    return f.base_recognised


@figure
def hours_short(f, p):
    return p.hours_total_min - f.class_hours_total.low


@figure
def ideological_hours_short(f, p):
    return p.hours_ideological_min - f.class_hours_ideological.low


@figure
def theory_hours_counted(f, p):
    return theory_hours(f, p).low


@figure
def theory_hours_short(f, p):
    return p.hours_theory_min - theory_hours(f, p).low


@figure
def practice_hours_short(f, p):
    return p.hours_practice_min - f.class_hours_practice.low


@figure
def theory_topics_missing(f, p):
    return missing_from(f.theory_topics_present, p.theory_topics)


# 二(六), 二(七), 二(八) Exam, certificate, archive


@rule("WH63.2.6", "exam", "exam_filing")
def examined_by_city_body(f):
    return f.examining_body == "city_appraisal_body"


@rule("WH63.2.6", "exam", "exam_filing")
def exam_tasks_by_city_body(f, p):
    return has_all(f.exam_tasks_by_city_body, p.exam_tasks)


def before_or_on(day, last, p):
    """`before` a date, with or without the date itself."""
    return pick(p.before_day_reading, day_included=day <= last, day_excluded=day < last)


@rule("WH63.2.6", "exam", "exam_filing", "claim")
def examined_in_time(f, p):
    return before_or_on(f.exam_on, p.exam_until, p)


@rule("WH63.2.6", "exam", "exam_filing")
def examined_after_training(f):
    return f.exam_on >= f.training_ended_on


@rule("WH63.2.7", "certificate", "certificate_batch", "claim")
def exam_passed(f):
    return f.exam_passed


@rule("WH63.2.7", "certificate", "certificate_batch", "claim")
def certificate_of_catalogue(f):
    return all_of(f.certificate_kind == "vocational_qualification", f.certificate_level == f.target_level)


@rule("WH63.2.8", "archive")
def archive_complete(f, p):
    return has_all(f.archive_parts, p.archive_parts)


@figure
def exam_tasks_missing(f, p):
    return missing_from(f.exam_tasks_by_city_body, p.exam_tasks)


@figure
def archive_parts_missing(f, p):
    return missing_from(f.archive_parts, p.archive_parts)


# 三 Money


@rule("WH63.3", "claim")
def cost_advanced(f):
    return f.cost_advanced_fen > 0


@rule("WH63.3", "claim")
def standard_known(f, p):
    return rate(p.training_standard_fen, f.target_level) > 0


@rule("WH63.3", "claim")
def not_subsidised_before(f, p):
    once = at_most(f.same_level_grants, 0)
    return pick(p.repeat_reading, occupation_and_level_once=once, this_project_once=at_most(f.programme_grants, 0))


@amount("WH63.3", "claim")
def subsidy(f, p):
    return rate(p.training_standard_fen, f.target_level)


@outcome("WH63.3", "claim")
def payee(f, p):
    return pick(p.payee_reading, who_advanced=f.cost_advanced_by, base="base")


@rule("WH63.3", "payment")
def unemployment_fund_first(f, p):
    short = f.unemployment_fund_balance_fen < f.payment_fen
    used_up = pick(p.fund_first_reading, whole_payment=short, until_empty=f.unemployment_fund_balance_fen <= 0)
    return any_of(f.fund_used == "unemployment_insurance_action_fund", all_of(is_in(f.fund_used, p.funds), used_up))


# 四 Supervision, credit, report


@rule("WH63.4.1", "supervision")
def opening_file_checked(f):
    return f.opening_file_checked


@rule("WH63.4.1", "supervision", "claim")
def supervised_by_all_channels(f, p):
    return has_all(f.supervision_channels, p.supervision_channels)


@rule("WH63.4.1", "payment")
def recipients_published(f, p):
    return f.notice_working_days_done >= p.notice_working_days


@rule("WH63.4.1", "payment")
def no_open_objection(f):
    return f.open_objections <= 0


@rule("WH63.4.2", "inspection")
def both_drawn_at_random(f):
    return all_of(f.targets_drawn_at_random, f.inspectors_drawn_at_random)


@rule("WH63.4.2", "inspection")
def inspectors_unconflicted(f):
    return f.conflicted_inspectors <= 0


@rule("WH63.4.2", "inspection")
def inspection_published(f):
    return f.inspection_published


@rule("WH63.4.3", "class_filing", "allocation")
def credit_not_failing(f, p):
    return ~is_in(f.credit_class, p.failing_classes)


@outcome("WH63.4.3", "allocation")
def allocation_order(f, p):
    return rank_of(f.credit_class, p.credit_classes) + 1


@rule("WH63.4.4", "annual_report")
def reported_in_time(f, p):
    return before_or_on(f.reported_on, p.report_until, p)


@rule("WH63.4.4", "annual_report")
def report_complete(f, p):
    return has_all(f.report_parts, p.report_parts)


@figure
def supervision_channels_missing(f, p):
    return missing_from(f.supervision_channels, p.supervision_channels)


@figure
def report_parts_missing(f, p):
    return missing_from(f.report_parts, p.report_parts)
