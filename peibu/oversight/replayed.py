"""What a reader may see of a run: the parts of his districts added up, in words; and the same as a workbook."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division, Unit
from peibu.casework.models import Case
from peibu.oversight.models import PolicyDraft, ReplayPart, ReplayRun
from peibu.rulebook import Policy, RulebookError
from peibu.rulebook.levers import money_subjects
from peibu.rulebook.replay import MONEY, RESULT, Tally

SHOWN_ENTERPRISES, SHOWN_SAMPLES = 20, 12
FIELDS = tuple(field.name for field in dataclasses.fields(Tally))


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of a table: its key (a row's id, or rule names joined by +), what it is called, its counts and money."""

    key: str
    label: str
    tally: Tally
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Example:
    """A changed case: where it stands, what it was and is, said in both languages."""

    case: str
    case_id: Any
    enterprise: str
    outcome: str
    before: str
    after: str
    before_fen: int | None
    after_fen: int | None
    sentence: str
    sentence_en: str


@dataclasses.dataclass(frozen=True)
class Replayed:
    """A run as one reader sees it. Every table adds up to `total`; `waiting`: (rule, clause, before, after)."""

    total: Tally
    districts: tuple[Row, ...]
    enterprises: tuple[Row, ...]
    causes: tuple[Row, ...]
    waiting: tuple[tuple[str, str, int, int], ...]
    examples: tuple[Example, ...]


def drafts_of(policy: str) -> QuerySet[PolicyDraft]:
    """Drafts of a policy, the newest first; every officer may read what was tried."""
    return PolicyDraft.objects.filter(policy=policy).select_related("made_by").order_by("-made_at", "-id")


def latest_run(draft: PolicyDraft) -> ReplayRun | None:
    return draft.runs.select_related("progress", "started_by").order_by("-started_at", "-id").first()


def finished_run(draft: PolicyDraft) -> ReplayRun | None:
    """The last run that came to a result."""
    done = draft.runs.filter(progress__finished=True, progress__problem="").select_related("started_by")
    return done.order_by("-started_at", "-id").first()


def parts_for(actor: Actor, run: ReplayRun) -> QuerySet[ReplayPart]:
    """The parts in the actor's scope: the whole city's, or those of the own district and the zones it serves."""
    rows = ReplayPart.objects.filter(run=run).select_related("division").order_by("division__code", "subject")
    if actor.whole_city:
        return rows
    return rows.filter(division_id__in=actor.division_ids()) if actor.is_officer else rows.none()


def added(tallies: Iterable[Mapping[str, int]]) -> Tally:
    """The sum, field by field."""
    sums = dict.fromkeys(FIELDS, 0)
    for tally in tallies:
        for name in FIELDS:
            sums[name] += tally[name]
    return Tally(**sums)


def replayed(parts: Iterable[ReplayPart], policy: Policy, *, on: dt.date, english: bool = False) -> Replayed:
    """Add parts up. policy and on: for the titles of rules with the numbers in force on that day."""
    titles = _titles(policy, on, english)
    results = [part.result for part in parts]
    examples = [sample for result in results for sample in result["samples"]]
    examples.sort(key=lambda one: (-abs((one["after_fen"] or 0) - (one["before_fen"] or 0)), one["case"]))
    causes = tuple(
        dataclasses.replace(row, label="；".join(titles.get(rule, rule) for rule in row.rules))
        for row in _merged(results, "by_rule")
    )
    return Replayed(
        total=added(result["total"] for result in results),
        districts=_named(_merged(results, "by_division"), Division),
        enterprises=_named(_merged(results, "by_enterprise"), Unit),
        causes=tuple(sorted(causes, key=lambda row: (-row.tally.cases, row.key))),
        waiting=_waiting(results, titles),
        examples=_examples(examples[:SHOWN_SAMPLES]),
    )


def _merged(results: list[Mapping], table: str) -> list[Row]:
    groups: dict[str, list[Mapping]] = {}
    for result in results:
        for group in result[table]:
            groups.setdefault(group["key"], []).append(group)
    return [
        Row(key, key, added(one["tally"] for one in same), tuple(same[0]["rules"]), tuple(same[0]["clauses"]))
        for key, same in groups.items()
    ]


def _named(rows: list[Row], model: type[Division] | type[Unit]) -> tuple[Row, ...]:
    """With the names of today; those with most money moved first."""
    names = {str(key): row.name for key, row in model.objects.in_bulk([row.key for row in rows]).items()}
    named = [dataclasses.replace(row, label=names.get(row.key, row.key)) for row in rows]
    return tuple(sorted(named, key=lambda row: (-moved(row.tally), -row.tally.cases, row.label)))


def moved(tally: Tally) -> int:
    """Money that changes in either direction, in fen."""
    return tally.gained_fen + tally.lost_fen


def _titles(policy: Policy, on: dt.date, english: bool) -> dict[str, str]:
    found = {
        MONEY: ("补贴金额", "The amount")[english],
        RESULT: ("金额以外的结果", "A result other than money")[english],
    }
    for subject in money_subjects(policy):
        try:
            found |= {rule.name: rule.title for rule in policy.plan(subject, on, "en" if english else "zh").rules}
        except RulebookError:  # a number of the folder does not hold on that day: the rule goes by its name
            continue
    return found


def _waiting(results: list[Mapping], titles: Mapping[str, str]) -> tuple[tuple[str, str, int, int], ...]:
    found: dict[str, list] = {}
    for result in results:
        for one in result["waiting"]:
            row = found.setdefault(one["rule"], [titles.get(one["rule"], one["rule"]), one["clause"], 0, 0])
            row[2] += one["before"]
            row[3] += one["after"]
    return tuple(tuple(row) for row in found.values())


def _examples(samples: list[Mapping]) -> tuple[Example, ...]:
    numbers = {sample["case"].rpartition("/")[0] for sample in samples}
    cases = dict(Case.objects.filter(number__in=numbers).values_list("number", "pk"))
    units = Unit.objects.in_bulk({sample["enterprise"] for sample in samples})
    names = {str(key): unit.name for key, unit in units.items()}
    told = ("outcome", "before", "after", "before_fen", "after_fen", "sentence", "sentence_en")
    return tuple(
        Example(
            case=sample["case"],
            case_id=cases.get(sample["case"].rpartition("/")[0]),
            enterprise=names.get(sample["enterprise"], ""),
            **{name: sample[name] for name in told},
        )
        for sample in samples
    )
