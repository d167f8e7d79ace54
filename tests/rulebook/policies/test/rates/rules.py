"""Rates in a rule, in an amount and in a figure; outcomes by name."""

from peibu.rulebook import amount, figure, outcome, percent_of, rank_of, rate, rule, when


@rule("T1", "claim", "title")
def passed(f, p):
    return f.score >= p.pass_mark


@rule("T5", "allowance")
def share_within_maximum(f, p):
    return rate(p.share_percent, f.occupation, f.level) <= p.share_max


@figure
def standard_of_level_fen(f, p):
    return rate(p.standard_fen, f.level)


@amount("T2", "claim")
def subsidy(f, p):
    return rate(p.standard_fen, f.level)


@amount("T2", "allowance")
def share_of_standard(f, p):
    return percent_of(rate(p.standard_fen, f.level), rate(p.share_percent, f.occupation, f.level))


@outcome("T3", "claim")
def payee(f):
    return when(f.by_agreement).then("enterprise").otherwise("person")


@outcome("T4", "title", name="recognised_title")
def title_of_level(f, p):
    return when(rank_of(f.level, p.levels) >= 1).then("engineer").otherwise("none")
