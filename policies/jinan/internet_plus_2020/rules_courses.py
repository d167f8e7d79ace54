"""济人社发〔2020〕6号, section six: catalogue, class hours, learning records."""

from peibu.rulebook import (
    all_of,
    any_of,
    at_least,
    figure,
    has_all,
    is_in,
    is_known,
    minutes,
    missing_from,
    pick,
    rule,
    when,
)

# 六 Catalogue, class hours, learning records


@rule(
    "JN6.6.1a", "course_filing", "platform_online", "institution_online", "enterprise_online",
    "institution_practice", "employee_practice", "class_filing",
)  # fmt: skip
def speciality_in_catalogue(f):
    not_ended = any_of(~is_known(f.speciality_until), f.speciality_until >= f.class_starts_on)
    listed = all_of(f.speciality_listed, f.speciality_from <= f.class_starts_on, not_ended)
    return any_of(listed, f.speciality_approved)


@rule("JN6.6.1a", "speciality_evaluation")
def speciality_outside_catalogue(f):
    return all_of(f.speciality_code != "", ~f.speciality_listed)


@rule("JN6.6.1a", "speciality_evaluation")
def speciality_to_standard(f):
    return f.speciality_to_standard


@rule("JN6.6.1a", "speciality_evaluation")
def speciality_evaluated(f, p):
    city, district = f.evaluated_by == "city_bureau", f.evaluated_by == "district_bureau"
    return pick(p.speciality_evaluator_reading, city=city, city_or_district=any_of(city, district))


@rule("JN6.6.1a", "course_filing")
def content_meets_standard(f):
    return f.content_meets_standard


def class_hours(seconds, p):
    """Class hours of so many seconds of video: full hours, and one more for a remainder that is long enough."""
    hour = minutes(p.class_hour_minutes)
    rest = when(seconds % hour >= minutes(p.remainder_minutes)).then(1).otherwise(0)
    return seconds // hour + rest


def online_hours_reach(f, p, needed):
    """The videos give the class hours needed, on what is certain and on what is possible."""
    return at_least(class_hours(f.video_seconds.low, p), class_hours(f.video_seconds.high, p), needed)


@rule("JN6.6.1b", "course_filing")
def stated_hours_covered(f, p):
    return online_hours_reach(f, p, f.stated_online_hours)


def by_kind(f, awareness, ability, improvement):
    """The number for the kind of entrepreneurship training."""
    upper = when(f.course_kind == "entrepreneurship_ability").then(ability).otherwise(improvement)
    return when(f.course_kind == "entrepreneurship_awareness").then(awareness).otherwise(upper)


@figure
def online_hours_needed(f, p):
    return by_kind(f, p.awareness_online_hours, p.ability_online_hours, p.improvement_online_hours)


@figure
def practice_hours_needed(f, p):
    return by_kind(f, p.awareness_practice_hours, p.ability_practice_hours, p.improvement_practice_hours)


@rule("JN6.6.1c", "course_filing")
def entrepreneurship_online_hours(f, p):
    other = ~is_in(f.course_kind, p.entrepreneurship_kinds)
    return any_of(other, online_hours_reach(f, p, online_hours_needed(f, p)))


@rule("JN6.6.1c", "course_filing", "class_filing")
def entrepreneurship_practice_hours(f, p):
    other = ~is_in(f.course_kind, p.entrepreneurship_kinds)
    return any_of(other, at_least(f.class_hours_practice, practice_hours_needed(f, p)))


@rule("JN6.6.1c", "course_filing", soft=True)
def skill_online_hours(f, p):
    return any_of(f.course_kind != "skill", online_hours_reach(f, p, p.skill_online_hours_min))


@rule("JN6.6.1c", "course_filing", soft=True)
def prejob_online_hours(f, p):
    return any_of(f.course_kind != "pre_job", online_hours_reach(f, p, p.prejob_online_hours_min))


@figure
def online_hours(f, p):
    return class_hours(f.video_seconds.low, p)


@rule("JN6.6.2a", "platform_online", "institution_online", "enterprise_prejob", "enterprise_online")
def learning_traced(f, p):
    return has_all(f.learning_traces, p.learning_traces)


@figure
def learning_traces_missing(f, p):
    return missing_from(f.learning_traces, p.learning_traces)
