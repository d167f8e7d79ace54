"""青人社字〔2020〕97号: one clause, one small function. Numbers are in parameters.yaml, sentences in wording.yaml."""

from peibu.rulebook import (
    add_days,
    add_months,
    add_years,
    all_of,
    amount,
    any_of,
    at_least,
    between,
    count_of,
    days_from,
    figure,
    greatest,
    has_all,
    is_in,
    is_known,
    least,
    missing_from,
    month_of,
    months_between,
    pick,
    previous_month,
    rule,
    share_at_least,
    share_needed,
)

# 一 Who is covered


@rule("QD97.1", "enterprise", "enrolment", "claim")
def enterprise_on_555_list(f):
    return f.enterprise_on_555_list


@rule("QD97.1", "enrolment", "claim")
def manager_of_middle_level(f, p):
    managerial = is_in(f.position_level, p.managerial_levels)
    with_document = all_of(managerial, f.appointment_document)
    return pick(p.manager_evidence, enterprise_statement=managerial, appointment_document=with_document)


@rule("QD97.1.1", "enrolment", "claim")
def contract_long_enough(f, p):
    without_end = all_of(~is_known(f.contract_ends_on), f.contract_kind == "open_ended")
    day_after = add_days(f.contract_ends_on, 1)
    return any_of(without_end, day_after >= add_months(f.contract_starts_on, p.contract_months_min))


@rule("QD97.1.1", "enrolment", "claim")
def employment_registered(f):
    return f.employment_registered


def surplus_arrears(f, p):
    """Months of the run that do not count because they were paid in arrears."""
    beyond = greatest(f.arrears_months - p.arrears_months_max, 0)
    return pick(p.arrears_reading, at_most_of_the_months=beyond, paid_within_months=f.late_arrears_months)


def counted(f, p):
    """Months of the run that count."""
    return f.insured_months - surplus_arrears(f, p)


def projected(f, p):
    """Months that will count if every month up to the expected claim is paid."""
    return counted(f, p) + greatest(months_between(f.run_last_month, f.expected_claim_on), 0)


def latest_proof(day, p):
    """The last month paid must be this month or a later one for the person to be still employed on that day."""
    month = month_of(day)
    return pick(p.still_employed_reading, current_month=month, current_or_previous_month=previous_month(month))


@rule("QD97.1.2", "claim")
def insured_long_enough(f, p):
    return at_least(counted(f, p), p.insured_months_min)


@rule("QD97.1.2", "enrolment")
def insured_long_enough_at_claim(f, p):
    return at_least(projected(f, p), p.insured_months_min)


@rule("QD97.1.2", "claim")
def still_employed(f, p):
    return at_least(f.last_paid_month, latest_proof(f.claimed_on, p))


@rule("QD97.1.2", "enrolment")
def employed_now(f, p):
    return at_least(f.last_paid_month, latest_proof(f.enrolled_on, p))


@figure
def counted_months(f, p):
    return counted(f, p).low


@figure
def months_short(f, p):
    return p.insured_months_min - counted(f, p).low


@figure
def earliest_claim_month(f, p):
    return add_months(f.run_last_month, p.insured_months_min - counted(f, p).low)


@figure
def projected_months(f, p):
    return projected(f, p).low


@figure
def contract_needed_until(f, p):
    return add_days(add_months(f.contract_starts_on, p.contract_months_min), 0 - 1)


# 二 Providers, practice bases and their plan


@rule("QD97.2.1", "provider")
def institution_may_apply(f, p):
    return all_of(f.institution_in_qingdao, is_in(f.institution_kind, p.qualifying_institutions))


@rule("QD97.2.2", "base")
def base_qualifies(f):
    return count_of(f.base_qualifications) >= 1


@rule("QD97.2.3", "provider", "class_filing")
def plan_complete(f, p):
    return has_all(f.plan_parts, p.plan_parts)


@rule("QD97.2.3", "provider", "class_filing")
def plan_cosigned(f):
    return f.plan_cosigned_by_bases


@rule("QD97.2.4", "class_filing")
def provider_listed(f):
    return f.provider_listed


@figure
def plan_parts_missing(f, p):
    return missing_from(f.plan_parts, p.plan_parts)


# 三 How a class is run


@rule("QD97.3.1", "class_filing")
def topics_chosen(f):
    return count_of(f.topics) >= 1


@rule("QD97.3.1", "class_filing")
def bases_listed(f):
    return f.bases_listed


@rule("QD97.3.2", "class_filing")
def class_long_enough(f, p):
    return f.class_days >= p.class_days_min


@rule("QD97.3.2", "class_filing", soft=True)
def class_span_in_limit(f, p):
    return days_from(f.class_starts_on, f.class_ends_on) <= p.class_span_days_max


@rule("QD97.3.2", "class_filing")
def practice_short_enough(f, p):
    return f.practice_days <= p.practice_days_max


