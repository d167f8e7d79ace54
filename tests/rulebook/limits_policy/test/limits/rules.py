"""One function per clause of the invented document."""

from peibu.rulebook import amount, at_most, least, rule


@rule("T11", "course", "once", "moving", "quota", "seminar")
def passed_the_exam(f):
    return f.passed


@rule("T1", "once")
def once_per_period(f, p):
    return at_most(f.period_grants + 1, p.per_person_max)


@rule("T2", "course", soft=True)
def few_a_year(f, p):
    return at_most(f.year_grants + 1, p.per_year_max)


@rule("T3", "course")
def no_repeat(f):
    return at_most(f.same_level_grants, 0)


@rule("T4", "course")
def no_lower_after_higher(f):
    return at_most(f.higher_level_grants, 0)


@rule("T5", "course")
def one_fund_only(f):
    return at_most(f.exclusive_grants, 0)


@rule("T6", "course")
def one_payee_only(f):
    return at_most(f.other_payee_grants, 0)


@rule("T10", "moving")
def interval_kept(f):
    return at_most(f.recent_grants, 0)


@rule("T7", "quota")
def place_of_the_year(f, p):
    return at_most(f.places_year + 1, p.places_year_max)


@rule("T7", "quota")
def place_of_all(f, p):
    return at_most(f.places_all + 1, p.places_all_max)


@rule("T8", "seminar")
def seminars_in_limit(f, p):
    return at_most(f.seminars_year + 1, p.seminars_max)


@rule("T9", "base")
def among_the_top(f, p):
    return at_most(f.base_place, p.bases_max)


@rule("T9", "base")
def base_passed(f):
    return f.passed


@amount("T11", "course", "once", "moving", "quota")
def subsidy(f, p):
    return least(p.cap_fen, f.fee_fen)


@amount("T9", "base")
def award(f, p):
    return p.award_fen
