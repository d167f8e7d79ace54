"""Rules that ask for every fact that records can give."""

from peibu.rulebook import (
    add_years,
    all_of,
    at_least,
    at_most,
    count_of,
    days_from,
    has_all,
    is_in,
    is_known,
    rule,
)


@rule("T1", "person")
def worked_long_enough(f, p):
    """So many calendar years, ending on the day of application, in days."""
    years = days_from(add_years(f.applied_on, 0 - p.work_years_min), f.applied_on) - 1
    return at_least(f.occupation_work_days, years)


@rule("T1", "person")
def held_long_enough(f, p):
    """The level below, held for full years."""
    return add_years(f.prior_level_since, p.held_years_min) <= f.applied_on


@rule("T1", "person")
def insured_long_enough(f, p):
    """Consecutive months, few of them in arrears."""
    return all_of(at_least(f.insured_months, p.insured_months_min), at_most(f.arrears_months, p.arrears_months_max))


@rule("T1", "person")
def certificate_counts(f, p):
    """The certificate is there and valid."""
    return all_of(f.certificate_held, f.certificate_valid, ~is_in(f.held_level, p.levels))


@rule("T1", "person")
def the_rest_of_a_person_is_known(f, p):
    """Asks for the facts the other rules leave out."""
    texts = [f.certificate_number, f.certificate_issuer, f.certificate_kind, f.certificate_level]
    dates = [f.certificate_issued_on, f.certificate_valid_until, f.run_first_month, f.run_last_month]
    dates += [f.insurance_gap_month, f.occupation_work_from]
    pairs = all_of(at_least(f.late_arrears_months, 0), at_least(f.last_paid_month, f.run_last_month))
    return all_of(pairs, *map(is_known, texts + dates))


@rule("T1", "training")
def hours_enough(f, p):
    """Class hours in all, and of practice."""
    practice = at_least(f.class_hours_practice, p.practice_hours_min)
    return all_of(at_least(f.class_hours_total, p.class_hours_min), practice)


@rule("T1", "training")
def span_short_enough(f, p):
    """Days from first to last."""
    return at_most(f.class_span_days, p.span_days_max)


@rule("T1", "training")
def teachers_qualified(f, p):
    """Nobody without the qualification."""
    lacking = [f.theory_teachers_unqualified, f.practice_teachers_unqualified, f.sessions_without_teacher]
    return all_of(*(~at_least(count, 1) for count in lacking))


@rule("T1", "training")
def traces_complete(f, p):
    """Every trace of learning."""
    return has_all(f.learning_traces, p.learning_traces)


@rule("T1", "training")
def the_rest_of_a_training_is_known(f, p):
    """Asks for the facts the other rules leave out."""
    sums = [f.class_hours_theory, f.class_hours_ideological, f.class_hours_online, f.class_days, f.practice_days]
    sums += [f.video_seconds, f.theory_teachers, f.practice_teachers]
    sets = all_of(count_of(f.theory_topics_present) >= 0, count_of(f.session_kinds_present) >= 0)
    return all_of(sets, *(at_least(total, 0) for total in sums))
