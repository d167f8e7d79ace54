"""Who may claim what, for what, at which office: read from the `claims` sections of the folders (ADR 0029)."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language

from peibu.rulebook import list_policies, load_policy

# The codes of processes that may have a `claims` section: guards and effects of this room are bound to them.
PROCESSES = ("claim", "practice_claim", "seminar_grant")
CLASS, CERTIFICATE, PROJECT = "class", "certificate", "project"


@dataclasses.dataclass(frozen=True)
class Offer:
    """One subject that can be claimed. `papers`: document -> how it comes (made, entered, known, uploaded, optional)."""

    policy: str
    process: str
    subject: str
    claimants: tuple[str, ...]
    of: str
    route: str
    clause: str
    papers: Mapping[str, str]

    @property
    def label(self) -> str:
        """The subject in the words of the folder."""
        told = load_policy(self.policy).subjects[self.subject]
        return told["label_en"] if (get_language() or "").startswith("en") else told["label"]

    @property
    def policy_title(self) -> str:
        """The short title of the document."""
        return load_policy(self.policy).card["short_title"]

    def document(self, code: str) -> dict:
        """The words of one of its papers."""
        documents = load_policy(self.policy).processes[self.process]["documents"]
        return next(one for one in documents if one["code"] == code)

    def papers_by(self, *how: str) -> list[str]:
        """The codes of the papers that come in one of these ways."""
        return [code for code, way in self.papers.items() if way in how]

    def in_force(self, on: dt.date) -> bool:
        """Was the document in force by that day? What a claim after its last day comes to is for its rules to say."""
        return load_policy(self.policy).card["in_force"]["from"] <= on


def offers_in(policy: str) -> tuple[Offer, ...]:
    """Everything that can be claimed under a policy, in the order of its folder."""
    return tuple(
        Offer(
            policy, code, subject, tuple(told["claimants"]), told["of"], told["route"], told["clause"], told["papers"]
        )
        for code, process in load_policy(policy).processes.items()
        for subject, told in process.get("claims", {}).items()
    )


@lru_cache(maxsize=1)
def _all() -> tuple[Offer, ...]:
    return tuple(offer for path in list_policies() for offer in offers_in(path))


def offers_to(role: str, *, on: dt.date, of: str = "") -> list[Offer]:
    """What a role may claim on a day."""
    return [o for o in _all() if role in o.claimants and o.in_force(on) and of in ("", o.of)]


def offer_of(policy: str, subject: str) -> Offer | None:
    """The offer of a subject; None when nobody claims it here."""
    return next((offer for offer in offers_in(policy) if offer.subject == subject), None)
