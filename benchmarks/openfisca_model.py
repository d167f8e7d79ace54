"""The same 15 rules as an OpenFisca-Core model (formulas on whole arrays), with the pivot it needs done by `limit`.

OpenFisca has no third value: an answer is a number, 1 yes, 0 no, -1 unknown, and so is a date (days since 1970). Its
numbers have 32 bits. The formulas are those of `limit`; what is measured is the engine around them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks import limit
from benchmarks.limit import NO, UNKNOWN, YES

PERIOD = "2020"
_NO_DAY = limit.NO_DAY
_Person = build_entity(key="person", plural="persons", label="A person who applies", is_person=True)
_DATES = ("contract_starts_on", "contract_ends_on", "birth_date", "class_starts_on", "training_ended_on", "claimed_on")
_FLAGS = (
    "enterprise_listed",
    "employment_registered",
    "prize_winner",
    "certificate_held",
    "fee_paid_by_enterprise",
)
_NUMBERS = ("training_hours", "exam_score", "earlier_subsidies", "fee_per_person_fen")
_CODES = ("post_kind", "contract_kind")
_RUN = ("low", "high", "arrears_low", "arrears_high", "last", "last_high")


def _told(test, unknown):
    return np.where(unknown, UNKNOWN, test)


def _both(a, b):
    return np.where((a == NO) | (b == NO), NO, np.minimum(a, b))


def _either(a, b):
    return np.where((a == YES) | (b == YES), YES, np.minimum(a, b))


def _post_covered(get):
    return _told(get("post_kind") < 4, get("post_kind") < 0)


def _contract_long_enough(get):
    starts, ends, kind = get("contract_starts_on"), get("contract_ends_on"), get("contract_kind")
    open_ended = _both(ends == _NO_DAY, _told(kind == 1, kind < 0))
    lasting = ends + 1 >= limit.add_months(starts, 12)
    return _either(open_ended, _told(lasting, (starts == _NO_DAY) | (ends == _NO_DAY)))


def _of_age(get):
    born, day = get("birth_date"), get("class_starts_on")
    unknown = (born == _NO_DAY) | (day == _NO_DAY)
    adult = _told(limit.add_months(born, 16 * 12) <= day, unknown)
    return _both(adult, _told(day < limit.add_months(born, 60 * 12), unknown))


def _insured_long_enough(get):
    low = get("low") - np.maximum(get("arrears_low") - 3, 0)
    high = get("high") - np.maximum(get("arrears_high") - 3, 0)
    return np.where(low >= 6, YES, np.where(high < 6, NO, UNKNOWN))


def _still_employed(get):
    claimed = get("claimed_on")
    before, unknown = limit.month_of(claimed) - 1, claimed == _NO_DAY
    sure = _told(get("last") >= before, unknown | (get("last") < 0))
    gone = _told(get("last_high") < before, unknown | (get("last_high") < 0))
    return np.where(sure == YES, YES, np.where(gone == YES, NO, UNKNOWN))


def _enough_class_hours(get):
    hours = get("training_hours")
    return _either(_told(hours >= 40, hours < 0), get("prize_winner"))


def _exam_passed(get):
    return _told(get("exam_score") >= 60, get("exam_score") < 0)


def _fee_paid_first(get):
    fee = get("fee_per_person_fen")
    return _both(get("fee_paid_by_enterprise"), _told(fee > 0, fee < 0))


def _no_earlier_subsidy(get):
    return _told(get("earlier_subsidies") + 1 <= 1, get("earlier_subsidies") < 0)


def _claimed_after_training(get):
    claimed, ended = get("claimed_on"), get("training_ended_on")
    return _told(claimed >= ended, (claimed == _NO_DAY) | (ended == _NO_DAY))


def _claimed_in_time(get):
    claimed, ended = get("claimed_on"), get("training_ended_on")
    return _told(claimed <= ended + 90, (claimed == _NO_DAY) | (ended == _NO_DAY))


def _within_policy_period(get):
    ended = get("training_ended_on")
    return _told((ended >= limit.day_of("2020-01-01")) & (ended <= limit.day_of("2020-12-31")), ended == _NO_DAY)


_FORMULAS = {
    "post_covered": _post_covered,
    "contract_long_enough": _contract_long_enough,
    "of_age": _of_age,
    "insured_long_enough": _insured_long_enough,
    "still_employed": _still_employed,
    "enough_class_hours": _enough_class_hours,
    "exam_passed": _exam_passed,
    "fee_paid_first": _fee_paid_first,
    "no_earlier_subsidy": _no_earlier_subsidy,
    "claimed_after_training": _claimed_after_training,
    "claimed_in_time": _claimed_in_time,
    "within_policy_period": _within_policy_period,
}
# three rules are a fact as it is
RULES = (*_FORMULAS, "enterprise_listed", "employment_registered", "certificate_held")


def _decision(get):
    columns = [get(name) for name in RULES]
    failed = np.logical_or.reduce([column == NO for column in columns])
    unsure = np.logical_or.reduce([column == UNKNOWN for column in columns]) | (get("fee_per_person_fen") < 0)
    return np.where(failed, 0, np.where(unsure, 1, 2))


def _amount_fen(get):
    decision = get("decision")
    return np.where(decision == 2, np.minimum(get("fee_per_person_fen"), 200_000), np.where(decision == 0, 0, -1))


def _variable(name: str, formula=None) -> type[Variable]:
    members = {"value_type": int, "entity": _Person, "definition_period": DateUnit.YEAR, "label": name}
    if formula is not None:
        members["formula"] = lambda person, period, _parameters: formula(lambda fact: person(fact, period))
    return type(name, (Variable,), members)


def judge(folder: Path) -> dict[str, np.ndarray]:
    """Return the same columns as `limit.judge`."""
    people = pl.read_parquet(folder / "applications-*.parquet")
    run = limit.insurance(people, sorted(folder.glob("insurance-*.parquet")))
    system = TaxBenefitSystem([_Person])
    for name in (*_DATES, *_FLAGS, *_NUMBERS, *_CODES, *_RUN):
        system.add_variable(_variable(name))
    for name, formula in (_FORMULAS | {"decision": _decision, "amount_fen": _amount_fen}).items():
        system.add_variable(_variable(name, formula))
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", range(people.height))
    simulation = builder.build(system)
    for name in _DATES:
        simulation.set_input(name, PERIOD, people[name].to_physical().fill_null(_NO_DAY).to_numpy())
    for name in (*_FLAGS, *_NUMBERS):
        simulation.set_input(name, PERIOD, people[name].cast(pl.Int32).fill_null(-1).to_numpy())
    for name in _CODES:
        simulation.set_input(name, PERIOD, people[name].to_physical().cast(pl.Int32).fill_null(-1).to_numpy())
    for name in _RUN:
        simulation.set_input(name, PERIOD, run[name].astype(np.int32))
    return {name: simulation.calculate(name, PERIOD) for name in (*RULES, "decision", "amount_fen")} | run
