"""How many trainees of a class are phoned and what they are asked: the policy folder's own numbers, codes and text."""

import dataclasses
import datetime as dt

from peibu.rulebook import NotInForce, load_policy
from peibu.rulebook.codes import Text
from peibu.training.enums import CallbackAnswer


@dataclasses.dataclass(frozen=True)
class Question:
    """A yes-or-no question of the script; `concern` is the answer that gives a reason to look into the class."""

    code: str
    label: str
    label_en: str
    concern: str


@dataclasses.dataclass(frozen=True)
class CallbackTerms:
    """`share_percent` of the class, at least `people_min`, at most `tries_max` calls each."""

    clause: str
    share_percent: int
    people_min: int
    tries_max: int
    questions: tuple[Question, ...]
    script: Text


def callback_terms(path: str, *, on: dt.date) -> CallbackTerms | None:
    """The terms of a policy on a day; None when its folder knows no call-backs on that day."""
    policy = load_policy(path)
    if "callback_questions" not in policy.codes or "callback_script" not in policy.texts:
        return None
    try:
        share, least, tries = (
            int(policy.value(name, on=on))
            for name in ("callback_share_percent", "callback_people_min", "callback_tries_max")
        )
    except NotInForce:
        return None
    asked = policy.codes["callback_questions"]
    return CallbackTerms(asked.clause, share, least, tries, questions_of(path), policy.texts["callback_script"])


def questions_of(path: str) -> tuple[Question, ...]:
    """The questions of a policy's script in their order; none when it has no script."""
    codes = load_policy(path).codes
    if "callback_questions" not in codes:
        return ()
    asked, bad_yes = codes["callback_questions"], set(codes.get("callback_yes_is_a_concern", ()))
    return tuple(
        Question(code, label, asked.items_en[code], CallbackAnswer.YES if code in bad_yes else CallbackAnswer.NO)
        for code, label in asked.items.items()
    )
