"""What a policy asks of the player: numbers of its parameters, read for a day (JN6.6.2a). None of them stands here."""

import dataclasses
import datetime as dt

from peibu.rulebook import Policy, list_policies, load_policy

MARK = "player_report_seconds"


@dataclasses.dataclass(frozen=True)
class PlayerTerms:
    """report: seconds between reports. speed: percent of normal. ahead: seconds. watched: percent of a video. check_min,
    check_max, offline, idle: minutes. check: seconds to answer. attempts: at a quiz."""

    report: int
    speed: int
    ahead: int
    watched: int
    check_min: int
    check_max: int
    check: int
    offline: int
    idle: int
    attempts: int


NAMES = {
    "report": MARK,
    "speed": "player_speed_percent_max",
    "ahead": "player_ahead_seconds",
    "watched": "player_watched_percent",
    "check_min": "player_check_minutes_min",
    "check_max": "player_check_minutes_max",
    "check": "player_check_seconds",
    "offline": "player_offline_minutes_max",
    "idle": "player_idle_minutes",
    "attempts": "course_quiz_attempts_max",
}


def player_terms(path: str, *, on: dt.date) -> PlayerTerms:
    """The terms of a policy on a day. Raises NotInForce before they begin."""
    policy = load_policy(path)
    return PlayerTerms(**{field: policy.value(name, on) for field, name in NAMES.items()})


def teaches_online(policy: Policy) -> bool:
    """Does a policy say what it asks of the player?"""
    return MARK in policy.parameters


def online_policies() -> list[Policy]:
    """The policies under which courses can be put online."""
    return [policy for path in list_policies() if teaches_online(policy := load_policy(path))]
