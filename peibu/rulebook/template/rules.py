"""某人社字〔2024〕1号: one clause, one small function. Numbers are in parameters.yaml, sentences in wording.yaml."""

from peibu.rulebook import amount, between, figure, least, pick, rule

# 一 Who may claim


@rule("XX.1", "claim")
def hours_attended(f, p):
    return f.class_hours_attended >= p.class_hours_min


@rule("XX.1", "claim")
def assessment_passed(f, p):
    return pick(p.pass_reading, included=f.exam_score >= p.pass_mark, above=f.exam_score > p.pass_mark)


@figure
def hours_missing(f, p):
    """What sentences may name besides facts and numbers."""
    return p.class_hours_min - f.class_hours_attended


# 二 How much


@amount("XX.2", "claim")
def subsidy(f, p):
    return least(p.subsidy_cap_fen, f.fee_paid_fen)


# 四 When


@rule("XX.4", "claim")
def within_policy_period(f, p):
    return between(f.claimed_on, p.policy_from, p.policy_until)
