"""青人社发〔2023〕10号: one clause, one small function. Numbers are in parameters.yaml, sentences in wording.yaml."""

from peibu.rulebook import (
    add_years,
    all_of,
    amount,
    any_of,
    at_most,
    between,
    count_of,
    figure,
    greatest,
    has_all,
    has_any,
    is_in,
    least,
    missing_from,
    outcome,
    pick,
    ratio_at_least,
    ratio_at_most,
    rule,
    when,
    years_between,
)

# 一 Targets


@rule("QD10.1a", "yearly_target")
def yearly_target_reached(f, p):
    return f.year_person_times >= p.yearly_person_times


@figure
def person_times_short(f, p):
    return p.yearly_person_times - f.year_person_times


# 二(一) Advanced seminars


@rule("QD10.2.1c", "seminar_application")
def applicant_is_base(f):
    return f.host_is_base


@rule("QD10.2.4a", "seminar_application", "base_award")
def base_has_not_left(f):
    return ~f.base_exited


@rule("QD10.2.1a", "seminar_application")
def field_named(f, p):
    return is_in(f.seminar_field, p.named_seminar_fields)


@rule("QD10.2.1c", "seminar_application")
def fit_for_recommendation(f, p):
    return any_of(~is_in(f.seminar_level, p.recommended_levels), f.meets_upper_conditions)


@outcome("QD10.2.1c", "seminar_application")
def seminar_route(f, p):
    below = when(f.seminar_level == "city").then("city_review").otherwise("district")
    return when(is_in(f.seminar_level, p.recommended_levels)).then("recommend_to_province").otherwise(below)


@rule("QD10.2.1c", "seminar_plan")
def city_level_seminar(f):
    return f.seminar_level == "city"


@rule("QD10.2.1c", "seminar_plan")
def reviewed_by_experts(f):
    return f.expert_reviewed


def place_of_seminar(f, p):
    return pick(p.seminar_tie_reading, earlier_application=f.seminar_place, experts=f.seminar_place_by_experts)


@rule("QD10.2.1c", "seminar_plan")
def among_seminars_of_the_year(f, p):
    return at_most(place_of_seminar(f, p), p.city_seminars_max)


@figure
def seminar_place_best(f, p):
    return place_of_seminar(f, p).low


@figure
def seminar_place_worst(f, p):
    return place_of_seminar(f, p).high


@rule("QD10.2.1c", "seminar_grant")
def in_published_plan(f):
    return f.seminar_in_plan


@rule("QD10.2.1d", "seminar_grant")
def carried_out_as_planned(f):
    return all_of(f.carried_out_by_plan, f.seminar_ended_on <= f.claimed_on)


@rule("QD10.2.1d", "seminar_grant")
def evaluation_reported(f):
    return between(f.evaluation_report_on, f.seminar_ended_on, f.claimed_on)


@rule("QD10.2.1b", "seminar_grant")
def seminar_not_paid_before(f, p):
    return at_most(f.seminar_grants + 1, p.seminar_grants_max)


@amount("QD10.2.1b", "seminar_grant")
def seminar_grant_paid(f, p):
    sum_ = pick(p.grant_reading, flat=p.seminar_grant_fen, at_most_cost=least(p.seminar_grant_fen, f.seminar_cost_fen))
    return when(is_in(f.seminar_level, p.city_funded_levels)).then(sum_).otherwise(0)


@outcome("QD10.2.1b", "seminar_grant")
def fund_source(f, p):
    other = when(f.seminar_level == "national").then("central_finance").otherwise("district_funds")
    return when(is_in(f.seminar_level, p.city_funded_levels)).then("city_employment_fund").otherwise(other)


# 二(二) Ability improvement and hours of continuing education


@rule("QD10.2.2a", "plan_item")
def host_may_carry_out(f, p):
    return is_in(f.host_kind, p.plan_hosts)


@rule("QD10.2.2a", "plan_item")
def mode_stated(f, p):
    """Online and offline training count alike; what is asked for is that the plan says which."""
    return all_of(is_in(f.training_mode, p.training_modes), f.planned_hours >= 1)


@rule("QD10.2.2a", "plan_item")
def handed_in_during_call(f):
    return f.in_yearly_call


@rule("QD10.3.1", "plan_item")
def last_year_evaluated(f):
    return f.year_evaluated


@rule("QD10.2.2a", "ce_record")
def training_published(f):
    return f.item_published


@rule("QD10.2.2a", "ce_record")
def attended(f):
    return all_of(f.attendance_confirmed, f.training_hours >= 1)


@rule("QD10.2.2a", "ce_record")
def hours_not_booked_before(f):
    return at_most(f.hours_booked_for_training, 0)


@rule("QD10.2.2b", "ce_record")
def subject_counts(f, p):
    return is_in(f.subject_kind, p.subject_kinds)


