"""青西新管办发〔2020〕2号, 五: who gets a training subsidy, how much, and from which line of the special account."""

from peibu.rulebook import (
    all_of,
    amount,
    any_of,
    at_least,
    at_most,
    between,
    figure,
    has_any,
    is_in,
    least,
    outcome,
    pick,
    rate,
    rule,
    when,
)

ENTERPRISE = ("new_hire", "insured_upskilling", "apprenticeship", "gold_collar", "international", "distressed")
KEY_GROUPS = ("five_groups", "entrepreneurship", "labour_reserve")
STUDENTS = ("student_skills", "student_entrepreneurship", "student_practice")
DEPARTMENTS = ("farmers", "veterans", "disabled")
REST = ("staff_course", "domestic", "other_approved")
NOT_SPECIAL = (*ENTERPRISE, *KEY_GROUPS, *STUDENTS, *DEPARTMENTS, *REST)
TRAINING = (*NOT_SPECIAL, "special_operations")
OURS = (*ENTERPRISE, *KEY_GROUPS, *STUDENTS, *REST, "special_operations")

# 五.15 Who gets the training subsidy


@rule("HD2.5.15a", *TRAINING, "enrolment")
def connected_with_district(f, p):
    return has_any(f.connection_places, p.connection_places)


@rule("HD2.5.15a", *NOT_SPECIAL)
def certificate_counts(f, p):
    return is_in(f.certificate_kind, p.certificate_kinds)


@rule("HD2.5.15a", *TRAINING, "appraisal_fee")
def certificate_identified(f):
    return all_of(f.certificate_verified, f.certificate_number != "", f.certificate_issuer != "")


@rule("HD2.3.8", "special_operations")
def special_certificate_valid(f):
    return all_of(f.certificate_valid, f.certificate_issued_on <= f.claimed_on)


@rule("HD2.5.15a", *NOT_SPECIAL)
def certificate_in_force(f):
    return all_of(f.certificate_valid, f.certificate_issued_on <= f.claimed_on)


@rule("HD2.5.15a", *TRAINING)
def certificate_follows_training(f):
    return f.certificate_issued_on >= f.training_started_on


@rule("HD2.6.19b", *TRAINING, "living_allowance", "enrolment")
def identity_verified(f):
    return f.real_name_verified


def of_the_year(f, p):
    return pick(p.year_reading, calendar_year=f.subsidies_this_year, twelve_months=f.subsidies_twelve_months)


@rule("HD2.5.15b", *OURS, soft=True)
def at_most_three_a_year(f, p):
    return at_most(of_the_year(f, p) + 1, p.subsidies_per_year_max)


@rule("HD2.5.15b", *DEPARTMENTS, soft=True)
def at_most_three_a_year_elsewhere(f, p):
    limited = at_most(of_the_year(f, p) + 1, p.subsidies_per_year_max)
    return pick(p.departments_reading, counted=limited, not_counted=at_least(of_the_year(f, p), 0))


@rule("HD2.5.15c", *TRAINING)
def occupation_and_level_not_repeated(f, p):
    earlier = pick(p.repeat_reading, ever=f.same_level_grants, action=f.same_level_grants_in_action)
    return at_most(earlier, 0)


@rule("HD2.5.15d", *TRAINING)
def no_lower_after_higher(f, p):
    none_higher = at_most(f.higher_level_grants, 0)
    apart = any_of(f.certificate_level == "none", none_higher)
    return pick(p.unlevelled_reading, not_comparable=apart, lowest=none_higher)


@figure
def counted_on(f, p):
    """The day by which a subsidy belongs to a year."""
    days = {"claim": f.claimed_on, "certificate": f.certificate_issued_on, "training_end": f.training_ended_on}
    return pick(p.count_date_reading, **days)


@figure
def room_again_on(f, p):
    rolling = f.subsidies_twelve_months_free_on
    return pick(p.year_reading, calendar_year=f.subsidies_this_year_free_on, twelve_months=rolling)


@figure
def grants_of_the_year(f, p):
    return of_the_year(f, p).low


@figure
def grants_of_the_kind(f, p):
    return pick(p.repeat_reading, ever=f.same_level_grants, action=f.same_level_grants_in_action).low


BY_OCCUPATION = ("insured_upskilling", "gold_collar", "international", "distressed", "five_groups", "labour_reserve")


