"""15 rules for measuring: one clause, one small function. Numbers are in parameters.yaml, sentences in wording.yaml."""

from peibu.rulebook import (
    add_days,
    add_months,
    add_years,
    all_of,
    amount,
    any_of,
    at_least,
    between,
    figure,
    greatest,
    is_in,
    is_known,
    least,
    month_of,
    previous_month,
    rule,
)


@rule("B1.1", "claim")
def enterprise_listed(f):
    return f.enterprise_listed


@rule("B1.2", "claim")
def post_covered(f, p):
    return is_in(f.post_kind, p.covered_posts)


@rule("B1.3", "claim")
def contract_long_enough(f, p):
    without_end = all_of(~is_known(f.contract_ends_on), f.contract_kind == "open_ended")
    day_after = add_days(f.contract_ends_on, 1)
    return any_of(without_end, day_after >= add_months(f.contract_starts_on, p.contract_months_min))


@rule("B1.4", "claim")
def employment_registered(f):
    return f.employment_registered


@rule("B1.5", "claim")
def of_age(f, p):
    old_enough = add_years(f.birth_date, p.age_min) <= f.class_starts_on
    return all_of(old_enough, f.class_starts_on < add_years(f.birth_date, p.age_max))


def counted(f, p):
    """Months of the run that count: those in arrears up to the limit."""
    return f.insured_months - greatest(f.arrears_months - p.arrears_months_max, 0)


@rule("B2.1", "claim")
def insured_long_enough(f, p):
    return at_least(counted(f, p), p.insured_months_min)


@figure
def months_short(f, p):
    return p.insured_months_min - counted(f, p).low


@rule("B2.2", "claim")
def still_employed(f):
    return at_least(f.last_paid_month, previous_month(month_of(f.claimed_on)))


@rule("B3.1", "claim")
def enough_class_hours(f, p):
    return any_of(f.training_hours >= p.training_hours_min, f.prize_winner)


@rule("B3.2", "claim")
def exam_passed(f, p):
    return f.exam_score >= p.pass_mark


@rule("B3.3", "claim")
def certificate_held(f):
    return f.certificate_held


@rule("B4.1", "claim")
def fee_paid_first(f):
    return all_of(f.fee_paid_by_enterprise, f.fee_per_person_fen > 0)


@amount("B4.1", "claim")
def subsidy(f, p):
    return least(p.subsidy_cap_fen, f.fee_per_person_fen)


@rule("B4.2", "claim")
def no_earlier_subsidy(f, p):
    return f.earlier_subsidies + 1 <= p.subsidies_per_person_max


@rule("B5.1", "claim")
def claimed_after_training(f):
    return f.claimed_on >= f.training_ended_on


@rule("B5.2", "claim")
def claimed_in_time(f, p):
    return f.claimed_on <= add_days(f.training_ended_on, p.claim_days_max)


@figure
def claim_until(f, p):
    return add_days(f.training_ended_on, p.claim_days_max)


@rule("B6.1", "claim")
def within_policy_period(f, p):
    return between(f.training_ended_on, p.policy_from, p.policy_until)