@rule("QD10.2.2b", "ce_record")
def special_subject_of_series(f):
    return any_of(f.subject_kind != "special_subject", f.special_subject_planned)


@outcome("QD10.2.2a", "ce_record")
def ce_hours(f):
    return f.training_hours


@outcome("QD10.2.2b", "ce_record")
def hours_kind(f):
    return f.subject_kind


@rule("QD10.2.2c", "title_application")
def ce_record_at_hand(f):
    return f.ce_record_issued


@rule("QD10.2.2c", "title_application")
def ce_confirmed_by_employer(f):
    return f.employer_confirmed_ce


@rule("QD10.2.2d", "education_fund")
def fund_used_as_prescribed(f, p):
    return all_of(count_of(f.fund_uses) >= 1, ~has_any(f.fund_uses, p.uses_not_allowed))


@rule("QD10.2.2d", "education_fund")
def fund_not_overspent(f):
    return f.fund_used_fen <= f.set_aside_fen + f.fund_carried_fen


# 二(三) Digital-technology engineers


@rule("QD10.2.3a", "digital_training", "digital_assessment")
def one_of_ten_fields(f, p):
    return is_in(f.digital_field, p.digital_fields)


@rule("QD10.2.3a", "digital_training", "digital_assessment")
def one_of_three_levels(f, p):
    return is_in(f.digital_level, p.digital_levels)


@rule("QD10.2.3a", "digital_training")
def by_national_standard(f):
    return f.follows_national_standard


@rule("QD10.2.3b", "digital_training", "digital_assessment")
def trained_by_recognised_body(f):
    return f.training_body_recognised


@rule("QD10.2.3b", "digital_assessment")
def assessed_by_recognised_body(f):
    return f.assessment_body_recognised


@rule("QD10.2.3b", "digital_assessment")
def training_apart_from_assessment(f, p):
    other = f.training_body != f.assessment_body
    return pick(p.apart_reading, other_body=other, other_people=f.assessors_not_trainers)


@rule("QD10.2.3c", "digital_training")
def content_and_hours_done(f):
    return all_of(f.content_completed, f.training_hours >= f.required_hours)


@rule("QD10.2.3c", "digital_training")
def final_exam_passed(f):
    return f.final_exam_passed


@rule("QD10.2.3c", "digital_assessment")
def conditions_of_level_met(f):
    return f.application_conditions_met


@rule("QD10.2.3c", "digital_assessment")
def assessment_in_order(f):
    return all_of(f.assessors_trained, f.item_bank_used)


@rule("QD10.2.3c", "digital_assessment")
def level_exam_passed(f):
    return f.level_exam_passed


@outcome("QD10.2.3c", "digital_training", name="certificate")
def training_certificate(f):
    return when(f.final_exam_passed).then("training_certificate").otherwise("none")


@outcome("QD10.2.3c", "digital_assessment", name="certificate")
def level_certificate(f):
    return when(f.level_exam_passed).then("level_certificate").otherwise("none")


@figure
def hours_short(f):
    return f.required_hours - f.training_hours


@rule("QD10.2.3d", "ce_credit")
def certificate_of_either_kind(f, p):
    return all_of(is_in(f.digital_certificate, p.digital_certificates), f.digital_certificate_verified)


@rule("QD10.2.3d", "ce_credit")
def trained_hours_known(f):
    return f.training_hours >= 1


@rule("QD10.2.3d", "ce_credit")
def path_not_booked_before(f, p):
    earlier = pick(p.path_reading, per_training=f.path_credits, per_certificate=f.certificate_credits)
    return at_most(earlier + 1, p.credits_per_path_max)


@outcome("QD10.2.3d", "ce_credit", name="ce_hours")
def doubled_hours(f, p):
    doubled = f.training_hours * p.ce_factor
    rest = greatest(doubled - f.hours_already_booked, 0)
    return pick(p.double_reading, total_twice=rest, in_addition=doubled)


@rule("QD10.2.3e", "title_recognition")
def level_certificate_held(f, p):
    held = all_of(f.digital_certificate == "level_certificate", f.digital_certificate_verified)
    return all_of(held, is_in(f.digital_level, p.digital_levels))


@rule("QD10.2.3e", "title_recognition")
def no_exam_in_place_of_review(f, p):
    """A senior certificate is a reference only, so the exception does not touch it."""
    mixed = all_of(~f.series_by_exam, ~f.series_exam_and_review)
    reviewed = pick(p.exam_series_reading, exam_only=~f.series_by_exam, mixed_too=mixed)
    return any_of(f.digital_level == "senior", reviewed)


@rule("QD10.2.3e", "title_recognition")
def within_authority(f):
    return f.within_title_authority