@amount("HD2.5.15a", *BY_OCCUPATION, "student_skills", *DEPARTMENTS, *REST)
def subsidy_by_occupation(f, p):
    return rate(p.occupation_standard_fen, f.occupation_code, f.certificate_level)


@amount("HD2.5.15a", "new_hire")
def subsidy_of_new_hire(f, p):
    return rate(p.flat_standard_fen, "new_hire")


@amount("HD2.5.15a", "apprenticeship")
def subsidy_of_apprenticeship(f, p):
    return rate(p.flat_standard_fen, "apprenticeship")


@amount("HD2.5.15a", "entrepreneurship")
def subsidy_of_entrepreneurship(f, p):
    return rate(p.flat_standard_fen, "entrepreneurship")


@amount("HD2.2.3", "student_entrepreneurship")
def subsidy_of_student_entrepreneurship(f, p):
    return rate(p.flat_standard_fen, "student_entrepreneurship")


@amount("HD2.2.3", "student_practice")
def subsidy_of_student_practice(f, p):
    return rate(p.flat_standard_fen, "student_practice")


@amount("HD2.3.8", "special_operations")
def subsidy_of_special_operations(f, p):
    return rate(p.flat_standard_fen, "special_operations")


# 五.16 The special account


@rule("HD2.5.16a", *TRAINING)
def within_action_period(f, p):
    day = pick(
        p.period_reading,
        training_end=f.training_ended_on,
        training_start=f.training_started_on,
        certificate=f.certificate_issued_on,
        claim=f.claimed_on,
    )
    return between(day, p.action_from, p.action_until)


@rule("HD2.5.16a", "work_training")
def taken_on_in_action(f, p):
    return between(f.taken_on_on, p.action_from, p.action_until)


@rule("HD2.5.16a", "distressed")
def struggling_firm(f, p):
    return all_of(f.distressed_recognised, is_in(f.distressed_course, p.distressed_courses))


@rule("HD2.5.16a", "other_approved")
def approved_by_district_or_city(f):
    return f.approval_document


@rule("HD2.5.16a", "appraisal_fee")
def first_appraisal(f, p):
    kind = f.earlier_appraisals_of_kind <= 0
    return pick(p.first_appraisal_reading, first_ever=f.earlier_appraisals <= 0, first_of_kind=kind)


@rule("HD2.5.16a", "appraisal_fee")
def appraisal_certificate(f, p):
    return is_in(f.certificate_kind, p.appraisal_certificates)


@rule("HD2.5.16a", "appraisal_fee")
def appraised_in_action(f, p):
    return between(f.certificate_issued_on, p.action_from, p.action_until)


@amount("HD2.5.16a", "appraisal_fee")
def appraisal_fee_subsidy(f, p):
    return least(rate(p.appraisal_fee_fen, f.occupation_code, f.certificate_level), f.appraisal_fee_paid_fen)


def line_of(f, p):
    """The line of the special account that bears a programme: its own, else 'other approved'."""
    allowance = when(f.paid_programme == "living_allowance").then("five_groups").otherwise("other_approved")
    unlisted = pick(p.allowance_line_reading, other_approved="other_approved", five_groups=allowance)
    return when(is_in(f.paid_programme, p.spending_items)).then(f.paid_programme).otherwise(unlisted)


@rule("HD2.5.16a", "payment")
def spending_item_listed(f, p):
    return is_in(f.spending_item, p.spending_items)


@rule("HD2.5.16a", "payment")
def item_fits_programme(f, p):
    return f.spending_item == line_of(f, p)


@outcome("HD2.5.16a", "payment")
def spending_line(f, p):
    return line_of(f, p)


@rule("HD2.5.16a", "payment")
def other_item_approved(f):
    return any_of(f.spending_item != "other_approved", f.approval_document)


@rule("HD2.5.16a", "payment")
def paid_from_special_account(f):
    return f.fund_is_special_account


@rule("HD2.5.16a", "payment")
def account_covers_payment(f):
    return f.payment_fen <= f.account_available_fen


@rule("HD2.5.16b", "payment")
def no_open_fraud_finding(f):
    return f.open_fraud_findings <= 0


@figure
def account_short_fen(f):
    return f.payment_fen - f.account_available_fen