@rule("QD97.3.2", "class_filing")
def enough_practice_bases(f, p):
    return f.practice_bases >= p.practice_bases_min


@rule("QD97.3.2", "class_filing")
def teachers_free(f):
    return f.teacher_double_bookings <= 0


@rule("QD97.3.4", "class_filing")
def class_filed_in_time(f, p):
    ahead = f.class_filing_lead_days >= p.class_filing_working_days
    inside = between(f.class_filing_lead_days, 1, p.class_filing_working_days)
    return pick(p.class_filing_reading, lead_time=ahead, window=inside)


@rule("QD97.3.5", "claim")
def exam_passed(f, p):
    return f.exam_score >= p.pass_mark


@rule("QD97.3.6", "exam_filing")
def objective_share_reached(f, p):
    by_items = share_at_least(f.objective_items, f.paper_items, p.objective_share_min)
    by_points = share_at_least(f.objective_points, f.paper_points, p.objective_share_min)
    return pick(p.objective_share_reading, both=all_of(by_items, by_points), items=by_items, points=by_points)


@rule("QD97.3.6", "exam_filing")
def exam_filed_in_time(f, p):
    return f.exam_filing_lead_days >= p.exam_filing_working_days


@rule("QD97.3.6", "exam_filing")
def sample_paper_attached(f):
    return f.sample_paper_attached


@rule("QD97.3.7", "exam_filing")
def exam_supervised(f, p):
    from_hrss = f.hrss_supervisors >= p.supervisors_per_body_min
    from_industry = f.industry_supervisors >= p.supervisors_per_body_min
    return any_of(f.third_party_supervisor, all_of(from_hrss, from_industry))


@rule("QD97.3.8", "exam_filing")
def graders_apart_from_teachers(f):
    return f.graders_who_taught <= 0


@rule("QD97.3.9", "certificate_batch")
def enough_photos(f, p):
    return f.training_photos >= p.training_photos_min


@rule("QD97.3.5", "certificate_batch")
def everyone_in_batch_passed(f, p):
    return f.lowest_score >= p.pass_mark


@rule("QD97.3.10", "claim")
def certificate_held(f):
    return all_of(f.certificate_held, f.certificate_serial != "")


@figure
def class_span_days(f):
    return days_from(f.class_starts_on, f.class_ends_on)


@figure
def objective_items_needed(f, p):
    return share_needed(f.paper_items, p.objective_share_min)


@figure
def objective_points_needed(f, p):
    return share_needed(f.paper_points, p.objective_share_min)


@figure
def days_to_add(f, p):
    return p.class_days_min - f.class_days


@figure
def persons_over(f, p):
    return f.headcount - p.class_size_max


# 四 Money


@rule("QD97.4.1", "class_filing", soft=True)
def class_size_in_limit(f, p):
    return f.headcount <= p.class_size_max


@rule("QD97.4.2", "claim")
def fee_paid_first(f):
    return all_of(f.fee_paid_by_enterprise, f.fee_per_person_fen > 0)


@amount("QD97.4.2", "claim")
def subsidy(f, p):
    return least(p.subsidy_cap_fen, f.fee_per_person_fen)


@rule("QD97.4.3", "payment")
def paid_from_special_account(f):
    return f.fund_is_special_account


@rule("QD97.4.4", "enrolment", "claim")
def no_earlier_subsidy(f, p):
    return f.earlier_subsidies + 1 <= p.subsidies_per_person_max


# 五 Claim, notice, payment


@rule("QD97.5.1", "claim")
def claimed_after_training(f):
    return f.claimed_on >= f.training_ended_on


@rule("QD97.5.3", "payment")
def notice_long_enough(f, p):
    return f.notice_working_days_done >= p.notice_working_days


@rule("QD97.5.3", "payment")
def no_open_objection(f):
    return f.open_objections <= 0


@rule("QD97.5.4", "payment")
def account_is_basic(f):
    return f.account_kind == "basic"


# 六 Archive, and the period of the policy


@rule("QD97.6.2", "archive")
def archive_complete(f, p):
    return has_all(f.archive_parts, p.archive_parts)


@rule("QD97.6.2", "archive")
def archive_kept_long_enough(f, p):
    return f.archive_kept_until >= add_years(f.training_ended_on, p.archive_years_min)


@figure
def archive_parts_missing(f, p):
    return missing_from(f.archive_parts, p.archive_parts)


@figure
def archive_needed_until(f, p):
    return add_years(f.training_ended_on, p.archive_years_min)


@rule("QD97.7", "claim")
def within_policy_period(f, p):
    day = pick(
        p.period_reading,
        training_end=f.training_ended_on,
        class_opening=f.class_starts_on,
        claim=f.claimed_on,
    )
    return between(day, p.policy_from, p.policy_until)