@outcome("QD10.2.3e", "title_recognition")
def recognised_title(f):
    lower = when(f.digital_level == "middle").then("intermediate_title").otherwise("junior_title")
    return when(f.digital_level == "senior").then("senior_reference").otherwise(lower)


# 二(四) Bases of continuing education


@rule("QD10.2.4a", "base_recognition")
def base_kind_admitted(f, p):
    return is_in(f.base_kind, p.base_kinds)


@rule("QD10.2.4a", "base_recognition")
def base_conditions_confirmed(f):
    return f.base_conditions_met


def year_start(day, p):
    """The first of January of the year a day lies in."""
    return add_years(p.calendar_anchor, years_between(p.calendar_anchor, day))


@rule("QD10.2.4a", "base_recognition")
def two_years_since_last_round(f, p):
    years = years_between(year_start(f.last_recognition_on, p), year_start(f.recognition_on, p))
    days = years_between(f.last_recognition_on, f.recognition_on)
    since = pick(p.two_year_reading, calendar_years=years, to_the_day=days)
    return any_of(f.first_round, since >= p.base_cycle_years)


@figure
def next_round_from(f, p):
    year = add_years(year_start(f.last_recognition_on, p), p.base_cycle_years)
    day = add_years(f.last_recognition_on, p.base_cycle_years)
    return pick(p.two_year_reading, calendar_years=year, to_the_day=day)


@rule("QD10.2.4b", "base_award")
def base_level_awarded(f, p):
    return all_of(f.base_in_register, is_in(f.base_level, p.awarded_base_levels))


@rule("QD10.2.4b", "base_award")
def scored_by_experts(f, p):
    return f.experts_scored >= p.base_experts_min


def place_of_base(f, p):
    return pick(p.base_tie_reading, more_trained=f.base_place, experts=f.base_place_by_experts)


@rule("QD10.2.4b", "base_award")
def award_earned(f, p):
    top = at_most(place_of_base(f, p), p.base_award_places)
    met = all_of(f.rural_target_taken_on, f.rural_target_met)
    provincial = pick(p.provincial_rank_reading, target_only=met, place_as_well=all_of(met, top))
    return when(f.base_level == "provincial").then(provincial).otherwise(top)


@rule("QD10.2.4b", "base_award")
def no_award_in_this_cycle(f):
    return at_most(f.base_awards, 0)


@amount("QD10.2.4b", "base_award")
def base_award_paid(f, p):
    provincial = f.base_level == "provincial"
    return when(provincial).then(p.provincial_base_award_fen).otherwise(p.city_base_award_fen)


@outcome("QD10.2.4b", "base_award", name="fund_source")
def fund_of_award(f, p):
    return when(is_in(f.base_level, p.awarded_base_levels)).then("city_employment_fund").otherwise("none")


@figure
def base_place_best(f, p):
    return place_of_base(f, p).low


@figure
def base_place_worst(f, p):
    return place_of_base(f, p).high


# 三 Organisation


def payroll(f, p):
    return pick(p.payroll_reading, same_year=f.payroll_fen, previous_year=f.payroll_last_year_fen)


@rule("QD10.3.2", "education_fund")
def fund_ratio_reached(f, p):
    return ratio_at_least(f.set_aside_fen, payroll(f, p), p.education_fund_min_bp)


@rule("QD10.3.2", "education_fund")
def fund_ratio_not_exceeded(f, p):
    within = ratio_at_most(f.set_aside_fen, payroll(f, p), p.education_fund_max_bp)
    return pick(p.upper_reading, range=within, floor=f.set_aside_fen >= 0)


@figure
def least_to_set_aside_fen(f, p):
    return 0 - (0 - payroll(f, p) * p.education_fund_min_bp) // p.basis_points_of_whole


@figure
def most_to_set_aside_fen(f, p):
    return payroll(f, p) * p.education_fund_max_bp // p.basis_points_of_whole


@figure
def set_aside_short_fen(f, p):
    return least_to_set_aside_fen(f, p) - f.set_aside_fen


@rule("QD10.3.2", "random_check")
def draw_can_be_verified(f):
    return all_of(f.draw_announced, f.draw_recomputed)


@rule("QD10.3.2", "random_check")
def check_covers_both(f, p):
    return has_all(f.check_parts, p.check_parts)


@figure
def check_parts_missing(f, p):
    return missing_from(f.check_parts, p.check_parts)


@rule("QD10.3.3", "programme_review")
def started_in_first_year(f, p):
    return f.plan_adopted_on <= p.start_year_ends


@rule("QD10.3.3", "programme_review")
def midterm_review_at_full_scale(f, p):
    return between(f.midterm_review_on, p.full_scale_from, p.full_scale_until)


@rule("QD10.3.3", "programme_review")
def summary_in_last_year(f, p):
    return between(f.final_summary_on, p.summary_from, p.full_scale_until)
